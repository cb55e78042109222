#!/bin/sh
# clang-format, clang-tidy, cppcheck, the include floors and the sizes over the whole tree. Argument: a clang build
# folder.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build/clang}
files=$(git ls-files 'core/*.c' 'reports/*.c')
# shellcheck disable=SC2046
clang-format --dry-run -Werror $(git ls-files '*.c' '*.h' '*.cc')
python3 tests/support/check-includes.py
python3 tests/support/check-size.py
# shellcheck disable=SC2086
cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr --enable=warning,performance,portability \
    --suppressions-list=tests/support/cppcheck-suppressions.txt -D_GNU_SOURCE -D__x86_64__ -Icore -I. -j 2 $files
# shellcheck disable=SC2086
printf '%s\n' $files | xargs -P 2 -n 8 clang-tidy -p "$build" --quiet
echo "lint: clean"
