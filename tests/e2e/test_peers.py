"""A program of the host's that takes datagrams from whoever reaches its socket: a container sends one, and plumbline says
of the program what its description says, or that there is none."""
import pathlib
import secrets
import socket
import subprocess
import sys

import pytest
from conftest import audit
from engines import NEEDS_DOCKER, Docker

pytestmark = NEEDS_DOCKER

PREFIX = f"peers-{secrets.token_hex(4)}-"
CONTAINERS = {"near": ["-v", "{folder}/s:/s", "-v", "{folder}/tools:/t:ro"], "far": ["-v", "{folder}/tools:/t:ro"]}
SEND = """#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
int main(void)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "/s/own"};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    return fd < 0 || sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof to) != 1;
}
"""
DESCRIBED = "daemon: listener\ntitle: A listener of this test\npeers:\n- {{program: \"{program}\", does: {does}}}\n"


@pytest.fixture(scope="module")
def engine():
    docker = Docker()
    reason = docker.start()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        if reason:
            pytest.skip(reason)
        (docker.folder / "s").mkdir(mode=0o755)
        (docker.folder / "tools").mkdir(mode=0o755)
        listener.bind(str(docker.folder / "s/own"))
        listener.settimeout(30)
        (docker.folder / "s/own").chmod(0o666)
        (docker.folder / "send.c").write_text(SEND)
        subprocess.run(["cc", "-static", "-o", docker.folder / "tools/send", docker.folder / "send.c"], check=True)
        for name, options in CONTAINERS.items():
            started = docker.run("run", "-d", "--name", PREFIX + name, "--network", "none", "--user", "20000:20000",
                                 "--security-opt", "no-new-privileges", "--cap-drop", "ALL",
                                 *(one.format(folder=docker.folder) for one in options), docker.image, "/bin/sleep", "600")
            assert started.returncode == 0, f"{name}: {started.stderr}"
        docker.listener = listener
        yield docker
    finally:
        listener.close()
        docker.stop()


def verdicts(rule, *arguments):
    """name -> verdict of the containers of this test."""
    items = audit("--rule", rule, "--fail-on", "none", *arguments)["by_rule"][rule]["items"]
    return {item["subject"].removeprefix(PREFIX): item["verdict"] for item in items if item["subject"].startswith(PREFIX)}


def described(tmp_path, does):
    folder = tmp_path / "checks/daemons"
    folder.mkdir(parents=True)
    program = pathlib.Path(sys.executable).resolve().name
    (folder / "listener.yaml").write_text(DESCRIBED.format(program=program, does=does))
    return "--checks", str(folder.parent)


def test_the_datagram_arrives_from_where_the_socket_is(engine):
    assert engine.run("exec", PREFIX + "far", "/t/send").returncode != 0
    assert engine.run("exec", PREFIX + "near", "/t/send").returncode == 0
    assert engine.listener.recv(8) == b"x"


def test_a_program_that_nobody_describes_is_named(engine):
    assert verdicts("container-host-sockets-known") == {"near": "fail", "far": "pass"}
    assert verdicts("container-cannot-use-control-sockets") == {"near": "unknown", "far": "pass"}


@pytest.mark.parametrize("does, near", [("commands", "fail"), ("commands-own", "pass"), ("serves", "pass")])
def test_a_description_of_the_users_own_says_what_it_does(engine, tmp_path, does, near):
    more = described(tmp_path, does)
    assert verdicts("container-cannot-use-control-sockets", *more) == {"near": near, "far": "pass"}
    assert verdicts("container-host-sockets-known", *more) == {"near": "pass", "far": "pass"}
