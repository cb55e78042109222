#!/usr/bin/env python3
"""Applies each mutant of mutants.tsv to a copy of the tree, builds what the tests that should see it need, runs them,
and says which survived. Usage: mutants.py [-j JOBS] [--list FILE] [--tree FOLDER] [NUMBER...] (from 1; all without).
A folder given by --tree is kept, so that the next run builds only what changed. Takes a minute a mutant."""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
# A mutant that hangs was seen as well.
HANGS_AFTER = "300"
# What a test needs beside itself, where its name does not say so (test_FOLDER_FILE).
TARGETS = {"rules": "plumbline", "benchmarks": "plumbline", "property": "property", "property-looks": "property_looks"}


def mutants(path):
    lines = path.read_text().splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(file, old.replace("\\n", "\n"), new.replace("\\n", "\n"), tests) for file, old, new, tests in rows]


def run(*command):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode


def copy_tree(copy):
    """Files that did not change keep their time, so that they are not built again."""
    shutil.copytree(TOP, copy, ignore=shutil.ignore_patterns("build", ".git"), dirs_exist_ok=True,
                    copy_function=copy_changed)


def copy_changed(source, target):
    old = pathlib.Path(target)
    if not old.is_file() or old.read_bytes() != pathlib.Path(source).read_bytes():
        shutil.copy(source, target)


def names_of(copy, tests):
    listed = subprocess.run(["ctest", "--test-dir", str(copy / "build"), "-R", tests, "--show-only=json-v1"],
                            capture_output=True, text=True, check=True).stdout
    return [test["name"] for test in json.loads(listed)["tests"]]


def judge(copy, names, jobs):
    """None where the tests pass, else what is wrong. What takes a second is asked before what takes a minute."""
    slow = [name for name in names if name.startswith("property")]
    for some in ([name for name in names if name not in slow], slow):
        targets = sorted({TARGETS.get(name, "test_" + name.replace("/", "_")) for name in some})
        if some and run("cmake", "--build", str(copy / "build"), f"-j{jobs}", "--target", *targets):
            return "does not build"
        pattern = "^(" + "|".join(some) + ")$"
        if some and run("ctest", "--test-dir", str(copy / "build"), f"-j{jobs}", "--timeout", HANGS_AFTER,
                        "--stop-on-failure", "-R", pattern):
            return "tests fail"
    return None


def try_mutant(copy, mutant, jobs, whole):
    """`whole`: the tests that pass on the tree itself."""
    file, old, new, tests = mutant
    path = copy / file
    text = path.read_text()
    names = names_of(copy, tests)
    if text.count(old) != 1 or not names:
        return f"stale: {text.count(old)} places, {len(names)} tests"
    wrong = judge(copy, [name for name in names if name not in whole], jobs)
    if wrong:
        return f"stale: without it, {wrong}"
    whole.update(names)
    path.write_text(text.replace(old, new))
    try:
        wrong = judge(copy, names, jobs)
    finally:
        path.write_text(text)
    return "SURVIVED" if not wrong else "killed" if wrong == "tests fail" else f"stale: {wrong}"


def try_all(copy, options):
    copy_tree(copy)
    # No -Werror: a mutant may leave a name unused.
    if run("cmake", "-S", str(copy), "-B", str(copy / "build"), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug"):
        sys.exit("the tree itself cannot be configured")
    counts, whole = {}, set()
    for number, mutant in enumerate(mutants(options.list), 1):
        if options.numbers and number not in options.numbers:
            continue
        result = try_mutant(copy, mutant, options.jobs, whole)
        word = re.split(r"[: ]", result)[0]
        counts[word] = counts.get(word, 0) + 1
        print(f"{number:3} {result}: {mutant[0]}: {mutant[1].strip().splitlines()[0]}", flush=True)
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--list", type=pathlib.Path, default=TOP / "tests/support/mutants.tsv")
    parser.add_argument("--tree", type=pathlib.Path)
    parser.add_argument("numbers", type=int, nargs="*")
    options = parser.parse_args()
    if options.tree:
        counts = try_all(options.tree.resolve(), options)
    else:
        with tempfile.TemporaryDirectory(prefix="plumbline-mutants-") as folder:
            counts = try_all(pathlib.Path(folder) / "tree", options)
    print(", ".join(f"{n} {word}" for word, n in sorted(counts.items())))
    return 1 if counts.get("SURVIVED") or counts.get("stale") else 0


if __name__ == "__main__":
    sys.exit(main())
