#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""plan.py ANALYZE COLLECT: every file that a rule needs is in the plan of collect.

Of the alternatives of one fact (memory.max of v2, memory.limit_in_bytes of v1) each must be there. What collect
writes itself (bundle.json, manifest.jsonl, collect/...) is not read from the host and not in its plan."""
import re
import subprocess
import sys

OWN = ("bundle.json", "manifest.jsonl", "collect/")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def as_regex(pattern):
    words = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(words.get(part, re.escape(part)) for part in re.split(r"(\*\*|\*)", pattern)))


plan = [as_regex(line.split()[-1]) for line in run(sys.argv[2], "--plan")[1:]]
needs = {}
for line in run(sys.argv[1], "--needs"):
    rule, _, pattern = line.split("\t")
    needs.setdefault(pattern.removeprefix("samples/*/"), set()).add(rule)
missing = 0
for pattern, rules in sorted(needs.items()):
    path = pattern.replace("**", "a/b").replace("*", "1")
    if not pattern.startswith(OWN) and not any(regex.fullmatch(path) for regex in plan):
        print(f"{pattern} is not in the plan; needed by {', '.join(sorted(rules))}")
        missing += 1
print(f"{len(needs)} patterns, {missing} missing")
sys.exit(missing != 0 or not needs)
