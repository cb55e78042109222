"""Bounds of the whole run: time, threads, memory. No test measures time: what would wait without end is cut by the
time-out of the test's own call of the program."""
import json
import os
import resource
import subprocess

import pytest

from conftest import PLUMBLINE, RULE, audit, run

ROOT = os.geteuid() == 0


def limited(*arguments, **limits):
    """The program as a user whose threads cannot be had, or with less memory."""

    def lower():
        for name, value in limits.items():
            resource.setrlimit(getattr(resource, name), (value, value))

    return subprocess.run([PLUMBLINE, *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          timeout=120, preexec_fn=lower, env={"PATH": os.environ["PATH"]})


def test_no_time_at_all_is_refused():
    result = run("audit", "--timeout=-1")
    assert result.returncode == 2
    assert "--timeout" in result.stderr


def test_time_is_enough_for_a_small_root(root, checks):
    report = audit("--root", root, "--checks", checks(RULE), "--only-checks", "--timeout", 600)
    assert not [error for error in report["errors"] if error["where"] == "--timeout"]
    assert report["process"].returncode != 3


@pytest.mark.skipif(not ROOT, reason="needs a user whose processes are used up")
def test_without_threads_the_verdicts_are_the_same(root, checks, tmp_path):
    folder = checks(RULE)
    wanted = audit("--root", root, "--checks", folder, "--only-checks")
    for path in (tmp_path, *tmp_path.parents[:-1]):
        os.chmod(path, os.stat(path).st_mode | 0o055)
    out = tmp_path / "out"
    out.mkdir(mode=0o777)
    out.chmod(0o777)
    # RLIMIT_NPROC does not bind root, so the limited one is a user of its own.
    script = ("import os, resource, sys; resource.setrlimit(resource.RLIMIT_NPROC, (0, 0)); os.setgid(54321); "
              "os.setuid(54321); os.execv(sys.argv[1], sys.argv[1:])")
    result = subprocess.run(
        ["/usr/bin/python3", "-c", script, PLUMBLINE, "audit", "--root", str(root), "--checks", str(folder),
         "--only-checks", "-o", "json"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
    got = json.loads(result.stdout)
    assert {r["rule"]: r["verdict"] for r in got["results"]} == {r["rule"]: r["verdict"] for r in wanted["results"]}
