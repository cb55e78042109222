"""The table of abilities beside what containers of a real engine do: the ability is tried from inside, harmlessly, where
that can be done with a shell; a hardened twin cannot do it, and the table says so of both."""
import pathlib
import secrets
import subprocess
import tarfile

import pytest
from conftest import audit
from engines import NEEDS_DOCKER, Docker

pytestmark = NEEDS_DOCKER

PREFIX = f"able-{secrets.token_hex(4)}-"
HARDENED = ["--network", "none", "--cap-drop", "ALL", "--read-only", "--memory", "64m", "--memory-swap", "64m",
            "--pids-limit", "50", "--security-opt", "no-new-privileges", "--log-driver", "none"]
NOBODY = ["--user", "20000:20000"]
LOOSE = ["--network", "none", "--read-only", "--memory", "64m", "--pids-limit", "50", "--log-driver", "none"]
# name -> options; {private} is a folder of root's with mode 0700, {open} one for everybody, {tree} of both.
CONTAINERS = {
    "hardened": [*HARDENED, *NOBODY],
    "socket": [*HARDENED, "-v", "{folder}/docker.sock:/s"],
    "closed-socket": [*HARDENED, *NOBODY, "-v", "{folder}/docker.sock:/s"],
    "private": [*HARDENED, *NOBODY, "-v", "{private}:/h"],
    "open": [*HARDENED, *NOBODY, "-v", "{tree}:/h"],
    "db": [*HARDENED, "-v", "{private}:/h"],
    "app": [*HARDENED, "--pid", "container:{prefix}db"],
    "other": [*HARDENED, *NOBODY, "--pid", "container:{prefix}db"],
    "setuid": [*LOOSE, *NOBODY, "-v", "{private}:/h", "setuid"],
    "no-setuid": [*LOOSE, *NOBODY, "-v", "{private}:/h"],
    "bound-setuid": [*LOOSE, *NOBODY, "-v", "{private}:/h", "-v", "{tools}:/t:ro"],
    "setuid-sealed": [*HARDENED, *NOBODY, "-v", "{private}:/h", "setuid"],
    "ipc": [*HARDENED, "--ipc", "host"],
    "log": [*HARDENED, *NOBODY, "--log-driver", "json-file"],
    "log-size": [*HARDENED, *NOBODY, "--log-driver", "json-file", "--log-opt", "max-size=1m"],
    "admin": [*LOOSE, "--cap-add", "SYS_ADMIN"],
    "pids": [*HARDENED, *NOBODY, "--pids-limit", "{pid_max}"],
    "accounts": [*LOOSE, "--pid", "host"],
}
# Makes a file as the user that a setuid program becomes.
BECOME = "#include <fcntl.h>\nint main(int n, char **words) { return n < 2 || open(words[1], O_WRONLY | O_CREAT, 0600) < 0; }\n"
# ability -> those that have it, and the ability that it follows from (None: from none); the others have it not. The one
# with the host's processes reaches the socket that another has.
ABLE = {
    "command an engine": {"socket": None, "admin": "become root on the host", "accounts": None},
    "become root on the host": {"socket": "command an engine", "admin": None, "accounts": "write host files"},
    "read credentials": {"socket": "become root on the host"},
    "fill a disk": {"socket": "become root on the host", "log": None},
    "exhaust processes": {"socket": "become root on the host", "pids": None},
    "read others' memory": {"socket": "become root on the host", "ipc": None, "admin": None},
    "write host files": {"socket": "become root on the host", "open": None, "db": None, "app": None, "setuid": None,
                         "bound-setuid": None,
                         "ipc": None, "accounts": None},
}
# Where others have it as well, by what is not looked at here.
OPEN_ENDED = {"fill a disk", "read credentials", "command an engine", "become root on the host", "read others' memory"}


@pytest.fixture(scope="module")
def engine():
    docker = Docker()
    reason = docker.start()
    try:
        if reason:
            pytest.skip(reason)
        tree = docker.folder / "tree"
        for name, mode in (("private", 0o700), ("open", 0o777)):
            (tree / name).mkdir(parents=True)
            (tree / name).chmod(mode)
        (docker.folder / "tools").mkdir(mode=0o755)
        (docker.folder / "become.c").write_text(BECOME)
        subprocess.run(["cc", "-static", "-o", docker.folder / "tools/become", docker.folder / "become.c"], check=True)
        (docker.folder / "tools/become").chmod(0o4755)
        with tarfile.open(docker.folder / "setuid.tar", "w") as tar:
            tar.add(docker.folder / "image.tar", "image.tar")
            with tarfile.open(docker.folder / "image.tar") as image:
                for member in image:
                    if member.name == "bin/busybox":
                        member.mode = 0o4755
                    tar.addfile(member, image.extractfile(member) if member.isreg() else None)
        docker.setuid = docker.run("import", docker.folder / "setuid.tar").stdout.strip()
        assert docker.setuid
        words = {"folder": docker.folder, "private": tree / "private", "open": tree / "open", "tree": tree,
                 "tools": docker.folder / "tools",
                 "prefix": PREFIX, "pid_max": pathlib.Path("/proc/sys/kernel/pid_max").read_text().strip()}
        for name, options in CONTAINERS.items():
            image = docker.setuid if "setuid" in options else docker.image
            started = docker.run("run", "-d", "--name", PREFIX + name,
                                 *(one.format(**words) for one in options if one != "setuid"), image, "/bin/sleep", "600")
            assert started.returncode == 0, f"{name}: {started.stderr}"
        yield docker
    finally:
        docker.stop()


@pytest.fixture(scope="module")
def table(engine):
    abilities = audit("--layer", "container", "--fail-on", "none")["abilities"]
    columns = [column["ability"] for column in abilities["columns"]]
    return {row["subject"].removeprefix(PREFIX): dict(zip(columns, row["cells"])) for row in abilities["rows"]
            if row["subject"].startswith(PREFIX)}


def can(cell):
    return cell is not None and cell["grade"] not in ("no", "unknown", "waived")


@pytest.mark.parametrize("ability", ABLE)
def test_who_has_an_ability(table, ability):
    have = {name: cells[ability].get("by") for name, cells in table.items() if can(cells[ability])}
    wanted = ABLE[ability]
    assert wanted.keys() <= have.keys()
    # The one in the host's process namespace reaches containers of others as well, by which it may have it directly.
    assert {name: have[name] for name in wanted if name != "accounts"} == {
        name: by for name, by in wanted.items() if name != "accounts"}
    if ability not in OPEN_ENDED:
        assert have.keys() - {"admin", "accounts"} == wanted.keys() - {"admin", "accounts"}


def test_the_hardened_one_can_do_nothing(table):
    assert not {ability: cell for ability, cell in table["hardened"].items() if cell and cell["grade"] != "no"}


def writes(engine, name, path):
    """As the container's own user, a file of the test's own."""
    return engine.run("exec", PREFIX + name, "/bin/sh", "-c", f"echo x > {path}/{name}").returncode == 0


@pytest.mark.parametrize("name, path", [("open", "/h/open"), ("private", "/h"), ("db", "/h"), ("app", "/proc/1/root/h"),
                                        ("other", "/proc/1/root/h")])
def test_writing_host_files_is_tried(engine, table, name, path):
    assert writes(engine, name, path) == can(table[name]["write host files"])


def test_a_bound_setuid_program_is_tried(engine, table):
    for name in ("bound-setuid", "no-setuid"):
        tried = engine.run("exec", PREFIX + name, "/t/become", f"/h/{name}").returncode == 0
        assert tried == can(table[name]["write host files"]), name


def test_a_socket_is_tried_by_its_mode(engine, table):
    """Without a client inside, whoever may write it may connect (unix(7))."""
    for name in ("socket", "closed-socket"):
        tried = engine.run("exec", PREFIX + name, "/bin/sh", "-c", "test -w /s").returncode == 0
        assert tried == can(table[name]["command an engine"])
