#!/usr/bin/env python3
"""Daemons of which several run side by side on a host are judged one by one: a rule that is judged, and that joins what
is asked of such a daemon by "any" or picks one instance by "match: any", says "each". Usage: check-instances.py CHECKS"""
import pathlib
import sys

import yaml

SEVERAL = ("dockerd", "containerd")
ALONE = {
    "container-bridge-filtered": "the kernel's filter is one for all engines",
    "containerd-config-version": "applies to whoever has a file; the check accuses single instances",
    "docker-api-socket-owner": "applies to whoever has the group; the check is of one path",
}


def daemons_of(node):
    """Of the tests in a check that ask more than whether there is such a daemon."""
    if isinstance(node, list):
        return set().union(*map(daemons_of, node), set())
    if not isinstance(node, dict):
        return set()
    found = {node[probe].get(key) for probe, key in (("setting", "daemon"), ("daemon", "name"))
             if isinstance(node.get(probe), dict) and "expect" in node}
    return found.union(*map(daemons_of, node.values()), set()) & set(SEVERAL)


def joins(node):
    """Daemons whose instances are mixed."""
    if isinstance(node, list):
        return set().union(*map(joins, node), set())
    if not isinstance(node, dict):
        return set()
    mixed = daemons_of(node["any"]) if "any" in node else set()
    if node.get("match") == "any":
        mixed |= daemons_of({key: value for key, value in node.items() if key != "match"})
    return mixed.union(*map(joins, node.values()), set())


def main():
    faults, met = [], set()
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*/*.yaml")):
        module = yaml.safe_load(path.read_text(encoding="utf-8"))
        rules = [rule for rule in module.get("rules", []) + [family["template"] for family in module.get("families", [])]]
        for rule in rules:
            judged = not rule.get("informational") and (not rule.get("manual") or rule.get("settles"))
            mixed = joins([rule.get("check"), rule.get("applies", module.get("applies"))])
            if not judged or not mixed or rule.get("each") in mixed:
                continue
            met.add(rule["id"])
            if rule["id"] not in ALONE:
                faults.append(f"{path}: {rule['id']} mixes instances of {', '.join(sorted(mixed))}: say each: NAME")
    faults += [f"{name}: needs no exception any more" for name in sorted(set(ALONE) - met)]
    print("\n".join(faults) or "instances of daemons are judged one by one")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
