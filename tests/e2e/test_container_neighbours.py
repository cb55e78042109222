"""Namespaces of containers that are not quite their own: user namespaces that programs made inside. What is said of them
is tried from inside first."""
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
SLEEP = ["/bin/sleep", "600"]
NESTED = ["/bin/busybox", "unshare", "-r", *SLEEP]
# name -> options, command
CONTAINERS = {
    "nested": (UNFILTERED, NESTED),
    "nested-admin": ([*UNFILTERED, "--cap-add", "SYS_ADMIN"], NESTED),
    "browser": (UNFILTERED, SLEEP),
    "admin": ([*UNFILTERED, "--cap-add", "SYS_ADMIN"], SLEEP),
}


@pytest.fixture(scope="module")
def engine():
    docker = Docker()
    reason = docker.start()
    try:
        if reason:
            pytest.skip(reason)
        for name, (options, command) in CONTAINERS.items():
            started = docker.run("run", "-d", "--name", PREFIX + name, *options, docker.image, *command)
            assert started.returncode == 0, f"{name}: {started.stderr}"
        yield docker
    finally:
        docker.stop()


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


def verdicts(results, rule):
    """The worst of each container of the test's own."""
    order = ["pass", "notapplicable", "unknown", "error", "fail"]
    found = {}
    for item in next(one for one in results if one["rule"] == rule)["items"]:
        if item["subject"].startswith(PREFIX):
            name = item["subject"].removeprefix(PREFIX)
            found[name] = max(found.get(name, "pass"), item["verdict"], key=order.index)
    return found


@pytest.fixture(scope="module")
def results(engine):
    if not in_nested(engine, "browser"):
        pytest.skip("nobody may make a user namespace here")
    return audit("--layer", "container", "--fail-on", "none")["results"]


def test_capabilities_of_a_namespace_that_was_made_inside_are_none_of_the_container(results):
    found = verdicts(results, "container-no-cap-sys-admin")
    assert found == {"nested": "pass", "browser": "pass", "nested-admin": "fail", "admin": "fail"}
    assert verdicts(results, "container-no-cap-sys-module").keys() == CONTAINERS.keys()
    assert set(verdicts(results, "container-no-cap-sys-module").values()) == {"pass"}
    assert set(verdicts(results, "container-not-privileged").values()) == {"pass"}


def test_a_user_namespace_that_was_made_inside_is_none_of_the_container(results):
    assert set(verdicts(results, "container-own-user-namespace").values()) == {"fail"}
