#!/usr/bin/env python3
"""The JSON report against its schema, both ways: what plumbline writes is valid, and every member that it writes is
demanded, typed and closed by the schema. Usage: schema.py SCHEMA REPORT.json..."""
import copy
import json
import sys

import jsonschema


def open_objects(node, path="#"):
    """Objects of the schema that would let unknown members pass; `observed` alone may."""
    if isinstance(node, dict):
        if node.get("type") == "object" and node.get("additionalProperties") is not False and not path.endswith("/observed"):
            yield path
        for key, value in node.items():
            yield from open_objects(value, f"{path}/{key}")


def walk(node, path=()):
    yield path, node
    if isinstance(node, dict):
        for key, value in node.items():
            if key != "observed":
                yield from walk(value, path + (key,))
    elif isinstance(node, list):
        for index, value in enumerate(node[:3]):
            yield from walk(value, path + (index,))


def at(document, path):
    for step in path:
        document = document[step]
    return document


# The last lines came after the first version of the format: older documents lack them.
OPTIONAL = {"path", "line", "process", "api", "text", "shell", "ansible",
            "ability", "abilities",
            "uid", "separated", "undumpable",
            "items_folded", "items_at_least", "object", "objects", "also", "weight_pass", "weight_judged"}


def optional(path):
    return path[-1] in OPTIONAL or ("cells" in path and path[-1] in ("rule", "item", "by"))


def broken_copies(document):
    """The document with one thing wrong: a member more, a member less, a value of a type that nothing here has."""
    for path, node in walk(document):
        if isinstance(node, dict):
            more = copy.deepcopy(document)
            at(more, path)["surprise"] = 1
            yield f"unknown member in {path}", more
        if path and isinstance(path[-1], str):
            less = copy.deepcopy(document)
            del at(less, path[:-1])[path[-1]]
            if not optional(path):
                yield f"{path} is missing", less
            other = copy.deepcopy(document)
            at(other, path[:-1])[path[-1]] = -0.5 if not isinstance(node, (int, float)) or isinstance(node, bool) else "x"
            yield f"{path} has a wrong type", other


def main():
    schema = json.load(open(sys.argv[1], encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    faults = [f"schema: {path} is open" for path in open_objects(schema)]
    for name in sys.argv[2:]:
        document = json.load(open(name, encoding="utf-8"))
        faults += [f"{name}: {e.json_path}: {e.message}" for e in validator.iter_errors(document)][:20]
    tried = 0
    for name in sys.argv[2:4]:
        small = json.load(open(name, encoding="utf-8"))
        small["results"] = small["results"][3:6]
        for what, broken in broken_copies(small):
            tried += 1
            if validator.is_valid(broken):
                faults.append(f"{name}: accepted although {what}")
    print(f"{tried} broken documents tried")
    print("\n".join(faults))
    return 1 if faults or tried < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
