#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: truths.py BUNDLE...: what must be true of every complete bundle."""

import hashlib
import json
import re
import sys
import tarfile


def read_members(path):
    with tarfile.open(path) as tar:
        return [(m.name, tar.extractfile(m).read()) for m in tar if m.isfile()]


def manifest_lines(members):
    parts = [(name, data) for name, data in members if re.fullmatch(r"manifest(/\d+)?\.jsonl", name)]
    return [json.loads(line) for _, data in parts for line in data.decode().splitlines()]


def check(path):
    members = read_members(path)
    names = [name for name, _ in members]
    data = dict(members)
    assert names[0] == "bundle.json", names[0]
    assert names[-1] == "manifest.jsonl", names[-1]
    assert len(names) == len(set(names)), "a member stands twice"
    assert json.loads(data["bundle.json"])["format"] == "oomscope-bundle"
    lines = manifest_lines(members)
    assert lines[-1].get("end") is True, "no end line"
    check_members(lines, data)
    check_log(lines, data)
    return len(names)


def check_members(lines, data):
    captured = [line for line in lines if "sha256" in line]
    for line in captured:
        name = line["member"]
        assert name in data, f"{name}: in the manifest, not in the tar"
        assert hashlib.sha256(data[name]).hexdigest() == line["sha256"], f"{name}: wrong sha256"
        assert len(data[name]) == line["bytes"], f"{name}: wrong size"
    written = {line["member"] for line in captured}
    unknown = [n for n in data if n not in written and not n.startswith(("manifest", "bundle.json"))]
    assert not unknown, f"not in the manifest: {unknown[:5]}"


def check_log(lines, data):
    if "dev/kmsg" not in data:
        return
    log = next(line for line in lines if line.get("log") == "dev/kmsg")
    records = [r for r in data["dev/kmsg"].decode("utf-8", "replace").split("\n")
               if r and not r.startswith(" ")]
    numbers = [int(r.split(",", 2)[1]) for r in records]
    assert numbers == sorted(set(numbers)), "records out of order"
    assert (numbers[0], numbers[-1]) == (log["first_seq"], log["last_seq"]), log
    assert log["lost"] >= numbers[-1] - numbers[0] + 1 - len(numbers), log


if __name__ == "__main__":
    for bundle in sys.argv[1:]:
        try:
            print(f"{bundle}: {check(bundle)} members")
        except (AssertionError, KeyError, ValueError, StopIteration) as error:
            sys.exit(f"{bundle}: {error!r}")
