# SPDX-License-Identifier: MIT
"""Reads that cannot be killed, fail, break off or are slow: each is one line of the manifest, and the
capture goes on."""
import os
import shutil
import subprocess
import tempfile
import unittest

import support
from support import capture


def make_tree(case, *unlisted):
    """The folder of a tree that fusetree makes; case: the class of tests that looks at it."""
    folder = tempfile.TemporaryDirectory()
    case.addClassCleanup(folder.cleanup)
    tree = subprocess.Popen([os.path.join(support.PROGRAMS, "collect_fusetree"), folder.name, *unlisted],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    case.addClassCleanup(tree.communicate)
    if tree.stdout.readline() != b"ready\n":
        raise unittest.SkipTest("nothing can be mounted: " + tree.communicate()[1].decode())
    return folder.name


def capture_tree(case, *unlisted, args=()):
    return capture(case(), "--root", make_tree(case, *unlisted), *args, code=(1,))


@unittest.skipUnless(os.geteuid() == 0 and os.path.exists("/dev/fuse"), "needs root and /dev/fuse")
class Trouble(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bundle = capture_tree(cls)

    def status(self, name):
        return self.bundle.attempts[name]["status"]

    def test_abandoned(self):
        """The process that reads hangs past SIGKILL: it is left behind, and another one goes on."""
        self.assertEqual(self.status("proc/vmallocinfo"), "abandoned")
        self.assertIn("left behind", self.bundle.attempts["proc/vmallocinfo"]["detail"])
        # proc/vmallocinfo, sys/fs/cgroup/stuck, sys/block
        self.assertEqual(self.bundle.end["footprint"]["helpers_abandoned"], 3)
        self.assertFalse(self.bundle.end["complete"])
        for later in ("proc/7/limits", "samples/1/proc/meminfo"):
            self.assertEqual(self.status(later), "ok")

    def test_error(self):
        self.assertEqual(self.status("proc/loadavg"), "error")
        self.assertEqual(self.bundle.attempts["proc/loadavg"]["errno"], 5)

    def test_breaks_off(self):
        """What came before the error is kept, up to its last whole line, and is not called whole."""
        attempt = self.bundle.attempts["proc/stat"]
        self.assertEqual((attempt["status"], attempt["errno"]), ("truncated", 5))
        self.assertEqual(attempt["detail"], "the read broke off")
        self.assertEqual(self.bundle.data["proc/stat"], b"cpu  1 2 3\ncpu0 1 2 3\n")

    def test_shrinks(self):
        """A long file is measured, then read again; what is missing then is filled up, and said."""
        attempt = self.bundle.attempts["proc/slabinfo"]
        self.assertEqual((attempt["status"], attempt["bytes"]), ("changed", 512 << 10))
        self.assertIn("it shrank", attempt["detail"])
        data = self.bundle.data["proc/slabinfo"]
        self.assertEqual(data[448 << 10:], b"\n" * (64 << 10))
        self.assertTrue(data.startswith(b"row\n"))

    def test_slow_statistics(self):
        """The named cgroup's memory.stat comes before the root's; after a slow one, no more is read."""
        at = self.bundle.names.index
        root = "sys/fs/cgroup/"
        self.assertLess(at(root + "memory.current"), at(root + "named/memory.stat"))
        self.assertLess(at(root + "named/memory.stat"), at(root + "memory.stat"))
        self.assertGreater(self.bundle.attempts[root + "memory.stat"]["us"], 250000)
        self.assertEqual(self.status(root + "other/memory.current"), "ok")
        self.assertNotIn(root + "other/memory.stat", self.bundle.data)
        self.assertEqual(self.status(root + "other/memory.stat"), "over-budget")

    def test_stuck_listing(self):
        """A folder that cannot be listed is named once; the rest of its tree is read."""
        stuck = self.bundle.attempts["sys/fs/cgroup/stuck"]
        self.assertEqual(stuck["status"], "abandoned")
        self.assertIn("its listing was left behind", stuck["detail"])
        self.assertEqual(sum(l.get("member") == "sys/fs/cgroup/stuck" for l in self.bundle.lines), 1)
        self.assertEqual(self.bundle.data["sys/fs/cgroup/behind/memory.current"], b"4\n")
        table = self.bundle.tables["cgroups"]
        self.assertFalse(table["complete"])
        self.assertEqual(table["detail"], "not all of the tree could be read")
        self.assertEqual(self.status("sys/block"), "abandoned")
        pattern = self.bundle.attempts["sys/block/zram*/io_stat"]
        self.assertEqual((pattern["status"], pattern["detail"]), ("timeout", "its folder could not be listed"))


@unittest.skipUnless(os.geteuid() == 0 and os.path.exists("/dev/fuse"), "needs root and /dev/fuse")
class NoProcesses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bundle = capture_tree(cls, "proc")

    def test_proc_is_stuck(self):
        """Without a list of processes, the files of the host and the cgroups are there all the same."""
        bundle = self.bundle
        self.assertEqual(bundle.attempts["proc"]["status"], "abandoned")
        self.assertEqual(bundle.attempts["proc/*/status"]["status"], "abandoned")
        self.assertFalse(bundle.tables["processes"]["complete"])
        self.assertIn("listing of /proc", bundle.tables["processes"]["detail"])
        for name in ("proc/meminfo", "sys/fs/cgroup/other/memory.current", "samples/1/proc/meminfo"):
            self.assertEqual(bundle.attempts[name]["status"], "ok", name)
        self.assertFalse(bundle.end["complete"])


@unittest.skipUnless(os.geteuid() == 0 and os.path.exists("/dev/fuse"), "needs root and /dev/fuse")
class Dead(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bundle = capture_tree(cls, "*", args=("--deadline", "50"))

    def test_all_is_dead(self):
        """No more than so many processes are left behind, and the bundle says why it is empty."""
        bundle = self.bundle
        self.assertEqual(bundle.end["footprint"]["helpers_abandoned"], 10)
        self.assertEqual(bundle.attempts["proc/meminfo"]["status"], "abandoned")
        last = [a for a in bundle.attempts.values() if a["status"] == "over-budget"][-1]
        self.assertEqual(last["detail"], "too many reads could not be killed")
        self.assertFalse(bundle.end["complete"])


@unittest.skipUnless(os.geteuid() == 0 and os.path.exists("/dev/fuse") and shutil.which("unshare"),
                     "needs root, /dev/fuse and unshare")
class Lxcfs(unittest.TestCase):
    def test_meminfo_hangs(self):
        """In a container, files of /proc may be those of a file system that is dead."""
        alone = subprocess.run(["unshare", "--mount", "true"], stderr=subprocess.PIPE, check=False)
        if alone.returncode:
            self.skipTest(alone.stderr.decode().strip())  # in a chroot, whose root is no mount
        script = 'mount --bind "$1/proc/vmallocinfo" /proc/meminfo && shift && exec "$@"'
        done = subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh", make_tree(type(self)),
                               support.PROGRAM, "-q", "-o", "-"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, timeout=120)
        self.assertEqual(done.returncode, 1, done.stderr.decode())
        bundle = support.Bundle(done.stdout)
        bundle.check(self)
        self.assertEqual(bundle.attempts["proc/meminfo"]["status"], "abandoned")
        self.assertTrue(bundle.tables["processes"]["complete"])


if __name__ == "__main__":
    support.main()
