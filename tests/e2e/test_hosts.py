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


def no_better(mine, roots):
    """Scores of somebody who sees less that are better than root's: (whose, mine, root's)."""
    grades = "FEDCBA"
    pairs = [("host", mine, roots), *((layer, mine["layers"][layer], roots["layers"][layer]) for layer in mine["layers"])]
    return [(whose, one, other) for whose, one, other in pairs
            if grades.find(one["grade"] or "-") > grades.find(other["grade"] or "-")
            or (one["value"] or 0) > (other["value"] or 0) + 1e-9]


def unreasoned(found):
    """What is not applicable without saying what cannot be there."""
    hindered = ("denied", "could not", "cannot be read", "not readable", "needs root", "timed out")
    return [f"{rule}: {reason!r}" for rule, (verdict, reason) in found.items()
            if verdict == "notapplicable" and (not reason or any(word in reason.lower() for word in hindered))]


@pytest.mark.parametrize("name, look", [pytest.param(*one, marks=root_only if one[1] == "mounted" else ()) for one in LOOKS])
def test_verdicts_are_golden(name, look):
    found = hosts.judge(hosts.load(name), look)
    changed = hosts.differences(name, look, found)
    assert not changed, "\n".join([*changed, HINT.format(name)])
    assert not unreasoned(found), "\n".join(unreasoned(found))


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
    report = json.loads(hosts.output_of(hosts.mounted(said, before=nobody, program=for_everyone())))
    mine = hosts.judged(report)
    roots = json.loads(hosts.output_of(hosts.mounted(said)))
    assert not no_better(report["score"], roots["score"])
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
