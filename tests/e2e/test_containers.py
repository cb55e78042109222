"""A real Docker Engine and five real containers of different privileges: each flaw is found in its container alone."""
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import time

import pytest
from conftest import audit

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root to run a Docker Engine"),
    pytest.mark.skipif(not shutil.which("dockerd"), reason="docker.io is not installed"),
]

FLAWS = {
    "pl-hardened": ["--user", "1000:1000", "--cap-drop", "ALL", "--read-only", "--memory", "64m", "--pids-limit", "50",
                    "--security-opt", "no-new-privileges"],
    "pl-caps": ["--cap-add", "SYS_ADMIN", "--cap-add", "SYS_PTRACE"],
    "pl-socket": ["-v", "{socket}:/var/run/docker.sock"],
    "pl-hostpid": ["--pid", "host"],
    "pl-rootmount": ["-v", "/etc:/host-etc", "--security-opt", "seccomp=unconfined"],
}


def make_image(path):
    """A root file system of one static busybox."""
    with tarfile.open(path, "w") as tar:
        folder = tarfile.TarInfo("bin")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(folder)
        tar.add(shutil.which("busybox"), "bin/busybox")
        for name in ("sh", "sleep"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)


def unmount_below(folder):
    for line in reversed(pathlib.Path("/proc/self/mountinfo").read_text().splitlines()):
        if str(folder) in line.split()[4]:
            subprocess.run(["umount", "-l", line.split()[4]], capture_output=True)


@pytest.fixture(scope="module")
def engine():
    """A Docker Engine of our own, beside whatever runs here already; yields name -> container id."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-docker-", dir="/var/tmp"))
    socket = folder / "docker.sock"
    log = open(folder / "log", "w")
    daemon = subprocess.Popen(
        ["dockerd", "--iptables=false", "--bridge=none", "--storage-driver=vfs", "--default-ulimit",
         "nofile=1024:1024", "--data-root", folder / "data", "--exec-root", folder / "exec",
         "--pidfile", folder / "pid", "-H", f"unix://{socket}"], stdout=log, stderr=log)

    def docker(*arguments):
        return subprocess.run(["docker", "-H", f"unix://{socket}", *map(str, arguments)], capture_output=True, text=True)

    try:
        deadline = time.monotonic() + 60
        while docker("info").returncode and daemon.poll() is None and time.monotonic() < deadline:
            time.sleep(0.2)
        if daemon.poll() is not None or docker("info").returncode:
            pytest.skip("dockerd does not run here: " + (folder / "log").read_text()[-300:])
        make_image(folder / "image.tar")
        assert docker("import", folder / "image.tar", "pl").returncode == 0
        ids = {}
        for name, flags in FLAWS.items():
            flags = [flag.format(socket=socket) for flag in flags]
            started = docker("run", "-d", "--name", name, "--network", "none", *flags, "pl", "/bin/sleep", "600")
            assert started.returncode == 0, started.stderr
            ids[name] = started.stdout.strip()
        yield ids
    finally:
        docker("rm", "-f", *FLAWS)
        daemon.terminate()
        daemon.wait(timeout=30)
        unmount_below(folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def report(engine):
    return audit("--layer", "container", "--fail-on", "none")["by_rule"]


def failing(report, engine, rule):
    """Names of our containers that a rule fails for."""
    ids = {identity: name for name, identity in engine.items()}
    found = set()
    for item in report[rule]["items"]:
        for identity, name in ids.items():
            if item["verdict"] == "fail" and (identity[:12] in item["subject"] or name in item["subject"]):
                found.add(name)
    return found


@pytest.mark.parametrize(
    "rule, names",
    [
        ("container-no-cap-sys-admin", {"pl-caps"}),
        ("container-no-cap-sys-ptrace", {"pl-caps"}),
        ("container-own-pid-namespace", {"pl-hostpid"}),
        ("container-no-host-configuration", {"pl-rootmount"}),
        ("container-no-writable-host-configuration", {"pl-rootmount"}),
        ("container-seccomp-filter", {"pl-rootmount"}),
        ("container-engine-socket-unreachable", {"pl-socket"}),
        ("container-user-not-root", {"pl-caps", "pl-socket", "pl-hostpid", "pl-rootmount"}),
        ("container-rootfs-readonly", {"pl-caps", "pl-socket", "pl-hostpid", "pl-rootmount"}),
        ("container-memory-limit", {"pl-caps", "pl-socket", "pl-hostpid", "pl-rootmount"}),
        ("container-no-new-privileges", {"pl-caps", "pl-socket", "pl-hostpid", "pl-rootmount"}),
        ("container-not-privileged", set()),
    ],
)
def test_a_flaw_is_found_where_it_is(report, engine, rule, names):
    assert failing(report, engine, rule) == names, report[rule]


def test_every_container_is_seen(report, engine):
    subjects = " ".join(item["subject"] for item in report["container-user-not-root"]["items"])
    for name, identity in engine.items():
        assert identity[:12] in subjects or name in subjects
