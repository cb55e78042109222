#!/usr/bin/env python3
"""Every module of rules has a rule-test file of the same layer and name; `plumbline test` checks what is in it."""
import pathlib
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
LAYERS = ("code", "container", "cluster", "cloud")
missing = [
    path.relative_to(TOP / "checks")
    for layer in LAYERS
    for path in sorted((TOP / "checks" / layer).glob("*.yaml"))
    if not (TOP / "tests" / "rules" / layer / path.name).is_file()
]
for path in missing:
    print(f"checks/{path} has no tests/rules/{path}")
sys.exit(bool(missing))
