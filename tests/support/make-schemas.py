#!/usr/bin/env python3
"""Makes the JSON schemas for editors in dist/schemas from the program's own tables, or with --check fails when they are
not current: module, daemon, profile and test files. What only all files together show is lint's business, so that a
schema accepts all that lint accepts.

usage: make-schemas.py PLUMBLINE [--check]"""
import json
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "dist" / "schemas"
FILES = {"module": "module", "daemon": "daemon", "profile": "profile", "test": "tests"}
# Mappings of a rule test's host: a case lays them over its base's, where null takes away, and columns of a family may
# stand for any value.
STATED = {"host", "file", "process", "caps", "namespaces", "kernel", "loaded", "package", "answer", "audit",
          "container", "further", "mount", "shared"}
VALUE = {"type": "string", "pattern": r"^\$[a-z_][a-z0-9_]*$"}
COLUMN = {"type": "string", "pattern": r"\{[^{}]+\}"}
SCALAR = {"type": ["string", "number", "boolean"]}


def any_of(*schemas):
    """The schemas without repetitions, as one."""
    kept = []
    for schema in schemas:
        kept += [part for part in schema.get("anyOf", [schema]) if part not in kept]
    return {} if {} in kept else kept[0] if len(kept) == 1 else {"anyOf": kept}


class Language:
    def __init__(self, plumbline):
        def ask(*arguments):
            return json.loads(subprocess.run([plumbline, "probes", *arguments], check=True, capture_output=True).stdout)

        self.words, self.mappings, self.operators = (ask("--language")[key] for key in ("words", "mappings", "operators"))
        self.formats = [row["name"] for row in ask("--formats", "--json")]
        self.probes = ask("--json")
        self.used = {}  # name of a definition -> its schema

    def kind(self, kind, stated):
        """The schema of one kind of value (model/member.h)."""
        for head, wrap in (("list of ", lambda one: {"type": "array", "items": one}),
                           ("map of ", lambda one: {"type": "object", "additionalProperties": one})):
            if kind.startswith(head):
                one = self.kind(kind[len(head):], stated)
                return wrap(any_of(one, {"type": "null"}) if stated and head == "map of " else one)
        if kind.startswith("@"):
            return self.reference(kind[1:])
        if kind.startswith("one of "):
            words = [int(word) if word.isdigit() else word for word in kind.split()[2:]]
            return {"enum": words}
        if kind in self.words:
            return {"enum": self.words[kind]}
        control = {"type": ["string", "integer"]}
        return {
            "text": {"type": "string"}, "texts": any_of({"type": "string"}, {"type": "array", "items": SCALAR}),
            "bool": {"type": "boolean"}, "number": {"type": "integer"},
            "decimal": {"type": "number"}, "scalar": SCALAR, "any": {}, "false": {"const": False},
            "null": {"type": "null"}, "mapping": {"type": "object"},
            "controls": any_of(control, {"type": "array", "items": control}),
        }[kind]

    def type(self, text, stated=False):
        """The schema of a member's type; "map of A or map of B" is a map of either."""
        kinds = text.split(" or ")
        for head in ("list of ", "map of "):
            inner = [kind[len(head):] for kind in kinds if kind.startswith(head)]
            if len(inner) > 1:
                one = any_of(*(self.kind(kind, stated) for kind in inner), *([{"type": "null"}] if stated else []))
                outer = {"type": "array", "items": one} if head == "list of " else {
                    "type": "object", "additionalProperties": one}
                rest = [self.kind(kind, stated) for kind in kinds if not kind.startswith(head)]
                return any_of(outer, *rest)
        return any_of(*(self.kind(kind, stated) for kind in kinds))

    def reference(self, name):
        if name not in self.used:
            self.used[name] = None  # a check leads to itself
            self.used[name] = self.check() if name == "check" else self.mapping(name)
        return {"$ref": f"#/definitions/{name}"}

    def mapping(self, name):
        mapping, stated = self.mappings[name], name in STATED
        properties = {}
        for member in mapping["members"]:
            schema = self.type(member["type"], stated)
            if stated:
                schema = any_of(schema, {"type": "null"}, COLUMN)
            elif name == "case":
                schema = any_of(schema, COLUMN)
            elif (name, member["name"]) == ("config", "format"):
                schema = {"enum": self.formats}
            elif (name, member["name"]) == ("family", "template"):
                schema = self.template()
            properties[member["name"]] = {"description": member["text"], **schema}
        schema = {"type": "object", "additionalProperties": False, "properties": properties}
        required = [member["name"] for member in mapping["members"] if member["required"]]
        if required:
            schema["required"] = required
        if name == "case":
            schema["oneOf"] = [{"required": ["rule"]}, {"required": ["family"]}]
        return schema

    def template(self):
        """A rule, any value of which may be a column."""
        names = {member["name"]: {"description": member["text"]} for member in self.mappings["rule"]["members"]}
        return {"type": "object", "additionalProperties": False, "properties": names,
                "required": [member["name"] for member in self.mappings["rule"]["members"] if member["required"]]}

    def check(self):
        trees = {member["name"]: {"description": member["text"], "type": "array", "minItems": 1,
                                  "items": {"$ref": "#/definitions/check"}} for member in self.mappings["tree"]["members"]}
        tests = {member["name"]: {"description": member["text"], **self.type(member["type"])}
                 for member in self.mappings["test"]["members"]}
        probes = {probe["name"]: {"description": probe["summary"], **self.object(probe)} for probe in self.probes}
        self.used["operators"] = self.operator_map()
        alone = [{"required": [name], "maxProperties": 1} for name in trees]
        return {
            "type": "object", "additionalProperties": False, "properties": {**trees, **tests, **probes},
            "oneOf": alone + [{"required": [name]} for name in probes],
            "allOf": [{"if": {"required": [probe["name"]]}, "then": {"properties": {"expect": self.expect(probe)}}}
                      for probe in self.probes],
        }

    def object(self, probe):
        """A probe's parameters; each may be a value of the module."""
        properties = {}
        for param in probe["object"]:
            one = {"enum": param["choices"].split()} if "choices" in param else {"type": "string"}
            if "choices" not in param and param["name"] in ("format", "inner_format"):
                one = {"enum": self.formats}
            schema = {
                "string": one, "mode": one, "version": one, "bool": {"type": "boolean"}, "number": {"type": "integer"},
                "size": {"type": ["string", "number"]}, "duration": {"type": ["string", "number"]},
                "set": any_of(one, {"type": "array", "minItems": 1, "items": any_of(one, VALUE)}),
                "list": {"type": "array"}, "map": {"type": "object"}, "any": {},
            }[param["type"]]
            properties[param["name"]] = {"description": param["text"], **any_of(schema, VALUE)}
        schema = {"type": ["object", "null"] if not any(param["required"] for param in probe["object"]) else "object",
                  "additionalProperties": False, "properties": properties}
        required = [param["name"] for param in probe["object"] if param["required"]]
        return {**schema, "required": required} if required else schema

    def expect(self, probe):
        """Fields, and paths into those that have something inside."""
        demand = {"$ref": "#/definitions/operators"}
        properties, patterns = {}, {}
        for field in probe["fields"]:
            name = field["name"].removesuffix(".*")
            properties[name] = {"description": field["text"], **demand}
            if field["name"] != name or field["type"] in ("any", "map", "list", "set"):
                patterns[rf"^{re.escape(name)}\."] = demand
        return {"type": "object", "additionalProperties": False, "minProperties": 1, "properties": properties,
                "patternProperties": patterns}

    def operator_map(self):
        operands = {"typed": {}, "list": any_of({"type": "array", "minItems": 1}, VALUE), "scalar": SCALAR,
                    "scalars": any_of(SCALAR, {"type": "array", "items": SCALAR}), "text": {"type": "string"},
                    "bool": any_of({"type": "boolean"}, VALUE)}
        names = {row["name"]: operands[row["operand"]] for row in self.operators}
        return any_of(SCALAR, {"type": ["null", "array"]},
                      {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": names})

    def schema(self, file, name):
        self.used = {}
        top = self.mapping(name)
        return {"$schema": "http://json-schema.org/draft-07/schema#", "title": f"plumbline: {self.mappings[name]['text']}",
                "description": f"Made by tests/support/make-schemas.py; plumbline-checks(5) says more.",
                **top, "definitions": dict(sorted(self.used.items()))}


def main():
    language, stale = Language(sys.argv[1]), []
    FOLDER.mkdir(exist_ok=True)
    for file, name in FILES.items():
        path = FOLDER / f"{file}.schema.json"
        text = json.dumps(language.schema(file, name), indent=1, ensure_ascii=False) + "\n"
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(path.name)
    for name in stale:
        print(f"dist/schemas/{name} is not current: run tests/support/make-schemas.py {sys.argv[1]}")
    return 1 if stale else 0


sys.exit(main())
