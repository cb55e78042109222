"""Stacks of PAM as libpam takes them: hundreds of services made by chance (controls, jumps, includes, substacks, joined
lines, comments), whose modules return what their lines say. plumbline says of each what pam_authenticate() comes to."""
import ctypes.util
import json
import os
import pathlib
import random
import re
import subprocess
import sys

import pytest
from conftest import run

SERVICES = 400
RETURNS = ["success", "success", "success", "success", "auth_err", "user_unknown", "ignore", "perm_denied", "new_authtok_reqd", "abort", "acct_expired"]
RULE = """module: our-pam
layer: cloud
title: Who gets in
rules:
- id: our-opens
  title: Nobody gets in
  severity: high
  rationale: R.
  check: {pam: {type: auth}, existence: none, expect: {opens: {not: []}}}
  finding: "{opens}"
  fix: {text: F}
"""


ASK = """import ctypes, ctypes.util, sys
pam = ctypes.CDLL(ctypes.util.find_library("pam"))
for name in sys.stdin.read().split():
    handle, conversation = ctypes.c_void_p(), (ctypes.c_void_p * 2)()
    if pam.pam_start(name.encode(), b"root", conversation, ctypes.byref(handle)) == 0:
        code = pam.pam_authenticate(handle, 0)
        pam.pam_end(handle, code)
        if code == 0:
            print(name)
"""


def has_module():
    return any(any(pathlib.Path("/").glob(f"{folder}/security/pam_debug.so"))
               for folder in ("lib", "lib/*-linux-gnu", "usr/lib", "usr/lib/*-linux-gnu", "usr/lib64", "lib64"))


pytestmark = [pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to show libpam a folder of services"),
              pytest.mark.skipif(not ctypes.util.find_library("pam") or not has_module(),
                                 reason="there is no libpam with pam_debug here")]


def let_in(folder, names):
    """By libpam itself, whose folder this is in a mount namespace."""
    process = subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c",
                              'mount --bind "$1" /etc/pam.d && exec "$2" -c "$3"', "sh", folder, sys.executable, ASK],
                             input=" ".join(names), capture_output=True, text=True, check=True)
    return set(process.stdout.split())


class Maker:
    """Writes services, and files that they take in, below a folder."""

    def __init__(self, folder, seed):
        self.folder, self.luck, self.parts = folder, random.Random(seed), 0

    def control(self):
        if self.luck.random() < 0.5:
            return self.luck.choice(["required", "requisite", "sufficient", "optional"] * 4 + ["Required", "nonsense"])
        chosen = self.luck.sample([*RETURNS, "default", "default"], self.luck.randint(1, 4))
        actions = ["ok", "done", "bad", "die", "reset", "ignore", "1", "1", "2", "3"]
        blank = self.luck.choice([" ", "  ", "\t"])
        return "[" + blank.join(f"{value}{self.luck.choice(['=', ' = '])}{self.luck.choice(actions)}"
                                for value in chosen) + "]"

    def module(self):
        kind = self.luck.choice(["auth"] * 20 + ["AUTH", "-auth", "account", "wrong"])
        called = self.luck.choice(["pam_debug.so auth={}", "pam_debug.so auth={}", "pam_permit.so", "pam_permit.so", "pam_deny.so",
                                   "pam_debug.so auth={} cred=success"]).format(self.luck.choice(RETURNS))
        line = f"{kind}{self.luck.choice([' ', chr(9)])}{self.control()} {called}"
        tail = self.luck.random()
        if tail < 0.1:
            return line + " # auth=success"
        if tail < 0.2:
            return line.replace(" pam_", " \\\n   pam_", 1)
        return line

    def taken_in(self, depth):
        self.parts += 1
        name = f"part.{self.parts}"
        self.write(name, depth + 1)
        how = self.luck.choice(["@include {}", "auth include {}", "auth substack {}", "auth substack {}", "account include {}"])
        return how.format(self.luck.choice([name] * 12 + ["nothing"]))

    def write(self, name, depth=0):
        lines = []
        for _ in range(self.luck.randint(0 if depth else 1, 6)):
            lines.append(self.taken_in(depth) if depth < 3 and self.luck.random() < 0.2 else self.module())
            if self.luck.random() < 0.1:
                lines.append(self.luck.choice(["", "# a comment \\", "   ", "auth", "auth required"]))
        (self.folder / name).write_text("\n".join(lines) + self.luck.choice(["\n", ""]))


def shown(folder, name):
    """The file with what it takes in."""
    text = (folder / name).read_text()
    return f"-- {name}\n{text}\n" + "".join(shown(folder, part) for part in re.findall(r"part\.\d+", text))


@pytest.mark.parametrize("seed", range(3))
def test_who_gets_in_is_what_libpam_says(tmp_path, seed):
    folder = tmp_path / "root/etc/pam.d"
    folder.mkdir(parents=True)
    (tmp_path / "root/etc/os-release").write_text("ID=debian\n")
    maker = Maker(folder, seed)
    names = [f"service{i}" for i in range(SERVICES)]
    for name in names:
        maker.write(name)
    (folder / "other").write_text("auth required pam_deny.so\n")
    (tmp_path / "checks/cloud").mkdir(parents=True)
    (tmp_path / "checks/cloud/our-pam.yaml").write_text(RULE)
    process = run("audit", "--root", tmp_path / "root", "--checks", tmp_path / "checks", "--only-checks", "--fail-on", "none",
                  "--output", "json")
    [result] = json.loads(process.stdout)["results"]
    said = {name for item in result["items"] for name in item["observed"]["opens"]} & set(names)
    real = let_in(folder, names)
    assert 30 < len(real) < SERVICES - 30
    wrong = sorted(said ^ real, key=lambda name: len(shown(folder, name)))
    assert not wrong, f"{len(wrong)}: {wrong[0]} {'opens' if wrong[0] in real else 'does not open'}:\n" + \
        shown(folder, wrong[0])
