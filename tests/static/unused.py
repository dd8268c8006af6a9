#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: unused.py NM TESTS PROGRAM FILE... [-- PROGRAM FILE...]

FILE: the objects and libraries of a program; TESTS: the folder of those of tests. Fails where a function that others
may call is called by no other file of its program nor by a test: it is dead, or should be static."""
import itertools
import pathlib
import subprocess
import sys


def symbols(nm, files):
    """functions defined, and names used, each with the object files that do so"""
    listing = subprocess.run([nm, "-A", "-P", *files], capture_output=True, text=True, check=True).stdout
    defined, used = {}, {}
    for line in listing.splitlines():
        place, rest = line.split(": ", 1)
        name, kind = rest.split()[:2]
        if kind in "TU":
            (defined if kind == "T" else used).setdefault(name, set()).add(place)
    return defined, used


def main():
    nm, tests, *programs = sys.argv[1:]
    by_tests = symbols(nm, [str(p) for p in pathlib.Path(tests).rglob("*.o")])[1]
    bad = total = 0
    for is_break, group in itertools.groupby(programs, "--".__eq__):
        if is_break:
            continue
        name, *files = group
        defined, used = symbols(nm, files)
        total += len(defined)
        for function, where in sorted(defined.items()):
            if function != "main" and not used.get(function, set()) - where and function not in by_tests:
                print(f"{name}: {function} in {min(where)}: no other file calls it")
                bad += 1
    print(f"{total} functions looked at")
    return 1 if bad or not total else 0


if __name__ == "__main__":
    sys.exit(main())
