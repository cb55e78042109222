#!/usr/bin/env python3
"""Refuses an include that goes up or sideways between the floors (CONTRIBUTING.md, "Floors")."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
# A file may include headers of its own floor and of these.
ALLOWED = {
    "core/model": set(),
    "core/host": {"model"},
    "core/formats": {"model", "host"},
    "core/facts": {"model", "host", "formats", "probes"},
    "core/probes": {"model", "host", "formats", "facts"},
    "core/engine": {"model", "host", "formats", "facts", "probes"},
    "core/sandbox": {"model"},
    "reports": {"model"},
    "core/cli": {"model", "host", "formats", "facts", "probes", "engine", "sandbox", "reports"},
}


def main():
    bad = 0
    for folder, allowed in ALLOWED.items():
        own = folder.split("/")[-1]
        for path in sorted((TOP / folder).rglob("*.[ch]*")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
                if not found or "/" not in found.group(1):
                    continue
                floor = found.group(1).split("/")[0]
                if floor != own and floor not in allowed:
                    print(f"{path.relative_to(TOP)}:{number}: floor {own} must not include {found.group(1)}")
                    bad += 1
    print(f"include floors: {bad} violations")
    return bad > 0


sys.exit(main())
