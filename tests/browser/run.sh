#!/bin/sh
# The HTML page in headless Chromium: run.sh SAMPLES BUILD. Node modules go into BUILD, nothing into the source tree.
set -eu
samples=$1
build=$2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$build"
cp "$here"/package.json "$here"/package-lock.json "$here"/*.js "$build"/
cd "$build"
if ! cmp -s package-lock.json node_modules/.installed; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed
fi
PLUMBLINE_SAMPLES=$samples exec node --test --test-reporter=spec .
