"""Bad input: each gives a clear message, leaves the rest of the audit intact, and has the right exit code."""
import json
import os
import shlex
import socket
import subprocess

import pytest
from conftest import PLUMBLINE, RULE, SANITIZED, audit, run


def judge(checks, root, *more):
    report = audit("--only-checks", "--checks", checks(RULE), "--root", root, "--fail-on", "none", *more)
    return report["by_rule"]["mine-one"], report["by_rule"]["mine-two"], report


def test_a_plain_root(checks, root):
    (root / "etc/one.conf").write_text("x")
    (root / "etc/one.conf").chmod(0o600)
    (root / "etc/two.yaml").write_text("# comment\non: true\n")
    one, two, report = judge(checks, root)
    assert (one["verdict"], two["verdict"]) == ("pass", "pass")
    assert two["items"][0]["source"]["line"] == 2 and two["items"][0]["source"]["path"] == "/etc/two.yaml"
    assert report["process"].returncode == 0


@pytest.mark.parametrize("kind", ["fifo", "device", "directory", "socket"])
def test_something_else_in_place_of_a_file(checks, root, kind):
    (root / "etc/one.conf").write_text("x")
    (root / "etc/one.conf").chmod(0o600)
    path = root / "etc/two.yaml"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "directory":
        path.mkdir()
    elif kind == "socket":
        before = os.getcwd()
        os.chdir(path.parent)
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(path.name)
        os.chdir(before)
    else:
        try:
            os.mknod(path, 0o020666, os.makedev(1, 5))
        except PermissionError:
            pytest.skip("cannot make a device node here")
    one, two, report = judge(checks, root)
    assert one["verdict"] == "pass"
    assert two["verdict"] == "error" and "two.yaml" in two["reason"], two


def test_a_huge_file_is_bounded(checks, root):
    with open(root / "etc/two.yaml", "wb") as file:
        file.truncate(100 << 20)
    _, two, _ = judge(checks, root)
    assert two["verdict"] == "error" and "two.yaml" in two["reason"]


def test_a_link_out_of_the_root(checks, root, tmp_path):
    outside = tmp_path / "outside.yaml"
    outside.write_text("on: true\n")
    (root / "etc/two.yaml").symlink_to(f"../../../../../../..{outside}")
    _, two, _ = judge(checks, root)
    assert two["verdict"] != "pass"
    (root / "etc/two.yaml").unlink()
    (root / "etc/two.yaml").symlink_to(str(outside))
    _, two, _ = judge(checks, root)
    assert two["verdict"] != "pass"


def test_an_absolute_link_stays_inside(checks, root):
    (root / "real.yaml").write_text("on: true\n")
    (root / "etc/two.yaml").symlink_to("/real.yaml")
    _, two, _ = judge(checks, root)
    assert two["verdict"] == "pass"


def test_a_broken_file_is_an_error_with_its_place(checks, root):
    (root / "etc/two.yaml").write_text("a: 1\non: [true\n")
    _, two, _ = judge(checks, root)
    assert two["verdict"] == "error" and "/etc/two.yaml:" in two["reason"]


def test_unreadable_as_an_ordinary_user(checks, root):
    (root / "etc/two.yaml").write_text("on: true\n")
    (root / "etc/two.yaml").chmod(0)
    folder = checks(RULE)
    user = "nobody" if os.geteuid() == 0 else None
    process = run("audit", "--only-checks", "--checks", folder, "--root", root, "--output", "json", user=user, cwd="/")
    assert process.stdout, process.stderr
    results = {r["rule"]: r for r in json.loads(process.stdout)["results"]}
    assert results["mine-two"]["verdict"] == "unknown" and "root" in (results["mine-two"]["remediation"] or "")


def test_names_with_control_characters(checks, root):
    rule = RULE.replace("path: /etc/one.conf", 'path: "/etc/*.conf"')
    name = os.fsencode(str(root / "etc")) + b"/\x1b[31mred\xff\n.conf"
    with open(name, "w") as file:
        file.write("x")
    os.chmod(name, 0o666)
    folder = checks(rule)
    for kind in ("text", "json", "html", "junit"):
        process = run("audit", "--only-checks", "--checks", folder, "--root", root, "--output", kind, errors="strict")
        assert "\x1b" not in process.stdout
        assert "mine-one" in process.stdout


def test_empty_and_binary_files(checks, root):
    (root / "etc/two.yaml").write_bytes(b"")
    _, two, _ = judge(checks, root)
    assert two["verdict"] == "fail"
    (root / "etc/two.yaml").write_bytes(bytes(range(256)) * 10)
    _, two, _ = judge(checks, root)
    assert two["verdict"] == "error"


def test_alias_bomb(checks, root):
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for before, name in zip("abcdefgh", "bcdefghi"):
        bomb += f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    (root / "etc/two.yaml").write_text(bomb + "on: true\n")
    _, two, _ = judge(checks, root)
    assert two["verdict"] == "error"


def test_a_root_that_is_a_file(root, tmp_path):
    path = tmp_path / "plain"
    path.write_text("x")
    process = run("audit", "--root", path)
    assert process.returncode == 3 or process.returncode == 2
    assert str(path) in process.stderr


def test_report_of_garbage(tmp_path):
    for text in ("", "{", "[]", '{"format":"plumbline-audit/99"}', '{"format":"plumbline-audit/2","results":[{"rule":5}]}'):
        path = tmp_path / "r.json"
        path.write_text(text)
        process = run("report", path, "--output", "text")
        assert process.returncode == 2 and "r.json" in process.stderr and not process.stdout


def test_waivers(checks, root, tmp_path):
    (root / "etc/one.conf").write_text("x")
    (root / "etc/one.conf").chmod(0o666)
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        "waivers:\n- {rule: mine-one, reason: known, owner: ops, until: 2099-01-01}\n"
        "- {rule: mine-two, reason: old, owner: ops, until: 2001-01-01}\n"
    )
    one, two, report = judge(checks, root, "--waivers", waivers)
    assert one["verdict"] == "fail" and one["waived"]["owner"] == "ops"
    assert two["verdict"] == "fail" and not two["waived"]
    assert len(report["waivers"]["expired"]) == 1
    waivers.write_text("waivers:\n- {rule: mine-one, owner: ops, until: 2099-01-01}\n")
    process = run("audit", "--waivers", waivers, "--root", root)
    assert process.returncode == 2 and "reason" in process.stderr and "waivers.yaml" in process.stderr


@pytest.mark.skipif(SANITIZED, reason="sanitizers themselves do not start without /proc")
@pytest.mark.skipif(os.geteuid() != 0, reason="needs a mount namespace")
@pytest.mark.parametrize("more", [[], ["--root", "/"], ["--root", "ROOT"]])
@pytest.mark.parametrize("before", ["true", "mkdir -p /proc/self/fd"])
def test_without_procfs_nothing_is_audited(checks, root, more, before):
    """Files are opened through /proc/self/fd: without it every one of them would look absent."""
    more = [str(root) if word == "ROOT" else word for word in more]
    command = [PLUMBLINE, "audit", "--only-checks", "--checks", str(checks(RULE)), *more]
    script = f"mount -t tmpfs none /proc && {before} && exec " + shlex.join(command)
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True)
    assert done.returncode == 3 and "procfs" in done.stderr and not done.stdout
