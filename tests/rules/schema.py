#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""schema.py RULES_DIR: rules/rule.schema.json accepts every rule, and refuses what the loader refuses.

Scalars stay text, as in the loader: `no` is never false."""
import copy
import json
import pathlib
import sys

import jsonschema
import yaml

rules = pathlib.Path(sys.argv[1])
schema = json.loads((rules / "rule.schema.json").read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
failed = 0
files = sorted(rules.glob("*.yaml"))
for file in files:
    rule = yaml.load(file.read_text(), Loader=yaml.BaseLoader)
    for error in validator.iter_errors(rule):
        print(f"{file.name}: {'/'.join(map(str, error.path))}: {error.message}")
        failed += 1

good = yaml.load(files[0].read_text(), Loader=yaml.BaseLoader)
for key, value in {"kind": "reason", "severity": "high", "id": "Upper", "do": "text", "wen": "true", "tests": [{}]}.items():
    bad = copy.deepcopy(good)
    bad[key] = value
    if validator.is_valid(bad):
        print(f"a rule with {key}: {value!r} is accepted")
        failed += 1
for key in schema["required"]:
    bad = {k: v for k, v in good.items() if k != key}
    if validator.is_valid(bad):
        print(f"a rule without {key} is accepted")
        failed += 1
print(f"{len(files)} rules, {failed} errors")
sys.exit(failed != 0 or not files)
