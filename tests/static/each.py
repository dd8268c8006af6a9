#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: each.py clang-tidy|gcc BUILD_DIR [FILE...]

Runs clang-tidy, or gcc's static analyzer, over each C file once, as many at a time as there are processors. Which
files and how they are compiled is read from compile_commands.json; programs of fixtures/lab, which no target
compiles, are added. FILE...: only these, whether they are named there or not."""
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

SOURCES = pathlib.Path(__file__).resolve().parents[2]
# clang's analyzer walks paths until it has seen this many states of one function; by default 225,000, which takes
# five times as long. Whether that would find more here was not compared over the whole tree.
MAX_NODES = 40000
SECONDS = 300
PLAIN = ["-std=gnu17"]


def commands(build):
    """source file -> the flags that matter to an analyzer, of the first target that compiles it"""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"])
        if file.is_relative_to(SOURCES) and not file.is_relative_to(build):
            words = shlex.split(entry["command"])
            found.setdefault(file, ([w for w in words if w.startswith(("-I", "-D", "-std="))]
                                    + [f"-isystem{b}" for a, b in zip(words, words[1:]) if a == "-isystem"]))
    for file in (SOURCES / "fixtures/lab").glob("**/*.c"):
        found.setdefault(file, PLAIN)
    return found


def clang_tidy(file, flags):
    limit = ["-Xclang", "-analyzer-config", "-Xclang", f"max-nodes={MAX_NODES}"]
    return ["clang-tidy", "--quiet", str(file), "--", *flags, *limit]


def gcc(file, flags):
    return ["gcc", *flags, "-O1", "-Wall", "-Wextra", "-Werror", "-fanalyzer", "-c", "-o", os.devnull, str(file)]


def look(command):
    """what the analyzer says of one file; nothing where it is clean"""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"{shlex.join(command)}: no end after {SECONDS} s\n"
    if done.returncode == 0 and "warning:" not in done.stdout + done.stderr:
        return ""
    return done.stdout + done.stderr


def main():
    make = {"clang-tidy": clang_tidy, "gcc": gcc}[sys.argv[1]]
    files = commands(pathlib.Path(sys.argv[2]).resolve())
    wanted = [pathlib.Path(name).resolve() for name in sys.argv[3:]]
    chosen = {file: files.get(file, PLAIN) for file in wanted or files}
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        said = list(pool.map(look, [make(file, flags) for file, flags in sorted(chosen.items())]))
    for text in filter(None, said):
        print(text)
    print(f"{len(chosen)} files, {sum(map(bool, said))} with findings")
    return 1 if any(said) or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
