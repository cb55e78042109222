"""Nothing is what it calls itself: control groups that users name like a container, processes that users call dockerd."""
import contextlib
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from conftest import audit, own_folder

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may make other users' processes")

USER = 65534
CGROUPS = pathlib.Path("/sys/fs/cgroup")
HIERARCHY = CGROUPS if (CGROUPS / "cgroup.controllers").exists() else CGROUPS / "pids"
PYTHON = os.path.realpath(sys.executable)


def as_user():
    os.setgroups([])
    os.setgid(USER)
    os.setuid(USER)


def wait_until(what, text):
    for _ in range(600):
        if what():
            return
        time.sleep(0.05)
    raise AssertionError(f"{text}: not within half a minute")


def apart(process):
    """Whether it has its mount namespace."""
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{process.pid}/ns/mnt") != os.readlink("/proc/self/ns/mnt")
    return process.poll() is not None


@pytest.fixture
def processes():
    started = []

    def start(*arguments, **kwargs):
        started.append(subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True, **kwargs))
        return started[-1]

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def groups():
    """A control group of our own; what was put into groups below it goes away with `processes`, which ends first."""
    top = HIERARCHY / f"plumbline-e2e-{secrets.token_hex(6)}"
    try:
        top.mkdir()
    except OSError as error:
        pytest.skip(f"no control groups can be made: {error}")
    yield top
    for folder in sorted((path for path in top.rglob("*") if path.is_dir()), reverse=True):
        wait_until(lambda folder=folder: not (folder / "cgroup.procs").read_text().strip(), f"{folder} is empty")
        folder.rmdir()
    top.rmdir()


def failures(identity):
    """What fails for the container itself, and all subjects that name it."""
    report = audit("--rule", "container-no-cap-*", "--rule", "container-cannot-escape-*", "--fail-on", "none")
    failed, subjects = set(), set()
    for rule, result in report["by_rule"].items():
        for item in result["items"]:
            if identity[:12] in (item["subject"] or ""):
                subjects.add(item["subject"])
                if item["verdict"] == "fail" and item["subject"] == identity[:12]:
                    failed.add(rule)
    return failed, subjects


def test_a_group_that_a_user_names_is_no_container(groups, processes):
    """An ordinary user's older process stood for the privileged container whose id its delegated group was given."""
    identity = secrets.token_hex(32)
    places = ["user.slice/docker-{}.scope", "user.slice/user@1000.service/app.slice/libpod-{}.scope",
              "user-1000.slice/crio-{}.scope", "user@7.service/cri-containerd-{}.scope", "user.slice/docker/{}",
              "delegated/docker-{}.scope", "delegated/kubepods/besteffort/pod1/{}", "delegated/nerdctl-{}.scope",
              "delegated/machine.slice/libpod-{}.scope/container"]
    old = [processes("unshare", "-Urm", "sleep", "600", preexec_fn=as_user) for _ in places]
    wait_until(lambda: all(apart(process) for process in old), "namespaces")
    if any(process.poll() is not None for process in old):
        pytest.skip("users may not make namespaces here")
    time.sleep(0.1)  # they are older by some ticks
    box = processes("unshare", "-m", "sleep", "600")
    wait_until(lambda: apart(box), "a namespace")
    theirs = groups / "engine" / f"docker-{identity}.scope"
    theirs.mkdir(parents=True)
    (theirs / "cgroup.procs").write_text(str(box.pid))
    before, _ = failures(identity)
    assert len(before) > 5, "it is privileged"
    for process, place in zip(old, places):
        own = groups / place.format(identity)
        own.mkdir(parents=True)
        for folder in (own, *own.parents):
            if folder == groups:
                break
            os.chown(folder, USER, USER)
        (own / "cgroup.procs").write_text(str(process.pid))
    after, subjects = failures(identity)
    assert after == before
    assert any("claimed by" in subject for subject in subjects), "the others are judged, as what they are"


# ---- engines ----

FAKE = """
import ctypes, socket, sys, time
ctypes.CDLL(None).prctl(15, b"dockerd", 0, 0, 0)
time.sleep(600)
"""


@pytest.fixture
def listener():
    """A socket of root's, and whether anybody connected to it."""
    folder = own_folder()
    path = folder / "control.sock"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    path.chmod(0o600)
    server.listen(16)
    server.settimeout(0.2)
    came, done = [], threading.Event()

    def serve():
        while not done.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = server.accept()
                came.append(connection.recv(4096))
                connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield path, came
    done.set()
    thread.join()
    server.close()
    shutil.rmtree(folder)


def test_a_process_that_is_called_dockerd_is_no_engine(tmp_path, processes, listener):
    """Root connected to whatever socket a user's process named, and 75 verdicts were about an engine that is none."""
    path, came = listener
    home = tmp_path / "home"
    home.mkdir()
    script = home / "fake.py"
    script.write_text(FAKE)
    copies = {name: home / name / "dockerd" for name in ("copied", "removed", "script")}
    for name, copy in copies.items():
        copy.parent.mkdir()
        shutil.copy(shutil.which("sleep"), copy)
    copies["script"].write_text(f"#!{PYTHON}\n" + FAKE)
    linked = home / "linked"
    linked.mkdir()
    (linked / "dockerd").symlink_to(PYTHON)
    for place in (home, *home.rglob("*")):
        os.chown(place, USER, USER, follow_symlinks=False)
        if not place.is_symlink():
            place.chmod(0o755)
    arguments = ["-H", f"unix://{path}", "--icc=false", "--data-root", str(home)]
    # By argv[0] and by the name that it gives itself; by the name of a file of its own, which may be gone; by a
    # script's; by a link's; from memory alone.
    processes("dockerd", str(script), *arguments, executable=PYTHON, preexec_fn=as_user)
    processes("/usr/bin/dockerd", str(script), *arguments, executable=PYTHON, preexec_fn=as_user)
    processes(str(copies["copied"]), "600", preexec_fn=as_user)
    processes("dockerd", "600", executable=str(copies["copied"]), preexec_fn=as_user)
    removed = processes(str(copies["removed"]), "600", preexec_fn=as_user)
    processes(str(copies["script"]), *arguments, preexec_fn=as_user)
    processes(str(linked / "dockerd"), str(script), *arguments, preexec_fn=as_user)
    memory = os.memfd_create("dockerd", 0)
    os.write(memory, pathlib.Path(PYTHON).read_bytes())
    processes("dockerd", str(script), *arguments, executable=f"/proc/self/fd/{memory}", preexec_fn=as_user, pass_fds=(memory,))
    # In namespaces of its own the user gives a program of root's that name and that place.
    processes("unshare", "-Urm", "sh", "-c",
              f"mount -t tmpfs none /opt && touch /opt/dockerd && mount --bind {PYTHON} /opt/dockerd && "
              f"exec /opt/dockerd {script} {' '.join(arguments)}", preexec_fn=as_user)
    time.sleep(1)
    copies["removed"].unlink()
    assert removed.poll() is None
    report = audit("--rule", "docker-*", "--fail-on", "none")
    text = json.dumps({key: value for key, value in report.items() if key not in ("process", "by_rule")})
    assert came == [], "it was asked"
    assert str(path) not in text and str(home) not in text
    for process in re.findall(r'"process": "([^"]*)"', text):
        assert "fake.py" not in process and str(home) not in process
