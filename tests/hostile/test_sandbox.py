#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""analyze gives up its rights before it reads a byte of its input, in every mode; what it gave up
is refused; a kernel without Landlock is told of by --version, a failure to confine at once."""
import errno
import os
import re
import shutil
import subprocess

from support import Bundle, PROGRAM, Result, SOURCES, Test, TOOLS, main, run

NOLANDLOCK = os.path.join(TOOLS, "nolandlock")


def without(error, *args):
    return Result(subprocess.run([NOLANDLOCK, str(error), PROGRAM, *args], check=False,
                                 capture_output=True))


def has_landlock():
    return b"Landlock ABI" in run("--version").out


class Sandbox(Test):
    def setUp(self):
        super().setUp()
        self.bundle = self.write(Bundle().small().tar(), "bundle.tar")
        os.mkdir(self.path("old"))
        os.mkdir(self.path("tree"))
        Bundle().small().unpack(self.path("tree"))
        Bundle().small().unpack(self.path("old"))

    def test_refusals(self):
        if not has_landlock():
            self.skipTest("no Landlock in this kernel")
        os.mkdir(self.path("in"))
        self.write(b"x", "in/inside")
        self.write(b"x", "outside")
        os.symlink("../outside", self.path("in/link"))
        done = subprocess.run([os.path.join(TOOLS, "confined"), self.path("in")], check=False,
                              capture_output=True)
        self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())
        self.assertGreater(done.stdout.count(b"ok - "), 15)

    def traced(self, *args):
        """System calls of each process in order: (pid, name, line)."""
        if os.environ.get("SANITIZED") == "1":
            self.skipTest("LeakSanitizer does not run under ptrace")
        log = self.path("trace")
        subprocess.run(["strace", "-f", "-o", log, "-e",
                        "trace=openat,open,read,pread64,mmap,landlock_restrict_self,prctl,execve,"
                        "write,socket,connect,clone,fork,vfork,clone3,dup,fcntl,lseek",
                        PROGRAM, *args], check=False, capture_output=True)
        calls, unfinished = [], {}
        with open(log, encoding="utf-8", errors="replace") as file:
            for line in file:
                # "7 read(5, <unfinished ...>", lines of other processes, "7 <... read resumed>"x", 1) = 1"
                resumed = re.match(r"(\d+)\s+<\.\.\. \w+ resumed>(.*)", line)
                found = re.match(r"(\d+)\s+(\w+)\((.*)", line)
                if resumed and resumed[1] in unfinished:
                    at = unfinished.pop(resumed[1])
                    calls[at] = (*calls[at][:2], calls[at][2] + resumed[2])
                elif found:
                    pid, name, rest = found.groups()
                    if rest.endswith("<unfinished ...>"):
                        unfinished[pid] = len(calls)
                        rest = rest.removesuffix("<unfinished ...>")
                    calls.append((pid, name, rest))
        return calls

    def check_order(self, *args, inputs):
        """The inputs are opened, the rights given up, and only then a byte of them is read."""
        calls = self.traced(*args)
        fds, confined, read_after = {}, set(), 0
        for pid, name, rest in calls:
            opened = re.search(r'"([^"]*)".*\)\s+= (\d+)$', rest)
            if name == "openat" and opened and opened.group(1) in inputs:
                self.assertNotIn(pid, confined, rest)
                fds[pid, opened.group(2)] = opened.group(1)
            elif name == "landlock_restrict_self":
                self.assertTrue(rest.endswith("= 0"), rest)
                confined.add(pid)
            elif name in ("read", "pread64", "mmap", "lseek"):
                fd = rest.split(",")[4 if name == "mmap" else 0].strip()
                if (pid, fd) in fds:
                    self.assertIn(pid, confined, f"{name}({rest}")
                    read_after += 1
            elif name == "openat" and pid in confined and opened:
                # only what is below the input, by its descriptor
                self.assertFalse(opened.group(1).startswith("/"), rest)
            elif name in ("socket", "connect") or (name == "execve" and pid in confined):
                self.fail(f"{name}({rest}")
            elif name == "close" or (name == "fcntl" and "F_DUPFD" in rest):
                pass
        self.assertTrue(confined)
        return read_after

    def test_a_bundle(self):
        if not has_landlock():
            self.skipTest("no Landlock in this kernel")
        self.assertTrue(self.check_order("--json", self.path("out.json"), self.bundle,
                                         inputs={self.bundle}))

    def test_two_bundles_and_rules(self):
        if not has_landlock():
            self.skipTest("no Landlock in this kernel")
        os.mkdir(self.path("rules"))
        shutil.copy(os.path.join(SOURCES, "rules/fork-under-pressure.yaml"), self.path("rules"))
        self.assertTrue(self.check_order("--rules", self.path("rules"), "--before",
                                         self.bundle, self.bundle, inputs={self.bundle}))

    def test_many(self):
        if not has_landlock():
            self.skipTest("no Landlock in this kernel")
        self.assertTrue(self.check_order("--ndjson", self.bundle, self.bundle, "-j", "2",
                                         inputs={self.bundle}))

    def test_check(self):
        if not has_landlock():
            self.skipTest("no Landlock in this kernel")
        os.mkdir(self.path("case"))
        os.rename(self.bundle, self.path("case/bundle.tar"))
        self.write(b"format: 1\nbundle: bundle.tar\n", "case/expect.yaml")
        self.assertTrue(self.check_order("check", self.path("case"),
                                         inputs={self.path("case/bundle.tar")}))

    def test_summarize(self):
        if not has_landlock():
            self.skipTest("no Landlock in this kernel")
        lines = self.write(run("--ndjson", self.bundle).out, "lines.ndjson")
        self.assertTrue(self.check_order("summarize", lines, lines, inputs={lines}))

    def test_folders(self):
        """Both folders are readable after their rights are given up, and not more."""
        verdict = self.analyze(self.path("tree"), "--before", self.path("old"))
        self.assertFalse([o for o in verdict["observations"] if o["kind"] == "malformed"])
        facts = run("--facts", "--before", self.path("old"), self.path("tree")).out
        self.assertIn(b"before:proc/meminfo", facts)

    def test_a_kernel_without_landlock(self):
        done = without(errno.ENOSYS, "--version")
        self.assertIn(b"this kernel has no Landlock", done.out)
        whole, less = run("--json", "-", self.bundle), without(errno.ENOSYS, "--json", "-",
                                                               self.bundle)
        self.assertEqual((less.code, less.out, less.err), (whole.code, whole.out, ""))

    def test_a_failure_to_confine_is_said(self):
        if not has_landlock():
            self.skipTest("no Landlock in this kernel")
        whole = run("--json", "-", self.bundle)
        for args in (["--json", "-", self.bundle], ["--ndjson", self.bundle],
                     ["--facts", self.bundle]):
            done = without(errno.ENOMEM, *args)
            self.assertIn("not confined", done.err)
            self.assertEqual(done.code, whole.code if args[0] != "--facts" else done.code)


if __name__ == "__main__":
    main()
