#!/usr/bin/env python3
"""Refuses files of the program that need each other (CONTRIBUTING.md, "Floors"): object files by the symbols that one
uses and another has, and headers by what they include. Argument: the build folder. What two files need lies below both,
in a file of its own. Exits with 77 where the objects cannot be looked into."""
import json
import pathlib
import re
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("core", "reports")
# A table names all its rows, and a row may ask it for another one by name: these symbols do not count where the table
# uses them.
TABLES = {
    "core/probes/probe": r"probe_\w+",  # path-from, audit-rule and docker take the answers of other probes
    "core/cli/command": r"command_\w+",  # completion writes scripts of all commands
    "core/formats/formats": r"format_\w+",  # a format may hold texts of another one
    "reports/reports": r"report_\w+",  # a report may be made of another one
}
LEFT_OUT = 77


def objects(build):
    """The object of every source file of the program by the file's name, without those of files that are gone."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path, target = pathlib.Path(entry["file"]), re.search(r" -o (CMakeFiles/plumbline\S+)", entry["command"])
        if target and path.is_relative_to(TOP):
            name = path.relative_to(TOP).with_suffix("")
            if name.parts[0] in FOLDERS:
                yield str(name), build / target.group(1)


def symbols(paths):
    """What each object has and what it needs. A weak symbol (an inline function of C++) is in every object that uses
    it, and is of none."""
    texts = subprocess.run(["nm", *map(str, paths)], capture_output=True, text=True, check=True).stdout.split("\n\n")
    for path, text in zip(paths, texts, strict=True):
        lines = [line.split() for line in text.strip().splitlines() if line != f"{path}:"]
        yield ({symbol for *_, kind, symbol in lines if kind in "TDBRC"},
               {symbol for *_, kind, symbol in lines if kind == "U"})


def needs_by_object(found):
    """{file: {other file: its symbols that are used}}"""
    looked = dict(zip(found, symbols(list(found.values())), strict=True))
    home = {symbol: name for name, (has, _) in looked.items() for symbol in has}
    graph = {}
    for name, (_, needs) in looked.items():
        row = TABLES.get(name)
        edges = graph.setdefault(name, {})
        for symbol in sorted(needs):
            other = home.get(symbol, name)
            if other != name and not (row and re.fullmatch(row, symbol)):
                edges.setdefault(other, []).append(symbol)
    return graph


def needs_by_header():
    graph = {}
    for folder in FOLDERS:
        for path in sorted((TOP / folder).rglob("*.h")):
            found = re.findall(r'^\s*#\s*include\s+"([^"]+)"', path.read_text(), re.M)
            graph[str(path.relative_to(TOP)).removeprefix("core/")] = {name: ["#include"] for name in found}
    return graph


def circles(graph):
    """Groups of files that need each other (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in index:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == index[node]:
            group = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def say(graph, group):
    print(f"{len(group)} files need each other: {' '.join(group)}")
    for name in group:
        for other in sorted(set(graph[name]) & set(group)):
            print(f"    {name} needs of {other}: {' '.join(graph[name][other])}")


def why_not(found):
    """Why the objects cannot be looked into; None: they can be."""
    if not shutil.which("nm"):
        return "there is no nm"
    first = next(iter(found.values())).read_bytes()
    if first.startswith(b"BC\xc0\xde") or b".gnu.lto_" in first:
        return "the objects are for optimisation across files, and nm does not show their symbols"
    return None


def main(build):
    found = dict(objects(build))
    missing = [str(path) for path in found.values() if not path.is_file()]
    if missing or not found:
        print(f"{missing[0] if missing else build} is not built")
        return 1
    for name in TABLES.keys() - found.keys():
        print(f"{name} is no file (any more)")
        return 1
    reason = why_not(found)
    graphs = [needs_by_header(), {} if reason else needs_by_object(found)]
    bad = [(graph, group) for graph in graphs for group in circles(graph)]
    for graph, group in bad:
        say(graph, group)
    print(f"circles: {len(bad)} in {len(graphs[0])} headers and {len(graphs[1])} objects")
    if reason:
        print(f"left out: {reason}")
    return LEFT_OUT if reason and not bad else bool(bad)


sys.setrecursionlimit(10000)
sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
