#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ci.py CI.md ANALYZE COLLECT

Does what analyze/CI.md tells a team to do: its shell examples in a repository laid out as it says, then the steps of both
workflows as the runners run them, with the download served from a file; once with good cases, once with a bad one.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree

import yaml

DOC, ANALYZE, COLLECT = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
SOURCES = DOC.parents[1]
TEXT = DOC.read_text(encoding="utf-8")
SHELL = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.M | re.S)
GITHUB, GITLAB = (yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.M | re.S))
SHIMS = {"curl": 'cat "${2#https://example.org/}"', "sudo": 'exec "$@"', "apt-get": "exit 0"}


def run(command, repo, env, shell=("bash", "-e", "-o", "pipefail")):
    return subprocess.run([*shell, "-c", command], cwd=repo, env=env, stdin=subprocess.DEVNULL, timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, encoding="utf-8")


def need(fine, what, output=""):
    if not fine:
        sys.exit(f"ci.py: {what}\n{output[-4000:]}")


def make_repo(top):
    """Cases and rules as the page lists them, a release tarball, and what a runner's machine has."""
    repo, bin_ = top / "repo", top / "bin"
    case = repo / "cases/broker-2026-03"
    case.mkdir(parents=True)
    shutil.copy(SOURCES / "fixtures/cgroup-slab-6.12/bundle.tar.xz", case)
    shutil.copy(SOURCES / "fixtures/cgroup-slab-6.12/expect.yaml", case)
    (repo / "rules").mkdir()
    shutil.copy(SOURCES / "tests/cli/tiny.yaml", repo / "rules")
    bin_.mkdir()
    for name, script in SHIMS.items():
        (bin_ / name).write_text(f"#!/bin/sh\n{script}\n")
        (bin_ / name).chmod(0o755)
    name = GITHUB["jobs"]["memory"]["env"]["OOMSCOPE"].rsplit("/", 1)[1]
    with tarfile.open(repo / name, "w:gz") as tar:
        for program in (ANALYZE, COLLECT):
            tar.add(program, f"{name.removesuffix('.tar.gz')}/bin/{program.name}")
    return repo


def base_env(top):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("CI", "GITHUB", "GITLAB", "RUNNER"))}
    return clean | {"PATH": f"{top}/bin:{os.environ['PATH']}"}


def examples(top, repo):
    env = base_env(top)
    env |= {"PATH": f"{ANALYZE.parent}:{env['PATH']}", "BUNDLE": str(SOURCES / "fixtures/idle-host-6.12/bundle.tar.xz")}
    output = ""
    for block in SHELL:
        done = run(block, repo, env)
        need(done.returncode == 0, f"an example fails:\n{block}", done.stdout)
        output += done.stdout
    expect = (repo / "cases/idle/expect.yaml").read_text()
    need("exit: 1\nincidents: []\n" in expect and "tiny" in expect, "the case was not filled in", expect)
    need("2 bundles, 1 incidents" in output, "summarize", output)
    need(json.loads((repo / "summary.json").read_text())["bundles"] == 2, "summary.json")
    need(re.search(r"^ +1 api$", output, re.M), "the victim by jq", output)


def github(top, repo):
    """(exit codes by name of step, summary of the job)"""
    job = GITHUB["jobs"]["memory"]
    path, summary = top / "path", top / "summary"
    env = base_env(top) | {k: str(v) for k, v in job["env"].items()} | {
        "CI": "true", "RUNNER_TEMP": str(top / "temp"), "GITHUB_PATH": str(path), "GITHUB_STEP_SUMMARY": str(summary)}
    path.write_text("")
    summary.write_text("")
    codes, failed, output = {}, False, ""
    for step in job["steps"]:
        if "run" not in step or (failed and step.get("if") != "always()"):
            continue
        added = path.read_text().split()
        done = run(step["run"], repo, env | {"PATH": ":".join(added + [env["PATH"]])})
        codes[step["name"]] = done.returncode
        failed |= done.returncode != 0
        output += f"--- {step['name']}: {done.returncode}\n{done.stdout}"
    return codes, summary.read_text(), output


def gitlab(top, repo):
    job = GITLAB["memory"]
    env = base_env(top) | job["variables"] | {"CI": "true", "CI_PROJECT_DIR": str(repo)}
    done = run("\n".join(job["script"]), repo, env, ("sh", "-e"))
    return done.returncode, done.stdout


def report(repo):
    suite = xml.etree.ElementTree.parse(repo / "memory.xml").getroot()
    (repo / "memory.xml").unlink()
    return suite.attrib["tests"], suite.attrib["failures"]


def workflows(top, repo, is_good):
    failures = "0" if is_good else "1"
    codes, summary, output = github(top, repo)
    need(codes["Test the rules"] == 0 and codes["Check the cases"] == (0 if is_good else 1), "GitHub's steps", output)
    # What the machine of the test went through is not known here: a verdict is there, and its exit code is one.
    need(codes["Verdict over this runner"] in (0, 1, 2) and summary.startswith("# Memory verdict: "), "summary", output)
    need(report(repo) == ("2", failures), "GitHub's report", output)
    code, output = gitlab(top, repo)
    need(code == (0 if is_good else 1), "GitLab's script", output)
    need(report(repo) == ("2", failures), "GitLab's report", output)


def main():
    top = pathlib.Path(tempfile.mkdtemp())
    try:
        repo = make_repo(top)
        examples(top, repo)
        workflows(top, repo, True)
        expect = repo / "cases/idle/expect.yaml"
        expect.write_text(expect.read_text().replace("incidents: []", "incidents:\n  - kind: kill"))
        workflows(top, repo, False)
        print(f"{len(SHELL)} examples and both workflows, with good cases and a bad one")
    finally:
        shutil.rmtree(top)


main()
