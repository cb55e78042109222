"""The table of abilities beside what code inside can do, over generated combinations of options of `docker run`: every
pair of values of two options is in some container, of a sequence that is the same on every machine. What was tried and
worked, and the table says no to, is a false no; what the table says yes to, and did not work, is a false yes, unless it
follows from another ability or there is a reason below. A sample of the sequence by default; PLUMBLINE_MATRIX=full takes
all of it (make matrix)."""
import concurrent.futures
import contextlib
import ctypes
import itertools
import json
import os
import pathlib
import random
import secrets
import shutil
import subprocess
import threading

import pytest
from conftest import audit
from engines import NEEDS_DOCKER, Docker
from trials import ACCOUNT, FUSE, Yard, make_images, tried

pytestmark = NEEDS_DOCKER

FULL = os.environ.get("PLUMBLINE_MATRIX") == "full"
SAMPLE, LEAST, GROUP = 24, 120, 15
PREFIX = f"matrix-{secrets.token_hex(4)}-"
PID_MAX = pathlib.Path("/proc/sys/kernel/pid_max").read_text().strip()
CAPS = ["SYS_ADMIN", "SYS_PTRACE", "DAC_READ_SEARCH", "DAC_OVERRIDE", "NET_ADMIN", "KILL", "SYS_TIME", "SETUID", "SETGID",
        "NET_RAW", "MKNOD", "SYS_BOOT", "SYS_RAWIO", "IPC_OWNER", "CHOWN", "FOWNER", "SYS_MODULE", "SETFCAP"]


def caps(names):
    return {"nothing": [], **{name: ["--cap-add", name] for name in names}}


# option -> name of a value -> what it is on the command line; the first one is the one without the option.
OPTIONS = {
    "user": {"root": [], "other": ["--user", "20000:20000"], "account": ["--user", f"{ACCOUNT.pw_uid}:{ACCOUNT.pw_gid}"]},
    "drop": {"nothing": [], "all": ["--cap-drop", "ALL"]},
    "add": caps(CAPS[:9]), "and": caps(CAPS[9:]),
    "gain": {"may": [], "no": ["--security-opt", "no-new-privileges"]},
    "seccomp": {"default": [], "off": ["--security-opt", "seccomp=unconfined"]},
    "paths": {"default": [], "open": ["--security-opt", "systempaths=unconfined"]},
    "pid": {"own": [], "host": ["--pid", "host"], "neighbour": ["--pid", "container:{prefix}db"]},
    "ipc": {"own": [], "host": ["--ipc", "host"], "shareable": ["--ipc", "shareable"],
            "neighbour": ["--ipc", "container:{prefix}db"]},
    "network": {"none": ["--network", "none"], "host": ["--network", "host"],
                "neighbour": ["--network", "container:{prefix}db"]},
    "uts": {"own": [], "host": ["--uts", "host"]},
    "cgroupns": {"default": [], "host": ["--cgroupns", "host"], "private": ["--cgroupns", "private"]},
    "mount": {
        "nothing": [], "private": ["-v", "{tree}/private:/m/private"], "open": ["-v", "{tree}/open:/m/open"],
        "theirs": ["-v", "{tree}/theirs:/m/theirs"], "tree": ["-v", "{tree}:/m/tree"],
        "sealed": ["-v", "{tree}/open:/m/ro:ro"], "key": ["-v", "{folder}/.ssh:/m/.ssh:ro"],
        "etc": ["-v", "/etc:/m/etc:ro"], "token": ["-v", "{folder}/token:/run/secrets/kubernetes.io/serviceaccount:ro"],
        "volume": ["-v", "{prefix}volume:/v"], "socket": ["-v", "{folder}/docker.sock:/m/docker.sock"],
        "sockets": ["-v", "{folder}/hard:/m/tree:ro"],
    },
    "kernel": {
        "nothing": [],
        "groups": ["-v", "/sys/fs/cgroup:/m/cg"], "sealed groups": ["-v", "/sys/fs/cgroup:/m/cg:ro"],
        "proc": ["-v", "/proc:/m/proc"], "sys": ["-v", "/sys:/m/sys"], "shm": ["-v", "/dev/shm:/m/shm"],
        "machine": ["-v", "/:/m/root"], "sealed machine": ["-v", "/:/m/root:ro"], "nodes": ["-v", "{folder}/nodes:/m/nodes"],
    },
    "device": {"none": [], "disk": ["--device", "{loop}"], "elsewhere": ["--device", "{loop}:/m/nodes/d"],
               "misc": ["--device", "/dev/fuse"], "disk rule": ["--device-cgroup-rule", "b 7:* rwm"],
               "misc rule": ["--device-cgroup-rule", f"c {os.major(FUSE)}:{os.minor(FUSE)} rw"]},
    "files": {"writable": [], "sealed": ["--read-only"]},
    "memory": {"bound": ["--memory", "64m", "--memory-swap", "64m"], "unbound": [], "too much": ["--memory", "900g"]},
    "pids": {"bound": ["--pids-limit", "50"], "unbound": [], "too many": ["--pids-limit", PID_MAX]},
    "log": {"none": ["--log-driver", "none"], "file": ["--log-driver", "json-file"],
            "bound": ["--log-driver", "json-file", "--log-opt", "max-size=16k"]},
    "parent": {"engine's": [], "bound": ["--cgroup-parent", "/{prefix}parent"]},
    "init": {"no": [], "yes": ["--init"]},
    "image": {"plain": [], "setuid": []},
}
NEEDS = {("init", "yes"): shutil.which("docker-init"), ("device", "misc"): os.path.exists("/dev/fuse"),
         ("parent", "bound"): os.path.exists("/sys/fs/cgroup/memory/cgroup.procs")}


def allowed(row):
    """What the engine takes, and this machine has."""
    return not any(row.get(name) == value and not there for (name, value), there in NEEDS.items()) and not (
        row.get("device") == "elsewhere" and row.get("kernel") == "nodes")


def pair(first, second):
    return min(first, second), max(first, second)


def all_pairs():
    return {pair((a, x), (b, y)) for a, b in itertools.combinations(OPTIONS, 2) for x in OPTIONS[a] for y in OPTIONS[b]
            if allowed({a: x, b: y})}


def complete(row, left, luck):
    """The row with a value for every option, in a random order, each the one that brings most pairs that are left."""
    for name in luck.sample([name for name in OPTIONS if name not in row], len(OPTIONS) - len(row)):
        values = [value for value in luck.sample(list(OPTIONS[name]), len(OPTIONS[name])) if allowed({**row, name: value})]
        row[name] = max(values, key=lambda value: sum(pair((name, value), other) in left for other in row.items()))
    return row


def combinations():
    """Rows of option -> value that have every pair of two values, and no fewer than LEAST."""
    luck, left, rows = random.Random(9), all_pairs(), []
    while left or len(rows) < LEAST:
        start = dict(luck.choice(sorted(left))) if left else {}
        row = complete(start, left, luck)
        left -= {pair(*two) for two in itertools.combinations(row.items(), 2)}
        rows.append(row)
    return rows


ROWS = combinations()[:None if FULL else SAMPLE]
GROUPS = [ROWS[at:at + GROUP] for at in range(0, len(ROWS), GROUP)]
PRINTS = "i=0; while [ $i -lt 64 ]; do echo %01023d; i=$((i+1)); done; exec /bin/sleep 900" % 0


def kernel_has_ports():
    libc = ctypes.CDLL(None)
    return hasattr(libc, "ioperm") and libc.ioperm(0x80, 1, 1) == 0 and libc.ioperm(0x80, 1, 0) == 0


# What is not tried here: ability -> (condition on the row, why the yes stands).
REASONS = {
    "use host devices": (lambda row: row["and"] == "SYS_RAWIO" and not kernel_has_ports(),
                         "this kernel was built without ioperm(2), which nothing but its configuration says"),
}


def excused(ability, row):
    return ability in REASONS and REASONS[ability][0](row)


class Machine:
    """An engine, a yard, a neighbour, and a parent group with limits."""

    def __init__(self):
        self.docker, self.yard, self.images = Docker(), None, {}
        self.alone = threading.Lock()

    def start(self):
        reason = self.docker.start()
        if reason:
            return reason
        self.yard = Yard(self.docker.folder, PREFIX + "yard")
        self.yard.lay_out()
        (self.docker.folder / "hard").mkdir()
        os.link(self.docker.socket, self.docker.folder / "hard/docker.sock")
        for name, path in make_images(self.docker.folder, self.yard.program).items():
            self.images[name] = self.docker.run("import", path).stdout.strip()
        for tree, limit, value in (("memory", "memory.limit_in_bytes", str(128 << 20)), ("pids", "pids.max", "50")):
            if os.path.exists(f"/sys/fs/cgroup/{tree}/cgroup.procs"):
                parent = pathlib.Path(f"/sys/fs/cgroup/{tree}/{PREFIX}parent")
                parent.mkdir()
                (parent / limit).write_text(value)
        self.run_container("db", ["--network", "none", "--cap-drop", "ALL", "--ipc", "shareable", "--read-only", "--log-driver",
                                  "none", "--memory", "64m", "--pids-limit", "50", "-v", "{tree}/private:/m/private"], "plain")
        left = self.docker.run("exec", PREFIX + "db", "/bin/sh", "-c", "echo trial-mark- >/dev/shm/mark")
        assert left.returncode == 0, left.stderr
        return None

    def run_container(self, name, options, image):
        words = {"folder": self.docker.folder, "tree": self.docker.folder / "tree", "prefix": PREFIX, "loop": self.yard.loop}
        done = self.docker.run("run", "-d", "--name", PREFIX + name, *(one.format(**words) for one in options),
                               self.images[image], "/bin/sh", "-c", PRINTS)
        assert done.returncode == 0, f"{name} {options}: {done.stderr}"

    def logged(self, name):
        """Bytes that its log takes on a disk."""
        path = pathlib.Path(self.docker.run("inspect", "--format", "{{.LogPath}}", PREFIX + name).stdout.strip() or "/none")
        return sum(part.stat().st_size for part in path.parent.glob(f"{path.name}*")) if path.name != "none" else 0

    def try_inside(self, name, row):
        programs = ["/bin/trials"]
        if row["kernel"] in ("machine", "sealed machine"):
            programs.append(f"/m/root{self.yard.folder}/tools/trials")
        words = self.yard.words(name, **({"shared": 1} if row["network"] == "neighbour" else {}))
        # Those that share a limit with others have it for themselves meanwhile.
        with self.alone if row["parent"] == "bound" else contextlib.nullcontext():
            ways = tried(*(self.docker.run("exec", PREFIX + name, program, *words) for program in programs))
        if self.logged(name) >= 1 << 16:
            ways.setdefault("fill a disk", []).append("log")
        return ways

    def stop(self):
        try:
            if self.yard:
                self.yard.clear()
        finally:
            self.docker.stop()
            for parent in pathlib.Path("/sys/fs/cgroup").glob(f"*/{PREFIX}parent"):  # runc makes it in all hierarchies
                subprocess.run(["find", parent, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";"], capture_output=True)


@pytest.fixture(scope="module")
def machine():
    one = Machine()
    try:
        reason = one.start()
        if reason:
            pytest.skip(reason)
        yield one
    finally:
        one.stop()


def table_of_abilities():
    """container -> ability -> cell"""
    # Whether the machine's own processes listen as engines is not the point, and not to be seen everywhere.
    abilities = audit("--rule", "container-cannot-*", "--skip", "container-cannot-use-engine-ports", "--fail-on",
                      "none")["abilities"]
    columns = [column["ability"] for column in abilities["columns"]]
    return {row["subject"].removeprefix(PREFIX): dict(zip(columns, row["cells"])) for row in abilities["rows"]
            if row["subject"].startswith(PREFIX)}


def faults(name, row, cells, ways):
    """What the table says and the trials do not, or the other way round."""
    for ability in sorted(cells):
        cell, worked = cells[ability], ways.get(ability)
        grade = cell["grade"] if cell else "no"
        if worked and grade == "no":
            yield f"{name}: false no: {ability}: {worked} worked"
        if not worked and grade not in ("no", "unknown", "waived") and not cell.get("by") and not excused(ability, row):
            yield f"{name}: false yes: {ability} by {cell.get('rule')}"


def options_of(row):
    return [option for name, value in row.items() for option in OPTIONS[name][value]]


@pytest.mark.parametrize("number", range(len(GROUPS)))
def test_the_table_is_true(machine, number):
    rows = {f"{number * GROUP + i}": row for i, row in enumerate(GROUPS[number])}
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda name: machine.run_container(name, options_of(rows[name]), rows[name]["image"]), rows))
            table = table_of_abilities()
            assert rows.keys() <= table.keys()
            ways = dict(zip(rows, pool.map(lambda name: machine.try_inside(name, rows[name]), rows)))
        wrong = [f"{fault} in {json.dumps(rows[name])}"
                 for name in rows for fault in faults(name, rows[name], table[name], ways[name])]
        assert not wrong, "\n".join(wrong)
    finally:
        machine.docker.run("rm", "-f", "-v", *(PREFIX + name for name in rows))
