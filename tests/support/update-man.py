#!/usr/bin/env python3
"""Puts what the program's tables say into man/plumbline-checks.5: probes, formats and every mapping of the language.
With --check it fails when the page is not current.

A generated part stands between  .\\" BEGIN WHAT  and  .\\" END WHAT:  PROBES, FORMATS, OPERATORS, or MAPPING NAME ...

usage: update-man.py PLUMBLINE [--check]"""
import json
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


def escaped(text):
    text = text.replace("\\", "\\e")
    return "\\&" + text if text[:1] in (".", "'") else text


def as_words(kind, language):
    """A member's type as people say it."""
    words = language["words"].get(kind)
    if words:
        return ", ".join(words[:-1]) + " or " + words[-1]
    if kind.startswith("one of "):
        words = kind.split()[2:]
        return ", ".join(words[:-1]) + " or " + words[-1]
    for head in ("list of ", "map of "):
        if kind.startswith(head):
            return head + re.sub(r"^an? ", "", as_words(kind[len(head):], language))
    if kind.startswith("@"):
        return language["mappings"][kind[1:]]["text"] if kind != "@check" else "a check"
    return {"scalar": "text, number or bool", "texts": "text or list of text", "controls": "control or list of controls",
            "null": "null", "decimal": "number"}.get(kind, kind)


def mapping_rows(name, language):
    rows = [".Bl -tag -width Ds -compact"]
    for member in language["mappings"][name]["members"]:
        kind = " or ".join(as_words(part, language) for part in member["type"].split(" or "))
        required = ", required" if member["required"] else ""
        rows += [f".It Cm {member['name']} Pq {kind}{required}", escaped(member["text"]) + "."]
    return rows + [".El"]


def format_rows(language):
    rows = [".Bl -tag -width Ds -compact"]
    for row in language["formats"]:
        again = "" if row["repeats"] == "has one value" else f"; a key that comes again {row['repeats']}"
        rows += [f".It Cm {row['name']} Pq {row['shape']}", escaped(row["summary"]) + ".",
                 escaped(f"{row['path'][0].upper()}{row['path'][1:]}{again}.")]
    return rows + [".El"]


def part(what, plumbline, language):
    kind, *names = what.split()
    if kind == "PROBES":
        return subprocess.run([plumbline, "probes", "--man"], check=True, capture_output=True, text=True).stdout.splitlines()
    if kind == "FORMATS":
        return format_rows(language)
    assert kind == "MAPPING" and len(names) == 1, what
    return mapping_rows(names[0], language)


def main():
    plumbline = sys.argv[1]
    language = json.loads(subprocess.run([plumbline, "probes", "--language"], check=True, capture_output=True).stdout)
    text = PAGE.read_text()

    def generated(found):
        lines = part(found.group(2), plumbline, language)
        body = "".join(piece + "\n" for line in lines for piece in wrap(line))
        return f"{found.group(1)}{body}.\\\" END {found.group(2)}\n"

    current = re.sub(r'(\.\\" BEGIN ([A-Z]+(?: [a-z]+)?)[^\n]*\n).*?\.\\" END \2\n', generated, text, flags=re.S)
    if "--check" not in sys.argv:
        PAGE.write_text(current)
        return 0
    if current != text:
        print(f"{PAGE.name} is not current: run tests/support/update-man.py {plumbline}")
        return 1
    return 0


sys.exit(main())
