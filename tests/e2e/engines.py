"""Container engines of the tests' own, beside whatever runs on the machine already."""
import json
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import subprocess
import tarfile
import tempfile
import time

import pytest


def make_image(path):
    """A root file system of one static busybox."""
    with tarfile.open(path, "w") as tar:
        for name in ("bin", "tmp"):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            tar.addfile(folder)
        tar.add(shutil.which("busybox"), "bin/busybox")
        for name in ("sh", "sleep", "true"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)


def unmount_below(folder):
    for line in reversed(pathlib.Path("/proc/self/mountinfo").read_text().splitlines()):
        if str(folder) in line.split()[4]:
            subprocess.run(["umount", "-l", line.split()[4]], capture_output=True)


def processes():
    """(pid, command line, control groups) of all."""
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            yield (int(folder.name), (folder / "cmdline").read_text(errors="replace").split("\0"),
                   (folder / "cgroup").read_text())
        except OSError:
            pass


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass


def kill_left(folder):
    """What an engine leaves running when it is killed: shims, and the containers below them."""
    shims = {pid: argv[argv.index("-id") + 1] for pid, argv, _ in processes()
             if "-id" in argv and any(str(folder) in word for word in argv)}
    for pid, _, cgroup in processes():
        if any(identity in cgroup for identity in shims.values()):
            kill(pid)
    for pid in shims:
        kill(pid)


class Apart:
    """A namespace of processes: nothing is seen there but what is started in it, and all of that ends with it. For who
    may not make one it is the machine itself."""

    def __init__(self):
        self.keeper = subprocess.Popen(
            ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", "echo ready; exec sleep 3600"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.first = None
        if self.keeper.stdout.readline() == "ready\n":
            children = pathlib.Path(f"/proc/{self.keeper.pid}/task/{self.keeper.pid}/children")
            self.first = children.read_text().split()[0]

    def enter(self, user=None):
        """What to put before a command."""
        if not self.first:
            return []
        who = pwd.getpwnam(user) if user else None
        return ["nsenter", "--target", self.first, "--pid", "--mount",
                *([f"--setuid={who.pw_uid}", f"--setgid={who.pw_gid}"] if who else []), "--"]

    def end(self):
        self.keeper.kill()
        self.keeper.wait()


def last_line(text):
    """What a program said last, for the line that tells why a test was left out."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "it says nothing")[-200:]


NEEDS_DOCKER = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root to run a Docker Engine"),
    pytest.mark.skipif(not shutil.which("dockerd"), reason="dockerd is not installed"),
    pytest.mark.skipif(not shutil.which("docker"), reason="the docker client is not installed"),
]


def needs_docker(test):
    for mark in NEEDS_DOCKER:
        test = mark(test)
    return test


class Docker:
    """A Docker Engine without network and packet filter rules, with an image "pl" of one busybox. Nothing of it is
    where another engine of the machine has its own: folders, socket, configuration, and names within a containerd that
    they may share."""

    def __init__(self, *flags, config=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-docker-", dir="/var/tmp"))
        self.before = []  # put before its command; ends by exec
        self.socket = self.folder / "docker.sock"
        self.config = self.folder / "daemon.json"
        self.config.write_text(json.dumps(config or {}))
        self.flags = flags
        self.daemon = None
        self.image = None

    def start(self):
        """None, or why it does not run here."""
        name = f"plumbline-{secrets.token_hex(8)}"  # containerd takes no "_" at the end of one
        with open(self.folder / "log", "a") as log:
            self.daemon = subprocess.Popen(
                [*self.before, "dockerd", "--iptables=false", "--bridge=none", "--storage-driver=vfs", "--config-file", self.config,
                 "--data-root", self.folder / "data", "--exec-root", self.folder / "exec", "--pidfile",
                 self.folder / "pid", "--containerd-namespace", name, "--containerd-plugins-namespace", f"{name}-plugins",
                 "-H", f"unix://{self.socket}", *self.flags], stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while self.run("info").returncode and self.daemon.poll() is None and time.monotonic() < deadline:
            time.sleep(0.2)
        if self.daemon.poll() is not None or self.run("info").returncode:
            return "dockerd does not run here: " + last_line((self.folder / "log").read_text())
        make_image(self.folder / "image.tar")
        imported = self.run("import", self.folder / "image.tar", "pl")
        self.image = imported.stdout.strip()
        return None if imported.returncode == 0 else last_line(imported.stderr)

    def run(self, *arguments, **kwargs):
        return subprocess.run(["docker", "-H", f"unix://{self.socket}", *map(str, arguments)], capture_output=True,
                              text=True, **kwargs)

    def stop(self):
        names = self.run("ps", "-aq").stdout.split()
        if names:
            self.run("rm", "-f", *names)
        self.daemon.terminate()
        try:
            self.daemon.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            self.daemon.wait()
        kill_left(self.folder)
        unmount_below(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)


class RemappingDocker(Docker):
    """One that maps root of its containers to the uid 200000. The range of its user stands in files that it alone sees
    as /etc/subuid and /etc/subgid."""

    def __init__(self, *flags, config=None):
        super().__init__("--userns-remap=nobody:nogroup", *flags, config=config)
        ranges = self.folder / "ranges"
        ranges.write_text("nobody:200000:65536\nnogroup:200000:65536\n")
        self.folder.chmod(0o711)  # the mapped root has to get to its data
        hide = f"mount --bind {ranges} /etc/subuid && mount --bind {ranges} /etc/subgid && exec \"$@\""
        self.before = ["unshare", "--mount", "--propagation", "slave", "sh", "-c", hide, "sh"]


class Runc:
    """One container of plain runc: no engine knows it."""

    def __init__(self, name, leak=None):
        self.name = name
        self.leak = leak  # a directory of the host that its process gets as an open file
        self.bundle = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-runc-", dir="/var/tmp"))

    def start(self):
        subprocess.run(["runc", "delete", "-f", self.name], capture_output=True)
        make_image(self.bundle / "image.tar")
        with tarfile.open(self.bundle / "image.tar") as tar:
            tar.extractall(self.bundle / "rootfs")
        for name in ("proc", "sys", "dev"):
            (self.bundle / "rootfs" / name).mkdir(exist_ok=True)
        subprocess.run(["runc", "spec"], cwd=self.bundle, check=True)
        config = (self.bundle / "config.json").read_text()
        config = config.replace('"terminal": true', '"terminal": false').replace('"sh"', '"/bin/sleep", "600"')
        (self.bundle / "config.json").write_text(config)
        keep = ["--preserve-fds", "1"] if self.leak else []

        def give():
            if self.leak:
                os.dup2(os.open(self.leak, os.O_RDONLY | os.O_DIRECTORY), 3)

        with open(self.bundle / "log", "w") as log:
            started = subprocess.run(["runc", "run", "-d", *keep, "--bundle", self.bundle, self.name], preexec_fn=give,
                                     close_fds=not self.leak, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return None if started.returncode == 0 else last_line((self.bundle / "log").read_text())

    def stop(self):
        if shutil.which("runc"):
            subprocess.run(["runc", "delete", "-f", self.name], capture_output=True)
        shutil.rmtree(self.bundle, ignore_errors=True)


class Podman:
    """Podman with storage of its own; containers run by runc."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-podman-", dir="/var/tmp"))

    def run(self, *arguments):
        return subprocess.run(
            ["podman", "--root", self.folder / "root", "--runroot", self.folder / "run", "--storage-driver", "vfs",
             "--runtime", "runc", "--cgroup-manager", "cgroupfs", *map(str, arguments)], capture_output=True, text=True,
            cwd=self.folder)  # where conmon writes of memory that was out

    def start(self):
        make_image(self.folder / "image.tar")
        imported = self.run("import", self.folder / "image.tar", "registry.example/pl:1")
        return None if imported.returncode == 0 else last_line(imported.stderr)

    def stop(self):
        if shutil.which("podman"):
            self.run("rm", "-f", "-a", "-t", "0")
        unmount_below(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
