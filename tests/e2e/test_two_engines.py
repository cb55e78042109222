"""Two Docker Engines side by side, one of which maps root away: what is said of a container follows from its own engine."""
import os
import secrets
import shutil

import pytest
from conftest import audit
from engines import NEEDS_DOCKER, Docker, RemappingDocker

pytestmark = [*NEEDS_DOCKER, pytest.mark.skipif(not shutil.which("unshare"), reason="unshare is not installed")]

PREFIX = f"two-{secrets.token_hex(4)}-"
RULES = ["container-mapped-like-its-engine", "container-user-namespace-not-forced-off", "container-cgroup-readonly",
         "container-log-bounded", "container-open-ports-needed", "container-not-on-default-bridge",
         "container-no-host-system-directories", "docker-userns-remap"]


class Pair:
    def __init__(self):
        self.plain, self.mapping = Docker(), RemappingDocker("--log-opt", "max-size=1m")

    def start(self):
        return self.plain.start() or self.mapping.start()

    def run(self):
        for docker, name, flags in ((self.plain, "plain", ["--network", "none"]), (self.plain, "unconnected", []),
                                    (self.plain, "hostnet", ["--network", "host"]),
                                    (self.mapping, "inner", ["--network", "none"]),
                                    (self.mapping, "optout", ["--network", "none", "--userns", "host"])):
            started = docker.run("run", "-d", "--name", PREFIX + name, *flags, docker.image, "/bin/sleep", "600")
            assert started.returncode == 0, f"{name}: {started.stderr}"

    def stop(self):
        self.plain.stop()
        self.mapping.stop()


@pytest.fixture(scope="module")
def pair():
    pair = Pair()
    try:
        reason = pair.start()
        if reason:
            pytest.skip(reason)
        pair.run()
        yield pair
    finally:
        pair.stop()


@pytest.fixture(scope="module")
def report(pair):
    flags = [word for rule in RULES for word in ("--rule", rule)]
    return audit(*flags, "--fail-on", "none")["by_rule"]


def verdicts(result):
    """Of the containers of this test; the machine may have others. The worst, where several tests look at one."""
    found = {}
    for item in result["items"]:
        name = item["subject"].removeprefix(PREFIX)
        if name != item["subject"] and found.get(name) in (None, "pass"):
            found[name] = item["verdict"]
    return found


@pytest.mark.parametrize("rule, worse", [
    ("container-mapped-like-its-engine", {"optout": "fail"}),
    ("container-user-namespace-not-forced-off", {"optout": "fail"}),
    ("container-log-bounded", {"plain": "fail", "unconnected": "fail", "hostnet": "fail"}),
    ("container-open-ports-needed", {}),
    ("container-not-on-default-bridge", {}),
    ("container-no-host-system-directories", {}),  # the host's network brings the host's /sys, which nobody mounted
])
def test_each_container_by_its_own_engine(report, rule, worse):
    wanted = {name: worse.get(name, "pass") for name in ("plain", "unconnected", "hostnet", "inner", "optout")}
    assert verdicts(report[rule]) == wanted, report[rule]


def test_the_engine_is_named(report, pair):
    maps = {item["subject"].removeprefix(PREFIX): item["observed"]["engine_maps_users"]
            for item in report["container-mapped-like-its-engine"]["items"]}
    assert [maps.get(name) for name in ("plain", "inner", "optout")] == [False, True, True]
    failing = [item["subject"] for item in report["docker-userns-remap"]["items"] if item["verdict"] == "fail"]
    assert str(pair.plain.socket) in failing and str(pair.mapping.socket) not in failing, failing


def test_a_group_whose_owner_is_not_mapped_is_closed(report, pair):
    """Tried from inside: no group can be made there."""
    groups = "/sys/fs/cgroup/pids" if os.path.isdir("/sys/fs/cgroup/pids") else "/sys/fs/cgroup"
    tried = pair.mapping.run("exec", PREFIX + "inner", "/bin/busybox", "mkdir", f"{groups}/{PREFIX}")
    closed = tried.returncode != 0
    assert verdicts(report["container-cgroup-readonly"])["inner"] == ("pass" if closed else "fail"), tried
