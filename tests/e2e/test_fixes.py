"""All fixes of a host as one script, run in a root of its own: what they are for fails no more, nothing else fails, no
right grows, a second run changes nothing, and --undo brings the failures back. Unknown is no failure here: what needs a
running system ends so, and is not known to be mended."""
import functools
import os
import re
import shutil

import pytest
from conftest import SANITIZED, hosts

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a root is laid out and entered"),
    pytest.mark.skipif(not shutil.which("busybox"), reason="busybox is not installed"),
    pytest.mark.skipif(SANITIZED, reason="about rules, not about memory"),
]

# rule -> why it still fails in a root where nothing runs and nothing is installed
STILL = {
    "*-installed": "packages come from a network",
    "aide-scheduled": "systemd enables units",
    "password-useradd-inactive": "useradd writes its own file",
    "firewall-ufw-*": "ufw writes its own files",
}


def failing(report):
    return {result["rule"] for result in report["results"] if result["verdict"] == "fail"}


@functools.cache
def applied(name):
    return hosts.apply_fixes(hosts.load(name), "--risky")


def excused(rule):
    return any(re.fullmatch(glob.replace("*", ".*"), rule) for glob in STILL)


@pytest.mark.parametrize("name", ["almalinux-9", "debian-12", "debian-13", "docker", "old", "ubuntu-24.04"])
class TestHost:
    def test_every_step_is_done(self, name):
        assert "failed:" not in applied(name)["output"] and ", 0 failed" in applied(name)["output"], applied(name)["output"]

    def test_its_rule_fails_no_more(self, name):
        steps = set(re.findall(r"^ended \$\? (\S+)", applied(name)["script"], re.M))
        assert len(steps) >= 5
        assert not [rule for rule in steps & failing(applied(name)["after"]) if not excused(rule)]

    def test_no_other_rule_fails(self, name):
        assert not failing(applied(name)["after"]) - failing(applied(name)["before"])

    def test_no_right_grows(self, name):
        assert not applied(name)["grown"]

    def test_a_second_run_changes_nothing(self, name):
        assert not applied(name)["changed_twice"]

    def test_there_is_a_way_back(self, name):
        assert failing(applied(name)["undone"]) == failing(applied(name)["before"])
