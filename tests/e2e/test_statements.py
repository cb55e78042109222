"""What README, manual and help say: every sample is run or loaded as it stands there, and every name in it exists.

A sample that needs a place (a mounted image, a saved report) finds it in a folder of the test's own; nothing else of it
is changed."""
import json
import pathlib
import re
import shlex
import subprocess
import tarfile

import pytest
import yaml
from conftest import PLUMBLINE, TOP, run

README = (TOP / "README.md").read_text()
PAGES = {name: (TOP / "man" / name).read_text() for name in ("plumbline.1", "plumbline-checks.5")}


def mdoc_plain(text):
    return text.replace("\\-", "-").replace("\\e", "\\").replace("\\&", "")


def literals(page):
    """The blocks of a page that are shown as they are."""
    blocks = re.findall(r"^\.Bd -literal[^\n]*\n(.*?)^\.Ed", PAGES[page], re.M | re.S)
    return [mdoc_plain(block) for block in blocks]


def samples():
    """(where, command line) of every plumbline command that is shown to be typed, and of the cron lines."""
    found = []
    for block in re.findall(r"^```(?:sh)?\n(.*?)^```", README, re.M | re.S):
        found += [("README", line) for line in block.splitlines()]
    for name, page in PAGES.items():
        found += [(name, mdoc_plain(line)) for line in re.findall(r"^\.Dl (.*)$", page, re.M)]
    found += [("plumbline", line) for line in run().stdout.splitlines() if line.startswith("  plumbline ")]
    found += [("plumbline.cron", line) for line in (TOP / "dist" / "plumbline.cron").read_text().splitlines()]
    exec_start = re.search(r"^ExecStart=(.*)$", (TOP / "dist" / "plumbline.service").read_text(), re.M)
    found.append(("plumbline.service", exec_start[1].replace("$PLUMBLINE_OPTIONS", "--fail-on high")))
    commands = []
    for where, line in found:
        line = re.sub(r"^\S+ \S+ \* \* \*\s+root\s+", "", line.strip().removeprefix("$ ").removeprefix("# "))
        line = re.sub(r"\s+# .*$|\s{3,}.*$", "", line).replace("/usr/local/bin/plumbline", "plumbline")
        if line.startswith("plumbline "):
            commands.append((where, line))
    return sorted(set(commands))


SAMPLES = samples()


def test_there_are_samples():
    wheres = {where for where, _ in SAMPLES}
    assert wheres >= {"README", "plumbline.1", "plumbline-checks.5", "plumbline", "plumbline.cron", "plumbline.service"}
    assert len(SAMPLES) >= 25


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder that holds what the samples name: a root, a saved report, an image, rules and tests of one's own."""
    folder = tmp_path_factory.mktemp("samples")
    root = folder / "root"
    for name, text in (("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"), ("etc/group", "root:x:0:\n"),
                       ("etc/ssh/sshd_config", "PermitRootLogin no\n"), ("usr/sbin/sshd", "")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (folder / "state").mkdir()
    (folder / "kept").mkdir()
    assert run("audit", "--root", root, "--fail-on", "none", "-o", f"json={folder}/kept/audit.json").returncode == 0
    (folder / "my-checks" / "container").mkdir(parents=True)
    (folder / "my-tests").mkdir()
    blocks = literals("plumbline-checks.5")
    (folder / "my-checks/container/our-docker.yaml").write_text(next(b for b in blocks if "rules:" in b))
    (folder / "my-tests/our-docker.yaml").write_text(next(b for b in blocks if "cases:" in b))
    image = folder / "image"
    (image / "blobs/sha256").mkdir(parents=True)
    (image / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    blobs = image / "blobs/sha256"
    import hashlib

    def blob(value):
        data = json.dumps(value).encode()
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"digest": f"sha256:{digest}", "size": len(data)}

    config = blob({"architecture": "amd64", "os": "linux", "config": {"User": "10"},
                   "rootfs": {"type": "layers", "diff_ids": []}})
    manifest = blob({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": [],
                     "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **config}})
    (image / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [
        {"mediaType": "application/vnd.oci.image.manifest.v1+json", **manifest}]}))
    with tarfile.open(folder / "kept/app.tar", "w") as archive:
        for part in ("oci-layout", "index.json", "blobs"):
            archive.add(image / part, part)
    return folder


def placed(line, place, work):
    """The sample's arguments with its places; an audit of the whole machine becomes one of the small root, because the
    words are tested here and not the machine."""
    line = line.replace("/mnt/image", str(place / "root")).replace("/var/lib/plumbline", str(work))
    line = line.replace("my-checks", str(place / "my-checks")).replace("my-tests/*.yaml", f"{place}/my-tests/our-docker.yaml")
    line = line.replace("app.tar", f"{place}/kept/app.tar")
    words = shlex.split(line)[1:]
    if words[0] in ("report", "fix") or "--audit" in words or "--score" in words:
        words = [word.replace("audit.json", f"{place}/kept/audit.json") for word in words]
    if words[0] == "diff":
        words = [word if word.startswith("-") else f"{place}/kept/audit.json" for word in words]
        words[0] = "diff"
    if words[:2] == ["explain", "RULE"]:
        words[1] = "sshd-root-login-off"
    if words[0] == "audit" and "--root" not in words and "--image" not in words:
        words += ["--root", str(place / "root")]
    return words


@pytest.mark.parametrize("where, line", SAMPLES, ids=[f"{where}: {line}" for where, line in SAMPLES])
def test_a_sample_does_what_it_says(where, line, place, tmp_path):
    words = placed(line, place, tmp_path)
    process = run(*words, cwd=tmp_path)
    allowed = (0, 1) if words[0] == "audit" else (0,)
    if words[0] == "audit" and "cis-docker" in line:
        allowed = (0, 1, 3)  # the small root has no engine
    assert process.returncode in allowed, process.stdout[-2000:] + process.stderr
    for name in re.findall(r"(?:json|html|junit)=(\S+)", " ".join(words)):
        assert (tmp_path / name).stat().st_size > 0, f"{where}: {line}: {name}"
    last = re.findall(r"exit (\d): ", process.stdout)
    if words[0] == "audit" and last:
        assert int(last[-1]) == process.returncode


def known(kind):
    listed = json.loads(run("list", "--profile", "auto", "--profile", "plumbline-container", "--json").stdout)
    return {"rule": {rule["rule"] for rule in listed}}[kind]


def own_rules():
    """Rules that the manual's own modules and families define."""
    own = set()
    for block in literals("plumbline-checks.5"):
        own |= set(re.findall(r"^- id: (\S+)", block, re.M))
    return own


@pytest.fixture(scope="module")
def rules():
    return known("rule") | own_rules()


def test_every_rule_that_is_named_exists(rules):
    named = set()
    for text in (README, *PAGES.values()):
        text = mdoc_plain(re.sub(r'^\.\\".*$', "", text, flags=re.M))
        named |= set(re.findall(r"\b(?:explain|waive|attest) ([a-z][a-z0-9-]+)(?![\w:-])", text))
        named |= set(re.findall(r"\brule: ([a-z][a-z0-9-]+)", text))
        named |= set(re.findall(r"--rule[ =]'?([a-z][a-z0-9-]+)\b(?!\*)", text))
        named |= set(re.findall(r"exclude: \[([a-z][a-z0-9-]+)\]", text))
    assert named and not named - rules


def test_profiles_and_the_manual_name_each_other():
    profiles = {path.stem for path in (TOP / "checks" / "profiles").glob("*.yaml")}
    for text in (README, PAGES["plumbline.1"]):
        for name in re.findall(r"(?:--profile|-p)[ =]([a-z][\w.-]+)", text):
            assert name in profiles
    text = PAGES["plumbline.1"]
    text = text[text.index("Fl p ,"):text.index("Fl l ,")]
    for name in profiles:
        base = re.sub(r"-l[12]$", "", name)
        assert base in text and (base == name or name[-3:] in text), f"the manual does not name the profile {name}"
    process = run("list", "-p", "bogus")
    assert process.returncode == 2
    assert all(name in process.stderr for name in profiles)


def test_makefile_has_the_targets_that_are_named():
    makefile = (TOP / "Makefile").read_text()
    for text in (README, (TOP / "CONTRIBUTING.md").read_text()):
        for name in re.findall(r"\bmake ([a-z]+)[`\s]", text):
            if name in re.findall(r"`make ([a-z]+)`", text):
                assert re.search(rf"^{name}:", makefile, re.M), name


def named_file(block):
    """Where a literal block of plumbline-checks(5) would be saved: folder and name; None: part of another file."""
    document = yaml.safe_load(block)
    if document is None or "cases" in document or "waivers" in document:
        return None
    if "rules" in document:
        return f"{document['layer']}/{document['module']}.yaml"
    if "include" in document:
        return f"profiles/{document['id']}.yaml"
    if "controls" in document:
        return f"benchmarks/{document['id']}.yaml"
    if "daemon" in document:
        return f"daemons/{document['daemon']}.yaml"
    return None


BLOCKS = literals("plumbline-checks.5")


def lay_down(folder):
    """The blocks of the manual that are files of a checks folder; the others: parts, waivers, rule tests."""
    rest = []
    for block in BLOCKS:
        text = block
        if block.startswith("families:"):
            text = "module: our-families\nlayer: cloud\ntitle: Families\n" + block
            name = "cloud/our-families.yaml"
        elif (name := named_file(block)) is None:
            rest.append(block)
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return rest


def test_the_blocks_of_the_manual_load_beside_the_stock_rules(tmp_path):
    rest = lay_down(tmp_path)
    kinds = [next((word for word in ("replaces:", "waivers:", "cases:", "$schema=", "finding:", "fix:", "check:") if word in block), None)
             for block in rest]
    assert None not in kinds, "a block that nothing tries"
    assert len(BLOCKS) - len(rest) >= 7
    process = run("lint", tmp_path)
    # A tag of the example profile is the reader's own; nothing else is wrong.
    mistakes = [line for line in process.stdout.splitlines()[:-1] if '"tag:web"' not in line]
    assert mistakes == [], process.stdout


def test_parts_of_a_rule_of_the_manual_are_taken(tmp_path):
    """Its words and its fixes, each in a rule about what they speak of."""
    rule = ("module: our-words\nlayer: cloud\ntitle: T\nrules:\n- id: our-rule\n  title: T\n  severity: low\n"
            "  rationale: R\n  check: {check}\n")
    parts = [block for block in lay_down(tmp_path / "others") if re.match(r"(finding|fix|check):", block)]
    assert len(parts) >= 3
    (tmp_path / "checks/cloud").mkdir(parents=True)
    for block in parts:
        words = block.startswith("finding:")
        check = "{file: {path: /srv}}" if words else "{sysctl: {name: kernel.kptr_restrict}}"
        text = rule.replace("{check}", check) + ("" if block.startswith("fix:") else "  fix: {text: F}\n")
        if block.startswith("check:"):
            text = re.sub(r"(?m)^  check: .*\n", "", text)
        text += "".join(f"  {line}\n" for line in block.strip().splitlines())
        (tmp_path / "checks/cloud/our-words.yaml").write_text(text)
        process = run("lint", tmp_path / "checks")
        assert process.returncode == 0, process.stdout


def test_rule_tests_of_the_manual_pass(tmp_path):
    checks = tmp_path / "checks"
    tests = [block for block in lay_down(checks) if "cases:" in block]
    assert len(tests) >= 2
    for number, block in enumerate(tests):
        (tmp_path / f"{number}.yaml").write_text(block)
        process = run("test", "--checks", checks, tmp_path / f"{number}.yaml")
        # Those of a stock module are a part of its tests, and leave others of its rules without a case.
        assert process.returncode == 0 or ("module: our-" not in block and " 0 failed" in process.stdout), process.stdout


def test_rules_of_the_manual_do_what_it_says(tmp_path):
    """Examples are what people copy: cases of each, which a reader would try."""
    checks = tmp_path / "checks"
    lay_down(checks)
    for number, text in enumerate((TOP / "tests/e2e/manual-cases.yaml").read_text().split("---\n")):
        (tmp_path / f"{number}.yaml").write_text(text)
        stdout = run("test", "--checks", checks, tmp_path / f"{number}.yaml").stdout
        assert re.search(r" [1-9]\d* cases: [1-9]\d* passed, 0 failed", stdout), stdout


def test_waivers_of_the_manual_are_taken(tmp_path, place, rules):
    block = next(block for block in BLOCKS if block.startswith("waivers:"))
    (tmp_path / "waivers.yaml").write_text(block)
    process = run("audit", "--root", place / "root", "--waivers", tmp_path / "waivers.yaml", "--fail-on", "none", "-q")
    assert process.returncode == 0 and process.stderr == "", process.stderr
    document = yaml.safe_load(block)
    assert {entry["rule"] for entry in document["waivers"] + document["attestations"]} <= known("rule")


def test_a_stock_name_is_not_taken_by_accident(tmp_path, place):
    """A module that has the name of a stock one hides nothing unless it says that it replaces it."""
    module = tmp_path / "container" / "docker-daemon.yaml"
    module.parent.mkdir()
    text = next(block for block in BLOCKS if "rules:" in block).replace("module: our-docker", "module: docker-daemon")
    module.write_text(text)
    before = len(json.loads(run("list", "--json").stdout))
    process = run("list", "--json", "--checks", tmp_path)
    assert process.returncode == 2 and "replaces: docker-daemon" in process.stderr
    assert len(json.loads(process.stdout)) == before
    module.write_text(text + "replaces: docker-daemon\n")
    process = run("list", "--json", "--checks", tmp_path)
    assert process.returncode == 0 and "note: replaces the module" in process.stderr
    listed = {rule["rule"] for rule in json.loads(process.stdout)}
    assert "our-docker-icc-off" in listed and len(listed) < before


def test_the_exit_code_for_what_is_named_and_not_there(tmp_path):
    missing = tmp_path / "missing"
    for arguments in (["audit", "--waivers", missing], ["audit", "--checks", missing], ["audit", "--root", missing],
                      ["list", "--checks", missing], ["lint", missing], ["test", missing], ["report", missing],
                      ["explain", "sshd-root-login-off", "--audit", missing], ["audit", "--profile", "missing"]):
        process = run(*arguments)
        assert process.returncode == 2, arguments
        assert "missing" in process.stderr + process.stdout


def test_help_and_manual_list_the_same_options():
    text = mdoc_plain(PAGES["plumbline.1"])
    listed = set(re.findall(r"Fl -([a-z][a-z-]+)", text))
    for command in re.findall(r"^  ([a-z]+) ", run("--help").stdout, re.M):
        offered = set(re.findall(r"--([a-z][a-z-]+)", "\n".join(
            line for line in run(command, "--help").stdout.splitlines() if re.match(r"  (-\w, |    )--", line))))
        assert offered <= listed | {"help"}, offered - listed


def test_containers_of_the_manual(tmp_path):
    """Its examples run, and every mistake in one is told at once, with its place: members of every table of it, in
    containers of the case and of its base."""
    block = next(block for block in BLOCKS if "{containers:" in block)
    (tmp_path / "runtime.yaml").write_text(block)
    stdout = run("test", tmp_path / "runtime.yaml").stdout
    assert "3 cases: 3 passed" in stdout, stdout
    (tmp_path / "runtime.yaml").write_text("""module: runtime
hosts: {base: {containers: [{nam: a}]}}
cases:
- rule: container-not-privileged
  name: mistakes
  base: base
  host:
    containers:
    - uidd: 5
      memory: []
      runtime: podmn
      mounts: [{sorce: /x, target: /y}, {type: tmpfs}, 5]
      namespaces: {host: [nets]}
      processes: [{ns: {net: 5}}]
  expect: fail
""")
    stdout = run("test", tmp_path / "runtime.yaml").stdout
    for place, text in (("2:30", 'a container has no member "nam" (did you mean name?)'),
                        ("9:7", 'a container has no member "uidd" (did you mean uid?)'),
                        ("10:15", "memory: number or text or null is needed"), ("11:16", "(did you mean podman?)"),
                        ("12:17", 'a mount of a container has no member "sorce" (did you mean source?)'),
                        ("12:41", '"target" is missing'), ("12:56", "mounts: text or a mapping (a mount of a container)"),
                        ("13:27", "(did you mean net?)"), ("14:20", 'a further process of a container has no member "ns"')):
        assert re.search(rf":{place}: .*{re.escape(text)}", stdout), (place, text, stdout)
