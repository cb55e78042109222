"""libproc2 says what it says to the judge, and to nobody else; a machine without it is judged the same."""
import json
import os
import re
import shutil
import subprocess

import pytest
from conftest import PLUMBLINE, environment, run

SAID = re.search(r"^processes of a running machine: (?:(libproc2\S+) and )?/proc", run("--version").stdout, re.M)
LIBRARY = SAID and SAID.group(1)
pytestmark = [
    pytest.mark.skipif(not LIBRARY, reason="plumbline was built without libproc2"),
    pytest.mark.skipif(os.geteuid() != 0, reason="a library is taken away by mounts"),
]

RULES = """module: mine
layer: cloud
title: Mine
rules:
- id: mine-process
  title: Nothing is called so
  severity: low
  rationale: For the test.
  check:
    process: {argument: "%s"}
    existence: none
  fix: {text: "Stop it."}
- id: mine-totals
  title: The machine has nothing
  severity: low
  rationale: For the test.
  check:
    host: {}
    expect: {memory: 0, swap: -1, cpus: 0, boot: 0}
  fix: {text: "Nothing."}
"""


def library_path():
    listed = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True).stdout
    return os.path.realpath(re.search(rf"{re.escape(LIBRARY)} .*=> (\S+)", listed).group(1))


def apart(*command, library):
    """Runs a command in a mount namespace, in which the library's file is an empty one unless it is to be there."""
    hide = "true" if library else f"mount --bind /dev/null '{library_path()}'"
    return ["unshare", "--mount", "sh", "-c", f"{hide} && exec \"$@\"", "sh", *map(str, command)]


def shown(command):
    process = subprocess.run(command, capture_output=True, text=True, env=environment())
    assert process.stdout, process.stderr
    return {result["rule"]: result for result in json.loads(process.stdout)["results"]}


def seen(result):
    return [item["observed"] for item in result["items"]]


@pytest.fixture
def sleeper():
    """One whose second argument has two lines; with a name of its own, so that no other run is seen."""
    word = f"plumbline-{os.getpid()}-{os.urandom(4).hex()}"
    process = subprocess.Popen(["sh", "-c", "read line", word, "a\n--tls"], stdin=subprocess.PIPE)
    yield process, word
    process.kill()
    process.wait()


def test_a_missing_library_is_said():
    process = subprocess.run(apart(PLUMBLINE, "--version", library=False), capture_output=True, text=True, env=environment())
    assert process.returncode == 0, process.stderr
    assert f"processes of a running machine: /proc ({LIBRARY} could not be loaded" in process.stdout


@pytest.mark.parametrize("confine", ["best", "none"])
def test_without_it_the_same_is_seen(checks, sleeper, confine):
    command = [PLUMBLINE, "audit", "--only-checks", "--checks", checks(RULES % sleeper[1]), "--root", "/", "--output", "json",
               "--confine", confine]
    ours, theirs = (shown(apart(*command, library=library)) for library in (True, False))
    assert ours["mine-process"]["verdict"] == "fail"
    for rule in ("mine-process", "mine-totals"):
        assert ours[rule]["verdict"] == theirs[rule]["verdict"], rule
        assert seen(ours[rule]) == seen(theirs[rule]), rule
    assert "a\\n--tls" in json.dumps(seen(ours["mine-process"]))


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("root", [None, "tree"])
def test_only_what_judges_the_running_machine_loads_it(checks, sleeper, tmp_path, root):
    traces = tmp_path / "traces"
    traces.mkdir()
    tree = tmp_path / "tree"
    (tree / "etc").mkdir(parents=True)
    process = subprocess.run(
        ["strace", "-ff", "-o", traces / "of", "-e", "trace=openat,seccomp", PLUMBLINE, "audit", "--only-checks", "--checks",
         checks(RULES % sleeper[1]), "--output", "json", *(["--root", tree] if root else [])],
        capture_output=True, text=True, env=environment({"ASAN_OPTIONS": "detect_leaks=0"}))
    if not process.stdout:
        pytest.skip("strace may not trace here")
    loaded = [path for path in traces.iterdir()
              if re.search(rf'/{re.escape(LIBRARY)}", .*= \d', path.read_text(errors="replace"))]
    # In a chroot or a process namespace, as of a build, the processes are not the machine's.
    first = "/proc/1/root" if os.access("/proc/1/root/etc", os.F_OK) else "/proc/2/root"
    here = os.path.samefile(first, "/") and os.readlink("/proc/self/ns/pid") == "pid:[4026531836]"
    assert len(loaded) == (1 if here and not root else 0)
    # After it was confined; the texts it has from readers.
    for path in loaded:
        confined = path.read_text(errors="replace").partition("SECCOMP_SET_MODE_FILTER")[2]
        assert re.search(rf'"/proc/{sleeper[0].pid}/stat", .*= \d', confined)
