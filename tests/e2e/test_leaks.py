"""Whole runs under the leak check, in builds with AddressSanitizer; conftest.py leaves this file out for others. It
traces its own process, which the sandbox forbids, so that only what may run unconfined can be checked. What the floors
below the command line leak is for the unit tests."""
import json

import pytest
from conftest import RULE, run

LEAKS = {"ASAN_OPTIONS": "detect_leaks=1"}


def leak_checked(*arguments, expected=0):
    process = run(*arguments, env=LEAKS, timeout=900)
    assert "LeakSanitizer" not in process.stderr, process.stderr[:4000]
    assert process.returncode == expected, process.stderr[-2000:]
    return process


@pytest.mark.parametrize("format", ["text", "json", "html", "junit"])
def test_an_audit_of_the_machine(format):
    leak_checked("audit", "--confine", "none", "--fail-on", "none", "-o", format)


def test_an_audit_of_a_folder_and_its_report(root, checks, tmp_path):
    folder = checks(RULE)
    report = tmp_path / "r.json"
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("waivers:\n- rule: mine-one\n  reason: For the test.\n  owner: ops\n  until: 2099-01-01\n")
    leak_checked("audit", "--confine", "none", "--root", root, "--checks", folder, "--only-checks", "--waivers", waivers,
                 "--fail-on", "none", "-o", f"json={report}", "-o", "text")
    assert json.loads(report.read_text())["waivers"]


def test_an_audit_that_names_what_is_not_there(tmp_path):
    for wrong in (["--profile", "no-such"], ["--root", "/no/such"], ["--image", tmp_path / "none.tar", "--fail-on", "none"]):
        process = run("audit", "--confine", "none", *wrong, env=LEAKS, timeout=900)
        assert "LeakSanitizer" not in process.stderr, process.stderr[:4000]


@pytest.mark.parametrize("arguments", [["--version"], ["help"], ["audit", "--help"]], ids=lambda words: "-".join(words))
def test_what_only_prints(arguments):
    leak_checked(*arguments)


@pytest.mark.parametrize("arguments", [["nonsense"], ["audit", "--no-such-option"], ["report"]], ids=lambda words: words[-1])
def test_what_is_refused(arguments):
    leak_checked(*arguments, expected=2)
