"""What every end-to-end test needs: the real binary, run as a person would.

Nothing here has a fixed name outside of a folder of its own: two suites may run side by side on one machine, and beside
engines that are none of theirs."""
import atexit
import functools
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "hosts"))
import hosts  # noqa: E402,F401

PLUMBLINE = os.environ.get("PLUMBLINE", str(TOP / "build" / "dev" / "plumbline"))

# The build's, by the options that ctest gives it.
SANITIZED = any(name in os.environ for name in ("ASAN_OPTIONS", "TSAN_OPTIONS"))
# Nothing to be checked in other builds, and so nothing that was left out.
collect_ignore = [] if "ASAN_OPTIONS" in os.environ else ["test_leaks.py"]
DEATHS = pathlib.Path(f"{PLUMBLINE}.deaths")

# A shell starts what runs in its background with interrupts ignored, and so would be what the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Other users must be able to enter what tests make for them.
os.umask(0o022)


def own_folder():
    """A new folder that every user may enter; the caller removes it. /tmp may be too small for images."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-e2e-", dir="/var/tmp"))
    folder.chmod(0o755)
    return folder


@functools.cache
def for_everyone():
    """A copy of the program, with its rules, for users who may not enter the folder of the build (/root)."""
    folder = own_folder()
    atexit.register(shutil.rmtree, folder)
    program = folder / "build" / "e2e" / "plumbline"
    program.parent.mkdir(parents=True)
    shutil.copyfile(PLUMBLINE, program)
    program.chmod(0o755)
    (program.parent / "CMakeCache.txt").touch()  # by which it knows that the rules are in the same tree
    shutil.copytree(TOP / "checks", folder / "checks", copy_function=shutil.copyfile)
    for path in [folder / "checks", *(folder / "checks").rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return program


@pytest.fixture(autouse=True)
def no_sanitizer_ended_a_process():
    """In a build with AddressSanitizer: an audit may go on without a process that a sanitizer ended (hooks/deaths.c)."""

    def deaths():
        return int.from_bytes(DEATHS.read_bytes(), sys.byteorder) if DEATHS.exists() else 0

    before = deaths()
    yield
    assert deaths() == before, "a sanitizer ended a process: see what it wrote to standard error"


@pytest.fixture
def tmp_path():
    """pytest's own lies in a folder that only one user may enter."""
    folder = own_folder()
    yield folder
    shutil.rmtree(folder)


def environment(more=None):
    """The environment of a run: what this process has of sanitizers' options, and nothing else of its own."""
    sanitizers = {name: value for name, value in os.environ.items() if name.startswith(("ASAN_", "UBSAN_", "LSAN_", "TSAN_"))}
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **sanitizers, **(more or {})}


def run(*arguments, user=None, apart=None, env=None, timeout=120, **kwargs):
    """Runs plumbline, as `user`, in the namespace of an engines.Apart; the result has returncode, stdout and stderr as
    text."""
    prefix = apart.enter(user) if apart else []
    if user and not prefix:
        kwargs |= {"user": user, "group": "nogroup", "extra_groups": []}
    return subprocess.run(
        [*prefix, for_everyone() if user else PLUMBLINE, *map(str, arguments)], capture_output=True, text=True, env=environment(env),
        stdin=subprocess.DEVNULL, timeout=timeout, **kwargs,
    )


def audit(*arguments, **kwargs):
    """A JSON audit as a dictionary, with the process in it under "process"."""
    process = run("audit", "--output", "json", *arguments, **kwargs)
    assert process.stdout, process.stderr
    report = json.loads(process.stdout)
    report["process"] = process
    report["by_rule"] = {result["rule"]: result for result in report["results"]}
    return report


@pytest.fixture
def checks(tmp_path):
    """A writer of one-module checks folders: checks(yaml) -> folder."""

    def write(text, layer="cloud", module="mine"):
        folder = tmp_path / "checks"
        (folder / layer).mkdir(parents=True, exist_ok=True)
        (folder / "profiles").mkdir(exist_ok=True)
        (folder / "profiles" / "auto.yaml").write_text('id: auto\ntitle: Everything\ninclude: ["*"]\n')
        (folder / layer / f"{module}.yaml").write_text(text)
        return folder

    return write


RULE = """module: mine
layer: cloud
title: Mine
rules:
- id: mine-one
  title: A file is tight
  severity: high
  rationale: For the test.
  check:
    file: {path: /etc/one.conf}
    expect: {mode: {mode-at-most: "0640"}}
  fix: {text: "chmod 640 /etc/one.conf"}
- id: mine-two
  title: A setting is on
  severity: low
  rationale: For the test.
  check:
    config: {path: /etc/two.yaml, format: yaml, key: on}
    expect: {value: true}
  fix: {text: "Set it."}
"""


@pytest.fixture
def root(tmp_path):
    """A small offline root with /etc."""
    folder = tmp_path / "root"
    (folder / "etc").mkdir(parents=True)
    (folder / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (folder / "etc" / "group").write_text("root:x:0:\n")
    return folder
