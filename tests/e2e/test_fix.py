"""plumbline fix: what the script and the playbook say, and what they do when a person runs them. The steps here write
to a folder of the test alone."""
import hashlib
import json
import shutil
import subprocess

import pytest
import yaml
from conftest import run

HOSTILE = "a\nrm -rf /\r\x1b[2J\u202e\u2028{{ lookup('pipe', 'id') }}"


class Playbook(yaml.SafeLoader):
    """YAML with Ansible's tag, whose values are marked."""


class Unsafe(str):
    pass


Playbook.add_constructor("!unsafe", lambda loader, node: Unsafe(loader.construct_scalar(node)))


def own_id():
    def line(path):
        try:
            with open(path) as file:
                return file.readline().strip()
        except FileNotFoundError:
            return ""

    name = line("/proc/sys/kernel/hostname") or line("/etc/hostname")
    return hashlib.sha256((line("/etc/machine-id") + name).encode()).hexdigest()[:32]


def result(rule, fix, severity="medium", **more):
    item = {"subject": HOSTILE, "verdict": "fail", "reason": None, "observed": {}, "expected": "x",
            "finding": f"found {HOSTILE}", "source": {"path": "/x"}, "waived": None}
    nothing = dict.fromkeys(("reason", "cause", "remediation", "waived", "question", "ability", "attested"))
    return {**nothing, "rule": rule, "title": f"Title of {rule}", "layer": "cloud", "module": "m", "module_title": "M",
            "severity": severity, "verdict": "fail", "rationale": "R", "references": [], "tags": ["t"],
            "items_total": 1, "duration_us": 0, "items": [item], "fix": fix, **more}


@pytest.fixture
def audit(tmp_path):
    """Writes a report with these results, of this machine."""
    (tmp_path / "root/etc").mkdir(parents=True)
    run("audit", "--root", tmp_path / "root", "--fail-on", "none", "-o", f"json={tmp_path}/a.json")
    base = json.loads((tmp_path / "a.json").read_text())

    def write(*results, **host):
        base["host"].update({"id": own_id(), "live": True, "root": "/", "name": HOSTILE, **host})
        base["results"] = list(results)
        (tmp_path / "audit.json").write_text(json.dumps(base))
        return tmp_path / "audit.json"

    return write


def printed(*arguments):
    process = run("fix", *arguments)
    assert process.returncode == 0, process.stderr
    return process.stdout


def executed(script, *arguments):
    for shell in ("sh", "bash"):
        assert subprocess.run([shell, "-n"], input=script, text=True, capture_output=True).returncode == 0
    return subprocess.run(["sh", "-s", "--", *arguments], input=script, text=True, capture_output=True)


def live(script):
    return [line for line in script.splitlines() if not line.startswith("#")]


def steps(tmp_path):
    return [
        result("first", {"text": "T", "shell": f"echo 1 >{tmp_path}/one", "undo": f"rm -f {tmp_path}/one"}, "low"),
        result("breaks", {"text": "T", "shell": f"false\ntouch {tmp_path}/never"}, "high"),
        result("risky", {"text": "T", "shell": f"touch {tmp_path}/risky", "undo": f"rm -f {tmp_path}/risky",
                         "warning": "You may be locked out."}),
        result("hands", {"text": "Do it yourself."}),
        result("hidden", {"text": "T", "shell": "touch 'a\rb'"}),
        result("explained", {"text": "T", "shell": f"touch {tmp_path}/never"}, because="first"),
        result("passes", {"text": "T", "shell": f"touch {tmp_path}/never"}, verdict="pass"),
        result("accepted", {"text": "T", "shell": f"touch {tmp_path}/never"},
               waived={"reason": "r", "owner": "o", "until": "2099-01-01"}),
    ]


def test_a_script_does_its_steps_and_counts_those_that_fail(audit, tmp_path):
    script = printed(audit(*steps(tmp_path)))
    for _ in range(2):
        process = executed(script, "--not-root")
        assert process.returncode == 1 and "1 steps done, 1 failed" in process.stdout, process
        assert "failed: breaks" in process.stderr
        assert (tmp_path / "one").read_text() == "1\n"
        assert not (tmp_path / "never").exists() and not (tmp_path / "risky").exists()
    assert script.index("] breaks:") < script.index("] risky:") < script.index("] first:") < script.index("By hand")
    assert "] hands:" in script.split("By hand")[1] and "] hidden:" in script.split("By hand")[1]
    for name in ("explained", "passes", "accepted"):
        assert name not in script


def test_a_way_back(audit, tmp_path):
    path = audit(*steps(tmp_path))
    executed(printed(path, "--skip", "breaks", "--risky"), "--not-root")
    assert (tmp_path / "one").exists() and (tmp_path / "risky").exists()
    back = printed(path, "--undo", "--risky")
    assert back.index("ended $? first") < back.index("ended $? risky")
    assert "] breaks:" in back.split("By hand")[1]
    assert executed(back, "--not-root").returncode == 0
    assert not (tmp_path / "one").exists() and not (tmp_path / "risky").exists()


def test_risky_steps_are_comments_unless_asked_for(audit, tmp_path):
    path = audit(*steps(tmp_path))
    for form in ("shell", "ansible"):
        held, all_of_them = (printed(path, "--format", form, *more) for more in ((), ("--risky",)))
        assert "WARNING: You may be locked out." in held and "WARNING: You may be locked out." in all_of_them
        for text, is_live in ((held, False), (all_of_them, True)):
            lines = [line for line in text.splitlines() if f"touch {tmp_path}/risky" in line]
            assert lines and all(line.lstrip().startswith("#") != is_live for line in lines)


def test_text_of_the_host_stays_in_its_comment(audit, tmp_path):
    path = audit(result("r", {"text": HOSTILE, "shell": "true", "warning": HOSTILE}, title=HOSTILE),
                 result("q", {"text": HOSTILE}, title=HOSTILE), result("x\nrm", {"text": "T", "shell": "true"}))
    for form in ("shell", "ansible"):
        text = printed(path, "--format", form)
        assert not any(c in text for c in "\r\x1b\u202e\u2028\u0085")
        for line in text.splitlines():
            assert "rm -rf" not in line or line.lstrip().startswith("#"), line
            assert "lookup" not in line or line.lstrip().startswith("#"), line
    assert executed(printed(path), "--not-root").returncode == 0


def test_another_system_and_other_users_are_refused(audit, tmp_path):
    script = printed(audit(*steps(tmp_path), id="0" * 32))
    process = executed(script, "--not-root")
    assert process.returncode == 2 and "not the system" in process.stderr and not (tmp_path / "one").exists()
    assert executed(script, "--yes").returncode == 2
    assert executed(script, "--not-root", "--any-host").returncode == 1 and (tmp_path / "one").exists()
    assert "id -u" in script


def test_a_script_that_was_cut_off_does_nothing(audit, tmp_path):
    lines = printed(audit(*steps(tmp_path))).splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if line.startswith("main()"))
    for end in range(start, len(lines)):
        subprocess.run(["sh", "-s", "--", "--not-root", "--any-host"], input="".join(lines[:end]), text=True,
                       capture_output=True)
    assert not (tmp_path / "one").exists()


def test_choosing(audit, tmp_path):
    path = audit(*steps(tmp_path))
    assert "] first:" not in printed(path, "--severity", "medium..")
    assert "] breaks:" not in printed(path, "first") and "] first:" in printed(path, "--rule", "FIR*")
    assert "] first:" in printed(path, "--layer", "cloud", "--module", "cloud/m", "--tag", "t")
    for wrong in (["--skip", "frist"], ["frist"], ["--layer", "code"], ["--severity", "huge"], ["--format", "html"]):
        process = run("fix", path, *wrong)
        assert process.returncode == 2 and process.stdout == "" and len(process.stderr.splitlines()) == 1
    process = run("fix", path, "passes")
    assert process.returncode == 0 and "no step" in process.stderr
    assert executed(process.stdout, "--not-root").returncode == 0
    assert run("fix").returncode == 2 and run("fix", tmp_path / "none.json").returncode == 2
    (tmp_path / "bad.json").write_text("[]")
    assert run("fix", tmp_path / "bad.json").returncode == 2


def test_a_playbook(audit, tmp_path):
    template = "printf '%s' '{{ 7 }}'\n\ntrue"
    path = audit(*steps(tmp_path), result("own", {"text": "T", "shell": "true",
                                                  "ansible": "ansible.builtin.file: {path: \"/x\"}\n"
                                                             "ansible.builtin.file:\n  path: /y"}),
                 result("braces", {"text": "T", "shell": template}))
    for more in ((), ("--risky",), ("--undo",)):
        text = printed(path, "--format", "ansible", *more)
        (play,) = yaml.load(text, Playbook)
        blocks = {task["name"]: task["block"] for task in play["tasks"] if "block" in task}
        assert ("risky" in blocks) == ("--risky" in more)
        if "--undo" not in more:
            command = blocks["braces"][0]["ansible.builtin.shell"]["cmd"]
            assert isinstance(command, Unsafe) and command.strip() == f"set -e\n{template}"
            assert blocks["own"] == [{"ansible.builtin.file": {"path": "/x"}}, {"ansible.builtin.file": {"path": "/y"}}]
        check = play["tasks"][0]["ansible.builtin.shell"]["cmd"]
        assert isinstance(check, Unsafe) and subprocess.run(["sh", "-c", check]).returncode == 0
        if shutil.which("ansible-playbook"):
            (tmp_path / "play.yml").write_text(text)
            subprocess.run(["ansible-playbook", "--syntax-check", "-i", "localhost,", tmp_path / "play.yml"], check=True)
    # What is commented out is a step once the "# " is gone.
    text = printed(path, "--format", "ansible")
    freed = "\n".join(line.replace("# ", "", 1) if "WARNING" not in line and line.startswith(("  # ", "    # "))
                      and not any(word in line for word in ("found", "fix:", "[")) else line
                      for line in text.splitlines())
    (play,) = yaml.load(freed, Playbook)
    assert [task["block"] for task in play["tasks"] if task["name"] == "risky"] == [
        [{"ansible.builtin.shell": {"cmd": f"set -e\ntouch {tmp_path}/risky\n"}}]]


@pytest.mark.parametrize("shell", ["chmod go-w FILE", "usermod -L USER", "aa-enforce /etc/apparmor.d/PROFILE"])
def test_commands_that_leave_a_word_to_the_reader_are_none(audit, shell):
    script = run("fix", audit(result("r-blank", {"text": "T", "shell": shell, "undo": shell}))).stdout
    assert shell not in script and script.index("By hand") < script.index("r-blank")
    named = run("fix", audit(result("r-set", {"text": "T", "shell": "echo HOME=/x LANG=C >/dev/null"}))).stdout
    assert "echo HOME=/x" in named and "By hand" not in named
