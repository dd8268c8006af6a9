#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Inputs of sizes that no host has: answered, in memory and time that are bounded. Twice the input
may take a bit more than twice the processor time, not four times: counted, not timed by the clock."""
import collections
import ctypes
import hashlib
import io
import os
import resource
import subprocess
import tarfile
import unittest

from support import Bundle, IS_SANITIZED, MIB, PROGRAM, Test, entry, json, main

KILL = (b"[  100.000001] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,"
        b"global_oom,task_memcg=/,task=a,pid=7,uid=0\n"
        b"[  100.000002] Out of memory: Killed process 7 (a) total-vm:8kB, anon-rss:8kB, "
        b"file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n")


def small_pages():
    """PR_SET_THP_DISABLE: huge pages round up what is used, by as much as the kernel happens to have."""
    ctypes.CDLL(None).prctl(41, 1, 0, 0, 0)


class Measured(Test):
    def measured(self, write, *args, code=(0, 1, 2)):
        """write(file) gives the input through a pipe; verdict, seconds of processor, peak bytes."""
        with open(self.path("input"), "wb") as file:
            write(file)
        return self.measured_path(self.path("input"), *args, code=code)

    def measured_path(self, path, *args, code=(0, 1, 2)):
        process = subprocess.Popen([PROGRAM, "--json", self.path("out.json"), *args, path],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=small_pages)
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        self.assertIn(process.returncode, code, error)
        with open(self.path("out.json"), "rb") as file:
            verdict = json.load(file)
        return verdict, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def ustar(name, data):
    """A header and its data; TarInfo takes ten times as long for a million of them."""
    head = bytearray(512)
    head[:len(name)] = name
    head[100:124] = b"0000644" b"\0" b"0000000" b"\0" b"0000000" b"\0"
    head[124:136] = b"%011o\0" % len(data)
    head[136:148] = b"00000000000\0"
    head[148:156] = b" " * 8
    head[156:157] = b"0"
    head[257:265] = b"ustar\x0000"
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + data + bytes(-len(data) % 512)


def processes(n):
    def write(file):
        for pid in range(1, n + 1):
            data = b"Name:\tworker\nPid:\t%d\nPPid:\t1\nVmSize:\t8 kB\nVmRSS:\t%d kB\n" % (
                pid, pid)
            file.write(ustar(b"proc/%d/status" % pid, data))
        file.write(bytes(1024))
    return write


class Scale(Measured):
    def test_many_processes(self):
        """HOSTILE_PROCESSES=1000000 is a test of minutes; that time and memory go with the number
        (below, and here by the bytes of each) makes the smaller number stand for it."""
        n = int(os.environ.get("HOSTILE_PROCESSES", "20000" if IS_SANITIZED else "60000"))
        verdict, seconds, peak = self.measured(processes(n))
        if n <= 100000:
            self.assertEqual([o for o in verdict["observations"] if o["kind"] == "over-limit"], [])
        print(f"{n} processes: {seconds:.1f} s of processor time, {peak // MIB} MiB")
        if not IS_SANITIZED:
            self.assertLess(peak, 32 * MIB + n * 1500)
        # the verdict does not grow with them, and says how much it leaves out
        self.assertLess(os.path.getsize(self.path("out.json")), MIB)
        listed = collections.Counter(f["outcome"] for f in verdict["findings"])
        self.assertGreater(listed["unknown"], 100)
        for omitted in verdict["findings_omitted"]:
            same = [f for f in verdict["findings"] if f["outcome"] == omitted["outcome"]
                    and f["rule"] == omitted["rule"]]
            self.assertEqual(len(same), 100)
            listed[omitted["outcome"]] += omitted["count"]
        for outcome in ("match", "clear", "unknown", "not-applicable"):
            self.assertEqual(listed[outcome], verdict["summary"][outcome])

    def grows_in_step(self, write, n):
        """write(n) gives a writer of n things: four times as many take not 16 times the time, nor 8."""
        n = n // 4 if IS_SANITIZED else n
        _, once, _ = self.measured(write(n))
        _, more, _ = self.measured(write(4 * n))
        self.assertLess(more, 7 * once + 0.3)

    def test_twice_the_processes(self):
        n = 5000 if IS_SANITIZED else 20000
        _, once, _ = self.measured(processes(n))
        _, twice, _ = self.measured(processes(2 * n))
        self.assertLess(twice, 3 * once + 0.3)

    def test_processes_over_the_limit(self):
        verdict, _, _ = self.measured(processes(30000), "--limit", "members=20000", code=(2,))
        self.observed(verdict, "over-limit", "members=20000", "proc/20001/status")

    def test_a_deep_tree(self):
        """500 cgroups in each other, and the same a hundred times."""
        def tree(width, depth):
            def write(file):
                with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                    for w in range(width):
                        path = "sys/fs/cgroup"
                        for level in range(depth):
                            path += f"/c{w}x{level}"[:12]
                            for name, data in (("memory.current", b"%d\n" % (4096 * (level + 1))),
                                               ("memory.max", b"max\n")):
                                tar.addfile(entry(f"{path}/{name}", len(data)), io.BytesIO(data))
            return write
        verdict, _, _ = self.measured(tree(1, 500))
        self.assertEqual([o["kind"] for o in verdict["observations"]], [])
        _, once, _ = self.measured(tree(1, 400))
        _, twice, _ = self.measured(tree(2, 400))
        self.assertLess(twice, 3 * once + 0.3)

    def test_deep_folders(self):
        """A folder deeper than a path may be long."""
        folder = os.open(self.folder, os.O_RDONLY)
        os.mkdir("tree", dir_fd=folder)
        at = os.open("tree", os.O_RDONLY, dir_fd=folder)
        for _ in range(1500):
            os.mkdir("proc", dir_fd=at)
            inner = os.open("proc", os.O_RDONLY, dir_fd=at)
            os.close(at)
            at = inner
        with os.fdopen(os.open("meminfo", os.O_CREAT | os.O_WRONLY, dir_fd=at), "wb") as file:
            file.write(b"MemTotal: 8 kB\n")
        self.analyze(self.path("tree"))

    def test_long_lines(self):
        """Lines of 100 MB, of a log and of a table; what comes behind them is read."""
        def log(file):
            file.write(b"[    1.000000] Linux version 6.1.0 (b@h) (gcc) #1\n")
            for _ in range(2):
                for _ in range(100):
                    file.write(b"x" * 1000000)
                file.write(b"\n")
            file.write(KILL)
        verdict, _, peak = self.measured(log, code=(2,))
        self.observed(verdict, "over-limit", "line_bytes=65536")
        self.assertNotIn("unknown", [i["kind"] for i in verdict["incidents"]])
        self.assertLess(peak, 1024 * MIB if IS_SANITIZED else 150 * MIB)
        line = b"MemTotal: " + b"9" * 50000000 + b" kB\nMemFree: 4 kB\n"
        bundle = Bundle().small()
        bundle.put("proc/meminfo", line)
        self.analyze(bundle.tar())

    def test_the_middle_of_a_long_line_is_no_line(self):
        """Far inside of one line, behind half a megabyte of noise, stands what looks like a kill."""
        def log(file):
            file.write(b"[    1.000000] a line\n" * 30000)
            for pad in range(8180, 8200):  # so that it may begin where a reader looks back to
                file.write(b"[    2.000000] " + b"y" * 300000)
                file.write(KILL.replace(b"\n", b" ").ljust(pad) + b"z" * 300000 + b"\n")
        verdict, _, _ = self.measured(log, code=(2,))
        self.assertEqual([i["kind"] for i in verdict["incidents"]], ["unknown"])

    def test_many_events(self):
        n = 300 if IS_SANITIZED else 2000
        def log(count):
            return lambda file: file.write(b"".join(
                KILL.replace(b"100.", b"%d." % (i + 100)).replace(b"7", b"%d" % (i % 30000 + 7))
                for i in range(count)))
        _, once, _ = self.measured(log(n))
        _, twice, _ = self.measured(log(2 * n))
        self.assertLess(twice, 3 * once + 0.3)

    def test_many_incidents(self):
        """A cgroup each: the first are told, the others counted."""
        n = 500
        def log(file):
            for i in range(n):
                file.write(KILL.replace(b"100.", b"%d." % (i + 100)).replace(b"NONE", b"MEMCG")
                           .replace(b"global_oom,task_memcg=/,", b"oom_memcg=/g%d,task_memcg=/g%d," % (i, i))
                           .replace(b"Out of", b"Memory cgroup out of"))
        verdict, _, _ = self.measured(log, "--markdown", self.path("out.md"))
        self.assertEqual(len(verdict["incidents"]), 100)
        self.assertEqual(verdict["incidents_omitted"], n - 100)
        self.assertEqual(verdict["summary"]["incidents"], n)
        self.assertLess(os.path.getsize(self.path("out.json")), 8 * MIB)
        with open(self.path("out.md"), encoding="utf-8") as file:
            self.assertIn(f"\n{n - 1} more incidents; the first are listed below.", file.read())

    def test_many_logs(self):
        """Each is looked up for the manifest."""
        def logs(count):
            def write(file):
                lines = []
                for i in range(count):
                    name, data = b"var/log/kern.log.%d" % i, b"[    1.000000] line %d\n" % i
                    file.write(ustar(name, data))
                    lines.append(b'{"member":"%s","status":"ok","errno":0,"bytes":%d,"us":1}\n' % (name, len(data)))
                file.write(ustar(b"manifest.jsonl", b"".join(lines)) + bytes(1024))
            return write
        self.grows_in_step(logs, 10000)

    def test_many_dumps(self):
        def dumps(count):
            def write(file):
                for i in range(count):
                    file.write(ustar(b"sys/fs/pstore/dmesg-efi-%d" % i, b"Oops#1 Part%d\n<4>[    1.000000] x\n" % i))
                file.write(bytes(1024))
            return write
        self.grows_in_step(dumps, 20000)

    def test_a_member_in_many_lines_of_the_manifest(self):
        """The sum of a member is made once, however often it is asked for."""
        data = b"MemTotal: 8 kB\n" + b"Nothing: 1 kB\n" * (4 * MIB // 14)
        line = b'{"member":"proc/meminfo","status":"ok","errno":0,"bytes":%d,"us":1,"sha256":"%s"}\n' % (
            len(data), hashlib.sha256(data).hexdigest().encode())
        def bundle(count):
            return lambda file: file.write(ustar(b"proc/meminfo", data) + ustar(b"manifest.jsonl", line * count) +
                                           bytes(1024))
        _, once, _ = self.measured(bundle(1))
        verdict, often, _ = self.measured(bundle(3000))
        self.observed(verdict, "duplicate", "names a member twice; the first line counts", "manifest.jsonl", 2999)
        self.assertLess(often, 3 * once + 0.5)

    def test_many_odd_members(self):
        """The same in each, a name of its own in each, a log in each: the first are told, all are counted."""
        n = 3000
        def odd(file):
            for i in range(n):
                file.write(ustar(b"proc/%d/status" % (i + 1), b"Name:\tx\nVmRSS:\tnone kB\n"))
                file.write(ustar(b"proc/%d/stat" % (i + 1), b"?\n"))
                file.write(ustar(b"var/log/kern.log.%d" % i, b"[    1.000000] nothing\n"))
            file.write(ustar(b"manifest.jsonl", b'{"end":true,"complete":true}\n') + bytes(1024))
        verdict, _, _ = self.measured(odd, code=(2,))
        self.assertLess(os.path.getsize(self.path("out.json")), 2 * MIB)
        self.assertLess(len(verdict["observations"]), 5000)
        counts = collections.Counter()
        for o in verdict["observations"]:
            counts[o["kind"]] += o["count"]
        self.assertGreaterEqual(counts["distrusted"], 3 * n)
        self.assertRegex(verdict["incidents"][0]["why"][100]["text"], r"^Nor do 2.900 more logs\.$")

    def test_many_odd_things(self):
        """A hundred thousand reasons for a note make no hundred thousand notes."""
        def odd(file):
            with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
                for i in range(20000):
                    tar.addfile(entry(f"proc/../{i}"))
                    tar.addfile(entry("proc/same"))
                    tar.addfile(entry(f"proc/link{i}", 0, tarfile.SYMTYPE, "/etc/passwd"))
        verdict, _, _ = self.measured(odd, code=(2,))
        self.assertLess(len(verdict["observations"]), 500)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    unittest.TestCase.longMessage = True
    main()
