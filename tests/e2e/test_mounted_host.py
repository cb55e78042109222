"""The running machine, seen from a container that was given its files: --root DIR with the host's /proc and /sys in it.

The container is made by hand (a root, mounts and namespaces of its own) and, where an engine runs, by Docker."""
import json
import os
import pathlib
import shlex
import subprocess

import pytest
from conftest import PLUMBLINE, TOP, audit, environment
from engines import Docker, needs_docker

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

# What does not change while other tests run.
STABLE = ["sysctl-*", "mount-*", "file-*", "sshd-*", "net-*", "cpu-*", "kernel-*", "account-*", "time-*"]
RULES = [word for rule in STABLE for word in ("--rule", rule)]

BOX = """set -e
mount -t tmpfs none "$BOX"
cd "$BOX"
mkdir -p usr lib lib64 bin sbin proc host etc sys dev tmp ".$TOP" ".$PROGRAM"
for folder in usr lib lib64 bin sbin dev ".$TOP" ".$PROGRAM"; do
    if [ -d "/$folder" ]; then mount --rbind "/$folder" "$folder"; fi
done
mount -t proc none proc
mount --rbind / host
[ -z "$BEFORE" ] || eval "$BEFORE"
exec chroot . "$@"
"""


def in_box(box, *arguments, unshare=(), before="", drop=None, program=PLUMBLINE, root="/host"):
    """An audit in a root of its own, the host's at /host. `before`: commands there before it starts. `drop`: a
    capability that it does not have."""
    box.mkdir(exist_ok=True)
    setpriv = ["setpriv", f"--bounding-set=-{drop}"] if drop else []
    return subprocess.run(
        ["unshare", "--mount", "--propagation", "private", *unshare, "sh", "-c", BOX, "sh", *setpriv, program, "audit",
         "--output", "json", "--root", root, *arguments],
        capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
        env=environment({"BOX": str(box), "TOP": str(TOP), "BEFORE": before,
                         "PROGRAM": str(pathlib.Path(program).resolve().parent)}))


def report_of(process):
    assert process.stdout, process.stderr
    report = json.loads(process.stdout)
    report["by_rule"] = {result["rule"]: result for result in report["results"]}
    return report


def verdicts(report):
    return {rule: result["verdict"] for rule, result in report["by_rule"].items()}


def test_it_is_judged_as_from_the_machine_itself(tmp_path):
    here = audit(*RULES)
    there = report_of(in_box(tmp_path / "box", *RULES))
    assert (there["host"]["live"], there["host"]["root"]) == (True, "/host")
    assert there["host"]["name"] == here["host"]["name"]
    assert there["host"]["container"] == here["host"]["container"]
    assert len(verdicts(there)) > 100
    assert verdicts(there) == verdicts(here)


def test_its_processes_are_seen_with_their_files(tmp_path, checks):
    folder = checks("""module: mine
layer: cloud
title: Mine
rules:
- id: mine-sleeper
  title: One sleeps
  severity: high
  rationale: For the test.
  check:
    process: {comm: mine-sleeper}
    expect: {exe: {matches: '/mine-sleeper$'}, exe_deleted: false}
  fix: {text: "Sleep."}
""")
    sleeper = tmp_path / "mine-sleeper"
    sleeper.write_bytes(pathlib.Path("/bin/sleep").read_bytes())
    sleeper.chmod(0o755)
    with subprocess.Popen([sleeper, "600"]) as process:
        try:
            box = report_of(in_box(tmp_path / "box", "--only-checks", "--checks", f"/host{folder}"))
        finally:
            process.kill()
    result = box["by_rule"]["mine-sleeper"]
    assert result["verdict"] == "pass", result


def test_settings_are_those_of_the_host_where_namespaces_can_be_joined(tmp_path):
    """In a network namespace of its own another value is in force; the host's is judged."""
    rule = ["--rule", "sysctl-*", "--rule", "net-*"]
    own = "for f in /proc/sys/net/ipv4/conf/*/log_martians; do echo 1 >$f; done"
    own += "; for f in /proc/sys/net/ipv4/conf/*/accept_redirects; do echo 1 >$f; done"
    here = audit(*rule)
    there = report_of(in_box(tmp_path / "box", *rule, unshare=["--net", "--uts", "--ipc", "--cgroup"], before=own))
    assert verdicts(there) == verdicts(here)


@pytest.mark.parametrize("space, option", [("--net", "--network=host"), ("--uts", "--uts=host"), ("--ipc", "--ipc=host"),
                                           ("--cgroup", "--cgroupns=host")])
def test_a_namespace_that_cannot_be_joined_is_no_audit(tmp_path, space, option):
    process = in_box(tmp_path / "box", *RULES, unshare=[space], drop="sys_admin")
    assert (process.returncode, process.stdout) == (3, "")
    assert option in process.stderr and "\n" == process.stderr[-1] and process.stderr.count("\n") == 1


def test_other_process_numbers_are_no_audit(tmp_path):
    process = in_box(tmp_path / "box", *RULES, unshare=["--pid", "--fork"])
    assert (process.returncode, process.stdout) == (3, "")
    assert "--pid=host" in process.stderr


def test_without_sys_it_is_no_audit(tmp_path):
    process = in_box(tmp_path / "box", *RULES, before="umount -l host/sys")
    assert (process.returncode, process.stdout) == (3, "")
    assert "/sys" in process.stderr


def test_a_root_that_only_has_the_proc_of_another_is_offline(tmp_path, root):
    """A chroot with /proc mounted: what runs is the machine's, and says nothing about it."""
    (root / "proc").mkdir()
    (root / "sys").mkdir()
    command = [PLUMBLINE, "audit", "--output", "json", "--root", root]
    script = f"mount -t proc none {shlex.quote(str(root))}/proc && mount --rbind /sys {shlex.quote(str(root))}/sys && "
    process = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", script + 'exec "$@"', "sh", *command],
        capture_output=True, text=True, timeout=120)
    with_proc = report_of(process)
    assert "judged as a system that does not run" in process.stderr
    assert not with_proc["host"]["live"] and with_proc["host"]["kernel"] == ""
    without = audit("--root", str(root))
    assert verdicts(with_proc) == verdicts(without)


def test_a_chroot_is_not_the_machine_whose_processes_it_sees(tmp_path):
    process = in_box(tmp_path / "box", root="/")
    report = report_of(process)
    assert not report["host"]["live"] and report["host"]["kernel"] == ""
    assert "judged as a system that does not run" in process.stderr


@pytest.fixture(scope="module")
def engine():
    docker = Docker()
    why = docker.start()
    if why:
        docker.stop()
        pytest.skip(why)
    yield docker
    docker.stop()


@needs_docker
def test_in_a_container_of_docker(engine):
    options = ["--pid=host", "--network=host", "--uts=host", "--ipc=host", "--cgroupns=host", "--cap-add=SYS_PTRACE",
               "--cap-add=DAC_READ_SEARCH", "--security-opt=apparmor=unconfined", "--volume=/:/host:ro"]
    libraries = [f"--volume={folder}:{folder}:ro"
                 for folder in {"/usr", "/lib", "/lib64", str(TOP), os.path.dirname(PLUMBLINE)} if os.path.isdir(folder)]
    command = [PLUMBLINE, "audit", "--output", "json", "--root", "/host", *RULES]
    there = report_of(engine.run("run", "--rm", *options, *libraries, "pl", *command))
    assert there["host"]["live"]
    assert verdicts(there) == verdicts(audit(*RULES))
