#!/bin/sh
# How much of the code the whole suite runs, by folder and with a floor. Argument: a build folder of the preset asan,
# whose suite has run. Needs gcovr.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build/asan}
# What confined processes counted (tests/hooks/counters.c), as gcov's own files.
find "$build" -name '*.counters' | while read -r counters; do
    program=$(find "$build" -type f -perm -u+x -name "$(basename "$counters" .counters)")
    PLUMBLINE_COVERAGE_WRITE=1 "$program"
    rm "$counters" # once only
done
# Of branches 84 % of the code's own are the floor. UndefinedBehaviorSanitizer adds a test to every call of a function
# that must not get NULL, a sixth more branches, half of which are never taken: 79 % of all of them are the same.
gcovr --root . --object-directory "$build" --filter core/ --filter reports/ -j 2 \
    --exclude-unreachable-branches --exclude-throw-branches --json "$build/coverage.json" --json-summary "$build/summary.json" \
    --txt "$build/coverage.txt" --fail-under-line 95 --fail-under-branch 79 "$build" && failed=0 || failed=$?
python3 tests/support/coverage-folders.py "$build/summary.json"
exit "$failed"
