"""What a program inside a container (trials/*.c) finds on the machine to try its rights on, and what it is told of it.
All of it is the test's own, below one folder where it can be, and goes with it."""
import ctypes
import json
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import subprocess
import tarfile

from engines import make_image

SOURCES = pathlib.Path(__file__).parent / "trials"
MARK = b"trial-mark-"
ACCOUNT = pwd.getpwnam("nobody")
FUSE = os.makedev(10, 229)


def build(folder):
    """The program, for whoever may enter the folder."""
    program = folder / "trials"
    subprocess.run(["cc", "-O1", "-static", "-no-pie", "-o", program, *sorted(SOURCES.glob("*.c"))], check=True)
    program.chmod(0o755)
    return program


def make_images(folder, program):
    """Root file systems with the program, by name; of "setuid" it is setuid."""
    for name, mode in (("plain", 0o755), ("setuid", 0o4755)):
        make_image(folder / f"{name}.tar")
        with tarfile.open(folder / f"{name}.tar", "a") as tar:
            member = tar.gettarinfo(program, "bin/trials")
            member.mode = mode
            with open(program, "rb") as content:
                tar.addfile(member, content)
    return {name: folder / f"{name}.tar" for name in ("plain", "setuid")}


def handle_of(path):
    """(hexadecimal handle, its type); name_to_handle_at(2)."""
    size = 128
    buffer = ctypes.create_string_buffer(size.to_bytes(4, "little") + bytes(4 + size), 8 + size)
    mount = ctypes.c_int()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.name_to_handle_at(-100, str(path).encode(), buffer, ctypes.byref(mount), 0):
        return "", 0
    length = int.from_bytes(buffer.raw[:4], "little")
    return buffer.raw[8:8 + length].hex(), int.from_bytes(buffer.raw[4:8], "little")


class Yard:
    """What lies on the machine for those inside: `folder`/tree with folders that are root's (private), everybody's
    (open) and an account's (theirs), a key, a token, device nodes, a disk that is a file, two processes with memory and
    shared memory of theirs, that answer on the loopback interface and by an abstract name, a control group."""

    def __init__(self, folder, name):
        self.folder, self.name, self.program = folder, name, build(folder)
        self.keepers, self.keys, self.loop, self.group, self.port = {}, {}, None, None, None
        folder.chmod(0o711)

    def lay_out(self):
        for name, mode in (("private", 0o700), ("open", 0o777), ("theirs", 0o700)):
            place = self.folder / "tree" / name
            place.mkdir(parents=True)
            place.chmod(mode)
            (place / "secret").write_bytes(MARK)
            (place / "secret").chmod(0o600)
        for path in (self.folder / "tree/theirs", self.folder / "tree/theirs/secret"):
            os.chown(path, ACCOUNT.pw_uid, ACCOUNT.pw_gid)
        (self.folder / "token").mkdir()
        (self.folder / "token/token").write_bytes(MARK)  # which everybody reads, as Kubernetes lays it down
        for name, owner in ((".ssh/id", 0), ("tree/theirs/.ssh/id", ACCOUNT.pw_uid)):
            path = self.folder / name
            path.parent.mkdir(mode=0o700)
            path.write_bytes(MARK)
            path.chmod(0o600)
            os.chown(path, owner, -1)
            os.chown(path.parent, owner, -1)
        tool = self.folder / "tools" / "trials"  # which makes root of whoever gets at it
        tool.parent.mkdir()
        shutil.copyfile(self.program, tool)
        tool.chmod(0o4755)
        (self.folder / "nodes").mkdir()
        self.start_loop()
        for name, kind, device in (("disk", 0o060000, self.loop and os.stat(self.loop).st_rdev), ("misc", 0o020000, FUSE)):
            if device:
                os.mknod(self.folder / "nodes" / name, kind | 0o666, device)
                (self.folder / "nodes" / name).chmod(0o666)
        self.start_keeper("keeper", 0, 0)
        self.start_keeper("theirs", ACCOUNT.pw_uid, ACCOUNT.pw_gid, f"abstract={self.name}")
        self.make_group()

    def start_loop(self):
        (self.folder / "disk").write_bytes(MARK.ljust(1 << 20, b"\0"))
        made = subprocess.run(["losetup", "-f", "--show", self.folder / "disk"], capture_output=True, text=True)
        self.loop = made.stdout.strip() or None

    def start_keeper(self, who, uid, gid, *words):
        key = secrets.randbelow(2**30) + 2
        process = subprocess.Popen([self.program, "keep", f"shm={key}", *words], user=uid, group=gid, extra_groups=[], cwd="/",
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.keepers[who], self.keys[who] = process, key
        self.address, self.port = process.stdout.readline().split()

    def make_group(self):
        """One of version 2, which its members are ended by; else one whose limit may be set to what ends them."""
        for top in ("/sys/fs/cgroup/unified", "/sys/fs/cgroup", "/sys/fs/cgroup/memory"):
            if os.path.exists(f"{top}/cgroup.procs"):
                self.group = pathlib.Path(top) / self.name
                try:
                    self.group.mkdir()
                except OSError:
                    self.group = None
                return

    def words(self, container, **more):
        """What the program is told that runs in this container."""
        handle, kind = handle_of(self.folder / "tree/private/secret")
        told = {
            "name": f"{self.name}-{container}", "folder": self.folder, "account": ACCOUNT.pw_uid, "other": 20000,
            "address": self.address,
            "keeper": self.keepers["keeper"].pid, "theirs": self.keepers["theirs"].pid, "signal": int(signal.SIGCONT),
            "shm-root": self.keys["keeper"], "shm-theirs": self.keys["theirs"], "handle": handle, "handle-type": kind,
            "port": self.port, "abstract": self.name, "shm-device": os.stat("/dev/shm").st_dev, "misc": os.minor(FUSE),
            **{kind: os.stat(f"/proc/self/ns/{kind}").st_ino for kind in ("net", "pid", "ipc")},
            **({"loop": os.minor(os.stat(self.loop).st_rdev)} if self.loop else {}),
            **({"group": self.group.name} if self.group else {}), **more,
        }
        return [f"{key}={value}" for key, value in told.items()]

    def clear(self):
        """Even when only a part was made."""
        for process in self.keepers.values():
            process.kill()
            process.wait()
        for key in self.keys.values():
            subprocess.run(["ipcrm", "-M", str(key)], capture_output=True)
        if self.loop:
            subprocess.run(["losetup", "-d", self.loop], capture_output=True)
        if self.group and self.group.exists():
            self.group.rmdir()
        for path in pathlib.Path("/dev/shm").glob(f"{self.name}-*"):
            path.unlink()
        shutil.rmtree(self.folder / "tree", ignore_errors=True)


def tried(*processes):
    """ability -> ways, of what the programs printed."""
    found = {}
    for process in processes:
        assert process.returncode == 0 and process.stdout, f"{process.returncode}: {process.stdout} {process.stderr}"
        for ability, way in json.loads(process.stdout):
            found.setdefault(ability, []).append(way)
    return found
