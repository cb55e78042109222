"""What a container reaches is known by what it is: sockets, directories and devices under names that say nothing. Each
thing is tried from inside before the audit is believed."""
import os
import pathlib
import secrets
import socket
import stat
import subprocess

import pytest
from conftest import audit
from engines import NEEDS_DOCKER, Docker

pytestmark = NEEDS_DOCKER

PREFIX = f"identity-{secrets.token_hex(4)}-"
PLAIN = ["--network", "none", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "64m", "--read-only",
         "--pids-limit", "50", "--ulimit", "nofile=1024:1024"]
USER = ["--user", "20000:20000"]


def lay_out(folder):
    """Directories of the host, and sockets and devices in them."""
    for name in ("hard", "look/docker/volumes/y/_data", "big/backups", "backups", "nodes", "plain", "dead", "renamed"):
        (folder / name).mkdir(parents=True)
        (folder / name).chmod(0o777)
    os.link(folder / "docker.sock", folder / "hard" / "h.sock")
    os.mknod(folder / "nodes" / "l0", 0o666 | stat.S_IFBLK, os.makedev(7, 0))
    (folder / "nodes" / "l0").chmod(0o666)
    nobody = socket.socket(socket.AF_UNIX)
    nobody.bind(str(folder / "dead" / "d.sock"))
    nobody.close()
    listener = socket.socket(socket.AF_UNIX)  # of this process, which is root's and nothing that is known
    listener.bind(str(folder / "renamed" / "before"))
    listener.listen()
    os.rename(folder / "renamed" / "before", folder / "renamed" / "after")
    subprocess.run(["mount", "--bind", folder / "big/backups", folder / "backups"], check=True)
    return listener


def containers(folder):
    shims = pathlib.Path("/run/containerd/s")
    found = {
        "hard": ["-v", f"{folder}/hard:/data:ro"],
        "dead": ["-v", f"{folder}/dead:/data"],
        "linkfile": ["-v", f"{folder}/hard/h.sock:/s"],
        "renamed": ["-v", f"{folder}/renamed:/data"],
        "shims": ["-v", f"{shims}:/x:ro"],
        "shm": [*USER, "-v", "/dev/shm:/dev/shm"],
        "ownshm": USER,
        "look": [*USER, "-v", f"{folder}/look/docker/volumes/y/_data:/fv"],
        "volume": ["-v", "kept:/fv"],
        "bound": ["--mount", f"type=volume,src=bound,dst=/fv,volume-opt=type=none,volume-opt=o=bind,volume-opt=device={folder}/plain"],
        "alias": [*USER, "-v", f"{folder}/big/backups:/b"],
        "above": [*USER, "-v", f"{folder}/big:/b"],
        "other": [*USER, "-v", f"{folder}/backups:/b"],
        "beside": [*USER, "-v", f"{folder}/plain:/b"],
        "nodes": [*USER, "--device-cgroup-rule", "b 7:* rwm", "-v", f"{folder}/nodes:/nodes:ro"],
        "norule": [*USER, "-v", f"{folder}/nodes:/nodes:ro"],
    }
    return found


@pytest.fixture(scope="module")
def engine():
    docker = Docker("--default-ulimit", "nofile=1024:1024")
    reason = docker.start()
    try:
        if reason:
            pytest.skip(reason)
        listener = lay_out(docker.folder)
        docker.pids = {}
        for name, options in containers(docker.folder).items():
            started = docker.run("run", "-d", "--name", PREFIX + name, *PLAIN, *options, docker.image, "/bin/sleep", "600")
            assert started.returncode == 0, f"{name}: {started.stderr}"
            docker.pids[name] = docker.run("inspect", "-f", "{{.State.Pid}}", PREFIX + name).stdout.strip()
        yield docker
        listener.close()
    finally:
        subprocess.run(["umount", docker.folder / "backups"], capture_output=True)
        docker.stop()


@pytest.fixture(scope="module")
def module(engine, tmp_path_factory):
    """A rule of the user's own that guards one directory of the host."""
    folder = tmp_path_factory.mktemp("checks")
    (folder / "container").mkdir()
    (folder / "container" / "guard.yaml").write_text(f"""module: guard
layer: container
title: Guarded directories
rules:
- id: guard-backups
  title: Nobody writes the backups
  severity: critical
  rationale: They are for the day after.
  check:
    container: {{}}
    existence: none
    expect: {{writable_host_paths: {{matches: '^{engine.folder}/backups($|/)'}}}}
  fix: {{text: "Mount it read-only."}}
""")
    return folder


@pytest.fixture(scope="module")
def report(engine, module):
    return audit("--layer", "container", "--checks", module, "--fail-on", "none")["by_rule"]


def with_verdict(report, engine, rule, verdict):
    """A subject may have an item for each test of a rule."""
    found = {item["subject"] for item in report[rule]["items"] if item["verdict"] == verdict}
    return {name for name in engine.pids if PREFIX + name in found}


def inside(engine, name, *command):
    return engine.run("exec", PREFIX + name, *command)


def test_the_trials(engine):
    """What the audit has to say was done from inside."""
    for name, place in (("shm", "/dev/shm"), ("look", "/fv"), ("bound", "/fv"), ("alias", "/b"), ("above", "/b/backups"),
                        ("other", "/b")):
        mark = f"mark-{PREFIX}{name}"
        assert inside(engine, name, "/bin/busybox", "touch", f"{place}/{mark}").returncode == 0, name
        host = {"shm": "/dev/shm", "look": engine.folder / "look/docker/volumes/y/_data", "bound": engine.folder / "plain"}
        path = pathlib.Path(host.get(name, engine.folder / "backups")) / mark
        assert path.exists(), name
        path.unlink()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(f"/proc/{engine.pids['hard']}/root/data/h.sock")
        client.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
        assert b"200 OK" in client.recv(4096)
    if os.path.exists("/dev/loop0"):
        read = ["/bin/busybox", "dd", "if=/nodes/l0", "of=/dev/null", "bs=512", "count=1"]
        assert "Operation not permitted" not in inside(engine, "nodes", *read).stderr
        assert "Operation not permitted" in inside(engine, "norule", *read).stderr


def test_a_control_socket_by_a_hard_link_and_the_shims(report, engine):
    for rule in ("container-engine-socket-unreachable", "container-cannot-use-control-sockets"):
        assert with_verdict(report, engine, rule, "fail") == {"hard", "linkfile", "shims"}
        # Whose a socket is that is not where it was bound nobody can tell, nor whether it is the one of nobody.
        assert with_verdict(report, engine, rule, "unknown") == {"renamed", "dead"}


def test_paths_are_left_out_by_the_record_alone(report, engine):
    assert with_verdict(report, engine, "container-cannot-write-host-files", "fail") == {
        "dead", "renamed", "shm", "look", "bound", "alias", "above", "other", "beside"}
    assert with_verdict(report, engine, "container-no-host-temporary-directories", "fail") == {"shm"}


def test_a_directory_is_guarded_under_all_its_names(report, engine):
    assert with_verdict(report, engine, "guard-backups", "fail") == {"alias", "above", "other"}


def test_a_node_of_a_directory_with_a_rule(report, engine):
    v1 = os.path.exists("/sys/fs/cgroup/devices/docker")
    for rule in ("container-cannot-open-disks", "container-no-host-devices", "container-cannot-use-devices"):
        assert with_verdict(report, engine, rule, "fail") == {"nodes"}, rule
        assert v1 is False or with_verdict(report, engine, rule, "unknown") == set(), rule
