"""What SECURITY.md says of the sandbox, as code that took a process over would find it (battery.c)."""
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import struct
import subprocess
import tempfile
import threading
import time

import pytest
from conftest import PLUMBLINE, RULE, SANITIZED, TOP, audit, run

HERE = pathlib.Path(__file__).parent
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has nothing to lose that root could not take")
no_sanitizer = pytest.mark.skipif(SANITIZED, reason="a sanitizer must be loaded first")

# What may be done by each, and why that changes nothing.
ALLOWED = {
    "judge": {"done", "read: a file of root's"},  # it reads the host
    "reader": {"done", "read: a file of root's", "read: another's environment", "read: another's memory"},
    "devices": {"done"},  # it holds CAP_SYS_ADMIN, for three commands that read
    "broker": {"done", "socket: connect as root"},  # an engine's socket: what it sends there is its own
    "writer": {"done"},
}


@pytest.fixture(scope="module")
def battery():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-battery-"))
    library = folder / "battery.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, HERE / "battery.c"], check=True)
    victim = folder / "victim"
    victim.write_text("untouched")
    victim.chmod(0o600)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "engine.sock"))
    listener.listen(64)
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind("\0battery")
    abstract.listen(64)
    other = subprocess.Popen(["sleep", "600"])
    (folder / "out").mkdir()
    before = victim.stat()
    env = {**os.environ, "BATTERY_VICTIM": str(victim), "BATTERY_PID": str(other.pid),
           "BATTERY_SOCKET": str(folder / "engine.sock"), "LD_PRELOAD": str(library)}
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    said = []

    def listen():
        while data := mine.recv(65536):
            said.append(data)

    thread = threading.Thread(target=listen)
    thread.start()
    inherited = os.open(folder, os.O_RDONLY)
    os.dup2(inherited, 199, inheritable=True)
    process = subprocess.run([PLUMBLINE, "audit", "--fail-on", "none", "-o", f"json={folder}/out/r.json"], env=env, stderr=theirs,
                             stdout=subprocess.DEVNULL, timeout=300, pass_fds=(199,))
    os.close(199)
    os.close(inherited)
    theirs.close()
    thread.join()
    text = b"".join(said).decode()
    roles = collections.defaultdict(lambda: collections.defaultdict(set))
    for line in text.splitlines():
        if line.startswith("battery "):
            role, what = line.removeprefix("battery ").split(": ", 1)
            what, result = what.rsplit(": ", 1)
            roles[role][what].add(result)
    after = victim.stat()
    limits = pathlib.Path(f"/proc/{other.pid}/limits").read_text()
    other.kill()
    other.wait()
    listener.close()
    abstract.close()
    content = victim.read_text()
    report = json.loads((folder / "out" / "r.json").read_text())
    shutil.rmtree(folder)
    yield {"roles": roles, "before": before, "after": after, "content": content, "limits": limits, "report": report,
           "process": process, "text": text}


@root_only
@no_sanitizer
@pytest.mark.parametrize("role", ALLOWED)
def test_whoever_takes_a_process_over_can_change_nothing(battery, role):
    tries = battery["roles"][role]
    if role == "devices" and not any(line.split()[2] == "cgroup2" for line in open("/proc/mounts")):
        pytest.skip("no version 2 control groups are mounted, so nobody reads their programs")
    assert "done" in tries, battery["text"][:2000]
    allowed = {what for what, results in tries.items() if "ALLOWED" in results}
    assert allowed <= ALLOWED[role], sorted(allowed - ALLOWED[role])
    assert len(tries) > 90


@root_only
@no_sanitizer
def test_nothing_was_changed(battery):
    before, after = battery["before"], battery["after"]
    assert battery["process"].returncode == 0, battery["text"][-2000:]
    assert battery["content"] == "untouched"
    assert (after.st_mode, after.st_uid, after.st_mtime_ns) == (before.st_mode, before.st_uid, before.st_mtime_ns)
    assert "Max file size             unlimited" in battery["limits"]
    assert battery["report"]["results"], "the audit went on"


@root_only
def test_the_state_is_told(tmp_path):
    files = {kind: tmp_path / f"r.{kind}" for kind in ("json", "text", "html", "junit")}
    arguments = [word for kind, path in files.items() for word in ("-o", f"{kind}={path}")]
    process = run("audit", "--fail-on", "none", "--layer", "code", "--confine", "require", *arguments)
    assert process.returncode == 0, process.stderr
    sandbox = json.loads(files["json"].read_text())["sandbox"]
    assert 61184 <= sandbox["uid"] <= 65519
    assert sandbox["separated"] and sandbox["undumpable"] and sandbox["seccomp"] and sandbox["landlock_abi"] > 0
    assert sandbox["capabilities"] == "CAP_DAC_READ_SEARCH" and sandbox["note"] is None
    for kind in ("text", "html", "junit"):
        assert str(sandbox["uid"]) in files[kind].read_text(), kind


def test_no_confinement_is_told(tmp_path):
    report = audit("--fail-on", "none", "--layer", "code", "--confine", "none")
    assert not report["sandbox"]["seccomp"] and not report["sandbox"]["separated"]
    assert "--confine none" in report["sandbox"]["note"]


@root_only
def test_what_is_missing_can_be_demanded(tmp_path):
    """A user namespace without other users takes a layer: best goes on and says so, require does not."""
    own = ["unshare", "--user", "--map-root-user", PLUMBLINE, "audit", "--root", "/", "--layer", "code",
           "--fail-on", "none"]
    process = subprocess.run([*own, "--confine", "require", "-o", f"json={tmp_path}/r.json"], capture_output=True, text=True)
    assert process.returncode == 3 and "--confine require" in process.stderr, process.stderr
    assert list(tmp_path.iterdir()) == []
    process = subprocess.run([*own, "-o", f"json={tmp_path}/r.json"], capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    assert "user" in json.loads((tmp_path / "r.json").read_text())["sandbox"]["note"]


# ---- a judge that does not come to its end ----

def children(pid):
    """(pid, user) of the processes that a process started."""
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            status = dict(line.split(":\t", 1) for line in (folder / "status").read_text().splitlines() if ":\t" in line)
            if int(status["PPid"]) == pid:
                yield int(folder.name), int(status["Uid"].split()[0])
        except (OSError, KeyError, ValueError):
            pass


def judge_of(process):
    """The last that was started."""
    for _ in range(1000):
        found = [pid for pid, uid in children(process.pid) if os.geteuid() != 0 or uid >= 61184]
        if found and (os.geteuid() == 0 or len(found) >= 6):
            return max(found)
        time.sleep(0.01)
    raise AssertionError("no judge")


@pytest.fixture
def endless(checks, root):
    """Arguments of an audit that waits: its root has a file that is slow to be found."""
    folder = checks(RULE)
    return ["audit", "--only-checks", "--checks", folder]


@root_only
def test_a_report_comes_when_the_judge_dies(tmp_path):
    import jsonschema

    files = {kind: tmp_path / f"r.{kind}" for kind in ("json", "html", "junit", "text")}
    arguments = [word for kind, path in files.items() for word in ("-o", f"{kind}={path}")]
    files["json"].write_text("yesterday")
    process = subprocess.Popen([PLUMBLINE, "audit", *arguments], stderr=subprocess.PIPE, text=True)
    judge = judge_of(process)
    os.kill(judge, signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3 and "signal 9" in said
    report = json.loads(files["json"].read_text())
    jsonschema.validate(report, json.loads((TOP / "reports" / "plumbline-audit-2.schema.json").read_text()))
    assert report["results"] == [] and len(report["errors"]) == 1 and report["gate"]["exit_code"] == 3
    for path in files.values():
        assert "signal 9" in path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in files.values())


@root_only
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGUSR1, signal.SIGXCPU])
def test_a_signal_leaves_nothing_behind(tmp_path, number):
    process = subprocess.Popen([PLUMBLINE, "audit", "-o", f"json={tmp_path}/r.json"], stderr=subprocess.DEVNULL)
    judge = judge_of(process)
    process.send_signal(number)
    assert process.wait(timeout=60) == -number
    assert list(tmp_path.iterdir()) == []
    for _ in range(500):
        if not pathlib.Path(f"/proc/{judge}").exists():
            break
        time.sleep(0.01)
    else:
        raise AssertionError("the judge is still there")


@root_only
@no_sanitizer
@pytest.mark.parametrize("how", ["silent", "half", "noise"])
def test_a_judge_that_does_not_end_is_ended(tmp_path, how):
    """Whoever took the judge over could keep the writer waiting, which then heard no signal either."""
    library = tmp_path / "stuck.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, HERE / "stuck.c"], check=True)
    (tmp_path / "out").mkdir()
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    process = subprocess.Popen([PLUMBLINE, "audit", "--rule", "file-etc-*", "-o", f"json={tmp_path}/out/r.json"], stderr=theirs,
                               stdout=subprocess.DEVNULL, env={**os.environ, "LD_PRELOAD": str(library), "STUCK": how})
    try:
        theirs.close()
        mine.settimeout(120)
        said = b""
        while b"stuck" not in said and how != "noise":
            data = mine.recv(4096)
            assert data, said
            said += data
        if how != "noise":
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == (3 if how == "noise" else -signal.SIGTERM)
    finally:
        for child, _ in children(process.pid):
            os.kill(child, signal.SIGKILL)
        process.kill()
        process.wait()
        mine.close()


ADOPTER = """import ctypes, os, subprocess, sys
PR_SET_CHILD_SUBREAPER = 36
assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
assert subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode == 0
try:
    print("adopted", os.waitpid(-1, os.WNOHANG))
except ChildProcessError:
    print("nobody is left")
"""


def test_an_audit_leaves_no_dead_children_to_others(checks):
    """The first process of a container need not care for children that it never had."""
    result = subprocess.run(["/usr/bin/python3", "-c", ADOPTER, PLUMBLINE, "audit", "--only-checks", "--checks", str(checks(RULE)),
                             "--fail-on", "none", "--allow-unknown"], capture_output=True, text=True, timeout=120)
    assert result.stdout == "nobody is left\n", result.stdout + result.stderr


def test_an_ignored_signal_ends_nothing(root, checks, tmp_path):
    """As by nohup, when the terminal is closed."""
    report = tmp_path / "r.json"
    command = [PLUMBLINE, "audit", "--only-checks", "--checks", str(checks(RULE)), "--root", str(root), "-o", f"json={report}"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    while process.poll() is None:
        process.send_signal(signal.SIGHUP)
        time.sleep(0.005)
    assert process.returncode in (0, 1) and len(json.loads(report.read_text())["results"]) == 2


def test_who_ignores_children_is_told_the_exit_code(root, checks, tmp_path):
    """Some supervisors start programs with SIGCHLD ignored; then the kernel forgets how a child ended."""
    command = [PLUMBLINE, "audit", "--only-checks", "--checks", str(checks(RULE)), "--root", str(root)]
    (root / "etc" / "one.conf").touch(mode=0o666)
    (root / "etc" / "one.conf").chmod(0o666)
    codes = [subprocess.run(command, capture_output=True, preexec_fn=lambda: signal.signal(signal.SIGCHLD, how)).returncode
             for how in (signal.SIG_DFL, signal.SIG_IGN)]
    assert codes == [1, 1]


def test_a_report_that_may_not_be_written_whole(root, checks, tmp_path):
    command = [PLUMBLINE, "audit", "--only-checks", "--checks", str(checks(RULE)), "--root", str(root), "-o", f"json={tmp_path}/r/r.json"]
    (tmp_path / "r").mkdir()
    done = subprocess.run(["sh", "-c", 'ulimit -f 1; exec "$@"', "sh", *command], capture_output=True, text=True)
    assert done.returncode == 3 and "r.json" in done.stderr
    assert list((tmp_path / "r").iterdir()) == []


# ---- what root believes ----

@root_only
@pytest.mark.parametrize("change", ["file", "folder", "owner", "above", "link", "way", "list", "folder's list"])
def test_rules_that_others_can_write_are_refused(checks, root, tmp_path, change):
    folder = checks(RULE)
    rule = folder / "cloud" / "mine.yaml"
    if change == "file":
        rule.chmod(0o666)
    elif change == "folder":
        (folder / "cloud").chmod(0o777)
    elif change == "owner":
        os.chown(rule, 65534, 65534)
    elif change == "above":
        tmp_path.chmod(0o777)
    elif change == "way":  # from root's link over somebody's to root's file: he may change where it leads
        real, theirs, named = tmp_path / "real", tmp_path / "theirs", tmp_path / "named"
        folder.rename(real)
        theirs.mkdir()
        (theirs / "hop").symlink_to(real)
        os.chown(theirs / "hop", 65534, 65534, follow_symlinks=False)
        os.chown(theirs, 65534, 65534)
        named.symlink_to(theirs / "hop")
        folder = named
    elif "list" in change:  # root's group, and an access list: user 65534 may write
        entries = [(0x01, 6, 0xffffffff), (0x02, 6, 65534), (0x04, 4, 0xffffffff), (0x10, 6, 0xffffffff), (0x20, 4, 0xffffffff)]
        place = rule if change == "list" else folder / "cloud"
        try:
            os.setxattr(place, "system.posix_acl_access",
                        struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries))
        except OSError as error:
            pytest.skip(f"no access lists here: {error}")
    else:
        place = tmp_path / "theirs.yaml"
        shutil.move(rule, place)
        os.chown(place, 65534, 65534)
        rule.symlink_to(place)
    process = run("audit", "--only-checks", "--checks", folder, "--root", root)
    assert process.returncode == 2 and "root's verdicts" in process.stderr, process.stderr


@root_only
def test_waivers_that_others_can_write_are_refused(checks, root, tmp_path):
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("waivers: []\n")
    waivers.chmod(0o666)
    process = run("audit", "--only-checks", "--checks", checks(RULE), "--root", root, "--waivers", waivers)
    assert process.returncode == 2 and "root's verdicts" in process.stderr, process.stderr


def test_a_program_elsewhere_has_no_rules_beside_it(tmp_path):
    """/tmp/a/b/plumbline took /tmp/checks for the rules of its build tree."""
    program = tmp_path / "a" / "b" / "plumbline"
    program.parent.mkdir(parents=True)
    shutil.copy(PLUMBLINE, program)
    (tmp_path / "checks" / "profiles").mkdir(parents=True)
    (tmp_path / "checks" / "profiles" / "auto.yaml").write_text('id: auto\ntitle: Planted\ninclude: ["*"]\n')
    process = subprocess.run([program, "list"], capture_output=True, text=True)
    assert str(tmp_path) not in process.stdout + process.stderr and "0 rules" not in process.stdout


# ---- how it begins ----

@root_only
def test_no_run_with_the_rights_of_its_file(tmp_path):
    where = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-setuid-", dir="/var/tmp"))
    try:
        where.chmod(0o755)
        program = where / "plumbline"
        shutil.copy(PLUMBLINE, program)
        program.chmod(0o4755)
        process = subprocess.run([program, "--version"], capture_output=True, text=True, user="nobody", group="nogroup",
                                 extra_groups=[])
        assert process.returncode == 3 and "set-user-id" in process.stderr
    finally:
        shutil.rmtree(where)


def test_closed_standard_descriptors(tmp_path):
    process = subprocess.run(["sh", "-c", f"exec '{PLUMBLINE}' audit --layer code --fail-on none -o json='{tmp_path}/r.json' "
                              "<&- >&- 2>&-"])
    assert process.returncode == 0
    assert json.loads((tmp_path / "r.json").read_text())["results"]


def test_a_report_into_a_descriptor(tmp_path):
    """>(command) of a shell: a descriptor that is named is the only one that stays open."""
    reading, writing = os.pipe()
    process = subprocess.Popen([PLUMBLINE, "audit", "--layer", "code", "--fail-on", "none", "-o", f"json=/dev/fd/{writing}"],
                               pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as file:
        report = json.load(file)
    assert process.wait(timeout=60) == 0 and report["results"]


# ---- what is written down ----

def test_security_names_tests_that_exist():
    """A sentence of SECURITY.md stands only as long as its test does."""
    text = (TOP / "SECURITY.md").read_text()
    all_tests = "\n".join(p.read_text() for folder in ("e2e", "sandbox", "reports", "host", "engine")
                          for p in (TOP / "tests" / folder).iterdir() if p.suffix in (".py", ".c"))
    groups = [group for group in re.findall(r"\(([^()]*)\)", text) if "tests/" in group or "`test_" in group]
    tests = [pair for group in groups for pair in re.findall(r"`(?:(tests/[a-z0-9_/]+\.(?:c|py)): )?([a-z][a-z0-9_]+)`", group)]
    assert len(tests) > 25
    for file, name in tests:
        where = (TOP / file).read_text() if file else all_tests
        assert re.search(rf"\b{name}\b", where), f"{file} {name}"
