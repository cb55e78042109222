#!/usr/bin/env python3
"""A failed look is an absence nowhere: NULL for the error of a look is noted by the host (core/host/notes.h), and
host_unheard(), which throws a failure away, stands only below a comment that says why ("Unheard: ...")."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
ALLOWED = {"core/host/notes.c", "core/host/notes.h"}
# Direct calls of a file system say nothing to anybody: only the host floor makes them.
DIRECT = re.compile(r"->ops->(stat|read|open|list|readlink|getxattr|resolve)\(")


def mistakes(path):
    name = str(path.relative_to(TOP))
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        if "host_unheard()" in line and name not in ALLOWED:
            before = " ".join(lines[max(0, number - 4):number + 1])
            if "Unheard:" not in before:
                yield f"{name}:{number + 1}: host_unheard() without a comment \"Unheard: WHY\""
        if DIRECT.search(line) and not name.startswith("core/host/"):
            yield f"{name}:{number + 1}: a file system is asked without the host"


def main():
    found = [text for path in sorted(TOP.glob("core/**/*.[ch]")) for text in mistakes(path)]
    print("\n".join(found) if found else "no look is thrown away without a reason")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
