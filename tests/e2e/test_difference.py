"""Two audits of a tree, between which things happen: diff, --baseline, --fail-on-new."""
import json
import xml.etree.ElementTree

import pytest
from conftest import run

RULES = ["--rule", "scan-no-world-writable-files", "--rule", "file-etc-passwd-access", "--rule", "sshd-x11-forwarding-off"]


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "root"
    for folder in ("etc/ssh", "srv", "var"):
        (root / folder).mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\n")
    (root / "etc/os-release").write_text("ID=debian\nVERSION_ID=12\n")
    for name in ("known", "mended"):
        (root / "srv" / name).write_text("x")
        (root / "srv" / name).chmod(0o666)
    return root


def audit(root, *words):
    return run("audit", "--root", root, *RULES, *words)


def change(root):
    (root / "srv/mended").chmod(0o644)
    (root / "srv/planted").write_text("x")
    (root / "srv/planted").chmod(0o666)


def test_new_fixed_and_still(tree, tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    audit(tree, "-o", f"json={old}")
    change(tree)
    audit(tree, "-o", f"json={new}")
    told = run("diff", old, new)
    assert told.returncode == 0, told.stderr
    assert "1 new, 1 fixed, 0 no longer judged, 1 still failing (1 rule)" in told.stdout
    assert "/srv/planted" in told.stdout and "/srv/mended" in told.stdout and "/srv/known" not in told.stdout
    assert run("diff", old, new, "--fail-on-new").returncode == 1
    assert run("diff", new, new, "--fail-on-new").returncode == 0
    assert run("diff", new, new, "--quiet").stdout == ""
    changes = json.loads(run("diff", old, new, "--output", "json").stdout)["difference"]
    assert [(row["rule"], row["subject"]) for row in changes["new"]] == [("scan-no-world-writable-files", "/srv/planted")]
    assert [row["subject"] for row in changes["fixed"]] == ["/srv/mended"]


def test_baseline(tree, tmp_path):
    last = tmp_path / "last.json"
    words = ["--baseline", last, "--fail-on-new", "--quiet", "--output", "text", "--output", f"json={last}"]
    first = audit(tree, *words)
    assert first.returncode == 1 and "is not there yet" in first.stderr
    second = audit(tree, *words)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    change(tree)
    third = audit(tree, *words)
    assert third.returncode == 1
    assert third.stdout.startswith("Since ") and "/srv/planted" in third.stdout and "/srv/known" not in third.stdout
    (tree / "srv/planted").unlink()
    fourth = audit(tree, *words)  # nothing is demanded, but what was mended is told
    assert fourth.returncode == 0 and "1 fixed" in fourth.stdout


def test_what_is_not_judged_any_more_is_not_fixed(tree, tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    audit(tree, "-o", f"json={old}")
    report = json.loads(old.read_text())
    for result in report["results"]:
        if result["rule"] == "scan-no-world-writable-files":
            result.update(verdict="unknown", reason="no walk", items=[])
    new.write_text(json.dumps(report))
    told = run("diff", old, new, "--fail-on-new")
    assert told.returncode == 1 and "0 fixed, 1 no longer judged" in told.stdout and "no walk" in told.stdout
    assert run("diff", old, new, "--fail-on-new", "--allow-unknown").returncode == 0


def test_formats_have_it_too(tree, tmp_path):
    old, page, cases, new = (tmp_path / name for name in ("old.json", "page.html", "cases.xml", "new.json"))
    audit(tree, "-o", f"json={old}")
    change(tree)
    (tree / "etc/ssh/sshd_config").write_text("X11Forwarding yes\n")
    audit(tree, "--baseline", old, "--fail-on-new", "-o", f"html={page}", "-o", f"junit={cases}", "-o", f"json={new}")
    text = page.read_text()
    section = text[text.index('id="difference"'):text.index('id="results"')]
    assert "/srv/planted" in section and "/srv/known" not in section
    elements = {case.get("name"): [child.tag for child in case] for case in xml.etree.ElementTree.parse(cases).iter("testcase")}
    assert "failure" in elements["sshd-x11-forwarding-off"] + elements["scan-no-world-writable-files"]
    assert run("report", new, "--output", "json").stdout == new.read_text()
    (tree / "srv/planted").unlink()
    audit(tree, "--baseline", new, "--fail-on-new", "-o", f"junit={cases}")
    text = cases.read_text()
    assert "<failure" not in text and "as in the audit of" in text


@pytest.mark.parametrize("words, said", [
    (["--fail-on-new"], "needs --baseline"),
    (["--baseline", "/etc/hostname"], "not a JSON document"),
    (["--baseline", "/dev/null"], "not a regular file"),
])
def test_mistakes(tree, words, said):
    told = audit(tree, *words)
    assert told.returncode == 2 and said in told.stderr


def test_other_hosts_are_told_of(tree, tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    audit(tree, "-o", f"json={old}")
    report = json.loads(old.read_text())
    report["host"].update(id="0" * 32, name="another")
    new.write_text(json.dumps(report))
    assert "different hosts" in run("diff", old, new).stdout
