# SPDX-License-Identifier: MIT
"""A process that holds its mmap lock for good: the capture loses that process's locked files, little
time, and nothing else; and says what the process waits for."""
import os
import subprocess
import tempfile
import time
import unittest

import support
from support import capture


def helpers_left():
    """Processes of collect that are still there."""
    left = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{pid}/exe") == os.path.realpath(support.PROGRAM):
                left.append(pid)
        except OSError:
            pass
    return left


@unittest.skipUnless(os.geteuid() == 0 and os.path.exists("/dev/fuse"), "needs root and /dev/fuse")
class Stuck(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.hang = subprocess.Popen([os.path.join(support.PROGRAMS, "collect_fusehang"),
                                      self.folder.name], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.release)
        self.pid = int(self.hang.stdout.readline() or 0)
        if not self.pid:
            self.skipTest("no process could be made to hang: " +
                          self.hang.communicate()[1].decode())

    def release(self):
        self.hang.communicate()

    def test_one_process_is_lost(self):
        bundle = capture(self, "--largest", "64", code=(1,))
        statuses = {n: a["status"] for n, a in bundle.attempts.items()
                    if n.startswith(f"proc/{self.pid}/")}
        self.assertIn(statuses[f"proc/{self.pid}/smaps_rollup"], ("timeout", "abandoned"))
        for name in ("stat", "status", "cgroup", "oom_score_adj", "limits", "wchan", "stack"):
            self.assertEqual(statuses[f"proc/{self.pid}/{name}"], "ok", name)
        self.assertNotIn(f"proc/{self.pid}/smaps", statuses)
        self.assertRegex(bundle.data[f"proc/{self.pid}/status"].decode(), r"State:\tD")
        self.assertIn(b"fuse", bundle.data[f"proc/{self.pid}/stack"])
        others = [n for n, a in bundle.attempts.items() if a["status"] in ("timeout", "abandoned")
                  and not n.startswith((f"proc/{self.pid}/", f"samples/1/proc/{self.pid}/"))]
        self.assertEqual(others, [])
        # It is waited for once: after that, no file of it that takes its lock is opened.
        lost = [n for n, s in statuses.items() if s in ("timeout", "abandoned")]
        self.assertEqual(lost, [f"proc/{self.pid}/smaps_rollup"])
        own = f"proc/{os.getpid()}/smaps_rollup"
        self.assertEqual(bundle.attempts[own]["status"], "ok")
        self.assertTrue(bundle.tables["processes"]["complete"])
        self.assertFalse(bundle.end["complete"])
        until = time.monotonic() + 20           # a busy host takes its time to end what was killed
        while helpers_left() and time.monotonic() < until:
            time.sleep(0.1)
        self.assertEqual(helpers_left(), [])

    def test_command_lines(self):
        """cmdline takes the lock too: a stuck process must not stop it."""
        bundle = capture(self, "--cmdline", code=(1,))
        self.assertEqual(bundle.attempts[f"proc/{os.getpid()}/cmdline"]["status"], "ok")
        self.assertNotIn(f"proc/{self.pid}/cmdline", bundle.names)


if __name__ == "__main__":
    support.main()
