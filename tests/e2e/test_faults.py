"""One planted fault gives one failure (faults.yaml): what else fails follows from it, and is folded below it."""
import functools
import pathlib

import pytest
import yaml
from conftest import SANITIZED, hosts

FAULTS = yaml.safe_load((pathlib.Path(__file__).parent / "faults.yaml").read_text())
# The same code judges hosts in test_hosts.py, and a sanitizer makes this take minutes.
pytestmark = pytest.mark.skipif(SANITIZED, reason="about rules, not about memory")
LOUD = ("medium", "high", "critical")


def on(name, *patches):
    said = hosts.load(name)
    for patch in patches:
        said = said | {"host": hosts.merge(said["host"], patch)}
    return said


@functools.cache
def before(name, base):
    """Fails without the fault."""
    return hosts.failures_live(on(name, yaml.safe_load(base))).keys()


@pytest.mark.parametrize("fault", FAULTS, ids=[fault["fault"] for fault in FAULTS])
def test_one_fault_is_one_failure(fault):
    name, base = fault.get("on", "debian-13"), fault.get("base", {})
    new = {rule: said for rule, said in hosts.failures_live(on(name, base, fault["plant"])).items()
           if rule not in before(name, yaml.safe_dump(base))}
    loud = [rule for rule, (severity, because) in new.items() if severity in LOUD and not because]
    assert loud == [fault["rule"]], "\n".join(f"{rule}: {said}" for rule, said in new.items())


def test_there_are_enough():
    assert len(FAULTS) >= 40
