#!/usr/bin/env python3
"""What tests/install/units.sh left in a folder: each audit that was to have a report has the verdicts of the first."""
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
first, bad = None, []
for options in sorted(folder.glob("*.options"), key=lambda path: int(path.stem)):
    expected, words = options.read_text().rstrip("\n").split(" ", 1)
    code = options.with_suffix(".code").read_text().strip()
    report, told = options.with_suffix(".json").read_text(), options.with_suffix(".err").read_text().strip()
    if code != expected:
        bad.append(f"{words}: exit {code}, not {expected}: {told}")
        continue
    if code == "3":
        if report or "namespace of its own" not in told:
            bad.append(f"{words}: a report without a view of the machine: {told}")
        continue
    verdicts = {result["rule"]: result["verdict"] for result in json.loads(report)["results"]}
    first = first or verdicts
    bad += [f"{words}: {rule}: {first[rule]} -> {verdict}" for rule, verdict in verdicts.items() if verdict != first[rule]]
if first is None:
    bad.append("nothing was run")
print("\n".join(bad[:30]))
sys.exit(bool(bad))
