"""Programs that pose as a Docker Engine: whatever they do, the audit ends, says what was the matter, and keeps the rest."""
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import pytest
from conftest import PLUMBLINE, TOP, audit, run
from engines import Apart, Docker, last_line, needs_docker

# The ceilings are generous: they tell an end from none, not a fast machine from a slow one.
# Where there is no namespace of their own (without root) real engines may run beside these and are told of too; the rules'
# expectations hold for them.
CEILING = 60

SERVER = r'''
import os, socket, sys, threading, time
path, how = sys.argv[-1].removeprefix("unix://"), sys.argv[1]
INFO = sys.stdin.buffer.read()

def body(data, status="200 OK", more=""):
    return f"HTTP/1.1 {status}\r\nApi-Version: 1.44\r\n{more}Content-Length: {len(data)}\r\n\r\n".encode() + data

def endless(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    block = b'"' + b"x" * 65533 + b'",'
    for _ in range(16384):
        connection.sendall(block)

def answer(connection, target):
    if target == "/_ping" and how not in ("silent", "silent-from-the-start", "ping-500", "noise"):
        connection.sendall(body(b"OK"))
    elif how in ("silent", "hang"):
        time.sleep(600)
    elif how == "endless":
        endless(connection)
    elif how == "cut":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"LiveRestore")
        connection.shutdown(socket.SHUT_RDWR)
    elif how == "noise":
        connection.sendall(b"\x00\x1b[31m no HTTP \xff\r\n\r\n")
        connection.shutdown(socket.SHUT_RDWR)
    elif how in ("500", "ping-500"):
        connection.sendall(body(b'{"message": "out of \\u001b[31morder <script>"}', "500 Internal Server Error"))
    elif how == "deep":
        connection.sendall(body(b"[" * 100000 + b"]" * 100000))
    elif how == "html":
        connection.sendall(body(b"<html>not found</html>"))
    elif how == "types":
        connection.sendall(body(b'[1, "a", null]' if target.endswith("/info") else b'{"a": {"b": 7}}'))
    elif how == "header-bomb":
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for i in range(100000):
            connection.sendall(b"X-%d: %s\r\n" % (i, b"y" * 900))
    elif target.endswith("/info"):
        connection.sendall(body(INFO))
    else:
        connection.sendall(body(b"[]"))
    return how == "restart" and target.endswith("/info")

def serve(connection):
    try:
        reader = connection.makefile("rb")
        while line := reader.readline():
            while reader.readline() not in (b"\r\n", b""):
                pass
            if answer(connection, line.split()[1].decode()):
                os.unlink(path)
                os._exit(0)
    except OSError:
        pass

listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(64)
print("listening", flush=True)
while how != "silent-from-the-start":
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
time.sleep(600)
'''

# Words that no other engine of the machine says, another run of this among them.
BAD, CAREFUL = (f"{word}-{secrets.token_hex(4)}" for word in ("bad", "careful"))
RULES = """module: mine
layer: container
title: Mine
rules:
- id: mine-warnings
  title: No warnings
  severity: high
  rationale: For the test.
  check:
    docker: {list: info, key: Warnings}
    expect: {value: {matches: 'CAREFUL'}}
    existence: none
  fix: {text: Do it.}
- id: mine-name
  title: The engine is not called bad
  severity: high
  rationale: For the test.
  check:
    docker: {list: info, key: ServerVersion}
    expect: {value: {not: BAD}}
  fix: {text: Do it.}
- id: mine-networks
  title: No macvlan
  severity: high
  rationale: For the test.
  check:
    docker: {list: networks, key: Driver}
    expect: {value: macvlan}
    existence: none
  fix: {text: Do it.}
- id: mine-plugins
  title: No plugins
  severity: high
  rationale: For the test.
  check:
    docker: {list: plugins}
    expect: {engine: {matches: '^/tmp/pl-'}}
    existence: none
  fix: {text: Do it.}
- id: mine-passwd
  title: There are accounts
  severity: high
  rationale: For the test.
  check:
    file: {path: /etc/passwd}
  fix: {text: Do it.}
""".replace("CAREFUL", CAREFUL).replace("BAD", BAD)


@pytest.fixture
def engine(tmp_path):
    """A starter of engines: engine(how, info) -> path of its socket."""
    folder = tempfile.mkdtemp(prefix="pl-", dir="/tmp")  # a socket's path is short
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    # An ordinary user's is known by its program, not by what it calls itself.
    program = shutil.copy(os.path.realpath(sys.executable), f"{folder}/dockerd")
    started = []
    apart = Apart()  # other engines of the machine would be judged too, and one problem of several is told

    def start(how, info=None):
        path = f"{folder}/{len(started)}.sock"
        process = subprocess.Popen(
            [*apart.enter(), program, str(script), how, "-H", f"unix://{path}"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env={**os.environ, "PYTHONHOME": sys.base_prefix})
        started.append(process)
        process.stdin.write(json.dumps(info or {"ServerVersion": "good", "Warnings": None}).encode())
        process.stdin.close()
        assert process.stdout.readline() == b"listening\n"
        return path

    start.apart = apart
    yield start
    apart.end()
    for process in started:
        process.kill()
        process.wait()
    for name in os.listdir(folder):
        os.unlink(f"{folder}/{name}")
    os.rmdir(folder)


def described(checks):
    """The rules, and the description by which engines are found."""
    folder = checks(RULES, layer="container")
    (folder / "daemons").mkdir()
    shutil.copy(TOP / "checks" / "daemons" / "dockerd.yaml", folder / "daemons")
    return folder


def judge(engine, checks, *more):
    begun = time.monotonic()
    report = audit("--only-checks", "--checks", described(checks), "--fail-on", "none", *more, timeout=CEILING,
                   apart=engine.apart)
    assert time.monotonic() - begun < CEILING
    assert report["by_rule"]["mine-passwd"]["verdict"] == "pass"
    return report["by_rule"]


def about(result, path):
    """What the report says of one engine, wherever it says it."""
    return path in json.dumps(result)


def test_an_engine_that_answers(engine, checks):
    path = engine("well")
    results = judge(engine, checks)
    mine = [item for item in results["mine-name"]["items"] if item["subject"] == path]
    assert [item["verdict"] for item in mine] == ["pass"]
    assert mine[0]["source"]["api"] == f"GET /info on {path}"


def test_an_engine_that_nobody_described(engine, checks):
    """Rules that come without a description of dockerd cannot know whether there is one."""
    engine("well")
    report = audit("--only-checks", "--checks", checks(RULES, layer="container"), "--fail-on", "none", timeout=CEILING,
                   apart=engine.apart)
    for rule in ("mine-warnings", "mine-name", "mine-networks", "mine-plugins"):
        assert report["by_rule"][rule]["verdict"] == "unknown", report["by_rule"][rule]
        assert "daemon dockerd" in report["by_rule"][rule]["reason"], report["by_rule"][rule]


@pytest.mark.parametrize(
    "how", ["silent", "silent-from-the-start", "hang", "endless", "cut", "noise", "500", "ping-500", "deep", "html",
            "types", "header-bomb"])
def test_an_engine_that_does_not(engine, checks, how):
    """Never a pass where nothing was learnt."""
    path = engine(how)
    results = judge(engine, checks)
    for rule in ("mine-warnings", "mine-name", "mine-networks", "mine-plugins"):
        assert results[rule]["verdict"] in ("unknown", "error", "fail"), (rule, results[rule])
        assert about(results[rule], path), results[rule]


def test_memory_is_bounded(engine, checks):
    """A gigabyte is cut off while it comes."""
    engine("endless")
    folder = described(checks)
    process = subprocess.Popen(
        [*engine.apart.enter(), PLUMBLINE, "audit", "--only-checks", "--checks", folder, "--output", "json", "--fail-on", "none"],
        stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    if "asan" not in PLUMBLINE:
        assert usage.ru_maxrss < 400 * 1024


def test_many_silent_engines_take_as_long_as_one(engine, checks):
    paths = [engine("silent") for _ in range(12)]
    results = judge(engine, checks)
    assert results["mine-name"]["verdict"] == "unknown"
    assert any(about(results["mine-name"], path) for path in paths)


def test_a_silent_engine_hides_no_finding_of_another(engine, checks):
    engine("silent")
    path = engine("well", {"ServerVersion": BAD, "Warnings": [CAREFUL]})
    results = judge(engine, checks)
    assert results["mine-name"]["verdict"] == "fail"
    assert any(item["subject"] == path and item["verdict"] == "fail" for item in results["mine-name"]["items"])


def test_an_engine_that_restarts_in_the_middle(engine, checks):
    """It answers /info and is gone: what it said counts, the rest is not known."""
    path = engine("restart")
    results = judge(engine, checks)
    assert any(item["subject"] == path and item["verdict"] == "pass" for item in results["mine-name"]["items"])
    assert results["mine-networks"]["verdict"] == "unknown" and about(results["mine-networks"], path)


def test_a_socket_without_a_listener(engine, checks):
    path = engine("well")
    os.unlink(path)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
    results = judge(engine, checks)
    assert results["mine-name"]["verdict"] == "unknown" and "refused" in json.dumps(results["mine-name"])


def test_texts_that_attack_the_report(engine, checks):
    evil = "\x1b[31m<script>alert(1)</script>\u202e\x07"
    engine("well", {"ServerVersion": BAD, "Warnings": [f"{CAREFUL} {evil}"], "DockerRootDir": evil, "HttpProxy": "http://a:hunter2@b/"})
    folder = described(checks)
    for kind in ("text", "json", "html", "junit"):
        process = run("audit", "--only-checks", "--checks", folder, "--output", kind, "--fail-on", "none", apart=engine.apart)
        assert "\x1b" not in process.stdout and "\x07" not in process.stdout, kind
        assert "hunter2" not in process.stdout
        if kind in ("html", "junit"):
            assert "<script>alert" not in process.stdout


def test_an_ordinary_user_is_told_so(engine, checks):
    if os.geteuid() != 0:
        pytest.skip("needs root to become somebody else")
    path = engine("well")
    os.chmod(path, 0o600)
    folder = described(checks)
    os.chmod(os.path.dirname(path), 0o755)
    process = run("audit", "--only-checks", "--checks", folder, "--output", "json", "--fail-on", "none", user="nobody",
                  cwd="/", apart=engine.apart)
    results = {result["rule"]: result for result in json.loads(process.stdout)["results"]}
    assert results["mine-name"]["verdict"] in ("unknown", "fail")
    assert "root" in json.dumps(results["mine-name"])


# ---- a real engine ----


@pytest.fixture(scope="module")
def dockerd():
    """A real Docker Engine of our own that manages a swarm."""
    docker = Docker("--no-new-privileges", config={"debug": True, "registry-mirrors": ["https://mirror.example"]})
    reason = docker.start()
    try:
        if reason:
            pytest.skip(reason)
        yield docker
    finally:
        docker.stop()


def verdicts(result, path):
    """Verdicts of the items that the report got from one engine."""
    return [item["verdict"] for item in result["items"] if path in json.dumps(item)]


def container_layer():
    return audit("--layer", "container", "--fail-on", "none", timeout=CEILING)["by_rule"]


@needs_docker
def test_what_a_real_engine_says(dockerd):
    path = str(dockerd.socket)
    info = json.loads(dockerd.run("info", "--format", "{{json .}}").stdout)
    results = container_layer()
    assert verdicts(results["docker-log-level"], path) == ["fail"]
    assert verdicts(results["docker-storage-driver"], path) == ["fail"] and info["Driver"] == "vfs"
    assert verdicts(results["docker-registry-mirrors-tls"], path) == ["pass"]
    assert verdicts(results["docker-runtimes-root-only"], path) == ["pass"] * len(info["Runtimes"])
    root = [item for item in results["docker-data-root-own-filesystem"]["items"]
            if item["subject"] == info["DockerRootDir"]]
    assert len(root) == 1 and root[0]["observed"]["separate"] is False


@needs_docker
def test_a_change_that_is_not_in_force(dockerd):
    """The file says that debug is off; the engine that was not restarted says that it is on."""
    path = str(dockerd.socket)
    dockerd.config.write_text(json.dumps({"debug": False, "storage-driver": "vfs"}))
    results = container_layer()
    assert verdicts(results["docker-log-level"], path) == ["fail"]
    twice = [item["observed"]["name"] for item in results["docker-nothing-set-twice"]["items"]
             if path in json.dumps(item)]
    assert twice == ["storage-driver"]


@needs_docker
def test_a_real_swarm(dockerd):
    path, docker = str(dockerd.socket), dockerd.run
    begun = docker("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:0")
    if begun.returncode:
        pytest.skip("no swarm here: " + last_line(begun.stderr))
    docker("network", "create", "--driver", "overlay", "plain")
    docker("network", "create", "--driver", "overlay", "--opt", "encrypted", "sealed")
    docker("volume", "create", "--opt", "type=none", "--opt", "o=bind", "--opt", "device=/etc", "disguised")
    docker("service", "create", "--detach", "--name", "web", "--replicas", "0", "--env", "DB_PASSWORD=hunter2",
           "registry.example/none:1")
    results = container_layer()
    for rule in ("docker-swarm-off", "docker-swarm-manager-count", "docker-swarm-autolock",
                 "docker-swarm-certificate-life"):
        assert "fail" in verdicts(results[rule], path), results[rule]
    failing = {rule: [item["subject"].split(" (")[0] for item in results[rule]["items"]
                      if item["verdict"] == "fail" and path in json.dumps(item)]
               for rule in ("docker-swarm-overlay-encrypted", "docker-volume-no-host-directory",
                            "docker-swarm-no-secrets-in-environment")}
    assert failing == {"docker-swarm-overlay-encrypted": ["network plain"],
                       "docker-volume-no-host-directory": ["volume disguised"],
                       "docker-swarm-no-secrets-in-environment": ["service web"]}
    assert "hunter2" not in json.dumps(results) and "SWMTKN" not in json.dumps(results)
