"""Namespaces of containers that are not quite their own: user namespaces that programs made inside, and those that
containers share. What is said of them is tried from inside first."""
import secrets
import time

import pytest
from conftest import audit
from engines import NEEDS_DOCKER, Docker

pytestmark = NEEDS_DOCKER

PREFIX = f"neigh-{secrets.token_hex(4)}-"
HARDENED = ["--network", "none", "--cap-drop", "ALL", "--read-only", "--memory", "64m", "--memory-swap", "64m",
            "--pids-limit", "50", "--security-opt", "no-new-privileges", "--log-driver", "none"]
# The uid of root cannot be mapped without CAP_SETFCAP (user_namespaces(7)).
UNFILTERED = ["--network", "none", "--user", "20000:20000", "--cap-drop", "ALL", "--security-opt", "seccomp=unconfined"]
NOBODY = ["--user", "20000:20000"]
SLEEP = ["/bin/sleep", "600"]
NESTED = ["/bin/busybox", "unshare", "-r", *SLEEP]
# name -> options, command
CONTAINERS = {
    "nested": (UNFILTERED, NESTED),
    "nested-admin": ([*UNFILTERED, "--cap-add", "SYS_ADMIN"], NESTED),
    "browser": (UNFILTERED, SLEEP),
    "admin": ([*UNFILTERED, "--cap-add", "SYS_ADMIN"], SLEEP),
    # One with more than the others, and those that share something with it.
    "db": ([*HARDENED, "--cap-add", "SYS_TIME", "--ipc", "shareable"], SLEEP),
    "ipc": ([*HARDENED, *NOBODY, "--ipc", "container:{prefix}db"], SLEEP),
    "net": ([*HARDENED[2:], *NOBODY, "--network", "container:{prefix}db"], SLEEP),
    "sniffer": ([*HARDENED[2:], "--cap-add", "NET_RAW", "--network", "container:{prefix}db"], SLEEP),
    "pid": ([*HARDENED, "--pid", "container:{prefix}db"], SLEEP),
    "tracer": ([*HARDENED, "--cap-add", "SYS_PTRACE", "--pid", "container:{prefix}db"], SLEEP),
    "apart": ([*HARDENED, "--cap-add", "NET_RAW", "--cap-add", "SYS_PTRACE"], SLEEP),
}
# Those whose program stays in the user namespace that it was started in, and may make one.
OWN_USERS = {"nested", "nested-admin", "browser", "admin"}


@pytest.fixture(scope="module")
def engine():
    docker = Docker()
    reason = docker.start()
    try:
        if reason:
            pytest.skip(reason)
        for name, (options, command) in CONTAINERS.items():
            started = docker.run("run", "-d", "--name", PREFIX + name, *(one.format(prefix=PREFIX) for one in options), docker.image, *command)
            assert started.returncode == 0, f"{name}: {started.stderr}"
        yield docker
    finally:
        docker.stop()


CALL = "/bin/busybox wget -q -O - http://127.0.0.1:5432/db"


def tell(engine, *arguments):
    done = engine.run(*arguments)
    assert done.returncode == 0, done.stderr


def in_shell(engine, name, script):
    return engine.run("exec", PREFIX + name, "/bin/sh", "-c", script)


def wait_for(done):
    deadline = time.monotonic() + 20
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def in_nested(engine, name):
    """Whether a process inside can make a user namespace of its own."""
    engine.run("exec", "-d", PREFIX + name, "/bin/busybox", *NESTED[1:])
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        tried = engine.run("exec", PREFIX + name, "/bin/sh", "-c", "/bin/busybox cat /proc/[0-9]*/uid_map")
        if any(line.split()[-1] == "1" for line in tried.stdout.splitlines()):
            return True
        time.sleep(0.1)
    return False


def verdicts(report, rule):
    """The worst of each container of the test's own."""
    order = ["pass", "notapplicable", "unknown", "error", "fail"]
    found = {}
    for item in next(one for one in report["results"] if one["rule"] == rule)["items"]:
        if item["subject"].startswith(PREFIX):
            name = item["subject"].removeprefix(PREFIX)
            found[name] = max(found.get(name, "pass"), item["verdict"], key=order.index)
    return found


@pytest.fixture(scope="module")
def report(engine):
    if not in_nested(engine, "browser"):
        pytest.skip("nobody may make a user namespace here")
    tell(engine, "exec", "-d", PREFIX + "db", "/bin/busybox", "httpd", "-f", "-p", "127.0.0.1:5432", "-h", "/dev/shm")
    tell(engine, "exec", PREFIX + "db", "/bin/sh", "-c", "echo marker > /dev/shm/db")
    wait_for(lambda: "marker" in in_shell(engine, "db", CALL).stdout)
    return audit("--layer", "container", "--fail-on", "none")


def of_nested(report, rule):
    return {name: verdict for name, verdict in verdicts(report, rule).items() if name in OWN_USERS}


def failing(report, rule):
    return {name for name, verdict in verdicts(report, rule).items() if verdict == "fail"}


def test_capabilities_of_a_namespace_that_was_made_inside_are_none_of_the_container(report):
    found = of_nested(report, "container-no-cap-sys-admin")
    assert found == {"nested": "pass", "browser": "pass", "nested-admin": "fail", "admin": "fail"}
    assert of_nested(report, "container-no-cap-sys-module").keys() == OWN_USERS
    assert set(of_nested(report, "container-no-cap-sys-module").values()) == {"pass"}
    assert set(of_nested(report, "container-not-privileged").values()) == {"pass"}


def test_a_user_namespace_that_was_made_inside_is_none_of_the_container(report):
    assert set(of_nested(report, "container-own-user-namespace").values()) == {"fail"}


def test_shared_memory_of_a_neighbour_is_tried(engine, report):
    able = failing(report, "container-cannot-read-shared-memory-of-neighbours")
    for name in ("ipc", "net", "pid", "apart"):
        assert ("marker" in in_shell(engine, name, "read x < /dev/shm/db; echo $x").stdout) == (name in able), name


def test_services_of_a_neighbour_are_tried(engine, report):
    able = failing(report, "container-cannot-reach-services-of-neighbours")
    for name in ("ipc", "net", "sniffer", "pid", "apart"):
        assert ("marker" in in_shell(engine, name, CALL).stdout) == (name in able), name
    assert failing(report, "container-cannot-change-network-of-neighbours") == {"sniffer"}


def test_memory_of_a_neighbour_is_tried(engine, report):
    """The program of the other one is the first process that they see; itself it may always open, and "apart" sees none
    but itself."""
    able = failing(report, "container-cannot-run-in-neighbours")
    for name in ("pid", "tracer"):
        opened = in_shell(engine, name, "exec 3<>/proc/1/mem").returncode == 0
        assert opened == (name in able), name
    assert "apart" not in able


def test_whoever_runs_in_a_neighbour_has_what_it_has(report):
    columns = [column["ability"] for column in report["abilities"]["columns"]]
    clock = columns.index("set the clock")
    cells = {row["subject"].removeprefix(PREFIX): row["cells"][clock] for row in report["abilities"]["rows"]}
    assert (cells["db"]["grade"], cells["db"].get("by")) == ("high", None)
    assert (cells["tracer"]["grade"], cells["tracer"].get("by")) == ("high", "read others' memory")
    assert {cells[name]["grade"] for name in ("ipc", "net", "pid", "apart")} == {"no"}
