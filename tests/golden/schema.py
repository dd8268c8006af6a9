#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""schema.py: the published schema describes every member, accepts the golden verdicts, and refuses a verdict with a
member too many, one too few or one of another type, at every level."""
import copy
import json
import pathlib
import sys

import jsonschema

TOP = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((TOP / "analyze/schema/verdict.v1.json").read_text())
CASE = "ancestor-limit-oom-6.12"


def objects_of(schema, path=""):
    """Each object that the schema describes, with its path in the schema."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield path, schema
        for key, value in schema.items():
            yield from objects_of(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from objects_of(value, f"{path}/{index}")


def undescribed():
    for path, schema in objects_of(SCHEMA):
        if schema.get("additionalProperties") is not False:
            yield f"{path}: lets other members in"
        for key, value in schema["properties"].items():
            if not value.get("description"):
                yield f"{path}: {key} has no description"


def spots_of(value, path=()):
    """The first object of each shape: its path in the verdict."""
    if isinstance(value, dict):
        yield path
        for key, item in value.items():
            yield from spots_of(item, path + (key,))
    elif isinstance(value, list) and value:
        yield from spots_of(value[0], path + (0,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def accepted(verdict, validator):
    """What the schema should refuse and does not."""
    for path in spots_of(verdict):
        for name, change in CHANGES.items():
            bad = copy.deepcopy(verdict)
            change(at(bad, path))
            if validator.is_valid(bad):
                yield f"/{'/'.join(map(str, path))}: {name} is accepted"


def add(value):
    value["surprise"] = 1


def remove(value):
    required = [key for key in value if key not in OPTIONAL]
    del value[required[0]]


def swap(value):
    value[next(iter(value))] = 1.5


CHANGES = {"a member too many": add, "a member too few": remove, "a fraction": swap}
# Absent where there is nothing to say.
OPTIONAL = {"line", "places_omitted", "zone"}


def main():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    verdict = json.loads((TOP / "fixtures" / CASE / "expected.json").read_text())
    for incident in verdict["incidents"]:   # the shape is what counts, and copies cost
        del incident["tables"][3:]
        for table in incident["tables"]:
            del table["rows"][1:]
    verdict["findings"] = verdict["findings"][:2]
    validator = jsonschema.Draft202012Validator(SCHEMA)
    problems = list(undescribed()) + [e.message[:200] for e in validator.iter_errors(verdict)]
    problems += accepted(verdict, validator)
    print("\n".join(problems), f"\nschema: {len(problems)} problems")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
