#!/usr/bin/env python3
"""Every control of the benchmarks that the stock rules promise to meet is met: a rule refers to it, another control is
judged in its place (as:), or the list says how it is met otherwise (met:). And no rule refers to a control that the
list lacks, or to one at another level. Usage: check-benchmarks.py PLUMBLINE CHECKS"""
import collections
import json
import pathlib
import subprocess
import sys

import yaml

PROMISED = ("cis-docker-1.6.0", "docker-bench-community", "nist-800-190", "plumbline-container")


def load(folder):
    lists = {}
    for name in PROMISED:
        with open(folder / "benchmarks" / f"{name}.yaml", encoding="utf-8") as file:
            lists[name] = {control["id"]: control for control in yaml.safe_load(file)["controls"]}
    return lists


def references_of(rules):
    """benchmark -> control -> [(rule, level)]"""
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for rule in rules:
        for reference in rule["references"]:
            found[reference["benchmark"]][reference["control"]].append((rule["rule"], reference["level"]))
    return found


def is_met(control, controls, referred):
    if control["id"] in referred or "met" in control:
        return True
    return "as" in control and is_met(controls[control["as"]], controls, referred)


def faults_of(name, controls, referred):
    for control in controls.values():
        if not is_met(control, controls, referred):
            yield f"{name} {control['id']}: no rule ({control['title']})"
    for control, rules in referred.items():
        for rule, level in rules:
            if control not in controls:
                yield f"{name} {control}: not in the list ({rule})"
            elif level != controls[control].get("level", 0):
                yield f"{name} {control}: level {controls[control].get('level', 0)}, not {level} ({rule})"


def coverage(name, controls, referred):
    by_rule = sum(control in referred for control in controls)
    met = sum(is_met(control, controls, referred) for control in controls.values())
    rules = {rule for places in referred.values() for rule, _ in places}
    return f"{name}: {met} of {len(controls)} controls met, {by_rule} of them by {len(rules)} rules"


def main():
    lists = load(pathlib.Path(sys.argv[2]))
    command = [sys.argv[1], "list", "--json", "--profile", "auto", "--profile", "plumbline-container", "--only-checks", "--checks", sys.argv[2]]
    rules = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    referred = references_of(rules)
    faults = []
    for name in PROMISED:
        faults += faults_of(name, lists[name], referred[name])
        print(coverage(name, lists[name], referred[name]))
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
