"""Whole small hosts (tests/hosts) by every look that there is, against their golden verdicts."""
import os
import sys

import pytest
from conftest import TOP

sys.path.insert(0, str(TOP / "tests" / "hosts"))
import hosts  # noqa: E402

LOOKS = [(name, look) for name in hosts.names() for look in hosts.looks(hosts.load(name))]
HINT = "right? tests/hosts/update.py {} writes it down; what it changed is part of the commit"


def needed(look):
    return pytest.mark.skipif(look == "mounted" and os.geteuid() != 0, reason="needs root: owners of files are laid out")


@pytest.mark.parametrize("name, look", [pytest.param(*one, marks=needed(one[1])) for one in LOOKS])
def test_verdicts_are_golden(name, look):
    changed = hosts.differences(name, look, hosts.judge(hosts.load(name), look))
    assert not changed, "\n".join([*changed, HINT.format(name)])


@pytest.mark.parametrize("name", [pytest.param(name, marks=needed("mounted")) for name, look in LOOKS if look == "mounted"])
def test_a_stated_root_is_judged_as_one_on_a_disk(name):
    """Rule tests state files; the disk has to be nothing else than that."""
    said = hosts.load(name)
    changed = hosts.differences(name, "mounted", hosts.judge_live(said, live=False))
    assert not changed, "\n".join(changed)


def test_they_are_small():
    size = sum(path.stat().st_size for path in hosts.HERE.rglob("*") if path.is_file())
    assert size < 700_000
