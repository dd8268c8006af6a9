#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""thresholds_find.py ANALYZE RULES_DIR [RULE...]: rows for thresholds.tsv that make thresholds.py notice what it does not.

Numbers in the texts of a rule's tests are moved until the outcome turns; around such a point an edit is looked for that
the rule and its changed form judge differently. What is printed is to be read before it is kept: a row says what the rule
does, not what it should do.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import yaml

import thresholds

NUMBER = re.compile(r"(?<![\w.:/-])(\d+\.\d\d|\d+)(?![\w.:/]|-\d)|(?<==)(\d+\.\d\d|\d+)|(?<=\s)(\d+)(?=kB|kb|,)|(?<=:)(\d+)(?=kB|\s|$|,|\})")
SPREAD, OFFSETS, BATCH_BYTES, SECONDS = 12, 20, 6 << 20, 40


def shape(value, like):
    return f"{value // 100}.{value % 100:02d}" if "." in like else str(value)


def amount(word):
    return int(word.replace(".", ""))


def outcomes(program, rule, text, tests):
    """What the rule (as `text`, its own tests left out) makes of each test."""
    head = text[:text.index("\ntests:\n") + 8]
    body = "".join(thresholds.literal(f"c{i}", dict(t, expect="match")) for i, t in enumerate(tests))
    # a rule needs one of each
    body += "".join(thresholds.literal(f"z{e}", {"given": {}, "expect": e}).replace("    given:\n", "    given: {}\n")
                    for e in ("match", "clear", "unknown"))
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / f"{rule}.yaml").write_text(head + body)
        done = subprocess.run([program, "--limit", "rule_bytes=16MiB", "--rules", folder, "--test-rules"], timeout=600,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, encoding="utf-8")
    found = ["match"] * len(tests)
    seen = re.findall(rf"^not ok \d+ - {rule}: c(\d+)\n(?:#.*\n)*?# expected match, got ([a-z-]+)", done.stdout, re.M)
    if f"- {rule}: c0" not in done.stdout:
        sys.exit(f"{rule}: {done.stdout[-1500:]}")
    for index, got in seen:
        found[int(index)] = got
    return found


def edit_all(test, edits):
    for edit in edits:
        test = test and thresholds.edited(test, *edit)
    return test


class Finder:
    def __init__(self, program, rule, text):
        self.program, self.rule, self.text = program, rule, text
        self.tests = [t for t in yaml.load(text, Loader=yaml.BaseLoader)["tests"] if t["given"] and t["expect"] in ("match", "clear")]

    def judge(self, candidates, text=None):
        """Outcomes of (test, edits) pairs, None where an edit does not fit."""
        texts = [edit_all(t, e) for t, e in candidates]
        known = [t for t in texts if t]
        size = max((sum(map(len, t["given"].values())) for t in known), default=1)
        most, result = max(1, BATCH_BYTES // (size + 500)), []
        for i in range(0, len(known), most):
            result += outcomes(self.program, self.rule, text or self.text, known[i:i + most])
        rest = iter(result)
        return [next(rest) if t else None for t in texts]

    def is_like_another(self, member, content):
        """One of many processes or workers: two of a kind are enough to move."""
        kind = re.sub(r"\d+", "N", member)
        self.kinds.setdefault(kind, set()).add(member)
        return sorted(self.kinds[kind]).index(member) > 1

    def tokens(self):
        self.kinds = {}
        for test in self.tests:
            for member, content in test["given"].items():
                if member in ("bundle.json",) or member.endswith("maps"):
                    continue
                if self.is_like_another(member, content):
                    continue
                for number, line in enumerate(content.splitlines(), 1):
                    seen = set()
                    if test.get("cites") and f"{member}:{number}" not in test["cites"]:
                        continue
                    for match in NUMBER.finditer(line):
                        word = match[0]
                        if word in seen or len(word) > 13:
                            continue
                        seen.add(word)
                        before = line[:match.start()][-14:] + word
                        yield test, member, number, word, before

    def variant(self, token, value):
        test, member, line, word, before = token
        return (test, [(member, line, before, before[:-len(word)] + shape(value, word))])

    def flips(self):
        """[(token, inside, outside)]: neighbours of which the outcomes differ."""
        all_tokens, probes = list(self.tokens()), []
        for token in all_tokens:
            value = amount(token[3])
            probes += [(token, v) for v in {0, 1, value // 3, value // 2, value * 2 + 2, value * 7 + 7, value * 50 + 100, 1000, 10**4, 10**6, 10**8}]
        got = self.judge([self.variant(t, v) for t, v in probes])
        brackets = []
        for (token, value), outcome in zip(probes, got):
            if outcome in ("match", "clear") and outcome != token[0]["expect"]:
                brackets.append([token, amount(token[3]), value])
        while any(abs(a - b) > 1 for _, a, b in brackets):
            trial = []
            for index, (token, a, b) in enumerate(brackets):
                low, high = min(a, b), max(a, b)
                trial += [(index, low + (high - low) * k // 8) for k in range(1, 8) if low < low + (high - low) * k // 8 < high]
            trial = sorted(set(trial))
            got = self.judge([self.variant(brackets[i][0], v) for i, v in trial])
            for (index, value), outcome in zip(trial, got):
                token, a, b = brackets[index]
                if not min(a, b) < value < max(a, b):
                    continue
                brackets[index][1 if outcome == token[0]["expect"] else 2] = value
        unique = {}
        for token, a, b in brackets:
            unique.setdefault((token[0]["name"], token[1], token[2], token[4], min(a, b)), (token, a, b))
        return list(unique.values())

    def singles(self, flips):
        for token, inside, outside in flips:
            for value in sorted({v for base in (inside, outside) for v in (base - 1, base, base + 1) if v >= 0}):
                yield self.variant(token, value)

    def pairs(self, flips):
        for token, inside, _ in flips:
            for other, _, _ in flips:
                if other[0] is not token[0] or other[1:3] == token[1:3]:
                    continue
                yield [(self.variant(token, inside + d)[0], self.variant(token, inside + d)[1] + self.variant(other, amount(other[3]) + o)[1])
                       for o in range(OFFSETS) for d in range(-SPREAD, SPREAD + 1) if inside + d >= 0]

    def find(self, left):
        flips = self.flips()
        rows, todo = [], list(left)
        todo = self.notice(list(self.singles(flips)), todo, rows)
        until = time.monotonic() + SECONDS
        for batch in self.pairs(flips):
            if not todo or time.monotonic() > until:
                break
            todo = self.notice(batch, todo, rows)
        return rows, todo

    def notice(self, candidates, todo, rows):
        """Takes candidates that tell changes from the rule; returns the changes that none tells."""
        if not candidates or not todo:
            return todo
        own, rest = self.judge(candidates), []
        for change in todo:
            other = self.judge(candidates, change[2])
            telling = [i for i, (a, b) in enumerate(zip(own, other)) if a != b and a in ("match", "clear")]
            chosen = [i for i in telling if (candidates[i], own[i]) in rows]
            if not telling:
                rest.append(change)
            elif not chosen:
                best = min(telling, key=lambda i: len(candidates[i][1]))
                rows.append((candidates[best], own[best]))
        return rest


def main(program, folder, names):
    entries = thresholds.rows()
    for path in sorted(pathlib.Path(folder).glob("*.yaml")):
        if names and path.stem not in names:
            continue
        text = path.read_text()
        full = thresholds.with_rows(text, entries.get(path.stem, []))
        unnoticed, _ = thresholds.survivors(program, {path.stem: full})
        wanted = set(unnoticed.get(path.stem, []))
        changes = [m for m in thresholds.mutants(text) if m[:2] in wanted]
        if not changes:
            continue
        rows, left = Finder(program, path.stem, text).find(changes)
        for (test, edits), expect in rows:
            print("\t".join([path.stem, test["name"], expect, *(str(x).replace("\t", "\\t") for e in edits for x in e)]), flush=True)
        for line, what, _ in left:
            print(f"# {path.stem}:{line}: nothing found for {what}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
