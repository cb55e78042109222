#!/usr/bin/env python3
"""Refuses the name of a probe, of one of its fields or of a format in a string of the engine or of a report: what is
true of a probe, a field or a format is a column of its row (struct probe, struct probe_field, struct format), so that
whoever reads the row sees all of it. names.txt has the words that mean something else there."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:[^"\\\n]|\\.)*"', re.S)
TEXT = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
TABLE = re.compile(r"^(?:static )?const struct probe_field \w+\[\] = \{(.*?)^\};", re.S | re.M)
FIELD = re.compile(r'\{(?:\.name = )?"([^"]+)"')
ROW = re.compile(r"^const struct (?:probe|format) \w+ = \{(.*?)^\};", re.S | re.M)
ROW_NAME = re.compile(r'(?:\.name = |^\s*)"([^"]+)"')
INCLUDE = re.compile(r"^[ \t]*#[ \t]*include.*$", re.M)


def without_comments(source):
    """Lines stay where they are."""
    return COMMENT.sub(lambda m: m.group(0) if m.group(0)[0] == '"' else "\n" * m.group(0).count("\n"), source)


def sources(*folders):
    for folder in folders:
        for path in sorted((TOP / folder).rglob("*")):
            if path.suffix in (".c", ".cc", ".h"):
                yield path


def declared():
    names = {}
    for path in sources("core/probes", "core/formats"):
        source = without_comments(path.read_text())
        for table in TABLE.finditer(source):
            for field in FIELD.finditer(table.group(1)):
                names.setdefault(field.group(1).removesuffix(".*"), "a field")
        for row in ROW.finditer(source):
            name = ROW_NAME.search(row.group(1))
            if not name:
                sys.exit(f"{path.relative_to(TOP)}: a row without a name")
            names[name.group(1)] = "a probe" if "core/probes" in str(path) else "a format"
    return names


def exceptions():
    allowed = {}
    for number, line in enumerate((TOP / "tests/support/names.txt").read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        file, words, reason = (line.split(maxsplit=2) + ["", ""])[:3]
        if not reason:
            sys.exit(f"tests/support/names.txt:{number}: FILE WORD,WORD REASON")
        for word in words.split(","):
            allowed[file, word] = number
    return allowed


def meant(text, names):
    """The names that a text is, leads through ("properties.User") or, where no other word looks like it, holds."""
    if text in names:
        yield text
    elif "." in text and text.split(".")[0] in names and re.fullmatch(r"[\w.*-]+", text):
        yield text.split(".")[0]
    else:
        for word in re.findall(r"[a-z0-9]+(?:[-_][a-z0-9]+)+", text):
            if word in names:
                yield word


def complaints(path, names, allowed, used):
    source = INCLUDE.sub("", without_comments(path.read_text()))
    place = str(path.relative_to(TOP))
    for text in TEXT.finditer(source):
        for name in meant(text.group(1), names):
            exception = next((key for key in ((place, name), (place, "*")) if key in allowed), None)
            if exception:
                used.add(exception)
            else:
                yield f'{place}:{source.count(chr(10), 0, text.start()) + 1}: "{text.group(1)}" names {names[name]}'


def main():
    names, allowed, used = declared(), exceptions(), set()
    if len(names) < 300:
        sys.exit(f"only {len(names)} names were found: the tables are declared in another way")
    found = [text for path in sources("core/engine", "reports") for text in complaints(path, names, allowed, used)]
    found += [f"tests/support/names.txt:{allowed[key]}: {key[1]} is not in {key[0]}" for key in allowed if key not in used]
    for text in found:
        print(text)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
