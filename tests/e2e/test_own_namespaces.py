"""Whoever starts plumbline may have given it namespaces of its own: the machine is what process 1 sees."""
import json
import os
import pathlib
import subprocess

import pytest

from conftest import PLUMBLINE, TOP, audit, environment, for_everyone

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs namespaces")

# What the unit's options with these names do to the files that are seen.
VIEWS = {
    "PrivateTmp": "mount -t tmpfs none /tmp; mount -t tmpfs none /var/tmp",
    "ProtectHome": "mount -t tmpfs -o mode=0 none /home; mount -t tmpfs none /root",
    "ProtectSystem": "for d in /usr /etc; do mount --bind -o ro,nosuid $d $d; done",
    "PrivateDevices": "mount -t tmpfs none /dev; mknod /dev/zero c 1 5; mknod -m 666 /dev/null c 1 3",
    "ProtectKernelTunables": "mount --bind -o ro /proc/sys /proc/sys; mount --bind -o ro /sys /sys",
    "nothing": "true",
}
# Of what nobody changes beside a test.
RULES = [word for rule in ("mount-*", "file-*", "account-*", "sysctl-*", "net-*") for word in ("--rule", rule)]
PLANTED = """module: mine
layer: cloud
title: Mine
rules:
- id: mine-setuid
  title: No program of this name
  severity: high
  rationale: For the test.
  check:
    filesystem-scan: {find: setuid, below: ['%s']}
    existence: none
  fix: {text: "chmod u-s"}
- id: mine-mode
  title: It is closed
  severity: high
  rationale: For the test.
  check:
    file: {path: '%s/planted'}
    expect: {mode: {mode-at-most: "0755"}}
    absent: pass
  fix: {text: "chmod u-s"}
"""


def apart(shell, *arguments, unshare=("--mount",), before=(), program=PLUMBLINE):
    """An audit in namespaces of its own, after `shell` changed what is seen there."""
    script = f"set -e\n{shell}\nexec \"$@\""
    if "--mount" in unshare:
        # The program and its rules stay where they are, wherever that is.
        script = f"""set -e
mount --bind "$TOP" /mnt
{shell}
[ -d "$TOP/checks" ] || {{ mkdir -p "$TOP" && mount --bind /mnt "$TOP"; }}
umount /mnt
exec "$@\""""
    return subprocess.run(
        ["unshare", *unshare, *(["--propagation", "slave"] if "--mount" in unshare else []), "sh", "-c", script, "sh",
         *before, program, "audit", "--output", "json", "--fail-on", "none", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, env=environment({"TOP": str(TOP)}))


def verdicts(process):
    assert process.stdout, process.stderr
    return {result["rule"]: result["verdict"] for result in json.loads(process.stdout)["results"]}


@pytest.mark.parametrize("view", VIEWS)
def test_the_machine_is_judged_and_not_the_view(view):
    here = {result["rule"]: result["verdict"] for result in audit(*RULES)["results"]}
    process = apart(VIEWS[view], *RULES)
    assert verdicts(process) == here
    report = json.loads(process.stdout)
    assert (report["host"]["root"], report["host"]["live"]) == ("/", True)
    assert "namespaces of its own" in process.stderr and process.stderr.count("\n") == 1


def test_what_the_view_hides_is_found(tmp_path, checks):
    place = tmp_path / "place"
    place.mkdir()
    (place / "planted").write_bytes(b"\x7fELF")
    (place / "planted").chmod(0o4755)
    rules = ["--only-checks", "--checks", checks(PLANTED % (place, place))]
    hide = f"mount -t tmpfs none {place}"
    assert set(verdicts(apart(hide, *rules)).values()) == {"fail"}
    # It was asked for what is seen there.
    assert "fail" not in verdicts(apart(hide, *rules, "--root", "/")).values()


def test_what_the_view_adds_is_not_the_machines(tmp_path, checks):
    place = tmp_path / "place"
    place.mkdir()
    add = f"mount -t tmpfs none {place}; cp /bin/true {place}/planted; chmod 4755 {place}/planted"
    rules = ["--only-checks", "--checks", checks(PLANTED % (place, place))]
    assert "fail" not in verdicts(apart(add, *rules)).values()


@pytest.mark.parametrize("space", ["--net", "--ipc", "--cgroup"])
def test_settings_of_another_namespace_are_nobodys(space):
    """What may be joined is joined; what not is no audit."""
    rule = ["--rule", "net-*", "--rule", "sysctl-*"]
    change = "for f in /proc/sys/net/ipv4/conf/*/accept_redirects; do echo 1 >$f; done" if space == "--net" else "true"
    here = {result["rule"]: result["verdict"] for result in audit(*rule)["results"]}
    assert verdicts(apart(change, *rule, unshare=[space])) == here
    process = apart(change, *rule, unshare=[space], before=["setpriv", "--bounding-set=-sys_admin"])
    assert (process.returncode, process.stdout) == (3, "")
    assert "namespace of its own" in process.stderr and "--root /" in process.stderr and process.stderr.count("\n") == 1


def test_names_and_clocks_are_as_good_as_the_hosts():
    process = apart("true", "--rule", "sysctl-*", unshare=["--uts"], before=["setpriv", "--bounding-set=-sys_admin"])
    assert process.returncode == 0, process.stderr


@pytest.mark.parametrize("unshare", [["--user"], ["--user", "--map-root-user"], ["--pid", "--fork"]])
def test_owners_and_processes_of_another_namespace_are_nobodys(unshare):
    process = apart("true", "--rule", "sysctl-*", unshare=unshare)
    assert (process.returncode, process.stdout) == (3, "")
    assert "namespace of its own" in process.stderr


def test_what_has_a_first_process_of_its_own_is_a_machine():
    """A container: nothing outside of it is there to be judged."""
    process = apart("true", "--rule", "sysctl-*", unshare=["--mount", "--pid", "--fork", "--mount-proc"])
    assert process.returncode == 0 and process.stderr == "", process.stderr


def test_an_ordinary_user_is_told():
    """He may not look at process 1, but with the machine's process numbers the kernel's first namespaces are process 1's."""
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    process = apart("true", "--rule", "net-*", unshare=["--net"], before=user, program=for_everyone())
    if os.readlink("/proc/self/ns/pid") == "pid:[4026531836]":
        assert (process.returncode, process.stdout) == (3, "")
        assert "a network namespace of its own" in process.stderr
    else:  # a container has another one by right
        assert process.returncode == 0, process.stderr
    assert subprocess.run([*user, for_everyone(), "audit", "--rule", "net-*", "--fail-on", "none"],
                          capture_output=True).returncode == 0


def test_the_root_of_process_1_can_be_named(tmp_path, checks):
    """As from a container that sees the host's processes."""
    place = tmp_path / "place"
    place.mkdir()
    (place / "planted").write_bytes(b"\x7fELF")
    (place / "planted").chmod(0o4755)
    first = "/proc/1/root" if os.access("/proc/1/root/etc", os.F_OK) else "/proc/2/root"
    rules = ["--only-checks", "--checks", checks(PLANTED % (place, place)), "--root", first]
    assert set(verdicts(apart(f"mount -t tmpfs none {place}", *rules)).values()) == {"fail"}
    assert pathlib.Path(first).exists()


COPY = """
set -e
mount --rbind / /mnt
mount -t tmpfs none %s
cp /bin/true %s/planted
chmod 4755 %s/planted
chroot /mnt "$@"
"""


def test_what_was_mounted_since_a_copy_of_the_mounts_is_found(tmp_path, checks):
    """A chroot into a bind mount of / has the machine's root directory, and not its mounts."""
    place = tmp_path / "place"
    place.mkdir()
    process = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", COPY % (place, place, place), "sh",
         PLUMBLINE, "audit", "--output", "json", "--fail-on", "none", "--only-checks", "--checks",
         checks(PLANTED % (place, place))],
        capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, env=environment({}))
    assert set(verdicts(process).values()) == {"fail"}, process.stderr
    assert "namespaces of its own" in process.stderr
