# SPDX-License-Identifier: MIT
"""collect watch: it catches an OOM kill, is not fooled by text, costs next to nothing, keeps few."""
import json
import os
import signal
import subprocess
import tempfile
import time
import unittest

import support
from support import Bundle
from test_rights import memory_group


class Watch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.dir = folder.name

    def start(self, *args):
        child = subprocess.Popen([support.PROGRAM, "watch", "-d", self.dir, "--history", "1", *args],
                                 stderr=subprocess.PIPE)
        self.addCleanup(child.stderr.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        time.sleep(1.5)
        self.assertIsNone(child.poll())
        return child

    def bundles(self):
        return sorted(n for n in os.listdir(self.dir) if n.endswith(".tar"))

    def wait_for_bundles(self, count, seconds=30):
        until = time.monotonic() + seconds
        while len(self.bundles()) < count and time.monotonic() < until:
            time.sleep(0.05)
        return self.bundles()

    def wait_until(self, condition, seconds=30):
        until = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

    def kill_in_group(self):
        """A real kill: a shell that eats more than its cgroup may."""
        group = memory_group(f"collect-watch-{os.getpid()}")
        if not group:
            self.skipTest("no memory cgroup can be made here")
        folder, limit, _ = group
        with open(limit, "w") as f:
            f.write(str(16 << 20))
        script = f"echo $$ > {folder}/cgroup.procs; exec tail /dev/zero"
        done = subprocess.run(["sh", "-c", script], stderr=subprocess.DEVNULL)
        self.assertEqual(done.returncode, -signal.SIGKILL)
        os.rmdir(folder)

    def read(self, name):
        with open(os.path.join(self.dir, name), "rb") as f:
            bundle = Bundle(f.read())
        bundle.check(self)
        return bundle

    @unittest.skipUnless(os.geteuid() == 0, "cgroups and the kernel log need root")
    def test_catches_a_kill(self):
        child = self.start("--cool-down", "1", "--keep", "2")
        self.kill_in_group()
        name = self.wait_for_bundles(1)[0]
        self.assertRegex(name, r"^oomscope-\d{8}T\d{6}Z-oom\.tar$")
        bundle = self.read(name)
        header = json.loads(bundle.data["bundle.json"])
        self.assertTrue(header["options"]["watch"])
        self.assertEqual(header["watch"], {"trigger": "oom", "coalesced": 0})
        before = [n for n in bundle.names if n.startswith("before/") and n.endswith("clocks.json")]
        self.assertGreaterEqual(len(before), 1)
        earlier = json.loads(bundle.data["before/1/clocks.json"])["monotonic_ns"]
        self.assertLess(earlier, json.loads(bundle.data["bundle.json"])["clocks"]["monotonic_ns"])
        for path in ("meminfo", "vmstat"):
            self.assertIn(b"\n", bundle.data["before/1/proc/" + path])
        if "dev/kmsg" in bundle.data:
            self.assertIn(b"Killed process", bundle.data["dev/kmsg"])
        for _ in range(2):                                   # the oldest goes
            time.sleep(1.3)
            newest = self.bundles()[-1]
            self.kill_in_group()
            self.wait_until(lambda: self.bundles()[-1] > newest)
        self.assertEqual(len(self.bundles()), 2)
        self.assertNotIn(name, self.bundles())
        child.terminate()
        self.assertEqual(child.wait(timeout=10), 0)

    @unittest.skipUnless(os.geteuid() == 0, "cgroups and the kernel log need root")
    def test_cool_down(self):
        self.start("--cool-down", "4")
        self.kill_in_group()
        self.wait_for_bundles(1)
        time.sleep(0.5)
        self.kill_in_group()
        time.sleep(2)
        self.assertEqual(len(self.bundles()), 1)
        time.sleep(2)
        self.kill_in_group()
        self.wait_for_bundles(2)
        header = json.loads(self.read(self.bundles()[1]).data["bundle.json"])
        self.assertGreaterEqual(header["watch"]["coalesced"], 1)

    @unittest.skipUnless(os.geteuid() == 0, "cgroups and the kernel log need root")
    def test_the_process_that_waits_was_killed(self):
        child = self.start("--once")
        with open(f"/proc/{child.pid}/task/{child.pid}/children") as f:
            os.kill(int(f.read().split()[0]), signal.SIGKILL)
        self.kill_in_group()
        self.assertEqual(child.wait(timeout=30), 0)
        self.read(self.bundles()[0])

    @unittest.skipUnless(os.access("/dev/kmsg", os.W_OK), "the kernel log cannot be written")
    def test_text_does_not_fool_it(self):
        self.start()
        with open("/dev/kmsg", "w") as f:
            f.write("<3>Out of memory: Killed process 1 (init)\n")
        time.sleep(2)
        self.assertEqual(self.bundles(), [])

    def test_costs_next_to_nothing(self):
        child = self.start()

        with open(f"/proc/{child.pid}/task/{child.pid}/children") as f:
            spare = f.read().split()[0]

        def cpu_us(pid):
            with open(f"/proc/{pid}/schedstat") as f:
                return int(f.read().split()[0]) // 1000

        before = cpu_us(child.pid), cpu_us(spare)
        time.sleep(4)
        used, of_spare = cpu_us(child.pid) - before[0], cpu_us(spare) - before[1]
        print(f"{used} us of CPU in 4 s, {of_spare} us by the one that waits to capture")
        self.assertLessEqual(used, 8000)                     # 2 in 1000, at five times the usual pace
        self.assertLessEqual(of_spare, 100)
        with open(f"/proc/{child.pid}/status") as f:
            rss_kib = int(f.read().split("VmHWM:")[1].split()[0])
        if not support.PROGRAM.endswith("native"):
            self.assertLess(rss_kib, 1024)

    def test_one_watch_for_a_folder(self):
        self.start()
        second = support.run("watch", "-d", self.dir)
        self.assertEqual(second.returncode, 2)
        self.assertIn(b"another watch", second.stderr)

    def test_bad_folder(self):
        self.assertEqual(support.run("watch", "-d", "/nonexistent").returncode, 2)

    def test_no_process_is_left(self):
        child = self.start()
        with open(f"/proc/{child.pid}/task/{child.pid}/children") as f:
            spare = f.read().split()[0]
        child.kill()
        child.wait()
        time.sleep(0.5)
        try:                                # a zombie is init's matter
            with open(f"/proc/{spare}/status") as f:
                self.assertIn("State:\tZ", f.read())
        except FileNotFoundError:
            pass


if __name__ == "__main__":
    support.main()
