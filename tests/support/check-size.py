#!/usr/bin/env python3
"""Refuses functions and files that grew too large to be read in one go.

Cyclomatic complexity at most 12 (McCabe; a switch that is read like a table counts as one decision), functions at most
60 lines, files at most 400. What must be larger stands in size-exceptions.txt, "PATH[:FUNCTION] reason"; an exception
that is not needed any more is refused as well. Needs pmccabe."""
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
COMPLEXITY, FUNCTION, FILE = 12, 60, 400


def exceptions():
    known = {}
    for line in (TOP / "tests/support/size-exceptions.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, reason = line.partition(" ")
            if not reason.strip():
                sys.exit(f"size-exceptions.txt: {name} has no reason")
            known[name] = reason
    return known


def functions(paths):
    out = subprocess.run(["pmccabe", *paths], capture_output=True, text=True, check=True, cwd=TOP).stdout
    for line in out.splitlines():
        complexity, _, _, _, lines, where = line.split("\t")
        place, _, name = where.partition(": ")
        yield place.partition("(")[0], name, int(complexity), int(lines)


def main():
    listed = subprocess.run(["git", "ls-files", "core", "reports"], capture_output=True, text=True, check=True, cwd=TOP)
    paths = [name for name in listed.stdout.split() if name.endswith((".c", ".h", ".cc"))]
    large = {}
    for path, name, complexity, lines in functions([p for p in paths if p.endswith(".c")]):
        if complexity > COMPLEXITY or lines > FUNCTION:
            large[f"{path}:{name}"] = f"complexity {complexity}, {lines} lines"
    for path in paths:
        lines = (TOP / path).read_text().count("\n")
        if lines > FILE:
            large[path] = f"{lines} lines"
    known = exceptions()
    for name in sorted(large.keys() - known.keys()):
        print(f"{name}: {large[name]}")
    for name in sorted(known.keys() - large.keys()):
        print(f"size-exceptions.txt: {name} is no longer needed")
    print(f"sizes: {len(large.keys() - known.keys())} too large, {len(known)} explained")
    return large.keys() != known.keys()


sys.exit(main())
