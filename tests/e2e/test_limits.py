"""Bounds of the whole run: time, threads, memory. No test measures time: what would wait without end is cut by the
time-out of the test's own call of the program."""
import functools
import json
import os
import pathlib
import resource
import subprocess

import pytest

from conftest import PLUMBLINE, RULE, SANITIZED, audit, for_everyone, run

ROOT = os.geteuid() == 0
MUTE = pathlib.Path(__file__).with_name("mute.py")


def test_no_time_at_all_is_refused():
    result = run("audit", "--timeout=-1")
    assert result.returncode == 2
    assert "--timeout" in result.stderr


def test_time_is_enough_for_a_small_root(root, checks):
    report = audit("--root", root, "--checks", checks(RULE), "--only-checks", "--timeout", 600)
    assert not [error for error in report["errors"] if error["where"] == "--timeout"]
    assert report["process"].returncode != 3


@pytest.mark.skipif(not ROOT, reason="needs a user whose processes are used up")
def test_without_processes_there_is_a_sentence(root, checks):
    folder = checks(RULE)
    # RLIMIT_NPROC does not bind root, so the limited one is a user of its own.
    script = ("import os, resource, sys; resource.setrlimit(resource.RLIMIT_NPROC, (0, 0)); os.setgid(54321); "
              "os.setuid(54321); os.execv(sys.argv[1], sys.argv[1:])")
    result = subprocess.run(
        ["/usr/bin/python3", "-c", script, for_everyone(), "audit", "--root", str(root), "--checks", str(folder),
         "--only-checks", "-o", "json"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
    assert result.returncode == 3
    assert "no process can be started" in result.stderr


def silent(folder, *arguments):
    """Runs the program beside a mount at folder/mute that never answers; the JSON report and the exit code."""
    (folder / "mute").mkdir()
    report = folder / "report.json"
    process = subprocess.run(
        ["unshare", "-m", "/usr/bin/python3", str(MUTE), str(folder / "mute"), PLUMBLINE, "audit",
         "-o", f"json={report}", "--fail-on", "none", *map(str, arguments)],
        capture_output=True, text=True, timeout=110)
    if process.returncode in (1, 75):
        pytest.skip("no FUSE mounts here")
    return json.loads(report.read_text()), process.returncode


LINKS = """module: mine
layer: cloud
title: Mine
rules:
- id: mine-silent
  title: A file behind a link is tight
  severity: high
  rationale: For the test.
  check:
    file: {path: PLACE/link}
    existence: none
  fix: {text: "chmod 640"}
- id: mine-content
  title: A file behind a link is well
  severity: high
  rationale: For the test.
  check:
    file-content: {path: PLACE/second, pattern: bad}
    existence: none
  fix: {text: "chmod 640"}
- id: mine-near
  title: A file beside it is not there
  severity: high
  rationale: For the test.
  check:
    file: {path: PLACE/nothing}
    existence: none
  fix: {text: "chmod 640"}
"""


@pytest.mark.skipif(not ROOT, reason="needs mounts")
@pytest.mark.parametrize("root", ["/", "place", "link"])
def test_a_mount_that_never_answers_is_an_error(tmp_path, checks, root):
    live, place = root == "/", tmp_path / "place"
    (tmp_path / "link").symlink_to("place")
    (place / "etc").mkdir(parents=True)
    (place / "link").symlink_to("mute/key" if live else "/mute/key")
    (place / "second").symlink_to("link")
    folder = checks(LINKS.replace("PLACE", str(place) if live else ""))
    report, code = silent(place, "--root", "/" if live else tmp_path / root, "--checks", folder, "--only-checks",
                          "--timeout", 8)
    verdicts = {result["rule"]: result for result in report["results"]}
    assert code == 3
    assert verdicts["mine-silent"]["verdict"] == "error"
    assert "does not answer" in verdicts["mine-silent"]["reason"]
    assert verdicts["mine-content"]["verdict"] == "error"
    assert verdicts["mine-near"]["verdict"] == "pass"
    assert [error["where"] for error in report["errors"]] == [str(place / "mute")]


FORK = """import os, sys, time
for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        break
else:
    print("ready", flush=True)
time.sleep(100)
"""


def memory(*arguments):
    """Kilobytes that an audit needed at most."""
    process = subprocess.Popen([PLUMBLINE, "audit", "-q", *arguments], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    assert os.WIFEXITED(status)
    return usage.ru_maxrss


@pytest.mark.skipif(SANITIZED, reason="sanitizers keep what was freed")
@pytest.mark.parametrize("layer", ["container", "cloud"])
def test_long_command_lines_cost_little(layer):
    before = memory("--layer", layer)
    filler = ["A" * 100000] * 18
    # The children share what their parent has: it costs them nothing.
    parent = subprocess.Popen(["/usr/bin/python3", "-c", FORK, "300", *filler], stdout=subprocess.PIPE,
                              start_new_session=True)
    try:
        assert parent.stdout.readline() == b"ready\n"
        after = memory("--layer", layer)
    finally:
        os.killpg(parent.pid, 9)
        parent.wait()
        parent.stdout.close()
    assert after - before < 60_000, f"{before} kB before, {after} kB beside 300 processes with 1.8 MB of arguments each"


@pytest.mark.skipif(SANITIZED, reason="sanitizers need the address space")
@pytest.mark.parametrize("megabytes", [90, 100, 110, 120, 150, 400])
def test_the_end_of_memory_is_said(megabytes):
    def lower():
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    result = subprocess.run([PLUMBLINE, "audit", "-q"], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                            timeout=120, preexec_fn=lower)
    if result.returncode == 127:
        pytest.skip("not even its libraries fit")
    # The thread that reads processes may not write, not even this.
    assert result.returncode in (0, 1, 3), result.stderr


@pytest.mark.skipif(SANITIZED, reason="sanitizers need the memory")
def test_a_bound_of_data_leaves_room_to_judge(root):
    """systemd's LimitDATA=: the heap's large steps would be all that it allows."""
    lower = functools.partial(resource.setrlimit, resource.RLIMIT_DATA, (100 << 20, 100 << 20))
    command = [PLUMBLINE, "audit", "--root", str(root), "-o", "json", "--fail-on", "none"]
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, preexec_fn=lower)
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)["results"]) > 100
