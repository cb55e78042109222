#!/bin/sh
# How much of the code the whole suite runs, with a floor. Argument: a build folder of the preset coverage, whose suite
# has run. Needs gcovr.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build/coverage}
gcovr --root . --object-directory "$build" --filter core/ --filter reports/ \
    --exclude-unreachable-branches --exclude-throw-branches --print-summary --txt "$build/coverage.txt" \
    --fail-under-line 92 --fail-under-branch 78 | tail -n 3
