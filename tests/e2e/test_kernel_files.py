"""Where /proc and /sys are not the kernel's own, or not whole, what is not found there is no absence."""
import json
import os
import shutil
import subprocess
import tempfile

import pytest
from conftest import PLUMBLINE, environment, for_everyone

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs a mount namespace")

# Each holds on every running machine, and most would where nothing is found.
CHECKS = {
    "parameter": "sysctl: {name: kernel.pid_max}\n    expect: {value: {at-least: 1}}\n    absent: notapplicable",
    "parameters": "sysctl: {name: kernel.*_max}\n    expect: {value: -5}\n    existence: none",
    "no-parameter": "sysctl: {name: kernel.nothing_of_ours}\n    existence: none",
    "file": "file: {path: /sys/kernel/nothing}\n    existence: none",
    "files": "file: {path: '/sys/kernel/nothing*'}\n    existence: none",
    "content": "file-content: {path: /proc/filesystems, pattern: nothing}\n    existence: none",
    "option": "kernel-cmdline: {name: nothing.of.ours}\n    existence: none",
    "module": "kernel-module: {name: nothing_of_ours}\n    expect: {loaded: false}\n    absent: pass",
    "process": "process: {exe: /nothing/of/ours}\n    existence: none",
    "group": "file: {path: /sys/fs/cgroup/nothing}\n    existence: none",
}
RULES = "module: mine\nlayer: cloud\ntitle: Kernel files\nrules:\n" + "".join(
    f"- id: {name}\n  title: A {name} is looked for\n  severity: high\n  rationale: For the test.\n  check:\n"
    f"    {check}\n  fix: {{text: Look.}}\n" for name, check in CHECKS.items()
)
HIDDEN = {
    "nothing": ("true", []),
    "a tmpfs over parameters": ("mount -t tmpfs none /proc/sys", ["parameter", "parameters", "no-parameter"]),
    "a tmpfs over a part": ("mount -t tmpfs none /proc/sys/kernel", ["parameter", "parameters", "no-parameter"]),
    "only processes": (
        "umount -l /proc; mount -t proc -o subset=pid none /proc",
        ["parameter", "parameters", "no-parameter", "content", "option"]),
    "no /sys": ("umount -R -l /sys", ["file", "files", "group"]),
    "a tmpfs over /sys": ("mount -t tmpfs none /sys", ["file", "files", "group"]),
    "a tmpfs over control groups": ("mount -t tmpfs none /sys/fs/cgroup", ["group"]),
    "a device over a file": ("mount --bind /dev/null /proc/cmdline", ["option"]),
    "a file over a file": ("mount --bind /etc/hostname /proc/cmdline", ["option"]),
    "an empty file over a file": ("touch $D/f; mount --bind $D/f /proc/filesystems", ["content"]),
    "a pipe over a file": ("mkfifo $D/f; mount --bind $D/f /proc/cmdline", ["option"]),
    "a directory over a process": ("mount --bind $D /proc/1", ["process"]),
    "a tmpfs over a process": ("mount -t tmpfs none /proc/1", ["process"]),
}


@pytest.fixture
def look(checks, tmp_path):
    folder = checks(RULES)

    def go(shell, *more):
        command = [PLUMBLINE, "audit", "--only-checks", "--checks", str(folder), "-o", "json", "--fail-on", "none",
                   "--root", "/", *more]  # what is seen from here, not by process 1
        place = tmp_path / "place"
        place.mkdir(exist_ok=True)
        process = subprocess.run(
            ["unshare", "-m", "--propagation", "private", "sh", "-c", f"set -e\n{shell}\nexec \"$@\"", "sh", *command],
            capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
            env=environment({"D": str(place)}),
        )
        assert process.stdout, process.stderr
        return {result["rule"]: result for result in json.loads(process.stdout)["results"]}

    return go


@pytest.mark.parametrize("what", HIDDEN)
def test_what_is_hidden_is_not_absent(look, what):
    shell, hindered = HIDDEN[what]
    whole, results = look("true"), look(shell)
    assert {result["verdict"] for result in whole.values()} <= {"pass", "unknown"}
    changed = {rule for rule, result in results.items() if result["verdict"] != whole[rule]["verdict"]}
    assert changed >= {rule for rule in hindered if whole[rule]["verdict"] == "pass"}
    assert {results[rule]["verdict"] for rule in changed} <= {"error", "unknown"}


def test_a_kernel_that_was_not_booted_from_the_root(look, root):
    """Whoever repairs a system mounts his own machine's /proc and /sys in it: they tell nothing about that system."""
    (root / "etc" / "sysctl.d").mkdir()
    (root / "etc" / "sysctl.d" / "a.conf").write_text("kernel.pid_max = 0\n")
    for name in ("proc", "sys"):
        (root / name).mkdir()
    alone = look("true", "--root", str(root))
    mounted = look(f"mount --bind /proc {root}/proc; mount --rbind /sys {root}/sys", "--root", str(root))
    assert {rule: result["verdict"] for rule, result in mounted.items()} == {
        rule: result["verdict"] for rule, result in alone.items()}
    assert alone["parameter"]["verdict"] == "unknown" and alone["process"]["verdict"] == "notapplicable"


def test_the_whole_machine_as_a_root(look):
    """As a container has it that is given all files of the machine: its kernel is that of the root."""
    results = look("""mkdir $D/all
set -- unshare -p -f --mount-proc sh -c 'mount --rbind / "$D/all"; "$@"' sh "$@" --root $D/all""")
    assert results["parameter"]["verdict"] == "pass"


def test_every_boot_begins_with_an_empty_run(look, root):
    """What an image has in /run is hidden by then: a parameter that is set there is not."""
    for name, value in (("run", 1), ("etc", 0)):
        (root / name / "sysctl.d").mkdir(parents=True)
        (root / name / "sysctl.d" / f"{name}.conf").write_text(f"kernel.pid_max = {value}\n")
    item = look("true", "--root", str(root))["parameter"]["items"][0]
    assert item["source"]["path"] == "/etc/sysctl.d/etc.conf"


def test_hidden_processes_of_others(checks):
    """What an ordinary user does not see of them is not "not there": of no process but his own."""
    places = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    text = RULES.replace("process: {exe: /nothing/of/ours}", "elf: {of: processes}\n    expect: {nx: false}")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(checks(text), folder + "/checks")
        subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
        command = [*places, for_everyone(), "audit", "--only-checks", "--checks", folder + "/checks", "-o", "json",
                   "--fail-on", "none", "--root", "/", "--rule", "process"]
        done = subprocess.run(
            ["unshare", "-m", "--propagation", "private", "sh", "-c",
             "mount -t proc -o hidepid=2 none /proc; exec \"$@\"", "sh", *command],
            capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    result = json.loads(done.stdout)["results"][0]
    assert (result["verdict"], "hidden" in (result["reason"] or "")) == ("unknown", True)
