#!/usr/bin/env python3
"""What no command of a stock rule's fix may do, as far as patterns see it (not placeholders in quotes or of other words, a mode
beside any redirection, symbolic modes that grant, or two writers by tee, install or a quoted path): leave a word to the reader, set a mode outright (which could grant a bit
that was not there), or overwrite a file that another rule's fix writes."""
import pathlib
import re
import sys

import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
BLANK = re.compile(r"\b(FILE|USER|HOME|DIRECTORY|GROUP|NEWID|UNIT|PROFILE|IMAGE|CONTAINER|SOCKET|PROGRAM|NAME|NETWORK|VOLUME|NODE|KEY|"
                   r"PATH|FIRST-LAST)\b")
OUTRIGHT = re.compile(r"\bchmod\s+(?:-R\s+)?0?[0-7]{3,4}\b")
WRITES = re.compile(r"(?<![>&0-9])>\s*(/[^\s;&|>'\"]+)")
# What a command makes itself may have any mode.
MAKES = re.compile(r"\b(install|mkdir|touch|>)\b|>")


def fixes(node):
    """(id, shell) of the rules, and of the variants of families that bring commands of their own."""
    for rule in node.get("rules") or []:
        yield rule["id"], rule
    for family in node.get("families") or []:
        yield family["family"], family["template"]
        for variant in family["variants"]:
            yield f"{family['family']}/{variant.get('name')}", {"fix": {"shell": variant.get("shell")}}


def shells(rule):
    fix = rule.get("fix") or {}
    for one in fix if isinstance(fix, list) else [fix]:
        if isinstance(one, dict) and one.get("shell"):
            yield one["shell"]


wrong, written = [], {}
for path in sorted(TOP.glob("checks/*/*.yaml")):
    tree = yaml.safe_load(path.read_text())
    for name, rule in fixes(tree if isinstance(tree, dict) and "module" in tree else {}):
        for shell in shells(rule):
            bare = re.sub(r"'[^']*'", "''", shell)
            if BLANK.search(re.sub(r"\{[^}]*\}|\$\w+", "", bare)):
                wrong.append(f"{path.name}: {name}: leaves a word to the reader: {shell.strip()}")
            if OUTRIGHT.search(shell) and not MAKES.search(shell):
                wrong.append(f"{path.name}: {name}: sets a mode outright: {shell.strip()}")
            for target in WRITES.findall(bare):
                if "{" not in target and not target.startswith("/dev/"):
                    written.setdefault(target, set()).add(name)
wrong += [f"{target} is overwritten by the fixes of {', '.join(sorted(names))}" for target, names in sorted(written.items())
          if len(names) > 1]
for line in wrong:
    print(line)
print(f"fixes: {len(wrong)} complaints")
sys.exit(bool(wrong))
