#!/usr/bin/env python3
"""Refuses a bound that nobody looked at: each *_MAX of core/ and reports/ has a row in bounds.txt that says how it speaks.

A row is "PATH NAME TEXT". TEXT begins with one of the words below; where a bound speaks by a function, that function has
to be in the file that is named and is shown by its name ("says FILE:FUNCTION ..."). A define without a row, a row
without a define, and a function that is gone are refused."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
WORDS = {
    "says": "what is beyond becomes an error, a problem or an unread field: FILE:FUNCTION sets it",
    "refuses": "a whole input beyond it is refused: FILE:FUNCTION",
    "told": "a text for people is cut, and shows that it is; no verdict comes from it",
    "size": "of a buffer, of threads, of a wait or a cache: nothing is left out",
    "harmless": "what is beyond changes no verdict for the worse: the text says why",
}
DEFINE = re.compile(r"^\s*#\s*define\s+([A-Z][A-Z0-9_]*_MAX)\b|^\s*(?:enum \{.*?)?\b([A-Z][A-Z0-9_]*_MAX)\s*=", re.M)


def defined():
    found = set()
    for folder in ("core", "reports"):
        for path in sorted((TOP / folder).rglob("*")):
            if path.suffix not in (".c", ".h", ".cc"):
                continue
            for match in DEFINE.finditer(path.read_text()):
                found.add((str(path.relative_to(TOP)), match.group(1) or match.group(2)))
    return found


def complaint_about(text):
    """What is wrong with what a row says, or None."""
    word, _, rest = text.partition(" ")
    if word not in WORDS:
        return f'"{word}" is none of {", ".join(WORDS)}'
    if word in ("says", "refuses"):
        place = re.match(r"([\w/.]+):(\w+)", rest)
        if not place:
            return "names no FILE:FUNCTION"
        path = TOP / place.group(1)
        if not path.is_file() or not re.search(rf"^\w[^\n;]*\b{place.group(2)}\(", path.read_text(), re.M):
            return f"{place.group(0)} is not there"
    elif word == "harmless" and len(rest.split()) < 3:
        return "does not say why"
    return None


def main():
    bad = []
    rows = {}
    for number, line in enumerate((TOP / "tests/support/bounds.txt").read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        path, name, text = (line.split(" ", 2) + ["", ""])[:3]
        if (path, name) in rows:
            bad.append(f"bounds.txt:{number}: {path} {name} is there twice")
        rows[(path, name)] = text
        wrong = complaint_about(text)
        if wrong:
            bad.append(f"bounds.txt:{number}: {name}: {wrong}")
    # What one place says for all is not said again, differently or not at all, where it was thought of.
    mine = {"core/model/item.h", "core/model/item.c", "core/engine/collect.c"}
    for path in sorted((TOP / "core").rglob("*.[ch]")):
        place = str(path.relative_to(TOP))
        if place not in mine and re.search(r"\bITEMS_MAX\b", re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)):
            bad.append(f"{place}: ITEMS_MAX is asked for by items_room()")
    there = defined()
    bad += [f"{path}: {name} has no row in bounds.txt: what happens beyond it?" for path, name in sorted(there - rows.keys())]
    bad += [f"bounds.txt: {path} has no {name} (any more)" for path, name in sorted(rows.keys() - there)]
    print("\n".join(bad + [f"bounds: {len(rows)} of {len(there)} explained, {len(bad)} complaints"]))
    return bool(bad)


sys.exit(main())
