"""Whole hosts: reading NAME.yaml, making of it what both looks need, judging, and the golden verdicts.

CONTRIBUTING.md has how one is added. A host is a mapping of
  title   what it is
  parts   mappings below parts/, laid over each other in their order: captured roots, and what several hosts share
  host    laid over them; as `host:` of a rule test (plumbline-checks(5)), and the short forms of expand.py
  image   instead: {config, layers}, an image in an archive; a layer is a mapping of files
Null takes away what a part has."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import expand
import yaml
from layout import save_image

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
PARTS = HERE / "parts"
PLUMBLINE = pathlib.Path(os.environ.get("PLUMBLINE", TOP / "build/dev/plumbline"))
ABSENT, DASH = "notapplicable", "-"
HEADING = """# Verdicts of all stock rules; "-" and rules that do not stand here are notapplicable.
# Made by tests/hosts/update.py: read what it changed before you commit it.
"""
# A file system, owners and modes that no other program sees, and that do not depend on where the folder lies.
OWN_ROOT = 'mount -t tmpfs -o mode=0755 none "$1" && shift && exec "$@"'
MOUNTED = 'mount -t tmpfs -o mode=0755 none "$1" && "$2" "$3" "$4" "$1" && shift 4 && exec "$@"'


def merge(base, over):
    """`over` laid over `base`: mappings merge, anything else replaces, null takes away."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    merged = base | {key: merge(base.get(key), value) for key, value in over.items()}
    return {key: value for key, value in merged.items() if value is not None}


def names():
    return sorted(path.stem for path in HERE.glob("*.yaml"))


def load(name):
    """The host as its file says it, with its parts in it."""
    said = yaml.safe_load((HERE / f"{name}.yaml").read_text())
    host = {}
    for part in said.pop("parts", []):
        host = merge(host, yaml.safe_load((PARTS / f"{part}.yaml").read_text()))
    return said | {"host": merge(host, said.get("host", {}))}


def looks(said):
    """The looks at a host that there are."""
    if "image" in said:
        return ["image"]
    return ["mounted", "live"] if said["host"].get("processes") else ["mounted"]


def judged(report):
    """rule -> (verdict, what hindered it) of a JSON report."""
    found = {}
    for result in report["results"]:
        reasons = [result.get("reason"), *(item.get("reason") for item in result.get("items", []))]
        found[result["rule"]] = (result["verdict"], next((reason for reason in reasons if reason), ""))
    return found


def run(command):
    env = {name: value for name, value in os.environ.items() if name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")}
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, check=False,
                          stdin=subprocess.DEVNULL, env=env | {"LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"})


def output_of(process):
    if process.returncode or not process.stdout:
        raise RuntimeError(f"{process.args[0]}: exit {process.returncode}: {process.stderr}")
    return process.stdout


def mounted(said, *arguments, before=(), program=PLUMBLINE):
    """Audits a host that is laid out in a file system of its own, which only root can do. `before`: what the program is
    started by. `arguments`: without any, a JSON report."""
    chosen = arguments or ("--output", "json", "--fail-on", "none")
    with tempfile.TemporaryDirectory(prefix="plumbline-host-", dir="/var/tmp") as made:
        folder = pathlib.Path(made)
        folder.chmod(0o755)
        stated, root = folder / "host.json", folder / "root"
        stated.write_text(json.dumps(expand.host(said["host"])))
        stated.chmod(0o600)
        root.mkdir()
        return run(["unshare", "--mount", "--propagation", "private", "sh", "-c", MOUNTED, "sh", root, "python3",
                    HERE / "layout.py", stated, *before, program, "audit", "--root", root, "--progress", "none", *chosen])


def apply_fixes(said, *words):
    """Runs the script of `plumbline fix` in the root of a host (apply_fixes.py), which only root can do."""
    with tempfile.TemporaryDirectory(prefix="plumbline-fixes-", dir="/var/tmp") as made:
        folder = pathlib.Path(made)
        stated, root = folder / "host.json", folder / "root"
        stated.write_text(json.dumps(expand.host(said["host"])))
        root.mkdir()
        return json.loads(output_of(run(["unshare", "--mount", "--propagation", "private", "sh", "-c", OWN_ROOT, "sh", root,
                                         sys.executable, HERE / "apply_fixes.py", PLUMBLINE, stated, root, *words])))


def judge_mounted(said):
    return judged(json.loads(output_of(mounted(said))))


def lines_live(said, live=True, privileged=True):
    """By the host of rule tests: rule, verdict, severity, what explains it, what hindered it."""
    with tempfile.TemporaryDirectory(prefix="plumbline-host-") as folder:
        stated = pathlib.Path(folder) / "host.json"
        host = expand.live(said["host"]) if live else {"files": expand.host(said["host"])["files"], "live": False}
        stated.write_text(json.dumps(host | {"privileged": privileged}))
        lines = output_of(run([PLUMBLINE.parent / "tests/hosts/host_verdicts", TOP / "checks", stated])).splitlines()
    return [line.split("\t") for line in lines]


def judge_live(said, live=True, privileged=True):
    """live False: the same files, on which nothing runs; privileged False: an ordinary user looks."""
    return {rule: (verdict, reason) for rule, verdict, _, _, reason in lines_live(said, live, privileged)}


def failures_live(said):
    """rule -> (severity, the rule that explains it or "")"""
    return {rule: (severity, because) for rule, verdict, severity, because, _ in lines_live(said) if verdict == "fail"}


def judge_image(said):
    with tempfile.TemporaryDirectory(prefix="plumbline-host-") as folder:
        archive = pathlib.Path(folder) / "image.tar"
        save_image(said["image"], archive)
        process = run([PLUMBLINE, "audit", "--image", archive, "--output", "json", "--fail-on", "none"])
        return judged(json.loads(output_of(process)))


def judge(said, look):
    return {"mounted": judge_mounted, "live": judge_live, "image": judge_image}[look](said)


def golden_path(name):
    return HERE / f"{name}.verdicts"


def golden_text(title, verdicts):
    """`verdicts`: look -> rule -> (verdict, reason)."""
    rules = sorted(set().union(*verdicts.values()))
    lines = [f"# {title}\n", HEADING, f"# rule {' '.join(verdicts)}\n"]
    for rule in rules:
        said = [found[rule][0] if rule in found else ABSENT for found in verdicts.values()]
        words = [DASH if verdict == ABSENT else verdict for verdict in said]
        if set(words) != {DASH}:
            lines.append(f"{rule} {' '.join(words)}\n")
    return "".join(lines)


def golden_looks(name):
    """The looks that there are golden verdicts of, in the order of their columns."""
    if not golden_path(name).exists():
        return []
    lines = golden_path(name).read_text().splitlines()
    return next(line for line in lines if line.startswith("# rule")).split()[2:]


def read_golden(name, look):
    """rule -> verdict of one look; rules that are not in it are notapplicable."""
    at = golden_looks(name).index(look) + 1
    lines = golden_path(name).read_text().splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return {row[0]: ABSENT if row[at] == DASH else row[at] for row in rows}


def differences(name, look, found):
    """What is not as in the golden verdicts, a line each."""
    golden = read_golden(name, look)
    lines = []
    for rule in sorted(set(golden) | set(found)):
        verdict, reason = found.get(rule, ("not there", ""))
        before = golden.get(rule, ABSENT)
        if verdict != before:
            lines.append(f"{rule}: {before}, now {verdict}{': ' if reason else ''}{reason}")
    return lines
