#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""thresholds.py ANALYZE RULES_DIR: every number a rule compares with is held by a test at it and one just beside it.

A number nudged up or down, or a `>=` made `>` (and the like), must make some test of that rule fail. The tests are those
in the rule, and the rows of thresholds.tsv: the text of one of them with one number edited, and what that makes of the
rule; its lines that begin with ? are changes that nothing notices yet, of which no new one may come.
thresholds_find.py looks for rows where a change goes unnoticed.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

TABLE = pathlib.Path(__file__).with_suffix(".tsv")
OPERATORS = {">=": ">", ">": ">=", "<=": "<", "<": "<="}
TOKEN = re.compile(r'"[^"]*"|(?<![=!])(>=|<=|>|<)(?!=)|(?<![\w.])-?(\d+(?:\.\d+)?)(%|[A-Za-z]+(?:/s)?)?(?![\w.])')
UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "us": 1, "ms": 1000, "s": 10**6, "min": 60 * 10**6,
         "h": 3600 * 10**6}
# Not thresholds: which alternative of a test of being there, of a version or of a word.
IDIOMS = [r"\.event >= 0", r"(==|!=) -?\d+", r"\.event < "]


def base_unit(number, unit):
    """As whole base units, spelled as the language wants it."""
    per_second = "/s" if unit.endswith("/s") else ""
    name = unit.removesuffix("/s")
    small = "us" if name in ("us", "ms", "s", "min", "h") else "B"
    return int(float(number) * UNITS[name]), small + per_second


def nudged(number, unit):
    """The literal a little larger and a little smaller: by a hundredth, and by one at least."""
    if unit == "%":
        step = max(round(float(number) / 100, 2), 0.01)
        return [f"{float(number) + s * step:.2f}%" for s in (1, -1)]
    value, small = (int(number), "") if not unit else base_unit(number, unit)
    step = max(value // 100, 1)
    return [f"{value + s * step}{small}" for s in (1, -1) if value + s * step >= 0]


def decisions(text):
    """(begin, end) of `when` and of the lets in the text of a rule."""
    for match in re.finditer(r"^(?:when: \|\n(?:  .*\n|\n)+|when: .*\n|let:\n(?:  .*\n)+)", text, re.M):
        yield match.span()


def mutants(text):
    """(line, what, changed text) for each operator and number of the decision."""
    for begin, end in decisions(text):
        for line in re.finditer(r".*\n", text[begin:end]):
            code = line[0].split("#")[0]
            idioms = [m.span() for idiom in IDIOMS for m in re.finditer(idiom, code)]
            for token in TOKEN.finditer(code):
                if any(a <= token.start() < b for a, b in idioms):
                    continue
                at = begin + line.start()
                for word in [OPERATORS[token[1]]] if token[1] else nudged(token[2], token[3] or "") if token[2] else []:
                    changed = text[:at + token.start()] + word + text[at + token.end():]
                    yield text[:at].count("\n") + 1, f"{code.strip()}: {token[0]} -> {word}", changed


def literal(name, test):
    """A test of a rule as YAML."""
    lines = [f"  - name: {name}", "    given:"]
    lines += [f"      {member}: {json.dumps(text)}" for member, text in test["given"].items()]
    if test.get("incomplete"):
        lines.append(f"    incomplete: [{', '.join(test['incomplete'])}]")
    return "\n".join([*lines, f"    expect: {test['expect']}"]) + "\n"


def edited(test, member, line, old, new):
    """The test with one number of one line changed; None where that is not there any more."""
    lines = test["given"].get(member, "").splitlines()
    if not 0 < line <= len(lines) or lines[line - 1].count(old) < 1:
        return None
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    return dict(test, given=dict(test["given"], **{member: "\n".join(lines) + "\n"}))


def rows():
    """rule -> [(test, [(member, line, old, new)...], expect)]"""
    found = {}
    for number, line in enumerate(TABLE.read_text().splitlines() if TABLE.exists() else [], 1):
        if line.startswith(("#", "?")) or not line:
            continue
        rule, name, expect, *edits = line.split("\t")
        if len(edits) % 4:
            sys.exit(f"{TABLE}:{number}: an edit is member, line, old, new")
        edits = [(m, int(l), a.replace("\\t", "\t"), b.replace("\\t", "\t")) for m, l, a, b in zip(*[iter(edits)] * 4)]
        found.setdefault(rule, []).append((name, edits, expect))
    return found


def opened():
    """The changes of which the table says that no test notices them: {(rule, what)}."""
    return {tuple(line.split("\t")[1:]) for line in TABLE.read_text().splitlines() if line.startswith("?")}


def with_rows(text, entries):
    """The rule with the rows of the table as further tests."""
    tests = {test["name"]: test for test in yaml.load(text, Loader=yaml.BaseLoader)["tests"]}
    for index, (name, edits, expect) in enumerate(entries, 1):
        test = tests.get(name)
        for edit in edits:
            test = test and edited(test, *edit)
        if test is None:
            sys.exit(f"{TABLE}: no test {name!r} with that text")
        text += literal(f"row {index} of the table", dict(test, expect=expect))
    return text


def run(program, rules):
    """The tests that fail, by rule: {id: [name...]}; `rules` are id -> text."""
    with tempfile.TemporaryDirectory() as folder:
        for rule, text in rules.items():
            (pathlib.Path(folder) / f"{rule}.yaml").write_text(text)
        done = subprocess.run([program, "--limit", "rule_bytes=16MiB", "--rules", folder, "--test-rules"], timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, encoding="utf-8")
    if done.returncode not in (0, 1, 2) or "1.." not in done.stdout:
        sys.exit(f"thresholds: {done.stdout[-2000:]}")
    failed = {}
    for rule, name in re.findall(r"^not ok \d+ - ([a-z0-9-]+): (.*)$", done.stdout, re.M):
        failed.setdefault(rule, []).append(name)
    return failed


def survivors(program, texts):
    """{rule: [(line, what)]} of changes that no test notices."""
    queues = {rule: list(mutants(text)) for rule, text in texts.items()}
    rounds = [{rule: queue[i] for rule, queue in queues.items() if i < len(queue)}
              for i in range(max(map(len, queues.values()), default=0))]
    left = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        done = pool.map(lambda r: run(program, {rule: changed for rule, (_, _, changed) in r.items()}), rounds)
        for batch, failed in zip(rounds, done):
            for rule, (line, what, _) in batch.items():
                if rule not in failed:
                    left.setdefault(rule, []).append((line, what))
    return left, sum(map(len, queues.values()))


def main(program, folder):
    entries = rows()
    texts = {p.stem: with_rows(p.read_text(), entries.get(p.stem, [])) for p in sorted(pathlib.Path(folder).glob("*.yaml"))}
    failed = run(program, texts)
    for rule, names in failed.items():
        print(f"{rule}: {', '.join(names)}: not as the table says")
    left, count = survivors(program, texts)
    unnoticed, open_ones = {(rule, what): line for rule, changes in left.items() for line, what in changes}, opened()
    new, held = sorted(set(unnoticed) - open_ones), sorted(open_ones - set(unnoticed))
    for rule, what in new:
        print(f"rules/{rule}.yaml:{unnoticed[rule, what]}: no test notices {what}")
    for rule, what in held:
        print(f"{rule}: {what}: is noticed now; take its line out of the table")
    print(f"{count} changes in {len(texts)} rules, {len(unnoticed)} unnoticed, of which {len(new)} are new")
    return 1 if failed or new or held else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
