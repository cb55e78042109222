#!/bin/sh
# smoke.sh BUILD [RUNS [NAME...]]: every harness of a fuzz build (or those named) over its kept corpus and over a bounded
# number of changed inputs, two harnesses at a time. Bounded in runs and with a fixed seed, so that a slow machine tries
# the same as a fast one. One line a harness, in the end "N passed, M failed"; what failed left its log, and mostly the
# input, in BUILD/fuzz-failures. Nothing is written into the corpus.
set -eu

die() {
    echo "smoke.sh: $*" >&2
    exit 2
}

# These judge whole hosts or load the rules first: a run of them is worth many of a parser's.
runs_of() {
    case $1 in
    rules | content | host | walk | image | container | docker) echo $(($2 / 3)) ;;
    *) echo "$2" ;;
    esac
}

# One harness; prints its line, and leaves a file in $scratch when it failed.
one() {
    name=$1 log=$failures/$1.log
    runs=$(runs_of "$name" "$runs")
    new=$scratch/$name
    mkdir "$new"
    set -- "$new"
    [ -d "$here/corpus/$name" ] && set -- "$@" "$here/corpus/$name"
    begin=$(date +%s)
    if "$build/tests/fuzz/fuzz_$name" -runs="$runs" -seed=1 -max_len=4096 -timeout=25 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$failures/$name-" "$@" >"$log" 2>&1; then
        result=passed
    else
        result="FAILED, see $log"
        : >"$scratch/$name.failed"
    fi
    done=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    peak=$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")
    printf '%-16s %6s runs %4s s %5s MB  %s\n' "$name" "${done:-?}" "$(($(date +%s) - begin))" "${peak:-?}" "$result"
    [ "$result" != passed ] || rm -f "$log"
}

here=$(cd "$(dirname "$0")" && pwd)
if [ "${FUZZ_ONE:-}" ]; then
    one "$1"
    exit 0
fi

[ $# -ge 1 ] && [ -d "$1/tests/fuzz" ] || die "usage: smoke.sh BUILD [RUNS [NAME...]]; BUILD is one of the preset fuzz"
build=$(cd "$1" && pwd)
runs=${2:-3000}
case $runs in '' | *[!0-9]*) die "RUNS is a number" ;; esac
[ $# -lt 2 ] && shift || shift 2
[ $# -gt 0 ] || set -- $(cd "$here" && ls ./*.c | sed -n 's,^\./\(.*\)\.c$,\1,p' | grep -vx standalone)
for name; do
    [ -x "$build/tests/fuzz/fuzz_$name" ] || die "no harness $name in $build: build the target harnesses first"
done
failures=$build/fuzz-failures
mkdir -p "$failures"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
export here build runs failures scratch FUZZ_ONE=1
printf '%s\n' "$@" | xargs -P 2 -n 1 "$here/smoke.sh"
failed=$(find "$scratch" -maxdepth 1 -name '*.failed' | wc -l)
echo "$(($# - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
