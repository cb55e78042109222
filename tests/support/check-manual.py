#!/usr/bin/env python3
"""Refuses a manual that leaves out a word of the language: each mapping, member, format, operator, closed list, probe,
parameter and field stands in plumbline-checks(5), and what is generated there is current.

usage: check-manual.py PLUMBLINE"""
import json
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]


def asked(plumbline, *arguments):
    return json.loads(subprocess.run([plumbline, "probes", *arguments], check=True, capture_output=True).stdout)


def plain(text):
    return text.replace("\\e", "\\").replace("\\&", "").replace("\\-", "-")


def block(page, what):
    found = re.search(rf'^\.\\" BEGIN {what}\b[^\n]*\n(.*?)^\.\\" END {what}\n', page, re.M | re.S)
    return plain(found[1]) if found else ""


def items(text):
    """The words that head an entry of a list."""
    heads = re.findall(r"^\.It (?:Cm|Va) (.*)$", text, re.M)
    return {word for head in heads for word in head.split(" Pq ")[0].replace(" ,", "").split()}


def missing(page, language, probes):
    for name, mapping in language["mappings"].items():
        words = items(block(page, f"MAPPING {name}"))
        if not words:
            yield f"no part MAPPING {name}"
        yield from (f"{name}: {member['name']}" for member in mapping["members"] if member["name"] not in words)
    formats = items(block(page, "FORMATS"))
    yield from (f"format {row['name']}" for row in language["formats"] if row["name"] not in formats)
    operators = items(re.search(r"^\.Ss Operators\n(.*?)^\.S[sh]", page, re.M | re.S)[1])
    yield from (f"operator {row['name']}" for row in language["operators"] if row["name"] not in operators)
    flat = " ".join(plain(page).split())
    for kind, words in language["words"].items():
        yield from (f"{kind}: {word}" for word in words if not re.search(rf"\b{re.escape(word)}\b", flat))
    reference = block(page, "PROBES")
    for probe in probes:
        part = re.search(rf"^\.Ss {re.escape(probe['name'])}\n(.*?)(?=^\.Ss |\Z)", reference, re.M | re.S)
        words = items(part[1]) if part else set()
        for row in probe["object"] + probe["fields"]:
            if row["name"] not in words:
                yield f"probe {probe['name']}: {row['name']}"


def main():
    plumbline = sys.argv[1]
    page = (TOP / "man" / "plumbline-checks.5").read_text()
    left_out = list(missing(page, asked(plumbline, "--language"), asked(plumbline, "--json")))
    for what in left_out:
        print(f"plumbline-checks.5 does not have {what}")
    current = subprocess.run([sys.executable, TOP / "tests/support/update-man.py", plumbline, "--check"]).returncode
    print(f"manual: {len(left_out)} words left out")
    return 1 if left_out or current else 0


sys.exit(main())
