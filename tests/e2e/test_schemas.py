"""The schemas for editors: they accept every file that the program accepts, refuse what is mutilated, and whatever they
refuse the program refuses too."""
import copy
import json
import re

import pytest
import yaml
from conftest import TOP, run

jsonschema = pytest.importorskip("jsonschema")


class Core(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML 1.2's core schema, as plumbline and editors read it: no dates, no yes and no."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (("null", r"^(?:~|null|Null|NULL|)$", "~nN"), ("merge", r"^<<$", "<"),
                            ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
                            ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
                            ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789")):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), [*first, *([""] if tag == "null" else [])])
Core.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))

FILES = {
    "module": [path for layer in ("code", "container", "cluster", "cloud") for path in (TOP / "checks" / layer).glob("*.yaml")],
    "daemon": list((TOP / "checks/daemons").glob("*.yaml")),
    "profile": list((TOP / "checks/profiles").glob("*.yaml")),
    "test": list((TOP / "tests/rules").rglob("*.yaml")),
}


def validator(kind):
    return jsonschema.Draft7Validator(json.loads((TOP / f"dist/schemas/{kind}.schema.json").read_text()))


@pytest.mark.parametrize("kind", FILES)
def test_every_file_of_ours_is_accepted(kind):
    valid = validator(kind)
    valid.check_schema(valid.schema)
    assert FILES[kind]
    for path in FILES[kind]:
        mistakes = [f"{path}: {list(error.absolute_path)}: {error.message[:200]}"
                    for error in valid.iter_errors(yaml.load(path.read_text(), Core))]
        assert mistakes == []


def test_the_blocks_of_the_manual_are_accepted():
    page = (TOP / "man/plumbline-checks.5").read_text().replace("\\e", "\\")
    heads = {"rules": "module", "daemon": "daemon", "include": "profile", "cases": "test"}
    seen = set()
    for block in re.findall(r"^\.Bd -literal[^\n]*\n(.*?)^\.Ed", page, re.M | re.S):
        document = yaml.load(block, Core)
        kind = next((heads[head] for head in heads if document and head in document), None)
        if kind:
            seen.add(kind)
            assert list(validator(kind).iter_errors(document)) == [], block
    assert seen == set(heads.values())


def test_the_line_for_editors_names_schemas_that_there_are():
    for name in ("README.md", "man/plumbline-checks.5"):
        named = re.findall(r"\$schema=/usr/local/share/plumbline/schemas/([a-z.]+\.json)", (TOP / name).read_text())
        assert named and all((TOP / "dist/schemas" / one).exists() for one in named)


# Together they have every mapping of the language that a file may hold.
SAMPLES = {
    "daemon": """
daemon: d
title: D
programs: [{name: d}]
peers: [{program: d, path: x, flag: f, folder: /run/d, does: serves}]
config: {path: /etc/d.json, format: json, sections: {s: [{path: a.b, version: ">=2"}]}}
keys:
  k: {type: bool, file: '@s.k', flag: k, default: [{value: true, when: {version: ">=2"}}, {value: false}]}
""",
    "module": """
module: m
layer: cloud
title: M
values: {v: {default: 5, title: V}}
applies: {daemon: {name: d}}
rules:
- id: m-one
  title: One
  severity: low
  rationale: R
  tags: [t]
  references: {b-1: ["1 L1", "2"], c-1: "3"}
  check:
    any:
    - setting: {daemon: d, key: k}
      expect: {value: true}
    - sysctl: {name: k.x}
      expect: {value: {at-least: $v}}
      existence: any
      match: all
      absent: pass
  fix: {text: T}
families:
- family: f
  defaults: {severity: low}
  template: {id: "m-{name}", title: "{name}", severity: "{severity}", rationale: R, check: {file: {path: "/{name}"}},
    fix: {text: T}}
  variants: [{name: x}]
""",
    "profile": """
id: p
title: P
include: ["m-*"]
values: {v: 6}
""",
    "test": """
module: m
hosts: {h: {processes: [{pid: 40, comm: d, caps: {effective: [cap_chown]}, ns: {pid: 5}}]}}
cases:
- rule: m-one
  name: n
  base: h
  host:
    files: {/x: {content: a, mode: "0600"}}
    kernel: {release: "6"}
    modules: [{name: a}]
    packages: [{name: a, version: "1"}]
    http: {u: {status: 200}}
    audit: {enabled: 1}
    containers:
    - name: a
      caps: {bounding: none}
      cpus: 1.5
      namespaces: {host: [net]}
      mounts: ["/a:/b", {type: tmpfs, target: /c}]
      processes: [{pid: 7}]
  expect: unknown
  evidence: {reason: ""}
- family: f
  name: n
  host: {files: {"/{name}": a}}
  expect: notapplicable
""",
}
PLACES = {"daemon": "daemons/d.yaml", "module": "cloud/m.yaml", "profile": "profiles/p.yaml", "test": "t.yaml"}
TOPS = {"daemon": "@daemon", "module": "@module", "profile": "@profile", "test": "@tests"}


@pytest.fixture(scope="module")
def language():
    return json.loads(run("probes", "--language").stdout)


def mappings(node, kind, language, path=()):
    """(path, mapping) of every mapping of the language in a document; a template's are its variants'."""
    if isinstance(node, dict) and kind.startswith("map of "):
        for key in node:
            yield from mappings(node[key], kind[7:], language, path + (key,))
    elif isinstance(node, list) and kind.startswith("list of "):
        for index, one in enumerate(node):
            yield from mappings(one, kind[8:], language, path + (index,))
    elif isinstance(node, dict) and kind == "@check":
        name = "tree" if set(node) & {"all", "any", "none"} else "test"
        yield from mappings(node, "@" + name, language, path)
    elif isinstance(node, dict) and kind.startswith("@"):
        yield path, kind[1:]
        for member in language["mappings"][kind[1:]]["members"]:
            for one in member["type"].split(" or ") if member["name"] in node else ():
                yield from mappings(node[member["name"]], one, language, path + (member["name"],))


def at(document, path):
    for step in path:
        document = document[step]
    return document


def mutilated(document, top, language):
    """(what, document) with one member renamed, of another kind, or taken away that is required."""
    for path, name in mappings(document, top, language):
        members = {member["name"]: member for member in language["mappings"][name]["members"]}
        for key in list(at(document, path)):
            other = copy.deepcopy(document)
            node = at(other, path)
            node[f"{key}-x"] = node.pop(key)
            yield f"{name}.{key} renamed at {path}", other
            if members.get(key, {}).get("required"):
                other = copy.deepcopy(document)
                del at(other, path)[key]
                yield f"{name}.{key} taken away at {path}", other
            if members.get(key, {}).get("type") in ("text", "bool", "severity", "verdict", "layer", "number", "existence"):
                other = copy.deepcopy(document)
                at(other, path)[key] = {"a": 1}
                yield f"{name}.{key} a mapping at {path}", other


def program_accepts(folder, kind, document):
    for other, place in PLACES.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        text = SAMPLES[other] if other != kind else yaml.dump(document, sort_keys=False)
        (folder / place).write_text(text)
    if kind == "test":
        return run("test", "--only-checks", "--checks", folder, folder / PLACES["test"]).returncode != 2
    return " error" not in (process := run("lint", "--only-checks", folder)).stdout and process.returncode == 0


@pytest.mark.parametrize("kind", SAMPLES)
def test_samples_are_accepted_and_mutilated_ones_are_not(kind, language, tmp_path):
    document, valid = yaml.load(SAMPLES[kind], Core), validator(kind)
    assert list(valid.iter_errors(document)) == []
    assert program_accepts(tmp_path, kind, document), run("lint", "--only-checks", tmp_path).stdout
    count = 0
    for what, other in mutilated(document, TOPS[kind], language):
        assert not valid.is_valid(other), f"the schema accepts {what}"
        assert not program_accepts(tmp_path, kind, other), f"the program accepts {what}"
        count += 1
    assert count >= 4


def test_the_samples_hold_every_mapping(language):
    held = set()
    for kind, text in SAMPLES.items():
        held |= {name for _, name in mappings(yaml.load(text, Core), TOPS[kind], language)}
    assert set(language["mappings"]) - held <= {"benchmark", "control", "waivers", "waiver", "attestation"}
