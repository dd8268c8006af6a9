#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Golden verdicts: golden.py ANALYZE [CASE...]         compare, and leave *.new beside what differs
                    golden.py ANALYZE --update [--json] CASE...  accept what analyze says now (not in CI)

`analyze check` compares each case of fixtures/ with its expect.yaml, and with expected.json and expected.md where they
are. Here is what it cannot know: that each verdict, from one run of --ndjson over all bundles, is as the published
schema says, adds up, and cites members and lines that are in the bundle.
"""
import json
import lzma
import os
import pathlib
import re
import subprocess
import sys
import tarfile

import jsonschema

TOP = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = TOP / "fixtures"
SCHEMA = json.loads((TOP / "analyze/schema/verdict.v1.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
OUTPUTS = {"expected.json": "json", "expected.md": "markdown"}
JOBS = ["-j", str(os.cpu_count() or 1)]


def input_of(case):
    """The bundle that its expect.yaml names."""
    expect = FIXTURES / case / "expect.yaml"
    found = expect.exists() and re.search(r"^bundle: '?([^'\n]*)", expect.read_text(), re.M)
    return FIXTURES / case / found[1] if found else None


def run_check(program, cases, *options):
    """TAP of analyze check: for each case its faults, one text; empty is a pass."""
    run = subprocess.run([program, "check", *JOBS, *options, *(str(FIXTURES / c) for c in cases)], timeout=600,
                         stdout=subprocess.PIPE, check=False, encoding="utf-8")
    blocks = re.split(r"^(ok|not ok) \d+ - .*/(.*)$", run.stdout, flags=re.M)[1:]
    found = {case: text if word == "not ok" else "" for word, case, text in zip(*[iter(blocks)] * 3)}
    if set(found) != set(cases) or run.returncode != (1 if any(found.values()) else 0):
        sys.exit(f"golden: analyze check exited with {run.returncode} and said:\n{run.stdout}")
    return {case: [text.strip("\n").replace("#   ", "")] if text else [] for case, text in found.items()}


def run_verdicts(program, cases):
    names = "".join(f"{input_of(case)}\n" for case in cases)
    run = subprocess.run([program, "--ndjson", *JOBS, "-"], input=names, timeout=600, stdout=subprocess.PIPE,
                         check=False, encoding="utf-8")
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    if [line["bundle"] for line in lines] != names.splitlines():
        sys.exit("golden: analyze --ndjson has not one line for each bundle, in their order")
    return dict(zip(cases, lines))


def lines_of(path):
    """Number of lines of each member."""
    if not path.name.endswith(".tar.xz"):
        return None
    counts = {}
    with lzma.open(path) as stream, tarfile.open(fileobj=stream) as tar:
        for entry in tar:
            data = tar.extractfile(entry).read() if entry.isfile() else b""
            counts[entry.name] = data.count(b"\n") + (not data.endswith(b"\n") and len(data) > 0)
    return counts


def places_in(value):
    if isinstance(value, dict):
        if "member" in value and set(value) <= {"member", "line"}:
            yield value
        for item in value.values():
            yield from places_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from places_in(item)


def check_places(verdict, counts):
    if counts is None:
        return []
    faults = []
    for place in places_in(verdict):
        member, line = place["member"], place.get("line", 0)
        if isinstance(member, dict) or counts.get(member, -1) >= line:
            continue
        faults.append(f"cites {member}:{line}, which is not in the bundle")
    return sorted(set(faults))


def check_sums(verdict):
    faults = []
    for incident in verdict["incidents"]:
        for at in ("attribution_at_event", "attribution_at_capture"):
            parts = incident[at]
            if parts and sum(c["bytes"] for c in parts["classes"]) != parts["total_bytes"]:
                faults.append(f"{at} does not add up")
    return faults


def faults_of(case, line):
    verdict = line.get("verdict")
    if verdict is None or line["exit"] > 2:
        return [f"exit {line['exit']}: {line.get('error')}"]
    faults = [f"schema: {e.json_path}: {e.message[:160]}" for e in VALIDATOR.iter_errors(verdict)]
    return faults + check_places(verdict, lines_of(input_of(case))) + check_sums(verdict)


def report(program, case, form):
    """As a golden has it: the digest of all rules changes with a comma in any of them, and is zeros."""
    text = subprocess.run([program, "--format", form, str(input_of(case))], stdout=subprocess.PIPE, timeout=60,
                          check=False, encoding="utf-8").stdout
    digest = re.search(r"SHA-256 ([0-9a-f]{64})", subprocess.run([program, "--version"], stdout=subprocess.PIPE,
                                                                  check=True, encoding="utf-8").stdout)[1]
    return text.replace(digest, "0" * 64).replace(digest[:16], "0" * 16)


def leave_new(program, case):
    for name, form in OUTPUTS.items():
        path = FIXTURES / case / name
        text = report(program, case, form) if path.exists() else ""
        if path.exists() and path.read_text() != text:
            path.with_name(name + ".new").write_text(text)


def start_goldens(case, with_json):
    """expected.md always; expected.json, which is large, where it is asked for. --update fills them."""
    (FIXTURES / case / "expected.md").touch()
    if with_json:
        (FIXTURES / case / "expected.json").touch()


def main(arguments):
    program, words = arguments[0], arguments[1:]
    updating = "--update" in words
    cases = [c.rstrip("/").split("/")[-1] for c in words if not c.startswith("--")]
    if updating and (os.environ.get("CI") or not cases):
        sys.exit("golden: --update needs the names of cases, and is refused where CI is set")
    cases = cases or sorted(p.name for p in FIXTURES.iterdir() if input_of(p.name))
    for case in cases:
        for name in OUTPUTS:
            (FIXTURES / case / (name + ".new")).unlink(missing_ok=True)
        if updating:
            start_goldens(case, "--json" in words)
    options = [word for case in cases for word in ("--update", case)] if updating else []
    checked, verdicts = run_check(program, cases, *options), run_verdicts(program, cases)
    print(f"1..{len(cases)}")
    failed = 0
    for number, case in enumerate(cases, 1):
        faults = checked[case] + faults_of(case, verdicts[case])
        if checked[case] and not updating:
            leave_new(program, case)
            faults.append(f"accept a verdict with: tests/golden/golden.py ANALYZE --update {case}")
        failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {number} - {case}")
        for fault in faults:
            print("\n".join("# " + line for line in fault.splitlines()))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
