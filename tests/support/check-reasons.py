#!/usr/bin/env python3
"""Refuses a reason without a place: a text of a probe that says that something could not be seen names it, by a path of
its own or by what is filled in ("%s could not be read"). Who reads "some files could not be read" can do nothing. And a
reason that became a text on its way: it lost the kind by which verdict, exit code and cure are decided."""
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


# A reason that travels as a text has lost its kind (struct problem, GError): whether it is unknown or an error, and what
# would help. These names say that a text is one.
NAMES = r"(?:\w+_)?(?:why|reason|unseen|unread|unreadable|blind|hindered|hindrance|unsure|uncertain|foreign|contested|problem|failure|failed|unanswered|doubt|error|errors|not_known)(?:_\w+)?"
TEXT_REASON = re.compile(r"\bchar \*+(?:const )?\**(" + NAMES + r")\s*[;,)=\[(]")
TAKEN = re.compile(r"\b[\w>.\[\]()-]*(?:->|\.)(message|reason)\b")
EXCUSES = TOP / "tests/support/reason-texts.txt"


def excuses():
    """(file, what) -> why it may be a text."""
    lines = [line for line in EXCUSES.read_text().splitlines() if line and not line.startswith("#")]
    return {tuple(line.split(None, 2)[:2]): line.split(None, 2)[2] for line in lines}


def without_comments(source):
    return re.sub(r"/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"", lambda match: re.sub(r"[^\n]", " ", match.group(0)), source,
                  flags=re.DOTALL)


def texts(path, excused, used):
    name, source = str(path.relative_to(TOP)), without_comments(path.read_text())
    found = [(match.start(), match.group(1), "a reason is a struct problem or a GError, since a text has no kind")
             for match in TEXT_REASON.finditer(source)]
    found += [(match.start(), match.group(0).split("(")[-1], "takes the text of a problem and leaves its kind: problem_of(), "
               "problem_of_error(), item_unread_problem() keep it") for match in TAKEN.finditer(source)]
    for at, what, says in found:
        if (name, what) in excused:
            used.add((name, what))
        else:
            yield f"{name}:{source.count(chr(10), 0, at) + 1}: {what}: {says} ({EXCUSES.name} excuses)"


def main():
    paths = [path for floor in ("facts", "probes") for path in sorted((TOP / "core" / floor).rglob("*.[ch]"))]
    found = [text for path in paths if path.suffix == ".c" for text in complaints(path)]
    excused, used = excuses(), set()
    found += [text for path in paths for text in texts(path, excused, used)]
    found += [f"{EXCUSES.name}: {name} {what}: nothing needs it" for name, what in sorted(excused.keys() - used)]
    for text in found:
        print(text)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
