#!/usr/bin/env python3
"""ctest, and at the end how many tests were left out and why: run-tests.py BUILD [CTEST ARGUMENT...]

A test that is left out is no test that passed. Counted are the tests that pytest, node and cmocka say they skipped and
the ctest entries that were skipped as a whole. Exits as ctest does."""
import collections
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from xml.etree import ElementTree


def left_out(test):
    """(how many, why) of one ctest entry."""
    output = "".join(part.text or "" for part in test.iter("system-out"))
    if test.get("status") in ("notrun", "disabled"):
        reason = re.search(r"^left out: (.+)", output, re.M)
        return [(1, f"{test.get('name')}: {reason[1] if reason else 'not run'}")]
    found = [(int(count), reason) for count, reason in re.findall(r"^SKIPPED \[(\d+)\] \S+ (.+)", output, re.M)]
    names = dict.fromkeys(re.findall(r"^\[  SKIPPED \] (?!\d+ test)(?:.*: )?(\S+)$", output, re.M))
    found += [(1, f"{test.get('name')}: {name} cannot be tried here") for name in names]
    return found + [(1, reason) for reason in re.findall(r"^\s*\S .*# SKIP (.+)", output, re.M)]


def main():
    build, *more = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="plumbline-tests-") as folder:
        results = os.path.join(folder, "results.xml")
        code = subprocess.run(
            ["ctest", "--test-dir", build, "--output-on-failure", "-j", str(os.cpu_count() or 1), "--output-junit", results,
             "--test-output-size-passed", "4000000", "--test-output-size-failed", "4000000", *more]).returncode
        tests = ElementTree.parse(results).getroot().iter("testcase") if os.path.exists(results) else []
        reasons = collections.Counter()
        for test in tests:
            for count, reason in left_out(test):
                reasons[textwrap.shorten(reason, 160, placeholder=" ...")] += count
    if reasons:
        print(f"plumbline: {sum(reasons.values())} tests were left out:")
        for reason, count in reasons.most_common():
            print(f"  {count}  {reason}")
    else:
        print("plumbline: no test was left out")
    sys.exit(code)


main()
