#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""before.py ANALYZE: growth between two bundles of one host. Either bundle alone claims no growth worth a warning; the
two together tell a rise, its rate and the time to the limit, and do not take a plateau for a rise."""
import json
import pathlib
import subprocess
import sys
import tempfile

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures"


def verdict(analyze, case, before):
    options = ["--before", str(FIXTURES / case / "before.tar.xz")] if before else []
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run([analyze, *options, "--json", out.name, str(FIXTURES / case / "bundle.tar.xz")],
                       stdout=subprocess.DEVNULL, check=False, timeout=120)
        return json.loads(pathlib.Path(out.name).read_text())


def outcome(found, rule):
    return {f["outcome"] for f in found["findings"] if f["rule"] == rule}


def growth(found):
    return [s["text"] for s in found["incidents"][0]["growth"]]


def expect(problems, what, is_true):
    if not is_true:
        problems.append(what)


def main(analyze):
    problems = []
    for kernel in ("5.10", "6.12"):
        rising = verdict(analyze, f"growth-between-bundles-{kernel}", True)
        lines = growth(rising)
        expect(problems, f"{kernel}: no linear rise: {outcome(rising, 'rss-linear')}", "match" in outcome(rising, "rss-linear"))
        expect(problems, f"{kernel}: a plateau in a rise", "match" not in outcome(rising, "rss-plateau"))
        expect(problems, f"{kernel}: no rate and time to the limit of the unit: {lines}",
               any("MiB/s" in s and "limit 256.0 MiB of `/system.slice/gateway.service` is" in s for s in lines))
        alone = verdict(analyze, f"growth-between-bundles-{kernel}", False)
        expect(problems, f"{kernel}: one bundle claims a leak", "match" not in outcome(alone, "rss-linear"))
    flat = verdict(analyze, "plateau-between-bundles-6.12", True)
    expect(problems, f"plateau: a rise: {growth(flat)}", "match" not in outcome(flat, "rss-linear"))
    print("\n".join(problems), f"before: {len(problems)} problems")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
