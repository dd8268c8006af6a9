#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""figures.py ANALYZE [CASE...]: every figure of every sentence of a verdict is found at the lines that it cites.

A figure (96.0 MiB, 4.2 %, 1.9 s, 53) is found when a number of a cited line, in one of the units that the kernel
prints (bytes, KiB, pages, microseconds ...), is rounded to it; or the sum, the difference or the ratio of two; or
the sum of one column over the lines. So a figure without evidence, or with the wrong place, fails. Without names
of cases those recorded on one kernel are read, which are all scenarios.
"""
import bisect
import itertools
import json
import lzma
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
from fractions import Fraction

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures"
BYTES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
TIMES = {"us": 1, "ms": 10**3, "s": 10**6}
SENTENCES = ("title", "summary", "why", "growth", "ruled_out", "do", "steps", "ranking", "timeline", "victim")
FIGURE = re.compile(r"(?<![\w./:-])(-?\d[\d ]*(?:\.\d+)?) (B|KiB|MiB|GiB|TiB|%|us|ms|s)(/s)?(?![\w])")
# Over time, which is a difference of clocks: what is computed from the two ends that the sentence shows.
QUOTIENT = re.compile(r"is [\d.]+ \w+ away|lasts [\d.]+ \w+|[\d.]+ % of (the|that) time|for [\d.]+ % of|(block|pages) of [\d.]+ MiB")
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")


def numbers_of(line):
    """All integers of a line; a decimal as it stands and without its point (percentages, seconds); MiB as KiB."""
    found = {int(n) << 10 for n in re.findall(rb"(\d{1,12}) MiB", line)}
    for text in NUMBER.findall(line):
        if b"." in text:
            whole, _, digits = text.partition(b".")
            found |= {int(whole + digits), int(whole)}
        elif len(text) < 25:
            found.add(int(text))
    return found


class Bundle:
    def __init__(self, path):
        self.lines = {}
        if path.name != "bundle.tar.xz":
            self.lines[None] = path.read_bytes().split(b"\n")
            return
        with lzma.open(path) as stream, tarfile.open(fileobj=stream) as tar:
            for member in tar:
                if member.isfile():
                    self.lines[member.name] = tar.extractfile(member).read().split(b"\n")

    def columns(self, places):
        """For each column of files of one kind (proc/*/status:23), the sum of its last numbers."""
        sums = {}
        for place in places:
            lines, at = self.lines.get(place["member"], []), place.get("line", 0)
            numbers = NUMBER.findall(lines[at - 1]) if 0 < at <= len(lines) else []
            key = (place["member"].rpartition("/")[2], at)
            sums[key] = sums.get(key, 0) + (int(float(numbers[-1])) if numbers else 0)
        return set(sums.values())

    def numbers(self, places):
        found = self.columns(places)
        for place in places:
            lines = self.lines.get(place["member"], self.lines.get(None, []))
            at = place.get("line")
            found |= numbers_of(lines[at - 1]) if at and at <= len(lines) else {len(lines) - 1, len(lines)}
        return found


def close(value, shown, step):
    return abs(value - shown) <= step * 0.51


def scaled(numbers, units):
    """Of many, the largest: sums and differences of more than these say nothing."""
    return sorted({n * unit for n in numbers for unit in units if n > 0}, reverse=True)[:150]


def is_found(shown, step, numbers, units):
    """One number, or the sum or the difference of two."""
    values = scaled(numbers, units)[::-1]
    for value in [0] + values:
        for target in (shown - value, shown + value):
            at = bisect.bisect_left(values, target - step * 0.51)
            if at < len(values) and values[at] <= target + step * 0.51:
                return True
    return False


def is_sum(shown, step, numbers, units):
    """A sum of three or more: the sums that can be reached, each number taken once with either sign."""
    for unit in units:
        parts = [n * unit for n in sorted(numbers, reverse=True) if n > 0][:60]
        reach = {0}
        for part in parts:
            reach |= {r + part for r in reach} | {r - part for r in reach}
            if len(reach) > 100000:
                return True
        if any(close(r, shown, step) for r in reach):
            return True
    return False


def is_share(value, numbers):
    """A ratio of two numbers, each a number or a difference of two, in bytes, KiB or pages."""
    if any(close(n / 100, value, 0.1) or n == value for n in numbers):
        return True
    values = scaled(numbers, (1, 1024, 4096))
    wholes = values + [a - b for a, b in itertools.combinations(values[:40], 2)]
    parts = wholes + [a + b for a, b in itertools.combinations(values[:40], 2)]
    parts.sort()
    for whole in wholes:
        at = bisect.bisect_left(parts, (value - 0.051) * whole / 100)
        if at < len(parts) and parts[at] <= (value + 0.051) * whole / 100:
            return True
    return False


def figure_fails(text, numbers):
    for amount, unit, per in FIGURE.findall(text):
        value = float(amount.replace(" ", ""))
        digits = len(amount.partition(".")[2])
        if per or value == 0:
            continue        # a rate is a quotient over time; its ends are what the sentence shows
        if unit == "%":
            if value not in (5, 100) and not is_share(value, numbers):
                yield f"{amount} %"
            continue
        scale = BYTES.get(unit) or TIMES[unit]
        units = (1, 1024, 4096) if unit in BYTES else (1, 1000, 10**6, Fraction(1, 1000))
        orders = {4096 << n for n in numbers if 0 <= n <= 10} if unit in BYTES else set()
        if unit in BYTES:       # huge pages are counted, not sized
            orders |= {n << 21 for n in numbers if 0 < n < 1 << 20}
        shown, step = abs(value) * scale, scale / 10**digits
        if not is_found(shown, step, numbers | orders, units) and not is_sum(shown, step, numbers, units):
            yield f"{amount} {unit}"


def sentences_of(incident):
    for key in SENTENCES:
        value = incident.get(key)
        items = value.get("why", []) if key == "victim" and value else value if isinstance(value, list) else [value]
        for item in items:
            if item:
                yield key, item.get("text", item.get("say", "")), item["places"]


def check(case, verdict, bundle):
    for n, incident in enumerate(verdict["incidents"]):
        for key, text, places in sentences_of(incident):
            prose = QUOTIENT.sub("", re.sub(r"(`+).*?\1", "", text))
            for figure in figure_fails(prose, bundle.numbers(places)):
                yield f"{case}: incident {n} {key}: {figure} is at none of {len(places)} places: {text[:150]}"


def problems_of(analyze, case):
    inputs = [FIXTURES / case / name for name in ("bundle.tar.xz", "console.log")]
    path = next(path for path in inputs if path.exists())
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run([analyze, "--json", out.name, str(path)], stdout=subprocess.DEVNULL, check=False, timeout=120)
        verdict = json.loads(pathlib.Path(out.name).read_text())
    return list(check(case, verdict, Bundle(path)))


def main(analyze, *cases):
    cases = cases or sorted(path.parent.name for path in FIXTURES.glob("*-6.12/bundle.tar.xz"))
    failed = 0
    for case in cases:
        for problem in problems_of(analyze, case):
            print(problem)
            failed += 1
    print(f"figures: {len(cases)} verdicts, {failed} figures without a place")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
