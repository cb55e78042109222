"""Whose rules root believes, where a file system is what somebody's file says."""
import os
import shutil
import subprocess

import pytest
from conftest import PLUMBLINE

RULE = """module: x
layer: cloud
title: x
rules:
- {id: all-x, title: x, rationale: x, severity: low, check: {package: {name: dpkg}, existence: any}, fix: {text: x}}
"""
SCRIPT = """set -e
mount -o loop "$1" "$2" 2>/dev/null || exit 77
shift; folder=$1; shift
exec "$@" audit --checks "$folder" --rule all-x --fail-on none
"""


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mke2fs"), reason="mounting a file takes root and mke2fs")
@pytest.mark.parametrize("owner, mode, wanted", [(0, 0o600, 0), (1000, 0o600, 2), (0, 0o666, 2)])
def test_rules_in_a_mounted_file(tmp_path, owner, mode, wanted):
    """Its own owners and modes are all root's: who may write the file says so."""
    base = f"/root/plumbline-trust-{os.getpid()}-{owner}-{mode:o}"
    for folder in (base, f"{base}/mnt", f"{base}/rules", f"{base}/rules/cloud"):
        os.mkdir(folder, 0o755)
    try:
        with open(f"{base}/rules/cloud/x.yaml", "w", encoding="utf-8") as out:
            out.write(RULE)
        subprocess.run(["mke2fs", "-q", "-d", f"{base}/rules", f"{base}/image", "2M"], check=True, capture_output=True)
        os.chown(f"{base}/image", owner, owner)
        os.chmod(f"{base}/image", mode)
        done = subprocess.run(["unshare", "-m", "sh", "-c", SCRIPT, "sh", f"{base}/image", f"{base}/mnt", PLUMBLINE],
                              capture_output=True, text=True, timeout=120, check=False)
        if done.returncode in (1, 77):
            pytest.skip("no loop device can be had here")
        assert done.returncode == wanted, done.stderr
        assert ("lies in a mounted file" in done.stderr) == (wanted != 0), done.stderr
    finally:
        shutil.rmtree(base)
