#!/usr/bin/env python3
"""Applies each mutant of mutants.tsv to a copy of the tree, builds it, runs the tests that should see it, and says which
survived. Usage: mutants.py [-j JOBS] [NUMBER...] (from 1; all without). Takes minutes a mutant: for now and then."""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]


def mutants():
    lines = (TOP / "tests/support/mutants.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(file, old.replace("\\n", "\n"), new.replace("\\n", "\n"), tests) for file, old, new, tests in rows]


def run(*command):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode


def build(copy, jobs):
    return run("cmake", "--build", str(copy / "build"), f"-j{jobs}")


def try_mutant(copy, mutant, jobs):
    file, old, new, tests = mutant
    path = copy / file
    text = path.read_text()
    if text.count(old) != 1:
        return f"stale: {text.count(old)} places"
    path.write_text(text.replace(old, new))
    try:
        if build(copy, jobs):
            return "does not build"
        failed = run("ctest", "--test-dir", str(copy / "build"), f"-j{jobs}", "-R", tests)
        return "killed" if failed else "SURVIVED"
    finally:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("numbers", type=int, nargs="*")
    options = parser.parse_args()
    counts = {}
    with tempfile.TemporaryDirectory(prefix="plumbline-mutants-") as folder:
        copy = pathlib.Path(folder) / "tree"
        shutil.copytree(TOP, copy, ignore=shutil.ignore_patterns("build", ".git"))
        # No -Werror: a mutant may leave a name unused.
        if run("cmake", "-S", str(copy), "-B", str(copy / "build"), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug") or build(
                copy, options.jobs):
            sys.exit("the tree itself does not build")
        for number, mutant in enumerate(mutants(), 1):
            if options.numbers and number not in options.numbers:
                continue
            result = try_mutant(copy, mutant, options.jobs)
            word = re.split(r"[: ]", result)[0]
            counts[word] = counts.get(word, 0) + 1
            print(f"{number:3} {result}: {mutant[0]}: {mutant[1].strip().splitlines()[0]}", flush=True)
    print(", ".join(f"{n} {word}" for word, n in sorted(counts.items())))
    return 1 if counts.get("SURVIVED") or counts.get("stale") else 0


if __name__ == "__main__":
    sys.exit(main())
