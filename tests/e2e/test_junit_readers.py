"""What programs that people really feed JUnit files to make of one of ours: two readers from the npm registry. They are
fetched for the test, never kept; where they cannot be had the test is left out and says so."""
import json
import re
import shutil
import subprocess

import pytest
from conftest import PLUMBLINE

READERS = {"junit2json": "4.0.0", "junit-to-ctrf": "0.0.14"}


@pytest.fixture(scope="module")
def readers(tmp_path_factory):
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("no npm here")
    folder = tmp_path_factory.mktemp("readers")
    (folder / "package.json").write_text('{"private": true}')
    words = [f"{name}@{version}" for name, version in READERS.items()]
    try:
        run = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", *words],
                             cwd=folder, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        pytest.skip("the npm registry does not answer")
    if run.returncode:
        pytest.skip(f"the npm registry cannot be had: {run.stderr.strip()[:200]}")
    return folder


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A host with failures, a name that is no word of anybody's, and rules that do not apply."""
    folder = tmp_path_factory.mktemp("junit")
    root = folder / "root"
    for path, text, mode in (("etc/passwd", "root:x:0:0::/root:/bin/sh\n", 0o666), ("etc/caf\u00e9\n]]><x", "", 0o666)):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
        (root / path).chmod(mode)
    subprocess.run([PLUMBLINE, "audit", "--root", root, "-o", f"junit={folder}/r.xml", "-o", f"json={folder}/r.json"],
                   capture_output=True, timeout=300)
    return folder


def outcomes(report):
    """id -> failure, error, skipped or None, as the file itself says."""
    text = (report / "r.xml").read_text()
    cases = re.findall(r'<testcase classname="[^"]*" name="([^"]*)" time="[^"]*"(/>|>\s*<(\w+))', text)
    return {name: kind or None for name, _, kind in cases}


def test_junit2json(readers, report):
    script = ("import('junit2json').then(async m => { const fs = await import('fs');"
              "console.log(JSON.stringify(await m.parse(fs.readFileSync(process.argv[1], 'utf8')))); })")
    run = subprocess.run(["node", "-e", script, report / "r.xml"], cwd=readers, capture_output=True, text=True, timeout=60)
    assert not run.returncode, run.stderr
    document, expected = json.loads(run.stdout), outcomes(report)
    cases = [case for suite in document["testsuite"] for case in suite.get("testcase", [])]
    assert {case["name"] for case in cases} == set(expected) and document["tests"] == len(expected)
    for case in cases:
        kinds = {kind for kind in ("failure", "error", "skipped") if case.get(kind)}
        assert kinds == ({expected[case["name"]]} - {None}), case["name"]
    assert len({(case["classname"], case["name"]) for case in cases}) == len(cases)


def test_junit_to_ctrf(readers, report):
    run = subprocess.run(["npx", "--no-install", "junit-to-ctrf", report / "r.xml", "-o", report / "ctrf.json"],
                         cwd=readers, capture_output=True, text=True, timeout=60)
    assert not run.returncode, run.stderr
    results, expected = json.loads((report / "ctrf.json").read_text())["results"], outcomes(report)
    assert results["summary"]["tests"] == len(expected)
    red = sum(kind in ("failure", "error") for kind in expected.values())
    assert results["summary"]["failed"] == red and red > 0
    failing = [test for test in results["tests"] if test["status"] == "failed"]
    assert any("/etc/passwd" in (test.get("message") or "") for test in failing)
