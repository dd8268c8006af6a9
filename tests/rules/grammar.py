#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""grammar.py ANALYZE RULES_DIR: the worked example of GRAMMAR.md is a rule that loads, passes its own tests, satisfies
the schema and takes the place of the built-in rule of its id; spoilt, it is refused at the place that is wrong."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

analyze, rules = sys.argv[1], pathlib.Path(sys.argv[2])
text = (rules / "GRAMMAR.md").read_text()
example = re.search(r"```yaml\n(format: 1\n.*?)```", text, re.S)[1]
name = re.search(r"^id: (\S+)$", example, re.M)[1]
failed = 0


def expect(what, condition, shown=""):
    global failed
    if not condition:
        failed += 1
        print(f"not so: {what}\n{shown}")


def run(folder, *options):
    return subprocess.run([analyze, "--rules", folder, *options], capture_output=True, text=True, timeout=60)


def with_rule(rule, *options):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / f"{name}.yaml").write_text(rule)
        return run(folder, *options)


def spoilt(old, new, *said):
    """The example with one thing wrong: exit 4, and the place of `new` in the message."""
    expect(f"{old!r} stands in the example", old in example)
    rule = example.replace(old, new, 1)
    before = rule[:rule.index(new)]
    done = with_rule(rule, "--test-rules")
    place = f"{name}.yaml:{before.count(chr(10)) + 1}:"
    expect(f"{new!r} is refused at {place} with {said}",
           done.returncode == 4 and place in done.stderr and all(word in done.stderr for word in said), done.stderr)


schema = json.loads((rules / "rule.schema.json").read_text())
for error in jsonschema.Draft202012Validator(schema).iter_errors(yaml.load(example, Loader=yaml.BaseLoader)):
    expect("the schema accepts the example", False, error.message)
done = with_rule(example, "--test-rules")
own = [line for line in done.stdout.splitlines() if f"- {name}: " in line]
expect("the example passes its tests", done.returncode == 0 and len(own) == example.count("  - name: "), done.stdout)
title = re.search(r"^title: (.*)$", example, re.M)[1]
builtin = subprocess.run([analyze, "--list-rules"], capture_output=True, text=True, timeout=60).stdout.splitlines()
listed = with_rule(example, "--list-rules").stdout.splitlines()
expect("it replaces the built-in rule", len(listed) == len(builtin) and any(title in line for line in listed))
expect("its manual page shows its decision", "meminfo.s_unreclaim >= tenth" in with_rule(example, "--explain", name).stdout)

full = "MemTotal:        8388608 kB\nSUnreclaim:      2097152 kB\n"
with tempfile.TemporaryDirectory() as folder:
    (pathlib.Path(folder) / "proc").mkdir()
    (pathlib.Path(folder) / "proc/meminfo").write_text(full)
    for status, matches in (("stable", True), ("retired", False)):
        done = with_rule(example.replace("status: stable", f"status: {status}"), "--format", "json", folder)
        found = [f["outcome"] for f in json.loads(done.stdout)["findings"] if f["rule"] == name]
        expect(f"a {status} rule is {'' if matches else 'not '}evaluated", found == (["match"] if matches else []), str(found))

spoilt("1GiB", "1GB", "unit")
spoilt("1GiB", "1024 ", "bytes", "count")
spoilt("meminfo.s_unreclaim >= tenth ", "meminfo.s_unreclam >= tenth ", "s_unreclaim")
spoilt("severity: warning", "severity: warnin", "warning")
spoilt("because: ", "becuase: ", "because")
spoilt("status: stable", "status: &a stable", "anchor")
spoilt("    expect: unknown", "    expect: unknow", "unknown")
print(f"the worked example {name}: {failed} errors")
sys.exit(failed != 0)
