"""Every ability of the table, by three engines: a container that has it exercises it, harmlessly, and the table says so;
the hardened twin tries everything, fails at everything, and the table says no. What cannot be tried on a machine is
left out with its reason."""
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import tarfile

import pytest
from conftest import audit, own_folder
from engines import Docker, Podman, last_line
from trials import Yard, make_images, tried

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to run containers")

PREFIX = f"trial-{secrets.token_hex(4)}-"
# What is different from the hardened one: caps, host (namespaces), binds, devices, root (the user), unbound (memory,
# pids), writable (the root file system).
ABLE = {
    "write host files": {"binds": ["{tree}/open:/m/open"]},
    "change host network": {"host": ["net"], "caps": ["NET_ADMIN"], "root": True},
    "become root on the host": {"caps": ["SYS_ADMIN"], "root": True, "seccomp": "off"},
    "exhaust memory": {"unbound": ["memory"]},
    "exhaust processes": {"unbound": ["pids"]},
    "fill a disk": {"writable": True},
    "forge packets": {"caps": ["NET_RAW"], "root": True, "wire": True},
    "kill host processes": {"host": ["pid"], "root": True},
    "load kernel modules": {"caps": ["SYS_MODULE"], "root": True, "seccomp": "off"},
    "reach local services": {"host": ["net"]},
    "read credentials": {"binds": ["{folder}/.ssh:/m/.ssh:ro"], "root": True},
    "read any host file": {"caps": ["DAC_READ_SEARCH"], "root": True, "seccomp": "off"},
    "read others' memory": {"host": ["pid"], "caps": ["SYS_PTRACE"], "root": True},
    "restart the machine": {"host": ["pid"], "caps": ["SYS_BOOT"], "root": True, "seccomp": "off"},
    "set the clock": {"caps": ["SYS_TIME"], "root": True, "seccomp": "off"},
    "command an engine": {"binds": ["{folder}/docker.sock:/m/docker.sock"], "root": True},
    "use host devices": {"devices": ["/dev/fuse"], "root": True},
}


def left_out(ability, yard):
    """Why it cannot be tried on this machine; None."""
    return {
        "load kernel modules": None if os.path.exists("/proc/modules") else "this kernel was built without modules",
        "command an engine": None if (yard.folder / "docker.sock").exists() else "no Docker Engine runs here to be commanded",
        "use host devices": None if os.path.exists("/dev/fuse") else "this machine has no /dev/fuse",
        "forge packets": None if shutil.which("ip") else "ip, which makes an interface to send to, is not installed",
    }.get(ability)


def flags_of(able, words):
    """As the command lines of Docker and Podman have it."""
    flags = ["--network", "host" if "net" in able.get("host", []) else "none", "--cap-drop", "ALL", "--log-driver", "none",
             "--security-opt", "no-new-privileges", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"]
    flags += [] if able.get("root") else ["--user", "20000:20000"]
    flags += [] if able.get("writable") else ["--read-only", "--read-only-tmpfs=false"][:2 if words["podman"] else 1]
    flags += ["--pid", "host"] if "pid" in able.get("host", []) else []
    flags += ["--security-opt", "seccomp=unconfined"] if able.get("seccomp") == "off" else []
    flags += [] if "memory" in able.get("unbound", []) else ["--memory", "64m", "--memory-swap", "64m"]
    flags += ["--pids-limit", "0" if words["podman"] else "-1"] if "pids" in able.get("unbound", []) else ["--pids-limit", "50"]
    for option, key in (("--cap-add", "caps"), ("-v", "binds"), ("--device", "devices")):
        flags += [word.format(**words) for one in able.get(key, []) for word in (option, one)]
    return flags


class ByCommandLine:
    """Docker or Podman."""

    def __init__(self, engine, images, yard):
        self.run, self.words = engine.run, {"folder": yard.folder, "tree": yard.folder / "tree",
                                            "podman": isinstance(engine, Podman)}
        name = "registry.example/trials:1"
        imported = self.run("import", images["plain"], name)
        assert imported.returncode == 0, imported.stderr
        self.image = name

    def start(self, name, able):
        done = self.run("run", "-d", "--name", name, *flags_of(able, self.words), self.image, "/bin/sleep", "600")
        return None if done.returncode == 0 else last_line(done.stderr)

    def pid(self, name):
        return self.run("inspect", "--format", "{{.State.Pid}}", name).stdout.strip()

    def inside(self, name, words):
        return self.run("exec", name, "/bin/trials", *words)

    def stop(self, names):
        self.run("rm", "-f", *names)


class ByBundle:
    """Plain runc."""

    def __init__(self, images, yard):
        self.folder, self.words = own_folder(), {"folder": yard.folder, "tree": yard.folder / "tree"}
        with tarfile.open(images["plain"]) as tar:
            tar.extractall(self.folder / "rootfs")
        for name in ("proc", "sys", "dev", "m"):
            (self.folder / "rootfs" / name).mkdir()

    def run(self, *arguments, **kwargs):
        return subprocess.run(["runc", "--root", self.folder / "state", *arguments], stdin=subprocess.DEVNULL, text=True,
                              **kwargs)

    def config(self, able):
        config = json.loads((self.folder / "config.json").read_text())
        caps = [f"CAP_{cap}" for cap in able.get("caps", [])]
        user = 0 if able.get("root") else 20000
        config["process"] |= {"terminal": False, "args": ["/bin/sleep", "600"], "user": {"uid": user, "gid": user},
                              "capabilities": dict.fromkeys(("bounding", "effective", "permitted"), caps)}
        config["root"]["readonly"] = not able.get("writable")
        for bind in able.get("binds", []):
            source, target, *options = bind.format(**self.words).split(":")
            config["mounts"].append({"source": source, "destination": target, "type": "none", "options": ["rbind", *options]})
        linux = config["linux"]
        others = {"net": "network", "pid": "pid"}
        gone = {others[kind] for kind in able.get("host", [])}
        linux["namespaces"] = [one for one in linux["namespaces"] if one["type"] not in gone]
        unbound = able.get("unbound", [])
        linux["resources"] |= {} if "memory" in unbound else {"memory": {"limit": 64 << 20, "swap": 64 << 20}}
        linux["resources"] |= {} if "pids" in unbound else {"pids": {"limit": 50}}
        for path in able.get("devices", []):
            number = {"type": "c", "major": os.major(os.stat(path).st_rdev), "minor": os.minor(os.stat(path).st_rdev)}
            linux["devices"] = [{"path": path, **number}]
            linux["resources"]["devices"].append({"allow": True, "access": "rwm", **number})
        return config

    def start(self, name, able):
        bundle = self.folder / name
        bundle.mkdir()
        if not (self.folder / "config.json").exists():
            self.run("spec", cwd=self.folder, check=True)
        config = self.config(able)
        shutil.copytree(self.folder / "rootfs", bundle / "rootfs", symlinks=True)
        (bundle / "config.json").write_text(json.dumps(config))
        with open(bundle / "log", "w") as log:
            done = self.run("run", "-d", "--bundle", bundle, name, stdout=log, stderr=log)
        return None if done.returncode == 0 else last_line((bundle / "log").read_text())

    def pid(self, name):
        return str(json.loads(self.run("state", name, capture_output=True).stdout)["pid"])

    def inside(self, name, words):
        return self.run("exec", name, "/bin/trials", *words, capture_output=True)

    def stop(self, names):
        for name in names:
            self.run("delete", "-f", name, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def machine():
    """A Docker Engine, or None, and what is tried on."""
    docker = Docker() if shutil.which("dockerd") and shutil.which("docker") else None
    folder = docker.folder if docker else own_folder()
    yard = None
    try:
        why = docker.start() if docker else "dockerd or docker is not installed"
        yard = Yard(folder, PREFIX + "yard")
        yard.lay_out()
        yield None if why else docker, why, yard, make_images(folder, yard.program)
    finally:
        if yard:
            yard.clear()
        if docker:
            docker.stop()
        shutil.rmtree(folder, ignore_errors=True)


def wire(pid):
    """An interface that leads nowhere, in the network namespace of a container, and a route there; None, or why not."""
    def ip(words):
        return subprocess.run(["nsenter", "--target", pid, "--net", "ip", *words.split()], capture_output=True)

    if not any(ip(f"link add wire type {kind}").returncode == 0 for kind in ("dummy", "veth peer name other", "bridge")):
        return "this kernel makes no interface to send to"
    for words in ("address add 198.51.100.1/24 dev wire", "link set wire up"):
        assert ip(words).returncode == 0, words
    ip("link set other up")
    return None


@pytest.fixture(scope="module", params=["docker", "podman", "runc"])
def tries(request, machine):
    """(container -> what worked, container -> what the table says, container -> why it was not started)"""
    docker, why, yard, images = machine
    podman = Podman() if request.param == "podman" and shutil.which("podman") else None
    if request.param == "docker" and not docker:
        pytest.skip(why)
    if request.param != "docker" and not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    engine = None
    names = {ability: f"{PREFIX}{request.param}-{ability.split()[0]}-{number}" for number, ability in enumerate(ABLE)}
    names["hardened"] = f"{PREFIX}{request.param}-hardened"
    try:
        engine = ByBundle(images, yard) if request.param == "runc" else ByCommandLine(podman or docker, images, yard)
        reasons = {ability: left_out(ability, yard) for ability in ABLE}
        for ability, name in names.items():
            able = ABLE.get(ability, {})
            if not reasons.get(ability):
                reasons[ability] = engine.start(name, able)
            if not reasons[ability] and able.get("wire"):
                reasons[ability] = wire(engine.pid(name))
        if reasons["hardened"]:
            pytest.skip(f"{request.param} runs nothing here: {reasons['hardened']}")
        abilities = audit("--rule", "container-cannot-*", "--skip", "container-cannot-use-engine-ports", "--fail-on",
                          "none")["abilities"]
        columns = [column["ability"] for column in abilities["columns"]]
        rows = {row["subject"]: dict(zip(columns, row["cells"])) for row in abilities["rows"]}
        ways = {ability: tried(engine.inside(name, yard.words(name, **({"wire": "wire"} if ability == "forge packets" else {}))))
                for ability, name in names.items() if not reasons[ability]}
        yield ways, {ability: rows[name] for ability, name in names.items() if not reasons[ability]}, reasons
    finally:
        if engine:
            engine.stop(names.values())
        if podman:
            podman.stop()


def test_every_ability_has_a_trial(tries):
    assert tries[1]["hardened"].keys() <= ABLE.keys()


@pytest.mark.parametrize("ability", ABLE)
def test_who_has_it_exercises_it(tries, ability):
    ways, cells, reasons = tries
    if reasons[ability]:
        assert left_out_on_purpose(reasons[ability]), reasons[ability]
        pytest.skip(f"{ability}: {reasons[ability]}")
    assert ability in ways[ability], ways[ability]
    cell = cells[ability][ability]
    assert cell and cell["grade"] not in ("no", "unknown", "waived"), cell


def left_out_on_purpose(reason):
    """It is the machine that cannot, not a container that did not start."""
    return any(word in reason for word in ("this kernel", "this machine", "no Docker Engine", "not installed"))


def test_the_hardened_one_fails_at_everything(tries):
    ways, cells, _ = tries
    assert ways["hardened"] == {}
    assert not {ability: cell for ability, cell in cells["hardened"].items() if cell and cell["grade"] != "no"}


def test_a_process_of_the_host_is_ended(machine):
    """For real: a sleeper of this test's."""
    docker, why, yard, images = machine
    if not docker:
        pytest.skip(why)
    engine = ByCommandLine(docker, images, yard)
    sleeper = subprocess.Popen(["sleep", "600"])
    names = {PREFIX + "kill-able": ABLE["kill host processes"], PREFIX + "kill-not": {"root": True}}
    try:
        for name, able in names.items():
            assert engine.start(name, able) is None
        engine.inside(PREFIX + "kill-not", yard.words("kill", keeper=sleeper.pid, signal=9, theirs=sleeper.pid))
        assert sleeper.poll() is None
        engine.inside(PREFIX + "kill-able", yard.words("kill", keeper=sleeper.pid, signal=9, theirs=sleeper.pid))
        assert sleeper.wait(timeout=20) == -9
    finally:
        sleeper.kill()
        engine.stop(names)
