#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""readme.py README PROGRAMS_DIR... [--update]

Runs the examples of the README. In a ```console block each line that begins with "$ " is a command; the lines below
it are what it prints, to the letter, and a line "[exit N]" is its exit status when that is not 0. --update writes
what the commands print now into the README.
"""
import difflib
import os
import re
import subprocess
import sys

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)


def output_of(command, env, cwd):
    done = subprocess.run(["sh", "-c", command], cwd=cwd, env=env, timeout=120, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    printed = done.stdout
    if printed and not printed.endswith("\n"):
        printed += "\n"
    if done.returncode:
        printed += f"[exit {done.returncode}]\n"
    return printed


def run_block(text, env, cwd):
    commands = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{output_of(command, env, cwd)}" for command in commands)


def main():
    args = [a for a in sys.argv[1:] if a != "--update"]
    readme, programs = os.path.abspath(args[0]), [os.path.abspath(p) for p in args[1:]]
    env = dict(os.environ, PATH=":".join(programs + [os.environ["PATH"]]), LC_ALL="C.UTF-8", TZ="UTC")
    env.pop("CI", None)
    with open(readme, encoding="utf-8") as file:
        old = file.read()
    count = len(BLOCK.findall(old))
    new = BLOCK.sub(lambda m: "```console\n" + run_block(m[1], env, os.path.dirname(readme)) + "```", old)
    if count == 0:
        sys.exit("readme.py: no example found")
    if new != old and "--update" in sys.argv:
        with open(readme, "w", encoding="utf-8") as file:
            file.write(new)
    elif new != old:
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), new.splitlines(True), "README.md", "printed"))
        sys.exit("the README shows something else than the programs print; tests/docs/readme.py --update")
    print(f"{count} examples")


main()
