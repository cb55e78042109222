#!/bin/sh
# clang-format over the whole tree; the include floors, the sizes, cppcheck and clang-tidy over what is installed.
# Argument: a clang build folder. What is quick comes first, and all of a tool's findings are shown before it ends.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build/clang}
jobs=$(nproc)
files=$(git ls-files 'core/*.c' 'reports/*.c')

begin() { echo "lint: $(date +%T) $*"; }

begin "clang-format, floors, sizes"
# shellcheck disable=SC2046
clang-format --dry-run -Werror $(git ls-files '*.c' '*.h' '*.cc')
python3 tests/support/check-includes.py
python3 tests/support/check-size.py
begin cppcheck
# shellcheck disable=SC2086
cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr --enable=warning,performance,portability \
    --suppressions-list=tests/support/cppcheck-suppressions.txt -D_GNU_SOURCE -D__x86_64__ -Icore -I. -j "$jobs" $files
# One file a process, so that none waits for another's rest. Nearly all of the time is the analyzer's, on the few
# functions whose paths it cannot exhaust at all: max-nodes is where it gives those up, a third of the default.
begin clang-tidy
# shellcheck disable=SC2086
printf '%s\n' $files $(git ls-files 'core/*.cc') | xargs -P "$jobs" -n 1 clang-tidy -p "$build" --quiet \
    --extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=max-nodes=75000
echo "lint: $(date +%T) clean"
