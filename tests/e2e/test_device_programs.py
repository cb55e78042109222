"""Device rules of version 2 control groups: runc attaches its own programs, in a mount namespace where it sees version 2
alone; what they let be opened is tried from inside."""
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import tarfile
import tempfile

import pytest
from conftest import audit
from engines import last_line, make_image

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root to attach programs"),
    pytest.mark.skipif(not shutil.which("runc"), reason="runc is not installed"),
]

PREFIX = f"programs-{secrets.token_hex(4)}-"
NEW_GROUPS = "umount -l /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup && exec \"$@\""
ALL = {"allow": False, "access": "rwm"}
# name -> device rules beside the usual ones; the node is that of the first loop device.
RULES = {"plain": [ALL], "disk": [ALL, {"allow": True, "type": "b", "major": 7, "access": "rwm"}],
         "one": [ALL, {"allow": True, "type": "c", "major": 10, "minor": 229, "access": "rw"}]}


class NewGroups:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-programs-", dir="/var/tmp"))
        self.names = []

    def runc(self, *arguments):
        with open(self.folder / "log", "a") as log:
            return subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", NEW_GROUPS, "sh", "runc",
                                   "--root", self.folder / "state", *arguments], stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=log, timeout=120)

    def start(self, name, rules):
        """None, or why it does not run here."""
        bundle = self.folder / name
        make_image(self.folder / "image.tar")
        with tarfile.open(self.folder / "image.tar") as tar:
            tar.extractall(bundle / "rootfs")
        for folder in ("proc", "sys", "dev"):
            (bundle / "rootfs" / folder).mkdir(exist_ok=True)
        subprocess.run(["runc", "spec"], cwd=bundle, check=True)
        config = json.loads((bundle / "config.json").read_text())
        config["process"].update(terminal=False, args=["/bin/sleep", "600"])
        for kind in ("bounding", "effective", "permitted"):
            config["process"]["capabilities"][kind] = ["CAP_MKNOD"]
        config["mounts"].append({"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["rw"]})
        config["linux"]["resources"]["devices"] = rules
        (bundle / "config.json").write_text(json.dumps(config))
        self.names.append(PREFIX + name)
        started = self.runc("run", "-d", "--bundle", bundle, PREFIX + name)
        return None if started.returncode == 0 else last_line((self.folder / "log").read_text())

    def inside(self, name, script):
        return self.runc("exec", PREFIX + name, "/bin/sh", "-c", script).returncode == 0

    def stop(self):
        for name in self.names:
            self.runc("delete", "-f", name)
            for group in [*pathlib.Path("/sys/fs/cgroup").glob(f"{name}*"), *pathlib.Path("/sys/fs/cgroup/unified").glob(f"{name}*")]:
                subprocess.run(["rmdir", group], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def containers():
    groups = NewGroups()
    try:
        for name, rules in RULES.items():
            reason = groups.start(name, rules)
            if reason:
                pytest.skip(f"no container with version 2 alone here: {reason}")
        yield groups
    finally:
        groups.stop()


def with_verdict(report, rule, verdict):
    found = next(one for one in report["results"] if one["rule"] == rule)["items"]
    return {item["subject"].removeprefix(PREFIX) for item in found
            if item["subject"].startswith(PREFIX) and item["verdict"] == verdict}


def groups_are_mounted():
    """Version 2, where this process looks; else a list of version 1 that leaves everything open is not all there is."""
    return any(line.split()[2] == "cgroup2" for line in pathlib.Path("/proc/mounts").read_text().splitlines())


def test_what_programs_let_be_opened_is_tried(containers):
    report = audit("--layer", "container", "--fail-on", "none")
    if not groups_are_mounted():
        assert with_verdict(report, "container-no-device-rules", "unknown") == RULES.keys()
        return
    able = with_verdict(report, "container-no-device-rules", "fail")
    assert able == {"disk", "one"}
    for name, kind, numbers in (("plain", "b", "7 0"), ("disk", "b", "7 0"), ("one", "b", "7 0")):
        made = containers.inside(name, f"/bin/busybox mknod /tmp/node {kind} {numbers} && exec 3</tmp/node")
        assert made == (name in with_verdict(report, "container-cannot-open-disks", "fail")), name
    assert report["sandbox"]["separated"]
