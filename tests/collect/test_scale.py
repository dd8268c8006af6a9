# SPDX-License-Identifier: MIT
"""Many processes, many cgroups: all of them, in little memory, and never a stat in cgroupfs."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import support
from support import capture, run
from test_rights import memory_group

PROCESSES = 5000
CGROUPS = 2000


class Processes(unittest.TestCase):
    def test_five_thousand(self):
        program = os.path.join(support.PROGRAMS, "collect_sleepers")
        child = subprocess.Popen([program, str(PROCESSES)], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(child.communicate)
        if child.stdout.readline() != b"ready\n":
            self.skipTest("so many processes cannot be started here")
        with open(f"/proc/{child.pid}/task/{child.pid}/children") as f:
            sleepers = f.read().split()
        if len(sleepers) < PROCESSES:
            self.skipTest("so many processes cannot be started here")
        bundle = capture(self)
        for name in ("stat", "status", "cgroup", "oom_score_adj", "smaps_rollup", "limits"):
            missing = [p for p in sleepers if f"proc/{p}/{name}" not in bundle.data]
            self.assertEqual(missing, [], name)
        self.assertTrue(bundle.tables["processes"]["complete"])
        self.assertGreaterEqual(bundle.tables["processes"]["captured"], PROCESSES)
        footprint = bundle.end["footprint"]
        if not support.PROGRAM.endswith("native"):
            self.assertLessEqual(footprint["peak_rss_bytes"], 1 << 20)
        # The slab is the host's: other things move it; the inodes are counted.
        self.assertLess(footprint["inodes"], 12 * PROCESSES)
        compressed = run("-q", "-z", "-o", "-")
        self.assertEqual(compressed.returncode, 0)
        self.assertLess(len(compressed.stdout), footprint["output_bytes"] / 8)


@unittest.skipUnless(os.geteuid() == 0, "cgroups need root")
class Cgroups(unittest.TestCase):
    def setUp(self):
        group = memory_group(f"collect-scale-{os.getpid()}")
        if not group:
            self.skipTest("no memory cgroup can be made here")
        self.folder = group[0]
        self.addCleanup(self.remove)
        try:
            for i in range(CGROUPS // 20):
                for j in range(19):
                    os.makedirs(os.path.join(self.folder, f"wide{i}", f"g{j}"))
            os.makedirs(os.path.join(self.folder, *["deep"] * 30))
        except OSError as error:
            self.skipTest(f"so many cgroups cannot be made here: {error}")

    def remove(self):
        for folder, _, _ in os.walk(self.folder, topdown=False):
            os.rmdir(folder)

    def test_two_thousand(self):
        bundle = capture(self, code=(0, 1))
        table = bundle.tables["cgroups"]
        self.assertTrue(table["complete"])
        self.assertGreaterEqual(table["captured"], CGROUPS)
        size = re.compile(re.escape(self.folder.lstrip("/")) +
                          r"/.*memory\.(current|usage_in_bytes)$")
        self.assertGreaterEqual(sum(bool(size.match(n)) for n in bundle.names), CGROUPS)
        deep = "/".join([self.folder.lstrip("/")] + ["deep"] * 30)
        self.assertTrue(any(n.startswith(deep) for n in bundle.names))

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_no_stat_in_cgroupfs(self):
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "trace")
            subprocess.run(["strace", "-f", "-o", log, "-e",
                            "trace=stat,lstat,newfstatat,statx,access,faccessat,faccessat2,openat",
                            support.PROGRAM, "-q", "-o", os.path.join(folder, "b")],
                           stderr=subprocess.PIPE)
            with open(log) as f:
                trace = f.read()
        opened = [m for m in re.findall(r'(\w+)\(.*?"([^"]*cgroup/[^"]*)", ([A-Z_|]*)', trace)]
        self.assertEqual({call for call, _, _ in opened}, {"openat"})
        listed = run("--list-patterns").stdout.decode().split()
        names = {p.rsplit("/", 1)[1] for p in listed if p.startswith("sys/fs/cgroup/")}
        pattern = re.compile("|".join(re.escape(n).replace(r"\*", ".*") for n in names))
        for _, path, flags in opened:
            if "O_DIRECTORY" not in flags and "O_PATH" not in flags:
                self.assertRegex(path.rsplit("/", 1)[1], pattern)
        self.assertNotIn("kmem.slabinfo", trace)


if __name__ == "__main__":
    support.main()
