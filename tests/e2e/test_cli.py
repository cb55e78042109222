"""The command line: help, suggestions, exit codes, completion, manual pages."""
import json
import subprocess

import pytest
from conftest import PLUMBLINE, RULE, TOP, audit, run

COMMANDS = ["audit", "list", "explain", "waive", "attest", "probes", "lint", "test", "report", "fix", "completion"]


def test_bare_call_is_ten_lines():
    process = run()
    assert process.returncode == 0
    assert len(process.stdout.splitlines()) <= 10
    assert "plumbline audit" in process.stdout


def test_general_help_fits_a_terminal():
    process = run("--help")
    assert process.returncode == 0
    lines = process.stdout.splitlines()
    assert len(lines) <= 24 and max(map(len, lines)) <= 100
    for command in COMMANDS:
        assert any(line.strip().startswith(command) for line in lines)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_help_fits_a_screen(command):
    process = run(command, "--help")
    assert process.returncode == 0 and process.stdout.startswith(f"Usage: plumbline {command}")
    lines = process.stdout.splitlines()
    assert len(lines) <= 50 and max(map(len, lines)) <= 110


def test_exit_help_names_every_code():
    process = run("--help", "exit")
    for code in "0123":
        assert f"\n  {code}  " in process.stdout


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["audti"], ['did you mean "audit"']),
        (["audit", "--ouput", "json"], ["--output"]),
        (["audit", "--output", "jsn"], ["json"]),
        (["audit", "--fail-on", "hgih"], ["high"]),
        (["audit", "--layer", "clod"], ["cloud"]),
        (["audit", "--profile", "atuo"], ["auto"]),
        (["audit", "--severity", "hi"], ["high"]),
        (["audit", "--set", "nosuchvalue=1"], ["nosuchvalue"]),
        (["audit", "--output", "text", "--output", "json"], ["standard output"]),
        (["audit", "--output", "json="], ["file name"]),
        (["audit", "--min-score", "101"], ["100"]),
        (["audit", "extra"], ["extra"]),
        (["audit", "--skip", "kconfig"], ["'kconfig*'"]),
        (["audit", "--image", "nginx:latest"], ["docker save nginx:latest -o nginx.tar", "--image nginx.tar"]),
        (["audit", "--image", "/no/such.tar"], ["/no/such.tar"]),
        (["audit", "--config", "/no/such.conf"], ["/no/such.conf"]),
        (["audit", "-o", "json:out.json"], ["json=out.json"]),
        (["audit", "-o", "sarif"], ["html, json, junit, text"]),
        (["audit", "--format", "sarif"], ["html, json, junit, text"]),
        (["audit", "-f", "json"], ["--output json"]),
        (["audit", "--profile", "list"], ["auto", "nist-800-190"]),
        (["audit", "--reference", "cis"], ["cis-docker-1.6.0", "cis-kubernetes-1.12"]),
        (["audit", "--reference", "cis-debian"], ["did you mean cis-debian-12-1.1.0 or cis-debian-13-1.0.0?"]),
        (["audit", "-p", "cis-debian"], ["--reference cis-debian-12-1.1.0 or cis-debian-13-1.0.0"]),
        (["list", "--tags", "strict"], ["plumbline list --tag strict"]),
        (["explain", "sshd-permit-root-login"], ["did you mean sshd-root-login-off?"]),
        (["explain", "sshd"], ["plumbline list --module sshd"]),
        (["explain", "cloud/sshd"], ["plumbline list --module cloud/sshd"]),
        (["explain", "sshd-root"], ["plumbline list 'sshd-root*'"]),
        (["explain", "a", "b", "c"], ["explain takes one rule"]),
        (["audit", "--allow-unknown=maybe"], ["true or false"]),
        (["audit", "--no-such"], ["plumbline audit --help"]),
        (["--no-color", "audit"], ["plumbline audit --no-color"]),
        (["waive", "docker-icc-off"], ["--reason"]),
        (["waive", "docker-icc-off", "--reason", "r", "--owner", "o", "--until", "2020-01-31"], ["over"]),
        (["waive", "docker-icc-off", "--reason", "r", "--owner", "o", "--until", "soon"], ["2027-01-31"]),
        (["waive", "dokcer-icc-off", "--reason", "r", "--owner", "o", "--until", "2199-01-31"], ["docker-icc-off"]),
        (["waive"], ["plumbline waive RULE --reason"]),
        (["attest", "docker-icc-off", "--reason", "r", "--owner", "o", "--until", "2199-01-31", "--answer", "pass"],
         ["plumbline waive"]),
        (["audit", "--root", "/no/such/folder"], ["/no/such/folder"]),
        (["explain"], ["plumbline explain RULE"]),
        (["explain", "99.99"], ["99.99"]),
        (["explain", "no-such-rule"], ["no-such-rule"]),
        (["probes", "sysctll"], ["sysctl"]),
        (["completion", "bsh"], ["bash"]),
        (["report"], ["FILE.json"]),
        (["report", "/no/such.json"], ["/no/such.json"]),
        (["test"], ["FILE"]),
        (["list", "--rule", "nothing-is-called-so*"], ["nothing-is-called-so"]),
    ],
)
def test_wrong_usage_says_one_sentence(arguments, words):
    process = run(*arguments)
    assert process.returncode in (2, 3), process.stdout
    assert process.stdout == ""
    assert len(process.stderr.splitlines()) == 1, process.stderr
    for word in words:
        assert word in process.stderr


def test_version():
    assert run("--version").stdout.startswith("plumbline 0.")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_commands_and_options(shell):
    text = run("completion", shell).stdout
    for word in ("audit", "explain", "output", "fail-on"):
        assert word in text


def test_bash_completion_completes():
    script = run("completion", "bash").stdout
    probe = script + (
        'COMP_WORDS=(plumbline aud); COMP_CWORD=1; _plumbline; echo "${COMPREPLY[@]}"\n'
        'COMP_WORDS=(plumbline audit --fail-on = hi); COMP_CWORD=4; _plumbline; echo "${COMPREPLY[@]}"\n'
    )
    process = subprocess.run(["bash", "-c", probe], capture_output=True, text=True)
    assert process.stdout.split() == ["audit", "high", "high.."] or process.stdout.split() == ["audit", "high"]


def test_completion_knows_names():
    """Profiles, rules, tags and benchmarks: asked for when a key is pressed, so rules of a later version are known."""
    script = run("completion", "bash").stdout
    probe = script + (
        f'COMP_WORDS=({PLUMBLINE} list --profile = nist); COMP_CWORD=4; _plumbline; echo "${{COMPREPLY[@]}}"\n'
        f'COMP_WORDS=({PLUMBLINE} explain sshd-root-login); COMP_CWORD=2; _plumbline; echo "${{COMPREPLY[@]}}"\n'
    )
    process = subprocess.run(["bash", "-c", probe], capture_output=True, text=True)
    assert process.stdout.split() == ["nist-800-190", "sshd-root-login-off"], process.stderr
    for kind, name in (("profiles", "auto"), ("rules", "docker-icc-off"), ("tags", "strict"),
                       ("references", "cis-docker-1.6.0")):
        assert name in run("completion", kind).stdout.splitlines()
    for shell in ("zsh", "fish"):
        assert "plumbline completion profiles" in run("completion", shell).stdout


def test_list_json_and_text_agree():
    rules = json.loads(run("list", "--json").stdout)
    text = run("list").stdout
    assert len(rules) >= 200
    assert f"{len(rules)} rules" in text
    assert len({rule["rule"] for rule in rules}) == len(rules)
    for layer in ("code", "container", "cluster", "cloud"):
        assert any(rule["layer"] == layer for rule in rules)


def test_selection_composes():
    container = json.loads(run("list", "--json", "--layer", "container").stdout)
    assert container and all(rule["layer"] == "container" for rule in container)
    high = json.loads(run("list", "--json", "--severity", "high..").stdout)
    assert high and all(rule["severity"] in ("high", "critical") for rule in high)
    both = json.loads(run("list", "--json", "--layer", "container", "--severity", "high..").stdout)
    assert {r["rule"] for r in both} == {r["rule"] for r in container} & {r["rule"] for r in high}
    cis = json.loads(run("list", "--json", "--reference", "cis-docker-1.6.0").stdout)
    assert cis and all(any(ref["benchmark"] == "cis-docker-1.6.0" for ref in r["references"]) for r in cis)


def rules_of(*arguments):
    return {rule["rule"]: rule for rule in json.loads(run("list", "--json", *arguments).stdout)}


def levels(rule, benchmark):
    return [ref["level"] for ref in rule["references"] if ref["benchmark"] == benchmark]


def without_times(results):
    return [{key: value for key, value in result.items() if key != "duration_us"} for result in results]


def test_a_layer_alone_is_the_layer_of_the_whole(tmp_path):
    """Rules of other layers are not even read when nothing but layers is chosen: that changes nothing but the time."""
    (tmp_path / "waivers.yaml").write_text("waivers: []\n")
    alone = audit("--layer", "code", "--root", tmp_path)
    whole = audit("--layer", "code", "--root", tmp_path, "--waivers", tmp_path / "waivers.yaml")
    assert len(alone["results"]) > 10 and without_times(alone["results"]) == without_times(whole["results"])
    assert alone["left_out"] == whole["left_out"]
    assert alone["score"] == whole["score"]
    # What names rules of another layer still finds them.
    skipped = audit("--layer", "code", "--root", tmp_path, "--skip", "sshd-*")
    assert without_times(skipped["results"]) == without_times(whole["results"])
    assert "no such layer" in run("audit", "--layer", "code", "--layer", "clout").stderr


def test_container_profiles():
    everything = rules_of("--profile", "auto", "--profile", "plumbline-container")
    first, second, whole = (rules_of("--profile", f"cis-docker-1.6.0{level}") for level in ("-l1", "-l2", ""))
    assert first.keys() < second.keys() < whole.keys()
    assert all(1 in levels(rule, "cis-docker-1.6.0") for rule in first.values())
    assert all({1, 2} & set(levels(rule, "cis-docker-1.6.0")) for rule in second.values())
    assert whole.keys() == {name for name, rule in everything.items() if levels(rule, "cis-docker-1.6.0")}
    nist = rules_of("--profile", "nist-800-190")
    assert nist.keys() == {name for name, rule in everything.items() if levels(rule, "nist-800-190")}
    own = rules_of("--profile", "plumbline-container")
    assert own.keys() == {name for name, rule in everything.items() if rule["layer"] == "container"}


def test_a_profile_audits_its_rules_only(tmp_path):
    report = tmp_path / "audit.json"
    run("audit", "--profile", "cis-docker-1.6.0-l1", "--output", f"json={report}", "--root", str(tmp_path))
    audit = json.loads(report.read_text())
    assert audit["profiles"] == ["cis-docker-1.6.0-l1"]
    judged = {result["rule"] for result in audit["results"] if result["verdict"] != "notselected"}
    assert judged == rules_of("--profile", "cis-docker-1.6.0-l1").keys()
    assert all(1 in levels(result, "cis-docker-1.6.0") for result in audit["results"] if result["rule"] in judged)


ABILITIES = """\
module: reach
layer: container
title: What could be reached
rules:
- id: reach-closed
  title: Nobody else writes the files
  ability: write the files
  severity: critical
  rationale: For the test.
  check: {file: {path: "/srv/*"}, expect: {mode: {mode-at-most: "0644"}}, existence: any}
  fix: {text: Close them.}
- id: reach-hidden
  title: No file is hidden
  ability: hide
  severity: low
  rationale: For the test.
  check: {file: {path: "/srv/.*"}, existence: none}
  fix: {text: Show them.}
"""


def test_abilities_from_rule_to_reports(tmp_path):
    (tmp_path / "checks" / "container").mkdir(parents=True)
    (tmp_path / "checks" / "container" / "reach.yaml").write_text(ABILITIES)
    (tmp_path / "root" / "srv").mkdir(parents=True)
    for name, mode in (("open", 0o666), ("meant", 0o666), ("closed", 0o600)):
        (tmp_path / "root" / "srv" / name).write_text("x")
        (tmp_path / "root" / "srv" / name).chmod(mode)
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text('waivers:\n- {rule: reach-closed, item: /srv/meant, reason: r, owner: o, until: 2199-01-31}\n')
    checks = ("--only-checks", "--checks", str(tmp_path / "checks"))
    report = tmp_path / "audit.json"
    arguments = ("--root", str(tmp_path / "root"), "--waivers", str(waivers), "--output", f"json={report}", "--output", "text")
    text = run("audit", *checks, *arguments).stdout
    assert "What a compromised container could do to this host (2 of 3)" in text
    assert "nobody: hide" in text and "1 other: nothing of this" in text
    table = json.loads(report.read_text())["abilities"]
    assert [column["ability"] for column in table["columns"]] == ["write the files", "hide"]
    cells = {row["subject"]: [cell and cell["grade"] for cell in row["cells"]] for row in table["rows"]}
    assert cells == {"/srv/open": ["critical", None], "/srv/meant": ["waived", None], "/srv/closed": ["no", None]}
    assert run("report", str(report), "--output", "text").stdout == text
    assert "ability     write the files" in run("explain", "reach-closed", *checks).stdout
    assert {rule["ability"] for rule in json.loads(run("list", "--json", *checks).stdout)} == {"write the files", "hide"}


def test_explain_every_rule():
    for rule in json.loads(run("list", "--json").stdout)[::40]:
        process = run("explain", rule["rule"])
        assert process.returncode == 0
        for heading in ("Passes when", "Fix", "waivers:"):
            assert heading in process.stdout or rule["manual"]


def test_a_probe_is_described_alike_everywhere():
    """As text, JSON and in the manual's language: the same names, and every one with its words."""
    all_of_them = json.loads(run("probes", "--json").stdout)
    names = [line.split()[0] for line in run("probes").stdout.splitlines()]
    assert names == [probe["name"] for probe in all_of_them] and len(names) >= 30
    text = run("probes", *names).stdout
    manual = run("probes", "--man", *names).stdout
    for probe in all_of_them:
        assert f"{probe['name']}: {probe['summary']}" in text
        assert f".Ss {probe['name']}\n" in manual
        assert not probe["needs"] or f"  needs {probe['needs']}\n" in text
        for row in probe["object"] + probe["fields"]:
            assert row["text"] and row["type"]
            assert f"{row['name']:<20} {row['type']:<9} {row['text']}" in text, row
            required = ", required" if row.get("required") else ""
            assert f".It Va {row['name']} Pq {row['type']}{required}\n" in manual, row
        for row in probe["object"]:
            assert "choices" not in row or f"[{row['choices']}]" in text


def test_stock_rules_are_clean():
    process = run("lint")
    assert process.returncode == 0, process.stdout
    assert process.stdout.strip().endswith(": 0 mistakes")


@pytest.mark.parametrize(
    "old, new, line, words",
    [
        ("    file: {", "    flie: {", 10, ["flie", "file"]),
        ("{path: /etc/one.conf}", "{paht: /etc/one.conf}", 10, ["paht", "path"]),
        ("{mode: {", "{mdoe: {", 11, ["mdoe", "mode"]),
        ("mode-at-most", "mode-atmost", 11, ["mode-at-most"]),
        ('"0640"', '"0980"', 11, ["octal"]),
        ("severity: high", "severity: hgih", 7, ["high"]),
        ("rationale: For", "rationaly: For", 8, ["rationale"]),
        ("  title: A file is tight\n", "", 5, ["title"]),
        ("id: mine-two", "id: mine-one", 13, ["mine-one"]),
        ("{value: true}", "{value: $nosuch}", 19, ["nosuch"]),
        ("format: yaml", "format: yml", 18, ["yaml"]),
        ("rules:", "rulez:", 4, ["rules"]),
        ("title: Mine", "title: [", None, []),
    ],
)
def test_a_mistake_has_its_place(checks, old, new, line, words):
    assert old in RULE
    folder = checks(RULE.replace(old, new, 1))
    process = run("lint", "--only-checks", folder)
    assert process.returncode == 2
    first = process.stdout.splitlines()[0]
    path, at, column, _ = first.split(":", 3)
    assert path.endswith("cloud/mine.yaml") and int(at) >= 1 and int(column) >= 1
    if line:
        assert str(line) in [text.split(":")[1] for text in process.stdout.splitlines()[:-1]], process.stdout
    for word in words:
        assert word in process.stdout


def test_cyclic_values_are_refused(checks):
    text = RULE.replace(
        "title: Mine\n", 'title: Mine\nvalues:\n  a: {default: $b, title: A}\n  b: {default: $a, title: B}\n', 1
    ).replace('"0640"', "$a")
    process = run("lint", "--only-checks", checks(text))
    assert process.returncode == 2 and "mine.yaml:" in process.stdout


def test_a_broken_module_leaves_the_rest(checks, root):
    folder = checks(RULE)
    (folder / "cloud" / "broken.yaml").write_text("module: broken\nlayer: cloud\ntitle: [\n")
    process = run("audit", "--only-checks", "--checks", folder, "--root", root, "--output", "json", "--fail-on", "none")
    report = json.loads(process.stdout)
    assert {result["rule"] for result in report["results"]} == {"mine-one", "mine-two"}
    assert any("broken.yaml" in json.dumps(error) for error in report["errors"])
    assert "broken.yaml" in process.stderr
    assert process.returncode == 2


def test_manual_pages_are_clean_and_current():
    for page in ("plumbline.1", "plumbline-checks.5"):
        process = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", TOP / "man" / page], capture_output=True, text=True)
        complaints = [l for l in process.stdout.splitlines() if "mandoc.db" not in l and "manual not found" not in l]
        assert not complaints, complaints
    check = subprocess.run(
        ["python3", TOP / "tests/support/update-man.py", PLUMBLINE, "--check"], capture_output=True, text=True
    )
    assert check.returncode == 0, check.stdout


def test_manual_names_every_option():
    import re

    text = (TOP / "man" / "plumbline.1").read_text()
    for command in COMMANDS:
        for option in re.findall(r"--([a-z-]+)", run(command, "--help").stdout):
            assert f"Fl -{option}" in text, option
