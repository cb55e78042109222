#!/usr/bin/env python3
"""Puts the probe reference into man/plumbline-checks.5, or with --check fails when it is not current.

usage: update-man.py PLUMBLINE [--check]"""
import pathlib
import re
import subprocess
import sys
import textwrap

PAGE = pathlib.Path(__file__).resolve().parents[2] / "man" / "plumbline-checks.5"


def wrap(line):
    """mandoc wants input lines of at most 80 bytes; macro lines stay as they are."""
    if line.startswith(".") or len(line) < 80:
        return [line]
    return textwrap.wrap(line, 78, break_long_words=False, break_on_hyphens=False)


def main():
    printed = subprocess.run([sys.argv[1], "probes", "--man"], check=True, capture_output=True, text=True).stdout
    reference = "".join(part + "\n" for line in printed.splitlines() for part in wrap(line))
    text = PAGE.read_text()
    current = re.sub(
        r'(\.\\" BEGIN PROBES[^\n]*\n).*?(\.\\" END PROBES)',
        lambda found: found.group(1) + reference + found.group(2),
        text,
        flags=re.S,
    )
    if "--check" not in sys.argv:
        PAGE.write_text(current)
        return 0
    if current != text:
        print(f"{PAGE.name} is not current: run tests/support/update-man.py {sys.argv[1]}")
        return 1
    return 0


sys.exit(main())
