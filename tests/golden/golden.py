#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Golden verdicts: golden.py ANALYZE [CASE...]         compare, and leave *.new beside what differs
                    golden.py ANALYZE --update [--json] CASE...  accept what analyze says now (not in CI)

A case is a folder of fixtures/ with bundle.tar.xz (or console.log); expected.json and expected.md in it are
what analyze must print, byte by byte. Each JSON is also held against the published schema, and each place that it
cites against the bundle itself: the member and the line must be there.
"""
import difflib
import json
import lzma
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

import jsonschema

TOP = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = TOP / "fixtures"
SCHEMA = json.loads((TOP / "analyze/schema/verdict.v1.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
INPUTS = ("bundle.tar.xz", "console.log")
OUTPUTS = {"expected.json": "--json", "expected.md": "--markdown"}


def input_of(case):
    for name in INPUTS:
        if (FIXTURES / case / name).exists():
            return FIXTURES / case / name
    return None


def analyze(program, case, folder):
    """Runs it once; returns the text of each output, or what went wrong."""
    files = {name: pathlib.Path(folder) / name for name in OUTPUTS}
    options = [word for name, option in OUTPUTS.items() for word in (option, str(files[name]))]
    run = subprocess.run([program, *options, str(input_of(case))], stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, timeout=60, check=False)
    if run.returncode not in (0, 1, 2):
        return None, f"exit {run.returncode}: {run.stderr.decode(errors='replace').strip()}"
    return without_digest({name: path.read_text() for name, path in files.items()}), None


def without_digest(texts):
    """The digest of all rules changes with a comma in any of them; the goldens need not."""
    digest = json.loads(texts["expected.json"])["tool"]["rules_sha256"]
    return {name: text.replace(digest, "0" * 64).replace(digest[:16], "0" * 16)
            for name, text in texts.items()}


def lines_of(path):
    """Number of lines of each member."""
    if path.name == "console.log":
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


def check(case, texts):
    verdict = json.loads(texts["expected.json"])
    faults = [f"schema: {e.json_path}: {e.message[:160]}" for e in VALIDATOR.iter_errors(verdict)]
    faults += check_places(verdict, lines_of(input_of(case))) + check_sums(verdict)
    return faults


def compare(case, texts):
    faults = []
    for name, text in texts.items():
        path = FIXTURES / case / name
        new = path.with_name(name + ".new")
        new.unlink(missing_ok=True)
        if not path.exists():
            continue
        old = path.read_text()
        if old == text:
            continue
        new.write_text(text)
        diff = difflib.unified_diff(old.splitlines(), text.splitlines(), name, name + ".new", lineterm="", n=1)
        faults.append("\n".join(list(diff)[:40]) + f"\naccept with: tests/golden/golden.py ANALYZE --update {case}")
    return faults


def update(case, texts, with_json):
    """expected.md always; expected.json, which is large, where there is one already or it is asked for."""
    for name, text in texts.items():
        if name.endswith(".json") and not with_json and not (FIXTURES / case / name).exists():
            continue
        (FIXTURES / case / name).write_text(text)
        (FIXTURES / case / (name + ".new")).unlink(missing_ok=True)


def main(arguments):
    program, cases = arguments[0], arguments[1:]
    updating = "--update" in cases
    cases = [c.rstrip("/").split("/")[-1] for c in cases if not c.startswith("--")]
    if updating and (os.environ.get("CI") or not cases):
        sys.exit("golden: --update needs the names of cases, and is refused where CI is set")
    cases = cases or sorted(p.name for p in FIXTURES.iterdir() if p.is_dir() and input_of(p.name))
    failed = 0
    print(f"1..{len(cases)}")
    for number, case in enumerate(cases, 1):
        with tempfile.TemporaryDirectory() as folder:
            texts, error = analyze(program, case, folder)
        faults = [error] if error else check(case, texts)
        if updating and not faults:
            update(case, texts, "--json" in arguments)
        elif not faults:
            faults = compare(case, texts)
        failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {number} - {case}")
        for fault in faults:
            print("\n".join("# " + line for line in fault.splitlines()))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
