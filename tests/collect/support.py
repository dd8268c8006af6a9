# SPDX-License-Identifier: MIT
"""What the tests of collect share. COLLECT names the program (the static one or the one with
sanitizers), SOURCES the project's root."""
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import unittest

PROGRAM = os.environ.get("COLLECT", "build/dev/collect/collect")
SOURCES = os.environ.get("SOURCES", os.path.join(os.path.dirname(__file__), "../.."))
PROGRAMS = os.environ.get("PROGRAMS", "build/dev/tests/collect")
SKIP = 77  # what ctest takes for "skipped"


def run(*args, **kwargs):
    """Runs collect; output as bytes in .stdout and .stderr."""
    kwargs.setdefault("timeout", 120)
    kwargs.setdefault("stdout", subprocess.PIPE)
    kwargs.setdefault("stderr", subprocess.PIPE)
    return subprocess.run([PROGRAM, *args], check=False, **kwargs)


def as_in_json(name):
    """A byte that is not valid UTF-8 stands in the manifest as \\u00XX."""
    return "".join(chr(ord(c) - 0xdc00) if 0xdc80 <= ord(c) <= 0xdcff else c for c in name)


class Bundle:
    """A bundle read whole: names in order, contents, the lines of the manifest."""

    def __init__(self, data, cut=False):
        self.names, self.data = [], {}
        self.cut = False
        try:
            with tarfile.open(fileobj=io.BytesIO(data)) as tar:
                for member in tar:
                    data = tar.extractfile(member).read()
                    if len(data) == member.size:
                        self.names.append(as_in_json(member.name))
                        self.data[self.names[-1]] = data
        except (tarfile.ReadError, EOFError):
            if not cut:
                raise
            self.cut = True
        parts = [n for n in self.names if n.startswith("manifest/")]
        if "manifest.jsonl" in self.data:
            parts.append("manifest.jsonl")
        self.lines = [json.loads(line) for p in parts for line in self.data[p].splitlines()]
        self.attempts = {l["member"]: l for l in self.lines if "member" in l}
        self.tables = {l["table"]: l for l in self.lines if "table" in l}
        self.end = self.lines[-1] if self.lines and "end" in self.lines[-1] else None

    def check(self, test):
        """What holds for each bundle that was not cut."""
        test.assertEqual(len(self.names), len(set(self.names)), "a member stands twice")
        test.assertEqual(self.names[0], "bundle.json")
        test.assertEqual(self.names[-1], "manifest.jsonl")
        test.assertIsNotNone(self.end)
        hashed = {n for n, a in self.attempts.items() if "sha256" in a}
        for name in hashed:
            test.assertTrue(name in self.data, name)
            test.assertEqual(hashlib.sha256(self.data[name]).hexdigest(),
                             self.attempts[name]["sha256"], name)
            test.assertEqual(len(self.data[name]), self.attempts[name]["bytes"], name)
        members = {n for n in self.names if not n.startswith("manifest")}
        test.assertEqual(members, hashed)
        test.assertEqual(self.end["members"], len(members))
        for name, attempt in self.attempts.items():
            test.assertIn(attempt["status"], STATUSES)
            if attempt["status"] in ("ok", "empty", "truncated", "changed"):
                test.assertTrue(name in self.data, name)
            else:
                test.assertFalse(name in self.data, name)


STATUSES = ("ok empty absent exited denied unsupported timeout abandoned truncated over-budget "
            "changed error").split()


def capture(test, *args, code=(0,), **kwargs):
    """A capture to a pipe, checked."""
    done = run("-q", "-o", "-", *args, **kwargs)
    test.assertIn(done.returncode, code, done.stderr.decode())
    bundle = Bundle(done.stdout)
    bundle.check(test)
    return bundle


def main():
    """Runs the tests of the calling file; 77 where all of them were skipped."""
    result = unittest.main(exit=False, verbosity=2).result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIP if result.testsRun and len(result.skipped) == result.testsRun else 0)
