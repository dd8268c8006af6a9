# SPDX-License-Identifier: MIT
"""A capture of this very host: the contract of collect/bundle.h."""
import gzip
import json
import mmap
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import support
from support import capture, run


def pattern_matches(pattern, path):
    regex = re.escape(pattern).replace(r"/\*\*/", "/(?:.*/)?").replace(r"\*", "[^/]*")
    return re.fullmatch(regex, path) is not None


class Host(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bundle = capture(cls())

    def test_header(self):
        header = json.loads(self.bundle.data["bundle.json"])
        self.assertEqual(self.bundle.data["bundle.json"].count(b"\n"), 1)
        self.assertEqual(header["format"], "oomscope-bundle")
        self.assertEqual(header["format_version"], 1)
        self.assertEqual(header["collector"], {"name": "collect", "version": "0.1.0"})
        self.assertEqual(header["host"]["kernel_release"], os.uname().release)
        self.assertEqual(header["host"]["hostname"], os.uname().nodename)
        self.assertEqual(header["host"]["page_size_bytes"], os.sysconf("SC_PAGESIZE"))
        with open("/proc/sys/kernel/random/boot_id") as f:
            self.assertEqual(header["host"]["boot_id"], f.read().strip())
        self.assertEqual(header["host"]["cpus"], os.cpu_count())
        self.assertEqual(set(header["clocks"]), {"realtime_ns", "monotonic_ns", "boottime_ns"})
        self.assertEqual(header["environment"]["euid"], os.geteuid())

    def test_order(self):
        names = self.bundle.names
        if "dev/kmsg" in self.bundle.data:
            self.assertEqual(names[1], "dev/kmsg")
        first = {k: names.index(k) for k in
                 ("proc/meminfo", f"proc/{os.getpid()}/status",
                  f"proc/{os.getpid()}/smaps_rollup", "samples/1/clocks.json")}
        self.assertEqual(list(first.values()), sorted(first.values()))

    def test_own_process(self):
        pid = os.getpid()
        for name in ("stat", "status", "oom_score_adj", "cgroup", "smaps_rollup", "limits",
                     "oom_score"):
            self.assertIn(f"proc/{pid}/{name}", self.bundle.names)
        self.assertEqual(self.bundle.data[f"proc/{pid}/stat"].split()[0], str(pid).encode())
        self.assertIn(b"Pid:\t%d\n" % pid, self.bundle.data[f"proc/{pid}/status"])
        rows = [json.loads(r) for r in self.bundle.data["collect/processes.jsonl"].splitlines()]
        own = [r for r in rows if r["pid"] == pid]
        with open(f"/proc/{pid}/stat") as f:
            start = f.read().rsplit(")", 1)[1].split()[19]
        self.assertEqual(own[0]["starttime_ticks"], int(start))

    @unittest.skipUnless(hasattr(os, "memfd_create") and os.path.isdir("/dev/shm"), "no memory to hide")
    def test_nameless_memory(self):
        """Who holds files in memory that have no name: mapped, or, where the host has much of it, only
        open; each once for each process."""
        with open("/proc/meminfo") as f:
            much = int(f.readline().split()[1]) * 1024 // 64 // 4096 * 4096 + (32 << 20)
        held = os.memfd_create("collect-only-open")
        self.addCleanup(os.close, held)
        twice = os.dup(held)
        self.addCleanup(os.close, twice)
        os.posix_fallocate(held, 0, much)
        with tempfile.TemporaryFile(dir="/dev/shm") as deleted, mmap.mmap(-1, 1 << 20) as mapped:
            deleted.write(b"x" * (1 << 20))
            deleted.flush()
            mapped.write(b"y" * (1 << 20))
            bundle = capture(self)
        attempt = bundle.attempts["collect/shmem_files.jsonl"]
        self.assertEqual(attempt["status"], "ok")
        rows = [json.loads(r) for r in bundle.data["collect/shmem_files.jsonl"].splitlines()]
        own = {r["name"]: r for r in rows if r["pid"] == os.getpid()}
        self.assertEqual(own["/memfd:collect-only-open (deleted)"]["used_bytes"], much)
        self.assertEqual([n for n in own if n.startswith("/dev/shm/")], [n for n in own if "memfd" not in n])
        self.assertEqual(sorted(r["used_bytes"] for r in own.values()), [1 << 20, much])
        self.assertEqual(sum(r["pid"] == os.getpid() for r in rows), 2)

    def test_each_process_has_its_own_data(self):
        for name, data in self.bundle.data.items():
            match = re.fullmatch(r"(?:samples/\d+/)?proc/(\d+)/(stat|status)", name)
            if match and match[2] == "stat":
                self.assertEqual(data.split()[0].decode(), match[1], name)
            elif match:
                self.assertRegex(data.decode(errors="replace"), rf"\nPid:\t{match[1]}\n", name)

    def test_tables(self):
        self.assertTrue(self.bundle.tables["processes"]["captured"] > 0)
        self.assertGreaterEqual(self.bundle.tables["processes"]["seen"],
                                self.bundle.tables["processes"]["captured"])
        nodes = [n for n in self.bundle.names
                 if pattern_matches("sys/devices/system/node/node*/meminfo", n)]
        self.assertEqual(self.bundle.tables["nodes"]["captured"], len(nodes))

    def test_plan_covers_all(self):
        listed = run("--list-patterns").stdout.decode().splitlines()
        patterns = dict(line.split("\t") for line in listed)
        own = re.compile(r"(bundle\.json|manifest.*|collect/.*|samples/\d+/clocks\.json)")
        for name in self.bundle.names:
            if own.fullmatch(name):
                continue
            path = re.sub(r"^samples/\d+/", "", name)
            matching = [p for p in patterns if pattern_matches(p, path)]
            self.assertTrue(matching, f"{name} is in no row of the plan")
            if path != name:
                self.assertTrue(any(patterns[p] == "samples" for p in matching), name)

    def test_sample_has_rates(self):
        for name in ("proc/meminfo", "proc/vmstat", "clocks.json"):
            self.assertIn("samples/1/" + name, self.bundle.names)
        before = json.loads(self.bundle.data["bundle.json"])["clocks"]
        after = json.loads(self.bundle.data["samples/1/clocks.json"])
        self.assertGreater(after["monotonic_ns"], before["monotonic_ns"])

    def test_footprint(self):
        footprint = self.bundle.end["footprint"]
        for key in ("cpu_us", "peak_rss_bytes", "output_bytes", "slowest_us", "slowest",
                    "slab_growth_bytes"):
            self.assertIn(key, footprint)
        self.assertEqual(set(self.bundle.end["clocks"]),
                         {"realtime_ns", "monotonic_ns", "boottime_ns"})

    def test_no_secrets(self):
        for name in self.bundle.names:
            self.assertNotRegex(name, r"environ|cmdline|/mem$|/maps$")

    def test_unchanged_files(self):
        for path in ("proc/version", "proc/sys/vm/overcommit_memory", "etc/os-release"):
            with open("/" + path, "rb") as f:
                self.assertEqual(self.bundle.data[path], f.read())


class Readers(unittest.TestCase):
    def test_any_tar(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "b.tar")
            self.assertEqual(run("-q", "-o", path).returncode, 0)
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            self.assertFalse(os.path.exists(path + ".partial"))
            for tool in (["tar"], ["bsdtar"], ["busybox", "tar"]):
                if not shutil.which(tool[0]):
                    continue
                out = os.path.join(folder, tool[0])
                os.mkdir(out)
                done = subprocess.run([*tool, "-xf", path, "-C", out], stderr=subprocess.PIPE)
                self.assertEqual((done.returncode, done.stderr), (0, b""), tool)
                with open(os.path.join(out, "manifest.jsonl")) as f:
                    self.assertIn('"end":true', f.readlines()[-1])

    def test_gzip(self):
        done = run("-q", "-z", "-o", "-")
        self.assertEqual(done.returncode, 0)
        support.Bundle(gzip.decompress(done.stdout)).check(self)

    def test_gzip_by_name(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "b.tar.gz")
            self.assertEqual(run("-q", "-o", path).returncode, 0)
            with open(path, "rb") as f:
                support.Bundle(gzip.decompress(f.read())).check(self)


class Program(unittest.TestCase):
    def test_small_and_static(self):
        with open(support.PROGRAM, "rb") as f:
            image = f.read()
        if b"/ld-" in image or b"AddressSanitizer" in image:
            self.skipTest("this one is not the static program")
        self.assertLessEqual(len(image), 96 * 1024)


class Options(unittest.TestCase):
    def test_samples(self):
        bundle = capture(self, "--samples", "3", "--interval", "1", "--largest", "0")
        times = [json.loads(bundle.data[f"samples/{i}/clocks.json"])["monotonic_ns"]
                 for i in (1, 2, 3)]
        self.assertTrue(0.9e9 < times[1] - times[0] < 3e9)
        self.assertFalse("samples/4/clocks.json" in bundle.data)
        self.assertFalse([n for n in bundle.names if n.endswith("/smaps")])

    def test_no_sample(self):
        bundle = capture(self, "--samples=0")
        self.assertFalse([n for n in bundle.names if n.startswith("samples/")])

    def test_budgets_are_kept(self):
        bundle = capture(self, "--slab", "20K", code=(1,))
        self.assertFalse(bundle.end["complete"])
        self.assertFalse(bundle.tables["processes"]["complete"])
        cut = [a for a in bundle.attempts.values() if a["status"] == "over-budget"]
        self.assertTrue(any("--slab" in a["detail"] for a in cut))
        self.assertIn("samples/1/proc/vmstat", bundle.names)    # rates all the same
        bundle = capture(self, "--bytes", "200K", code=(1,))
        self.assertLess(bundle.end["footprint"]["output_bytes"], 700 * 1024)
        self.assertLessEqual(len(bundle.data.get("dev/kmsg", b"")), 100 * 1024)
        self.assertIn("proc/meminfo", bundle.names)
        bundle = capture(self, "--lock", "0", code=(0, 1))
        self.assertFalse([n for n in bundle.names if n.endswith("smaps_rollup")
                          and b"Rss:" in bundle.data[n]
                          and int(bundle.data[n].split(b"Rss:")[1].split()[0]) > 1024 * 4])

    def test_usage(self):
        for args in ((), ("--none",), ("-o",), ("x",), ("--samples", "-1", "-o", "-"),
                     ("--samples", "x", "-o", "-"), ("--wall", "0", "-o", "-"),
                     ("--bytes", "1T", "-o", "-"), ("-o", "-", "--keep", "3"), ("watch",),
                     ("-o", "-", "--cmdline", "--pseudonymize"), ("watch", "-o", "-"),
                     ("-o", "-", "--key-file", "x"), ("--gzip=1", "-o", "-")):
            done = run(*args)
            self.assertEqual((done.returncode, done.stdout), (3, b""), args)
            self.assertTrue(done.stderr.startswith(b"collect: "), args)

    def test_bad_root(self):
        done = run("-o", "-", "--root", "/nonexistent")
        self.assertEqual((done.returncode, done.stdout), (3, b""))

    def test_plan_reads_little(self):
        done = run("--plan")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"proc/*/smaps_rollup", done.stdout)
        self.assertRegex(done.stdout.decode(), r"# processes +\d+")
        # Of the two versions of cgroups only the one that is mounted counts.
        files = {row.split()[5]: int(row.split()[4]) for row in done.stdout.decode().splitlines()[1:]
                 if not row.startswith("#")}
        self.assertEqual(min(files["sys/fs/cgroup/**/memory.max"],
                             files["sys/fs/cgroup/memory/**/memory.limit_in_bytes"]), 0)
        if not shutil.which("strace"):
            self.skipTest("strace is not installed")
        trace = subprocess.run(["strace", "-f", "-e", "trace=open,openat", support.PROGRAM,
                                "--plan"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        opened = re.findall(rb'open(?:at)?\([^"]*"([^"]*)"', trace.stderr)
        opened = [o for o in opened if not o.startswith((b"/lib", b"/etc/ld", b"/proc/self/"))]
        self.assertLess(len(opened), 16, opened)


if __name__ == "__main__":
    support.main()
