#!/usr/bin/env python3
"""Refuses a reason without a place: a text of a probe that says that something could not be seen names it, by a path of
its own or by what is filled in ("%s could not be read"). Who reads "some files could not be read" can do nothing."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
# The parts of a text that was broken over lines count as one.
CALL = re.compile(r'\b(?:item_unread|item_damaged|items_problem|g_set_error|g_error_new|g_strdup|g_strdup_printf)\((?:[^;"]|"(?:[^"\\]|\\.)*")*;')
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\s*(?:PRI\w+|G_G\w+)?\s*"((?:[^"\\]|\\.)*)")*')


def complaints(path):
    source = path.read_text()
    for call in CALL.finditer(source):
        for text in TEXT.finditer(call.group(0)):
            whole = text.group(0)
            if "could not be" in whole and "%" not in whole and "/" not in whole:
                line = source.count("\n", 0, call.start() + text.start()) + 1
                yield f"{path.relative_to(TOP)}:{line}: {whole} names no place"


def main():
    paths = [path for floor in ("facts", "probes") for path in sorted((TOP / "core" / floor).rglob("*.c"))]
    found = [text for path in paths for text in complaints(path)]
    for text in found:
        print(text)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
