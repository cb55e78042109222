#!/usr/bin/env python3
"""A failed look is an absence nowhere: NULL for the error of a look is noted by the host (core/host/notes.h). Functions
that do not note it get an error to fill in, and host_unheard(), which throws a failure away, or NULL for one of them
stands only below a comment that says why ("Unheard: ...")."""
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


# They note what nobody asks for (host_pass_on() of core/host/failure.c, host_note()).
NOTING = {"accounts_read", "below_walk", "container_walk_mount", "format_read", "host_getxattr", "host_glob",
          "host_list", "host_links", "host_lstat", "host_open", "host_processes", "host_read", "host_read_text",
          "host_read_uncached", "host_readlink", "host_resolve", "host_set_error", "host_stat", "stat_path"}
TAKES_ERROR = re.compile(r"\b([a-z_0-9]+)\(((?:[^;{}()]|\([^()]*\))*)GError \*\*error\)\s*(\{?)")
SETS_ERROR = re.compile(r"g_set_error\w*\(error|g_propagate_\w*error\(error|\*error =")


def arguments(text, start):
    """Of the call whose bracket is there: its arguments, and where it ends."""
    depth, last, found = 0, start + 1, []
    for at in range(start, len(text)):
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            depth -= 1
            if not depth:
                return found + [text[last:at].strip()], at
        elif text[at] == "," and depth == 1:
            found.append(text[last:at].strip())
            last = at + 1
    return found, len(text)


def calls(text, names):
    for match in re.finditer(r"\b([a-z_0-9]+)\(", text):
        if match.group(1) in names:
            yield match.group(1), match.start(), arguments(text, match.end() - 1)[0][-1]


def body_of(text, start):
    return text[start:text.find("\n}\n", start)]


def bodies_of(text):
    return {match.group(1): body_of(text, match.end()) for match in TAKES_ERROR.finditer(text) if match.group(3)}


def keeps(body, names, known):
    """It sets its error itself, or hands it to a function that does."""
    return SETS_ERROR.search(body) or any(last == "error" and called not in known
                                          for called, _, last in calls(body, names))


def noting(bodies, names):
    """Those that hand their error to noting functions and set it nowhere themselves, found again and again."""
    known = set(NOTING)
    while True:
        some = {}
        for own in bodies.values():
            for name, body in own.items():
                some.setdefault(name, []).append(body)
        more = {name for name, all_ in some.items()
                if name not in known and not any(keeps(body, names, known) for body in all_)}
        if not more:
            return known
        known |= more


def dropped():
    floors = ("host", "formats", "facts", "probes")
    paths = [path for floor in floors for path in sorted((TOP / "core" / floor).rglob("*.[ch]"))]
    texts = {path: path.read_text() for path in paths}
    names = {match.group(1) for text in texts.values() for match in TAKES_ERROR.finditer(text)} | {"parse"}
    bodies = {path: bodies_of(text) for path, text in texts.items()}
    heard = noting(bodies, names)
    public = {match.group(1) for path, text in texts.items() if path.suffix == ".h"
              for match in TAKES_ERROR.finditer(text)} | {"parse"}
    for path, text in texts.items():
        own = bodies[path]
        for name, at, last in calls(text, names - heard):
            if last != "NULL" or name not in public | own.keys():
                continue
            if name in own and not keeps(own[name], names, heard):
                continue
            line = text.count("\n", 0, at) + 1
            before = " ".join(text.splitlines()[max(0, line - 5):line])
            if "Unheard:" not in before:
                yield f"{path.relative_to(TOP)}:{line}: {name}() loses its error: hear it, or say why not (\"Unheard: WHY\")"


def main():
    found = list(dropped())
    found += [text for path in sorted(TOP.glob("core/**/*.[ch]")) for text in mistakes(path)]
    print("\n".join(found) if found else "no look is thrown away without a reason")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
