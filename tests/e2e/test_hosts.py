"""Whole small hosts (tests/hosts) by every look that there is, against their golden verdicts."""
import json
import os

import pytest
from conftest import for_everyone, hosts

NAMES = hosts.names()
LOOKS = [(name, look) for name in NAMES for look in hosts.looks(hosts.load(name))]
ROOTS = [name for name, look in LOOKS if look == "mounted"]
HINT = "right? tests/hosts/update.py {} writes it down; what it changed is part of the commit"
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: owners of files are laid out")


def better(name, look, mine):
    """Passes of somebody who sees less, and what seems absent to him, that root does not have."""
    roots = hosts.read_golden(name, look)
    return [f"{rule}: {roots.get(rule)}, and {verdict} to an ordinary user" for rule, (verdict, _) in mine.items()
            if (verdict == "pass" and roots.get(rule) != "pass")
            or (verdict == "notapplicable" and roots.get(rule) in ("pass", "fail"))]


@pytest.mark.parametrize("name, look", [pytest.param(*one, marks=root_only if one[1] == "mounted" else ()) for one in LOOKS])
def test_verdicts_are_golden(name, look):
    changed = hosts.differences(name, look, hosts.judge(hosts.load(name), look))
    assert not changed, "\n".join([*changed, HINT.format(name)])


@pytest.mark.parametrize("name", ROOTS)
def test_a_stated_root_is_judged_as_one_on_a_disk(name):
    """Rule tests state files; the golden verdicts are those of the disk."""
    changed = hosts.differences(name, "mounted", hosts.judge_live(hosts.load(name), live=False))
    assert not changed, "\n".join(changed)


@root_only
@pytest.mark.parametrize("name", ROOTS)
def test_an_ordinary_user_gets_no_pass_of_a_root_that_root_does_not(name):
    said = hosts.load(name)
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    mine = hosts.judged(json.loads(hosts.output_of(hosts.mounted(said, before=nobody, program=for_everyone()))))
    wrong = better(name, "mounted", mine)
    assert "unknown" in {verdict for verdict, _ in mine.values()}
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", [name for name, look in LOOKS if look == "live"])
def test_an_ordinary_user_gets_no_pass_of_a_machine_that_root_does_not(name):
    wrong = better(name, "live", hosts.judge_live(hosts.load(name), privileged=False))
    assert not wrong, "\n".join(wrong)


def test_they_are_small():
    size = sum(path.stat().st_size for path in hosts.HERE.rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert len(NAMES) >= 10 and size < 700_000
