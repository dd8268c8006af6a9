# SPDX-License-Identifier: MIT
"""A full disk, a closed pipe, signals at any moment: what is left can be read and says what it is."""
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import zlib

import support
from support import Bundle, run


def kill_during(args, after_s, number):
    """Starts collect, sends the signal after a while; its exit code and output."""
    child = subprocess.Popen([support.PROGRAM, "-q", *args], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
    time.sleep(after_s)
    child.send_signal(number)
    out = child.communicate(timeout=30)[0]
    return child.returncode, out


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "b.tar")

    def test_never_overwrites(self):
        for name in (self.path, self.path + ".partial"):
            with open(name, "wb") as f:
                f.write(b"mine")
            done = run("-o", self.path)
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr.decode(),
                             rf"{re.escape(os.path.basename(name))}: it exists already\n")
            with open(name, "rb") as f:
                self.assertEqual(f.read(), b"mine")
            os.unlink(name)
            os.symlink("/nonexistent/elsewhere", name)
            self.assertEqual(run("-o", self.path).returncode, 2)
            os.unlink(name)
        self.assertEqual(run("-q", "-o", self.path).returncode, 0)

    def test_no_folder(self):
        done = run("-o", "/nonexistent/b.tar")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"no such file", done.stderr)

    def test_quota(self):
        """A file may only grow so far: an error, not a death by SIGXFSZ."""
        limit = (200 * 1024, 200 * 1024)
        done = run("-o", self.path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                                          limit))
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"file too large", done.stderr)

    def test_closed_descriptors(self):
        """No file of ours takes the place of a standard descriptor that was closed."""
        for redirect, code in ((">&-", 2), (">&- 2>&-", 2), ("<&- >&- 2>&-", 2)):
            done = subprocess.run(["sh", "-c", f'exec "$0" -o - {redirect}', support.PROGRAM],
                                  stdout=subprocess.PIPE, timeout=60)
            self.assertEqual(done.returncode, code)
        done = subprocess.run(["sh", "-c", 'exec "$0" -o "$1" <&- >&- 2>&-', support.PROGRAM,
                               self.path], timeout=60)
        self.assertEqual(done.returncode, 0)
        with open(self.path, "rb") as f:
            Bundle(f.read()).check(self)

    def test_umask_does_not_matter(self):
        old = os.umask(0)
        self.addCleanup(os.umask, old)
        self.assertEqual(run("-q", "-o", self.path).returncode, 0)
        self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o600)

    def check_partial(self, data, code):
        bundle = Bundle(data, cut=True)
        if code in (0, 1) and bundle.end:
            bundle.check(self)
            self.assertEqual(bundle.end["complete"], code == 0)
        else:
            self.assertIsNone(bundle.end)
        return bundle

    def test_sigterm_at_any_moment(self):
        rng = random.Random(3)
        partial = 0
        for _ in range(25):
            code, _ = kill_during(["-o", self.path, "--samples", "2", "--interval", "1"],
                                  rng.random() * 0.2, signal.SIGTERM)
            if code == -signal.SIGTERM:                 # before it could take the signal
                for name in (self.path, self.path + ".partial"):
                    if os.path.exists(name):
                        os.unlink(name)
                continue
            self.assertEqual(code, 1)
            with open(self.path, "rb") as f:
                bundle = self.check_partial(f.read(), code)
            self.assertIn("signal", bundle.end["reason"])
            self.assertFalse(os.path.exists(self.path + ".partial"))
            os.unlink(self.path)
            partial += 1
        self.assertGreater(partial, 5)

    def test_sigkill_at_any_moment(self):
        rng = random.Random(5)
        for i in range(25):
            args = ["-o", self.path, "--samples", "2", "--interval", "1"] + ["-z"] * (i % 2)
            kill_during(args, rng.random() * 0.2, signal.SIGKILL)
            self.assertFalse(os.path.exists(self.path))
            if not os.path.exists(self.path + ".partial"):
                continue
            with open(self.path + ".partial", "rb") as f:
                data = f.read()
            if i % 2:
                data = zlib.decompressobj(31).decompress(data)
            self.check_partial(data, -9)
            os.unlink(self.path + ".partial")

    def test_killed_reader_process(self):
        """The process that reads is killed, by the OOM killer perhaps: the capture goes on."""
        child = subprocess.Popen([support.PROGRAM, "-q", "-o", self.path, "--samples", "2",
                                  "--interval", "1"])
        time.sleep(0.6)
        with open(f"/proc/{child.pid}/task/{child.pid}/children") as f:
            helper = int(f.read().split()[0])
        os.kill(helper, signal.SIGKILL)
        self.assertIn(child.wait(timeout=30), (0, 1))
        with open(self.path, "rb") as f:
            bundle = Bundle(f.read())
        bundle.check(self)
        self.assertIn("samples/2/proc/vmstat", bundle.names)


class Pipes(unittest.TestCase):
    def test_reader_leaves(self):
        child = subprocess.Popen([support.PROGRAM, "-o", "-"], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        head = child.stdout.read(1000)
        child.stdout.close()
        error = child.stderr.read()
        child.stderr.close()
        self.assertEqual(child.wait(timeout=30), 2)
        self.assertTrue(head.startswith(b"bundle.json"))
        self.assertIn(b"the reader has gone", error)

    def test_full_device(self):
        with open("/dev/full", "wb") as full:
            done = run("-o", "-", stdout=full)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"no space left", done.stderr)

    def test_nothing_is_read_in_vain(self):
        """When the output fails, the reads end."""
        if not shutil.which("strace"):
            self.skipTest("strace is not installed")
        with tempfile.NamedTemporaryFile() as log, open("/dev/full", "wb") as full:
            done = subprocess.run(["strace", "-f", "-o", log.name, "-e", "trace=openat",
                                   support.PROGRAM, "-q", "-o", "-"], stdout=full,
                                  stderr=subprocess.PIPE,
                                  env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
            trace = log.read()
        self.assertEqual(done.returncode, 2)
        self.assertNotIn(b"/smaps_rollup", trace)

    def test_slow_reader(self):
        """A reader that takes its time uses up the budget of time; what was read of it is whole."""
        child = subprocess.Popen([support.PROGRAM, "-q", "-o", "-", "--wall", "1"],
                                 stdout=subprocess.PIPE)
        data = child.stdout.read(70000)
        time.sleep(1.2)
        data += child.stdout.read()
        child.stdout.close()
        self.assertEqual(child.wait(timeout=30), 1)
        bundle = Bundle(data)
        bundle.check(self)
        self.assertFalse(bundle.end["complete"])
        cut = [a for a in bundle.attempts.values() if a["status"] == "over-budget"]
        self.assertTrue(any("--wall" in a["detail"] for a in cut))
        self.assertIn("samples/1/proc/vmstat", bundle.names)        # rates all the same

    def test_terminal_signals(self):
        for number in (signal.SIGINT, signal.SIGHUP):
            code, out = kill_during(["-o", "-", "--samples", "1", "--interval", "5"], 0.5, number)
            self.assertEqual(code, 1)
            bundle = Bundle(out)
            bundle.check(self)
            self.assertFalse(bundle.end["complete"])


@unittest.skipUnless(os.geteuid() == 0, "mounting needs root")
class SmallTmpfs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.mount = folder.name
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", self.mount],
                              stderr=subprocess.PIPE)
        if done.returncode:
            self.skipTest("no tmpfs can be mounted: " + done.stderr.decode())
        self.addCleanup(subprocess.run, ["umount", "-l", self.mount])

    def test_full(self):
        for option in ([], ["-z"]):
            path = os.path.join(self.mount, "b.tar")
            done = run("-o", path, *option)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"no space left", done.stderr)
            self.assertFalse(os.path.exists(path))
            with open(path + ".partial", "rb") as f:
                data = f.read()
            if option:
                data = zlib.decompressobj(31).decompress(data)
            bundle = Bundle(data, cut=True)
            self.assertIn("bundle.json", bundle.names)
            self.assertIsNone(bundle.end)
            os.unlink(path + ".partial")


if __name__ == "__main__":
    support.main()
