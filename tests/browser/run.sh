#!/bin/sh
# The HTML page in headless Chromium: run.sh SAMPLES. Exits 77 (skipped, for ctest) where there is none.
set -eu
for CHROMIUM in "${CHROMIUM:-}" chromium chromium-browser google-chrome ''; do
    ! command -v "$CHROMIUM" >/dev/null || break
done
if [ -z "$CHROMIUM" ] || ! command -v node >/dev/null; then
    echo "left out: the page in a browser needs Node.js and Chromium, and not both are here"
    exit 77
fi
export CHROMIUM PLUMBLINE_SAMPLES="$1"
exec node --test --test-reporter=spec "$(dirname "$0")/report.test.mjs"
