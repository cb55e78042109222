#!/usr/bin/env python3
"""Lines and branches that were run, by folder, and the files that were run least: coverage-folders.py SUMMARY.json of gcovr"""
import collections
import json
import os
import sys

LEAST = 8


def share(covered, total):
    return f"{100 * covered / total:5.1f} % of {total:6d}" if total else "     -          "


def row(name, numbers):
    print(f"{name:40} lines {share(*numbers[:2])}   branches {share(*numbers[2:])}")


def main():
    folders = collections.defaultdict(lambda: [0, 0, 0, 0])
    files = []
    with open(sys.argv[1], encoding="utf-8") as summary:
        for file in json.load(summary)["files"]:
            numbers = [file[f"{what}_{how}"] for what in ("line", "branch") for how in ("covered", "total")]
            files.append((file["filename"], numbers))
            for folder in (os.path.dirname(file["filename"]), "all"):
                folders[folder] = [a + b for a, b in zip(folders[folder], numbers)]
    files.sort(key=lambda file: file[1][0] / max(file[1][1], 1))
    for name, numbers in files[:LEAST]:
        row(name, numbers)
    print()
    for name in sorted(folders, key=lambda name: (name == "all", name)):
        row(name, folders[name])


main()
