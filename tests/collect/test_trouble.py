# SPDX-License-Identifier: MIT
"""Reads that cannot be killed, fail, break off or are slow: each is one line of the manifest, and the
capture goes on."""
import os
import subprocess
import tempfile
import unittest

import support
from support import capture


@unittest.skipUnless(os.geteuid() == 0 and os.path.exists("/dev/fuse"), "needs root and /dev/fuse")
class Trouble(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        tree = subprocess.Popen([os.path.join(support.PROGRAMS, "collect_fusetree"), folder.name],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        cls.addClassCleanup(tree.communicate)
        if tree.stdout.readline() != b"ready\n":
            raise unittest.SkipTest("nothing can be mounted: " + tree.communicate()[1].decode())
        cls.bundle = capture(cls(), "--root", folder.name, code=(1,))

    def status(self, name):
        return self.bundle.attempts[name]["status"]

    def test_abandoned(self):
        """The process that reads hangs past SIGKILL: it is left behind, and another one goes on."""
        self.assertEqual(self.status("proc/vmallocinfo"), "abandoned")
        self.assertIn("left behind", self.bundle.attempts["proc/vmallocinfo"]["detail"])
        self.assertEqual(self.bundle.end["footprint"]["helpers_abandoned"], 1)
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


if __name__ == "__main__":
    support.main()
