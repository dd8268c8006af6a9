#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: house.py

The rules of the house that no compiler knows, over the files that git tracks or would track."""
import pathlib
import re
import subprocess
import sys

SOURCES = pathlib.Path(__file__).resolve().parents[2]
LICENCE = "SPDX-License-Identifier: MIT"
LINES_MAX = 400  # of one C file or header
LINES_MAX_OF = {"analyze/fact/schema.def": 2000}  # the one table of all facts

# Files of these endings are sources, and those without one that begin with "#!".
ENDINGS = {".c", ".h", ".def", ".py", ".sh", ".bash", ".cmake", ".txt", ".clang-format", ".clang-tidy"}
# What was recorded, and what tests read, is not ours to format; prose has no licence line.
DATA = re.compile(r"fixtures/[^/]+/(bundle|older|console|expect|journal|dmesg)|tests/(log/cases|fuzz/corpus)/")

# (paths, pattern, what it is); comments and texts of C files are blank here
CODE = [
    (r"(analyze|collect)/", r"\b(strtok|strtok_r|sscanf|ato[ilf]|atoll|gets|alloca)\s*\(", "a banned call"),
    (r"(analyze|collect)/", r"\b(strcpy|stpcpy|strcat|strncpy|strncat|v?sprintf)\s*\(", "a call without a bound"),
    (r"(analyze|collect)/", r"\b(strstr|strcasestr|strtoul?l?|strtod|strto[iu]max)\s*\(",
     "a call that reads past a span; numbers are read by base/num.h or scan.h"),
    (r"analyze/", r"\b(float|double)\b|\b\d+\.\d|\b\d+[eE][-+]?\d+\b(?<!0[xX])", "floating point"),
    (r"analyze/(?!cli/|main\.c|base/arena\.c)", r"\b(exit|printf|puts|perror)\s*\(", "only main prints, and ends the program"),
]
# The same for every source, as it stands
TEXT = [
    (r"(?!tests/static/house\.py)", r"\b(TODO|FIXME|XXX|HACK)\b", "unfinished: do it, or open an issue"),
    (r"(?!tests/static/house\.py)", r"(?<![\w.*}])/(Users|work|farm|tmp/\w)/", "a path of somebody's machine"),
    (r".*\.(c|h|def|sh|cmake|txt|yaml)$", r"[ \t]+$", "white space at the end of a line"),
    (r"(?!.*\.(c|h)$)", r"\r", "a carriage return"),
    (r".*\.(c|h|py|sh|def|cmake)$", r"^ *\t", "a tab in the indent"),
]


def tracked():
    listed = subprocess.run(["git", "-C", SOURCES, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, text=True)
    if listed.returncode == 0:
        names = listed.stdout.split("\0")
    else:  # an unpacked release
        names = [str(p.relative_to(SOURCES)) for p in SOURCES.rglob("*")]
        names = [n for n in names if not n.startswith(("build", ".git/"))]
    return [n for n in sorted(set(names)) if n and (SOURCES / n).is_file()]


def is_source(name, head):
    path = pathlib.Path(name)
    if DATA.match(name):
        return False
    return (path.suffix in ENDINGS or path.name in ENDINGS or head.startswith(b"#!")
            or re.match(r"rules/[^/]+\.yaml$", name) is not None)


def bare(text):
    """C without what stands in comments and quotes; as many lines as before"""
    def blank(found):
        return re.sub(r"[^\n]", " ", found[0])
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def each_match(name, text, rules):
    for paths, pattern, what in rules:
        if re.match(paths, name):
            for number, line in enumerate(text.split("\n"), 1):
                if re.search(pattern, line):
                    yield f"{name}:{number}: {what}: {line.strip()[:80]}"


def faults(name, raw, guards):
    text = raw.decode(errors="replace")
    lines = text.split("\n")
    if not any(LICENCE in line for line in lines[:3]):
        yield f"{name}:1: no line '{LICENCE}'"
    if raw and not raw.endswith(b"\n"):
        yield f"{name}:{len(lines)}: no newline at the end"
    yield from each_match(name, text, TEXT)
    if name.endswith((".c", ".h")):
        yield from each_match(name, bare(text), CODE)
    if name.endswith((".c", ".h", ".def")) and len(lines) - 1 > LINES_MAX_OF.get(name, LINES_MAX):
        yield f"{name}: {len(lines) - 1} lines; it holds more than one noun"
    if name.endswith(".h"):
        guard = re.search(r"^#ifndef (OOMSCOPE_\w+_H)\n#define \1\n", text, flags=re.M)
        if not guard or guards.setdefault(guard[1], name) != name:
            yield f"{name}: no include guard of its own"


def main():
    bad, looked, guards = 0, 0, {}
    for name in tracked():
        if name.endswith((".new", ".orig", ".rej", "~")):
            print(f"{name}: left behind")
            bad += 1
        with open(SOURCES / name, "rb") as file:
            head = file.read(2)
            if not is_source(name, head):
                continue
            looked += 1
            for fault in faults(name, head + file.read(), guards):
                print(fault)
                bad += 1
    print(f"{looked} files looked at, {bad} faults")
    return 1 if bad or not looked else 0


if __name__ == "__main__":
    sys.exit(main())
