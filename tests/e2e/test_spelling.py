"""What people type who come from other programs: each row of the table of foreign words is typed, and so are the
spellings that are taken."""
import json
import re
import subprocess

import pytest
import yaml
from conftest import PLUMBLINE, TOP, run

ROWS = [
    (kind, [json.loads(f'"{text}"') for text in re.findall(r'"((?:[^"\\]|\\.)*)"', rest)])
    for kind, rest in re.findall(r"^([A-Z_]+)\((.*)\)$", (TOP / "core/cli/foreign.def").read_text(), re.M)
]


def of(*kinds):
    return [pytest.param(*words, id=" ".join(words[:-1])) for kind, words in ROWS if kind in kinds]


def refused(*arguments):
    process = run(*arguments)
    assert process.returncode == 2 and process.stdout == "", arguments
    assert len(process.stderr.splitlines()) == 1, process.stderr
    return process.stderr


def shown(hint):
    """As it reads where nothing was typed with the word."""
    return re.sub(r"\{([^}]*)\}", r"\1", hint)


def taken(*arguments):
    process = run("list", "--json", *arguments)
    assert process.returncode == 0, process.stderr
    return {rule["rule"] for rule in json.loads(process.stdout)}


def test_the_table_is_read_whole():
    text = (TOP / "core/cli/foreign.def").read_text()
    assert len(ROWS) == len(re.findall(r"^[A-Z]", text, re.M)) > 250


@pytest.mark.parametrize("word, hint", of("COMMAND", "COMMAND_SAYS"))
def test_a_foreign_command(word, hint):
    assert shown(hint) in refused(word)
    assert shown(hint) in refused(word.upper())


@pytest.mark.parametrize("command, word, hint", of("ARGUMENT"))
def test_a_foreign_argument(command, word, hint):
    assert hint in refused(command, word)


@pytest.mark.parametrize("command, word, hint", of("OPTION", "OPTION_SAYS"))
def test_a_foreign_option(command, word, hint):
    if command != "*":
        assert shown(hint) in refused(command, word)
        return
    own = [name for name in ("audit", "lint") if not any(row[:2] == [name, word] for _, row in ROWS)]
    said = [refused(name, word) for name in own]
    assert any(shown(hint) in text for text in said), said


@pytest.mark.parametrize("option, word, hint", of("VALUE"))
def test_a_foreign_value(option, word, hint):
    assert hint in refused("audit", f"--{option}={word}")


@pytest.mark.parametrize("option, word, ours", [row for row in of("SAME") if row.values[0] in ("layer", "severity")])
def test_a_value_that_is_taken(option, word, ours):
    assert taken(f"--{option}", word) == taken(f"--{option}", word.upper()) == taken(f"--{option}={ours}") != set()


@pytest.mark.parametrize(
    "typed, ours",
    [
        (["--layer", "code,Docker"], ["--layer", "code", "--layer", "container"]),
        (["--severity", "HIGH,CRITICAL"], ["--severity", "high.."]),
        (["--severity", "low, critical"], ["--severity", "low", "--severity", "critical"]),
        (["--rule", "sshd-*,DOCKER-ICC-OFF"], ["--rule", "sshd-*", "--rule", "docker-icc-off"]),
        (["sshd-*,docker-icc-off"], ["--rule", "sshd-*", "--rule", "docker-icc-off"]),
        (["sshd-*", "docker-icc-off"], ["--rule", "sshd-*", "--rule", "docker-icc-off"]),
        (["Cloud/SSHD"], ["--module", "sshd"]),
        (["--rule", "cloud/sshd"], ["--module", "sshd"]),
        (["--skip", "kconfig*,cloud/sshd"], ["--skip", "kconfig*", "--skip", "cloud/sshd"]),
        (["-m", "sshd,pam"], ["--module", "sshd", "--module", "cloud/pam"]),
        (["--benchmark", "cis-docker"], ["--reference", "cis-docker-1.6.0"]),
        (["--compliance=CIS-Docker:2.*"], ["--reference", "cis-docker-1.6.0:2.*"]),
        (["--reference", "cis-docker:2.1,cis-kubernetes-1.1:4.*"], ["--reference", "cis-docker-1.6.0:2.1", "--reference",
                                                       "cis-kubernetes-1.12:4.*"]),
        (["--profile", "cis"], ["--profile", "cis-docker-1.6.0"]),
        (["--profile", "NIST,auto"], ["--profile", "nist-800-190", "--profile", "auto"]),
        (["--tag", "STRICT", "--profile", "plumb"], ["--tag", "strict", "--profile", "plumbline-container"]),
    ],
    ids=lambda words: " ".join(words),
)
def test_spellings_that_are_taken(typed, ours):
    wanted = taken(*ours)
    if ours.count("--severity") > 1:  # the last one counts: one by one, then
        wanted = taken(*ours[:2]) | taken(*ours[2:])
    assert taken(*typed) == wanted != set()


@pytest.fixture
def small(tmp_path):
    root = tmp_path / "root"
    (root / "etc/ssh").mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    work = tmp_path / "work"
    work.mkdir()
    return lambda *arguments: run("audit", "--root", root, "--layer", "cloud", "--fail-on", "none", *arguments, cwd=work), work


FORMATS = {"json": "{", "html": "<!doctype", "junit": "<?xml", "text": "("}


@pytest.mark.parametrize(
    "arguments, files",
    [
        (["-o", "report.html"], {"report.html": "html"}),
        (["-o", "a.JSON", "-o", "b.xml"], {"a.JSON": "json", "b.xml": "junit"}),
        (["-o", "JSON=a,html=b.html"], {"a": "json", "b.html": "html"}),
        (["-o", "a,b.json"], {"a,b.json": "json"}),
        (["-o", "json=a,b"], {"a,b": "json"}),
        (["--format", "html", "-o", "page"], {"page": "html"}),
        (["--format", "json=x.y"], {"x.y": "json"}),
        (["--output=c.d/../e.htm"], {}),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_the_extension_chooses_the_format(small, arguments, files):
    audit, work = small
    process = audit(*arguments)
    assert process.returncode == (0 if files else 3), process.stderr
    assert {path.name for path in work.iterdir()} == set(files)
    for name, format in files.items():
        assert (work / name).read_text().lower().startswith(FORMATS[format])


def test_format_alone_goes_to_standard_output(small):
    audit, _ = small
    assert json.loads(audit("--format", "JSON").stdout)["format"]
    assert audit("--format", "table", "--no-progress", "--no-colour").stdout.splitlines()[-1].strip()


def test_colour_is_chosen(small):
    audit, _ = small
    for never in (["--color", "never"], ["--no-colour"], ["--colour=off"], []):
        assert "\033[" not in audit(*never).stdout
    for always in (["--color"], ["--color=always"], ["--colour", "yes"]):
        assert "\033[" in audit(*always).stdout


def test_rules_are_arguments(small):
    audit, _ = small
    report = json.loads(audit("SSHD-root-login-off,pam-no-nullok", "-o", "json").stdout)
    judged = {result["rule"] for result in report["results"] if result["verdict"] != "notselected"}
    assert judged == {"sshd-root-login-off", "pam-no-nullok"}


def test_version():
    assert run("version").stdout == run("-V").stdout == run("--version").stdout == run("audit", "-V").stdout
    assert run("LIST", "--help").stdout == run("list", "--help").stdout


def test_list_of_names():
    whole = run("list", "--profiles", "--benchmarks", "--tags", "--modules", "--json")
    names = {kind: {row["name"]: row for row in rows} for kind, rows in json.loads(whole.stdout).items()}
    assert set(names) == {"profiles", "benchmarks", "tags", "modules"}
    assert {path.stem for path in (TOP / "checks/profiles").glob("*.yaml")} == set(names["profiles"])
    assert {path.stem for path in (TOP / "checks/benchmarks").glob("*.yaml")} < set(names["benchmarks"])
    assert set(names["benchmarks"]) == set(run("completion", "references").stdout.split())
    assert names["benchmarks"]["cis-docker-1.6.0"]["controls"] > 100
    for kind, option in (("profiles", "--profile"), ("tags", "--tag"), ("modules", "--module")):
        for name in list(names[kind])[:6]:
            with_all = [] if kind == "profiles" else ["--profile", "auto", "--profile", "plumbline-container"]
            assert len(taken(option, name, *with_all)) == names[kind][name]["rules"], name
    text = run("list", "--profiles", "--tags").stdout
    assert all(name in text for kind in ("profiles", "tags") for name in names[kind])


@pytest.mark.parametrize(
    "name, rules, headings",
    [
        ("5.3.3.4.1", {"pam-no-nullok"}, {"cis-debian-12-1.1.0 5.3.3.4.1\n", "cis-rhel-9-2.0.0 5.3.3.4.1\n"}),
        ("cis-docker-1.6.0:5.4", None, {"cis-docker-1.6.0 5.4: "}),
        ("CIS-docker:5.4", None, {"cis-docker-1.6.0 5.4: "}),
        ("5.4", None, {"cis-docker-1.6.0 5.4: "}),
    ],
)
def test_explain_a_control(name, rules, headings):
    process = run("explain", name)
    assert process.returncode == 0, process.stderr
    named = {line.split()[1] for line in process.stdout.splitlines() if line.startswith("  ")}
    everything = ["--profile", "auto", "--profile", "plumbline-container"]
    pattern = name if ":" in name else f"*:{name}"
    assert named and (rules is None or named == rules)
    assert taken("--reference", pattern, *everything) == named
    assert all(heading in process.stdout for heading in headings)


def test_explain_in_any_case():
    assert run("explain", "cis-docker", "5.4").stdout == run("explain", "cis-docker:5.4").stdout != ""
    assert run("explain", "PAM-NO-NULLOK").stdout == run("explain", "pam-no-nullok").stdout != ""


def test_every_control_can_be_explained():
    for path in (TOP / "checks/benchmarks").glob("*.yaml"):
        controls = yaml.safe_load(path.read_text())["controls"]
        for control in controls[::40]:
            process = run("explain", f"{path.stem}:{control['id']}")
            assert process.returncode == 0 and f"{path.stem} {control['id']}: " in process.stdout, process.stderr


HOSTILE = 'a "quoted" \\ reason: # with\tsigns\n- and: {lines}'


def test_a_waiver_is_ready_to_paste(tmp_path, small):
    audit, _ = small
    process = run("waive", "PAM-no-nullok", "--reason", HOSTILE, "--owner", "o: p", "--until", "2199-01-31", "--item", "/etc/*")
    entry = yaml.safe_load(process.stdout)["waivers"]
    assert [set(one) for one in entry] == [{"rule", "item", "reason", "owner", "until"}]
    assert entry[0]["rule"] == "pam-no-nullok" and entry[0]["item"] == "/etc/*" and entry[0]["owner"] == "o: p"
    path = tmp_path / "waivers.yaml"
    path.write_text(process.stdout)
    assert audit("--waivers", path).returncode == 0


def test_an_attestation_is_ready_to_paste(tmp_path, small):
    audit, _ = small
    question = run("completion", "questions").stdout.split()[0]
    decision = ("--reason", "seen", "--owner", "ops", "--until", "2199-01-31")
    entries = [yaml.safe_load(run("attest", question, *decision, *answer).stdout)["attestations"][0]
               for answer in (["--answer", "pass"], ["--answer", "FAIL"], ["--answer", "n/a"])]
    assert [entry["answer"] for entry in entries] == ["pass", "fail", "notapplicable"]
    path = tmp_path / "waivers.yaml"
    assert run("attest", question, *decision).returncode == 2  # nothing passes by leaving a word out
    path.write_text(run("attest", question, *decision, "--answer", "pass").stdout)
    assert audit("--waivers", path).returncode == 0


def test_defaults_of_a_file(tmp_path, small):
    audit, _ = small
    path = tmp_path / "plumbline.conf"
    path.write_text("# demands\nfail-on = high\nlayer = code, docker\nquiet\nmin-score = 70\n")
    lines = run("audit", "--config", path, "--layer", "cluster", "--show-config").stdout.splitlines()
    shown = dict(re.fullmatch(r"(\S+ = .*?) *# (.*)", line).groups() for line in lines)
    assert shown["fail-on = high"] == f"{path}:2" and shown["quiet = true"] == f"{path}:4"
    assert shown["layer = cluster"] == "command line" and shown["timeout = 600"] == "default"
    assert shown["min-score = 70"] == f"{path}:5" and "profile = auto" in shown
    # What it shows is such a file.
    again = tmp_path / "again.conf"
    again.write_text("\n".join(lines))
    process = run("audit", "--config", again, "--show-config")
    assert [line.split("#")[0] for line in process.stdout.splitlines()] == [line.split("#")[0] for line in lines]
    layers = {rule["layer"] for rule in json.loads(run("list", "--json", "--config", path).stdout)}
    assert layers == {"code", "container"}
    path.write_text("format = json\n")
    assert "has no option" in refused("audit", "--config", path)
    path.write_text("rule = pam-no-nullok\noutput = json\n")
    judged = {result["rule"] for result in json.loads(audit("--config", path).stdout)["results"]}
    assert judged == {"pam-no-nullok"}


def test_what_completion_asks_is_fast_and_silent(tmp_path):
    """Shells ask when a key is pressed. The rules that are mapped take milliseconds; half a second is no bound of
    theirs but the sign that they were compiled anew."""
    script = run("completion", "bash").stdout + run("completion", "zsh").stdout + run("completion", "fish").stdout
    kinds = set(re.findall(r"completion ([a-z]+) 2>/dev/null", script))
    assert kinds == {"modules", "probes", "profiles", "questions", "references", "rules", "tags"}
    for kind in kinds:
        process = run("completion", kind)
        assert process.returncode == 0 and process.stderr == "" and process.stdout.split(), kind
    # Where there are no rules nothing is said either.
    lone = tmp_path / "plumbline"
    lone.write_bytes(open(PLUMBLINE, "rb").read())
    lone.chmod(0o755)
    process = subprocess.run([lone, "completion", "rules"], capture_output=True, text=True)
    assert process.stderr == ""


@pytest.mark.parametrize(
    "typed, words",
    [
        ("explain sshd-root-login-o", ["sshd-root-login-off"]),
        ("audit docker-icc-o", ["docker-icc-off"]),
        ("list --rule = docker-icc-off,sshd-root-login-o", ["docker-icc-off,sshd-root-login-off"]),
        ("list -p nist", ["nist-800-190"]),
        ("list --module ssh", ["ssh-client", "sshd"]),
        ("audit --layer = code,cl", ["code,cluster", "code,cloud"]),
        ("audit --reference cis-do", ["cis-docker-1.6.0"]),
        ("probes sysct", ["sysctl"]),
        ("completion z", ["zsh"]),
        ("audit --color = ne", ["never"]),
        ("waive --rea", ["--reason="]),
    ],
)
def test_bash_completes(typed, words):
    script = run("completion", "bash").stdout + (
        f"COMP_WORDS=({PLUMBLINE} {typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _plumbline; echo \"${{COMPREPLY[@]}}\"\n"
    )
    process = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    found = process.stdout.split()
    assert sorted(found) == sorted(words) or (typed.startswith("list --module") and set(found) >= {"sshd"}), found


def test_the_file_of_the_manual_is_taken(tmp_path):
    page = (TOP / "man/plumbline.1").read_text()
    block = next(text for text in re.findall(r"^\.Bd -literal[^\n]*\n(.*?)^\.Ed", page, re.M | re.S) if "fail-on =" in text)
    path = tmp_path / "plumbline.conf"
    path.write_text(block)
    process = run("audit", "--config", path, "--show-config")
    assert process.returncode == 0, process.stderr
    assert process.stdout.count(f"# {path}:") == 6  # the two profiles are a line each
