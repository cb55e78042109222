"""What every end-to-end test needs: the real binary, run as a person would."""
import json
import os
import pathlib
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
PLUMBLINE = os.environ.get("PLUMBLINE", str(TOP / "build" / "dev" / "plumbline"))


def run(*arguments, user=None, env=None, timeout=120, **kwargs):
    """Runs plumbline; the result has returncode, stdout and stderr as text."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **(env or {})}
    for name in os.environ:
        if name.startswith(("ASAN_", "UBSAN_", "LSAN_", "TSAN_")):
            environment[name] = os.environ[name]
    if user:
        kwargs |= {"user": user, "group": "nogroup", "extra_groups": []}
    return subprocess.run(
        [PLUMBLINE, *map(str, arguments)], capture_output=True, text=True, env=environment,
        stdin=subprocess.DEVNULL, timeout=timeout, **kwargs,
    )


def audit(*arguments, **kwargs):
    """A JSON audit as a dictionary, with the process in it under "process"."""
    process = run("audit", "--output", "json", *arguments, **kwargs)
    assert process.stdout, process.stderr
    report = json.loads(process.stdout)
    report["process"] = process
    report["by_rule"] = {result["rule"]: result for result in report["results"]}
    return report


@pytest.fixture
def checks(tmp_path):
    """A writer of one-module checks folders: checks(yaml) -> folder."""

    def write(text, layer="cloud", module="mine"):
        folder = tmp_path / "checks"
        (folder / layer).mkdir(parents=True, exist_ok=True)
        (folder / "profiles").mkdir(exist_ok=True)
        (folder / "profiles" / "auto.yaml").write_text('id: auto\ntitle: Everything\ninclude: ["*"]\n')
        (folder / layer / f"{module}.yaml").write_text(text)
        return folder

    return write


RULE = """module: mine
layer: cloud
title: Mine
rules:
- id: mine-one
  title: A file is tight
  severity: high
  rationale: For the test.
  check:
    file: {path: /etc/one.conf}
    expect: {mode: {mode-at-most: "0640"}}
  fix: {text: "chmod 640 /etc/one.conf"}
- id: mine-two
  title: A setting is on
  severity: low
  rationale: For the test.
  check:
    config: {path: /etc/two.yaml, format: yaml, key: on}
    expect: {value: true}
  fix: {text: "Set it."}
"""


@pytest.fixture
def root(tmp_path):
    """A small offline root with /etc."""
    folder = tmp_path / "root"
    (folder / "etc").mkdir(parents=True)
    (folder / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (folder / "etc" / "group").write_text("root:x:0:\n")
    return folder
