# SPDX-License-Identifier: MIT
"""A pid that is given to another process between two reads; more processes than are kept in mind."""
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import support
from support import Bundle, capture


def sleep_as(pid):
    with open("/proc/sys/kernel/ns_last_pid", "w") as f:
        f.write(str(pid - 1))
    return subprocess.Popen(["sleep", "600"])


def reuse_a_pid():
    """Runs as the first process of a pid namespace: collect is held up by a full pipe after it read
    the victim's status; meanwhile the victim's pid is given to another process, and a new process gets
    a pid that the walk has passed."""
    subprocess.run(["true"], check=True)
    passed = 2
    victim = subprocess.Popen(["sleep", "600"])
    others = subprocess.Popen([os.path.join(support.PROGRAMS, "collect_sleepers"), "1500"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    others.stdout.readline()
    child = subprocess.Popen([support.PROGRAM, "-q", "-o", "-"], stdout=subprocess.PIPE)
    data = b""
    while b"proc/%d/status\0" % victim.pid not in data:
        data += os.read(child.stdout.fileno(), 4096)
    time.sleep(0.5)
    victim.kill()
    victim.wait()
    newcomer, heir = sleep_as(passed), sleep_as(victim.pid)
    data += child.stdout.read()
    child.wait()
    others.communicate()
    for process in heir, newcomer:
        process.kill()
        process.wait()
    sys.stdout.buffer.write(b"%d %d %d\n" % (victim.pid, heir.pid, newcomer.pid) + data)


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("unshare") and
                     os.path.exists("/proc/sys/kernel/ns_last_pid"),
                     "needs root, unshare and a kernel that lets the next pid be chosen")
class Reuse(unittest.TestCase):
    def test_changed(self):
        self.check("inside")

    def test_changed_under_lxcfs(self):
        """A loadavg that is not the kernel's does not tell which pids were given."""
        self.check("under-lxcfs")

    def check(self, how):
        done = subprocess.run(["unshare", "--pid", "--fork", "--mount-proc", sys.executable,
                               __file__, how], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120)
        if b"unshare" in done.stderr:
            self.skipTest(done.stderr.decode())
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        first, data = done.stdout.split(b"\n", 1)
        pid, heir, newcomer = first.split()
        self.assertEqual((pid, newcomer), (heir, b"2"))
        bundle = Bundle(data)
        bundle.check(self)
        name = f"proc/{pid.decode()}/smaps_rollup"
        self.assertEqual(bundle.attempts[name]["status"], "changed")
        for other in ("limits", "oom_score"):
            self.assertEqual(bundle.attempts[f"proc/{pid.decode()}/{other}"]["status"], "changed")
        changed = [n for n, a in bundle.attempts.items() if a["status"] == "changed"]
        self.assertTrue(all(f"/{pid.decode()}/" in n for n in changed), changed)
        self.assertEqual([n for n in bundle.names if n.startswith("proc/2/")], [])
        self.assertFalse(bundle.tables["processes"]["complete"])
        self.assertIn("pid namespace", bundle.tables["processes"]["detail"])


class Exits(unittest.TestCase):
    def test_exited(self):
        """A process ends between two reads: what came before stands, the rest says so."""
        victim = subprocess.Popen(["sleep", "600"])
        others = subprocess.Popen([os.path.join(support.PROGRAMS, "collect_sleepers"), "800"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(others.communicate)
        others.stdout.readline()
        child = subprocess.Popen([support.PROGRAM, "-q", "-o", "-"], stdout=subprocess.PIPE)
        data = b""
        while b"proc/%d/status\0" % victim.pid not in data:
            data += os.read(child.stdout.fileno(), 4096)
        time.sleep(0.3)
        victim.kill()
        victim.wait()
        data += child.stdout.read()
        child.stdout.close()
        self.assertEqual(child.wait(), 0)
        bundle = Bundle(data)
        bundle.check(self)
        self.assertEqual(bundle.attempts[f"proc/{victim.pid}/status"]["status"], "ok")
        self.assertEqual(bundle.attempts[f"proc/{victim.pid}/smaps_rollup"]["status"], "exited")
        self.assertTrue(bundle.tables["processes"]["complete"])


class Many(unittest.TestCase):
    COUNT = 9000                                            # more than LARGEST_KEPT

    def test_none_is_lost(self):
        with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as root:
            for pid in range(1, self.COUNT + 1):
                folder = os.path.join(root, "proc", str(pid))
                os.makedirs(folder)
                rss = (pid * 7919) % 1000003 % 5000 + 1
                for name, text in (("stat", f"{pid} (x) S" + " 0" * 18 + f" {pid}\n"),
                                   ("status", f"Name:\tx\nState:\tS (sleeping)\nVmRSS:\t{rss} kB\n"),
                                   ("smaps_rollup", f"Rss: {rss} kB\n"), ("smaps", "x\n")):
                    with open(os.path.join(folder, name), "w") as f:
                        f.write(text)
            bundle = capture(self, "--root", root, "--samples", "0", "--slab", "256M", "--lock",
                             "3000000")
        self.assertEqual(bundle.tables["processes"]["captured"], self.COUNT)
        rollups = {n: d for n, d in bundle.data.items() if n.endswith("smaps_rollup")}
        self.assertEqual(len(rollups), self.COUNT)
        order = [n for n in bundle.names if n.endswith("smaps_rollup")]
        sizes = [int(rollups[n].split()[1]) for n in order[:8192]]
        self.assertEqual(sizes, sorted(sizes, reverse=True))
        self.assertLessEqual(max(int(rollups[n].split()[1]) for n in order[8192:]), sizes[-1])


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        reuse_a_pid()
    elif sys.argv[1:] == ["under-lxcfs"]:
        with tempfile.NamedTemporaryFile() as loadavg:
            loadavg.write(b"0.00 0.00 0.00 1/9 9\n")
            loadavg.flush()
            subprocess.run(["mount", "--bind", loadavg.name, "/proc/loadavg"], check=True)
            reuse_a_pid()
    else:
        support.main()
