"""Real engines and containers of theirs, one for each flaw and one hardened: each flaw is found where it is and
nowhere else. Everything is started and removed here."""
import os
import pathlib
import re
import secrets
import shutil
import threading

import pytest
from conftest import audit
from engines import NEEDS_DOCKER, Docker, Podman, Runc, last_line

pytestmark = NEEDS_DOCKER

# A container without flaws; every other one is this with one thing changed. The engine has no user remapping, so that
# all of them share the host's user namespace.
HARDENED = {
    "--network": "none", "--user": "20000:20000", "--cap-drop": "ALL", "--read-only": None, "--memory": "64m",
    "--memory-swap": "64m", "--pids-limit": "50", "--cpus": "0.5", "--security-opt": "no-new-privileges",
    "--cgroupns": "private", "--health-cmd": "/bin/true", "--workdir": "/tmp",
    "--log-opt": "max-size=1m",
}
FLAWS = {
    "hardened": {},
    # docker-bench leaves a container of this name out of every check, because it greps for "nil".
    "vanilla": {"--restart": "always"},
    "caps": {"--cap-drop": False, "--cap-add": ["SYS_ADMIN", "SYS_PTRACE"], "--user": False, "--security-opt": False},
    "socket": {"--user": False, "-v": "{folder}:/engine"},
    "hostpid": {"--pid": "host", "--user": "20001:20001"},
    "hostnet": {"--network": "host", "--cap-add": "NET_ADMIN", "--user": False, "--security-opt": False},
    # Read only itself, and not what is mounted below it: what "ro" was until Docker 25.
    "rootmount": {"--user": False, "--mount": "type=bind,src=/,dst=/host,readonly{below}"},
    "sealed": {"--user": False, "-v": "/:/host:ro"},
    "etcmount": {"--user": False, "-v": "/etc:/host-etc", "--security-opt": ["no-new-privileges", "seccomp=unconfined"]},
    "secret": {"-e": "DB_PASSWORD=hunter2"},
    "argument": {"command": ["/bin/sh", "-c", "sleep 600; true", "x", "--api-token=hunter2"]},
    "device": {"--device": "{device}", "--user": False},
    "elsewhere": {"--device": "{device}:/opt/mine", "--user": False},  # no node below /dev
    # The engine's data is not at the usual place, so that only its record tells a volume from a directory of the host.
    "volume": {"-v": "data:/data", "--user": False},
    "unlimited": {"--memory": False, "--memory-swap": False, "--pids-limit": False, "--cpus": False},
    "writable": {"--read-only": False},
    "drift": {},
    "session": {},
    "silent": {"--log-driver": "none", "--log-opt": False, "--health-cmd": False},
    "tagged": {"image": "pl"},
    "group": {"--group-add": "{disk}"},
    # Which docker-bench does not look at: with CAP_MKNOD of the default set every disk is open.
    "devrule": {"--device-cgroup-rule": "b *:* rwm", "--cap-drop": False, "--user": False},
    "charrule": {"--device-cgroup-rule": "c *:* rwm", "--cap-drop": False, "--user": False},
    # A disk that is neither in /dev nor called like one.
    "hiddendisk": {"--device": "/dev/loop0:/data/harmless", "--user": False},
    "hostproc": {"-v": "/proc:/proc"},
    "dataroot": {"--mount": "type=bind,src={folder}/data,dst=/x,readonly,bind-nonrecursive"},
    "url": {"-e": "DATABASE_URL=postgres://shop:hunter2@db/shop"},
    "allows": {"--security-opt": ["no-new-privileges", "seccomp={profile}"]},
    "pinned": {"--cpus": False, "--cpuset-cpus": "0"},
    "retries": {"--restart": "on-failure:3"},
    "endless": {"--restart": "on-failure"},
    "updated": {},
    "tracer": {"--pid": "host", "--cap-add": "SYS_PTRACE", "--user": False, "--security-opt": False},
    "handles": {"--cap-add": "DAC_READ_SEARCH", "--user": False, "--read-only": False, "--security-opt": False},
}
NEEDS = {"hiddendisk": os.path.exists("/dev/loop0"), "pinned": (os.cpu_count() or 1) > 1}
PREFIX = f"e2e-{secrets.token_hex(4)}-"  # other engines of the machine may have names of their own, another run of this too
DEVICES = ["/dev/fuse", "/dev/kmsg", "/dev/loop-control", "/dev/net/tun", "/dev/vda", "/dev/kvm"]


def flags_of(changes, words):
    flags = []
    for flag, value in {**HARDENED, **changes}.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not False and flag.startswith("-"):
                flags += [flag] if one is None else [flag, one.format(**words)]
    return flags


def seals_below(docker):
    """Whether engine and kernel make what is mounted below a directory read only with it."""
    versions = docker.run("version", "--format", "{{.Client.Version}} {{.Server.Version}}").stdout.split()
    kernel = tuple(int(number) for number in re.findall(r"\d+", os.uname().release)[:2])
    return all(int(version.split(".")[0]) >= 25 for version in versions) and kernel >= (5, 12)


def lift_memory_limit(identity):
    """Behind the engine's back, as an intruder on the host or a careless script would."""
    for path, value in ((f"/sys/fs/cgroup/memory/docker/{identity}/memory.memsw.limit_in_bytes", "-1"),
                        (f"/sys/fs/cgroup/memory/docker/{identity}/memory.limit_in_bytes", "-1"),
                        (f"/sys/fs/cgroup/docker/{identity}/memory.max", "max"),
                        (f"/sys/fs/cgroup/system.slice/docker-{identity}.scope/memory.max", "max")):
        if os.path.exists(path):
            pathlib.Path(path).write_text(value)


@pytest.fixture(scope="module")
def engine():
    docker = Docker()
    reason = docker.start()
    try:
        if reason:
            pytest.skip(reason)
        words = {"folder": docker.folder, "device": next((d for d in DEVICES if os.path.exists(d)), ""),
                 "disk": next(line.split(":")[2] for line in open("/etc/group") if line.startswith("disk:"))}
        profile = docker.folder / "allows.json"
        profile.write_text('{"defaultAction": "SCMP_ACT_ALLOW"}')
        words["profile"] = profile
        seals = seals_below(docker)
        words["below"] = ",bind-recursive=writable" if seals else ""
        ids = {}
        for name, changes in FLAWS.items():
            if not {**NEEDS, "sealed": seals}.get(name, True):
                continue
            if "{device}" in str(changes) and not words["device"]:
                continue
            started = docker.run("run", "-d", "--name", PREFIX + name, *flags_of(changes, words),
                                 changes.get("image", docker.image), *changes.get("command", ["/bin/sleep", "600"]))
            assert started.returncode == 0, f"{name}: {started.stderr}"
            ids[name] = started.stdout.strip()
        lift_memory_limit(ids["drift"])
        assert docker.run("update", "--memory", "128m", "--memory-swap", "128m", PREFIX + "updated").returncode == 0
        assert docker.run("exec", "-d", "-u", "0", PREFIX + "session", "/bin/sleep", "600").returncode == 0
        docker.ids = ids
        yield docker
    finally:
        docker.stop()


@pytest.fixture(scope="module")
def others(engine):
    """What is no Docker container: name -> how it is started."""
    # The directory of CVE-2024-21626: a file system of the kernel whose root has the inode number of the container's own.
    things = {"raw": Runc(PREFIX + "raw"), "leak": Runc(PREFIX + "leak", leak="/sys/fs/cgroup"), "pod": Podman()}
    started = {}
    try:
        for name, thing in things.items():
            program = "podman" if name == "pod" else "runc"
            reason = thing.start() if shutil.which(program) else "it is not installed"
            if reason:
                started.setdefault("why not", {})[name] = f"{program} does not run here: {reason}"
            else:
                started[name] = thing
        if "pod" in started:
            run = started["pod"].run("run", "-d", "--name", PREFIX + "pod", "--network", "none", "--user", "20000:20000",
                                       "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024",
                                       "registry.example/pl:1", "/bin/sleep", "600")
            if run.returncode:  # not every machine lets it
                started.pop("pod")
                started.setdefault("why not", {})["pod"] = "podman runs nothing here: " + last_line(run.stderr)
        yield started
    finally:
        for thing in things.values():
            thing.stop()


@pytest.fixture(scope="module")
def report(engine, others):
    return audit("--layer", "container", "--fail-on", "none")["by_rule"]


def failing(report, engine, rule):
    """Names of our containers that a rule fails for."""
    subjects = {item["subject"] for item in report[rule]["items"] if item["verdict"] == "fail"}
    return {name for name in engine.ids if PREFIX + name in subjects}


@pytest.mark.parametrize(
    "rule, names",
    {
        # identity and rights
        "container-user-not-root": {"caps", "socket", "hostnet", "rootmount", "sealed", "etcmount", "device", "session",
                                    "devrule", "elsewhere", "volume", "charrule", "hiddendisk", "tracer", "handles"},
        "container-no-cap-sys-admin": {"caps"},
        "container-no-cap-sys-ptrace": {"caps", "tracer"},
        "container-no-cap-net-admin": {"hostnet"},
        "container-no-new-privileges": {"caps", "hostnet", "tracer", "handles"},
        "container-seccomp-filter": {"etcmount"},
        "container-seccomp-profile-denies": {"allows"},
        "container-not-privileged": set(),
        "container-no-host-groups": {"group"},
        # namespaces
        "container-own-pid-namespace": {"hostpid", "tracer"},
        "container-own-net-namespace": {"hostnet"},
        "container-own-ipc-namespace": set(),
        "container-own-uts-namespace": set(),
        # what is mounted
        "container-no-host-root": {"rootmount", "sealed"},
        "container-no-host-processes": {"rootmount", "sealed", "hostproc"},
        "container-no-host-configuration": {"etcmount"},
        "container-no-writable-host-configuration": {"etcmount"},
        "container-readonly-binds-readonly": {"rootmount"},
        "container-engine-socket-unreachable": {"socket", "rootmount", "sealed"},
        "container-rootfs-readonly": {"writable", "handles"},
        "container-no-host-devices": {"device", "elsewhere", "hiddendisk"},
        "container-no-device-rules": {"devrule", "charrule"},
        # limits
        "container-memory-limit": {"unlimited", "drift"},
        "container-pids-limit": {"unlimited"},
        "container-cpu-bounded": {"unlimited"},
        # processes
        "container-no-secrets-in-environment": {"secret", "url"},
        "container-no-secrets-in-arguments": {"argument"},
        "container-no-root-sessions": {"session"},
        "container-programs-are-files": set(),
        "container-no-leaked-directories": set(),
        # records
        "container-known-runtime": set(),
        "container-as-recorded": {"drift"},
        "container-restart-bounded": {"vanilla", "endless"},
        "container-image-pinned": {"tagged"},
        "container-image-current": set(),
        "container-logs-kept": {"silent"},
        "container-healthy": {"silent"},
        # what they could do to the host
        # The tracer sees all processes, and by /proc/PID/root what those of the other containers have mounted.
        "container-cannot-use-control-sockets": {"socket", "rootmount", "sealed", "tracer"},
        "container-cannot-change-network": {"hostnet"},
        "container-cannot-reach-local-services": {"hostnet"},
        # The mount of / has the control groups of the host below it, writable.
        "container-cannot-kill-processes": {"tracer", "rootmount"},
        "container-cannot-change-processes": {"tracer"},
        # So does root in "sealed", by the host's /proc in there, however read-only that is.
        "container-cannot-write-host-files": {"socket", "rootmount", "sealed", "etcmount", "tracer"},
        "container-cannot-write-system-files": {"rootmount", "sealed", "etcmount", "handles", "tracer"},
        "container-cannot-read-any-file": {"rootmount", "sealed", "handles", "tracer"},
        "container-cannot-use-devices": {"device", "elsewhere", "hiddendisk", "devrule", "charrule"},
        "container-cannot-open-disks": {"devrule", "hiddendisk", "caps"},
        "container-cannot-load-modules": set(),
        "container-cannot-exhaust-memory": {"unlimited", "drift", "rootmount"},
        "container-cannot-exhaust-processes": {"unlimited", "rootmount"},
        "container-cannot-set-clock": set(),
    }.items(),
)
def test_a_flaw_is_found_where_it_is(report, engine, rule, names):
    assert failing(report, engine, rule) == names & set(engine.ids)


def test_the_data_of_an_engine_is_found_wherever_it_is(report, engine):
    # dockerd makes its directory a mount of its own, which shows below /, unless mounts are shared.
    assert failing(report, engine, "container-no-engine-directory") - {"rootmount", "sealed"} == {"socket", "dataroot"}


def test_release_agent_needs_version_1(report, engine):
    v1 = os.path.exists("/sys/fs/cgroup/memory/docker")
    confined = "apparmor" in pathlib.Path("/sys/kernel/security/lsm").read_text() if os.path.exists(
        "/sys/kernel/security/lsm") else False
    assert failing(report, engine, "container-cannot-escape-by-release-agent") == ({"caps"} if v1 and not confined else set())


def test_the_hardened_one_is_clean(report, engine):
    found = {
        rule for rule, result in report.items()
        for item in result["items"] if item["subject"] == PREFIX + "hardened" and item["verdict"] == "fail"
    }
    assert found <= {"container-own-user-namespace"}, found


def test_every_container_is_seen(report, engine):
    subjects = {item["subject"] for item in report["container-user-not-root"]["items"]}
    assert {PREFIX + name for name in engine.ids} <= subjects


def test_evidence_of_drift(report, engine):
    item = next(i for i in report["container-as-recorded"]["items"] if i["subject"] == PREFIX + "drift")
    assert any(text.startswith("record: memory 67108864") for text in item["observed"]["differences"])


def need(others, *names):
    for name in names:
        if name not in others:
            pytest.skip(others["why not"][name])


def test_a_container_that_no_engine_knows(report, others):
    need(others, "raw")
    subjects = {item["subject"] for item in report["container-known-runtime"]["items"] if item["verdict"] == "fail"}
    assert PREFIX + "raw" in subjects


def test_a_directory_of_the_host_held_open(report, others):
    need(others, "raw", "leak")
    for rule in ("container-no-leaked-directories", "container-cannot-leave-by-directory"):
        items = report[rule]["items"]
        failed = {item["subject"] for item in items if item["verdict"] == "fail"}
        assert failed & {PREFIX + "raw", PREFIX + "leak"} == {PREFIX + "leak"}, items


def test_podman_containers_by_their_names(report, others):
    need(others, "pod")
    verdicts = {item["subject"]: item["verdict"] for item in report["container-known-runtime"]["items"]}
    assert verdicts.get(PREFIX + "pod") == "pass", verdicts
    verdicts = {item["subject"]: item["verdict"] for item in report["container-image-pinned"]["items"]}
    assert verdicts.get(PREFIX + "pod") == "fail", verdicts


def test_hostile_names(engine):
    started = engine.run("run", "-d", "--name", PREFIX + "evil", "--network", "none", "--label", "x=<script>alert(1)</script>\x1b[31m",
                         "-e", "A=\u202e", engine.image, "/bin/sleep", "600")
    assert started.returncode == 0, started.stderr
    try:
        report = audit("--rule", "container-*", "--fail-on", "none")
        assert "\x1b" not in report["process"].stdout
    finally:
        engine.run("rm", "-f", PREFIX + "evil")


def test_containers_come_and_go(engine):
    """Those that end while they are looked at are nobody's unknown."""
    short = []

    def churn():
        while not done.is_set():
            made = engine.run("create", "--rm", "--network", "none", "--name", f"{PREFIX}short-{len(short)}", engine.image,
                              "/bin/true")
            short.append(made.stdout.strip())
            engine.run("start", "--attach", short[-1])

    def ours(subject):
        return subject.startswith(PREFIX) or any(identity.startswith(subject) for identity in short)

    done = threading.Event()
    thread = threading.Thread(target=churn)
    thread.start()
    try:
        for _ in range(3):
            rules = audit("--rule", "container-*", "--fail-on", "none")["by_rule"]
            assert failing(rules, engine, "container-no-cap-sys-admin") == {"caps"}
            items = [item for item in rules["container-no-new-privileges"]["items"] if ours(item["subject"])]
            assert items and all(item["verdict"] in ("pass", "fail") for item in items), items
    finally:
        done.set()
        thread.join()


def test_a_runtime_on_its_way_in_is_no_process_of_the_container(engine):
    """runc is in the container for a moment, from memory and without a filter, when a health check begins."""

    def enter():
        while not done.is_set():
            engine.run("exec", PREFIX + "hardened", "/bin/true")

    done = threading.Event()
    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            rules = audit("--rule", "container-seccomp-filter", "--rule", "container-programs-are-files", "--rule",
                          "container-no-new-privileges", "--fail-on", "none")["by_rule"]
            for rule, result in rules.items():
                ours = [item for item in result["items"] if item["subject"] == PREFIX + "hardened"]
                assert not any(item["verdict"] != "pass" for item in ours), (rule, ours)
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_the_engine_is_gone(engine):
    """The last test: with live containers and no engine no rule loses its containers."""
    engine.daemon.kill()
    engine.daemon.wait()
    rules = audit("--layer", "container", "--fail-on", "none")["by_rule"]
    subjects = {item["subject"] for item in rules["container-user-not-root"]["items"]}
    for name, identity in engine.ids.items():
        assert PREFIX + name in subjects or identity[:12] in subjects, name
    assert failing(rules, engine, "container-no-cap-sys-admin") <= {"caps"}
