#!/usr/bin/env python3
"""Refuses an include that goes up or sideways between the floors, or between the rooms of the floor of facts
(CONTRIBUTING.md, "Floors")."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
# A file may include headers of its own floor and of these.
FLOORS = {
    "core/model": set(),
    "core/host": {"model"},
    "core/formats": {"model", "host"},
    "core/facts": {"model", "host", "formats"},
    "core/probes": {"model", "host", "formats", "facts"},
    "core/engine": {"model", "host", "formats", "facts", "probes"},
    "core/sandbox": {"model"},
    "reports": {"model"},
    "core/compile": {"engine", "model"},
    "core/cli": {"model", "host", "formats", "facts", "probes", "engine", "sandbox", "reports"},
}
# A room of core/facts, and those above it in this list that it may use.
ROOMS = {
    "account": set(),
    "file": {"account"},
    "kernel": {"file"},
    "process": set(),
    "system": {"file", "kernel", "process"},
    "audit": set(),
    "pam": {"file"},
    "package": {"file"},
    "daemon": {"account", "file", "package", "process", "system"},
    "setting": {"daemon", "system"},
    "sshd": {"daemon", "package"},
    "docker": {"daemon", "process"},
    "storage": {"account"},
    "container": {"daemon", "docker", "file", "process", "storage", "system"},
    "image": {"account", "docker", "storage"},
    "vulnerability": {"container", "daemon", "kernel", "package"},
}
# What a fact does not know: it is read, and nobody asked.
UNKNOWN_TO_FACTS = {"model/item"}


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'\s*#\s*include\s+"([^"]+)\.h"', line)
        if found and "/" in found.group(1):
            yield number, found.group(1)


def room_of(name):
    parts = name.split("/")
    return parts[1] if parts[0] == "facts" and len(parts) > 2 else None


def refused(me, other, allowed):
    """Why the include is refused; None: it is not."""
    floor, own = other.split("/")[0], me.split("/")[0]
    if floor != own and floor not in allowed:
        return f"floor {own} must not include {other}.h"
    if own == "facts" and other in UNKNOWN_TO_FACTS:
        return f"a fact must not include {other}.h"
    room, mine = room_of(other), room_of(me)
    if mine and room and room != mine and room not in ROOMS.get(mine, set()):
        return f"room {mine} must not include {other}.h"
    return None


def main():
    bad = []
    earlier = set()
    for room, allowed in ROOMS.items():
        bad += [f"room {room} may use {other}, which is not above it" for other in allowed - earlier]
        earlier.add(room)
    for folder, allowed in FLOORS.items():
        for path in sorted((TOP / folder).rglob("*.[ch]*")):
            me = str(path.relative_to(TOP).with_suffix("")).removeprefix("core/")
            for number, other in includes(path):
                why = refused(me, other, allowed)
                if why:
                    bad.append(f"{path.relative_to(TOP)}:{number}: {why}")
    print(*bad, f"includes: {len(bad)} violations", sep="\n")
    return bool(bad)


sys.exit(main())
