# SPDX-License-Identifier: MIT
"""System calls that fail, as they do on old kernels and on hosts without memory (strace makes them)."""
import gzip
import json
import os
import shutil
import subprocess
import tempfile
import unittest

import support
from support import Bundle


def fail(*faults, args=("-o", "-")):
    """Runs collect with system calls that fail: "openat2:error=ENOSYS"."""
    inject = [w for f in faults for w in ("-e", "inject=" + f)]
    trace = ",".join(f.split(":")[0] for f in faults)
    return subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", "trace=" + trace, *inject,
                           support.PROGRAM, "-q", "--wall", "300", *args], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120)


@unittest.skipUnless(shutil.which("strace"), "strace is not installed")
class Faults(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = folder.name

    def check(self, done, code=0):
        self.assertEqual(done.returncode, code, done.stderr.decode())
        bundle = Bundle(done.stdout)
        bundle.check(self)
        return bundle

    def test_no_process_for_the_reads(self):
        bundle = self.check(fail("fork,clone,vfork:error=ENOMEM"), 1)
        self.assertFalse(bundle.end["complete"])
        self.assertIn("bundle.json", bundle.names)
        if os.geteuid() == 0:
            self.assertTrue(len(bundle.data["dev/kmsg"]) > 0)
        self.assertEqual(bundle.attempts["proc/meminfo"]["status"], "over-budget")
        self.assertIn("no process", bundle.attempts["proc/meminfo"]["detail"])

    def test_no_shared_memory(self):
        bundle = self.check(fail("mmap:error=ENOMEM"), 1)
        self.assertFalse(bundle.end["complete"])

    def test_no_protection(self):
        faults = [f"{c}:error=EPERM" for c in ("mlockall", "setpriority")]
        self.check(fail(*faults))

    def test_old_rename(self):
        for error in ("ENOSYS", "EINVAL"):
            path = os.path.join(self.dir, error)
            done = fail(f"renameat2:error={error}", args=("-o", path))
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            self.assertEqual(os.listdir(self.dir).count(error + ".partial"), 0)
            with open(path, "rb") as f:
                Bundle(f.read()).check(self)

    def test_no_link_either(self):
        path = os.path.join(self.dir, "b")
        done = fail("renameat2:error=ENOSYS", "linkat:error=EPERM", args=("-o", path))
        self.assertEqual(done.returncode, 2)
        self.assertTrue(os.path.exists(path + ".partial"))

    def test_no_sync(self):
        done = fail("fdatasync:error=EIO", args=("-o", os.path.join(self.dir, "b")))
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"input/output error", done.stderr)

    def test_root_without_openat2(self):
        os.makedirs(os.path.join(self.dir, "proc/7"))
        for path, text in (("proc/meminfo", "MemTotal: 1 kB\n"), ("proc/7/status", "Name:\tx\n")):
            with open(os.path.join(self.dir, path), "w") as f:
                f.write(text)
        os.symlink("/proc", os.path.join(self.dir, "sys"))
        os.symlink("/etc", os.path.join(self.dir, "etc"))
        os.symlink("meminfo", os.path.join(self.dir, "proc/vmstat"))
        bundle = self.check(fail("openat2:error=ENOSYS", args=("-o", "-", "--root", self.dir)))
        self.assertEqual(bundle.data["proc/meminfo"], b"MemTotal: 1 kB\n")
        self.assertEqual(bundle.data["proc/7/status"], b"Name:\tx\n")
        for path in ("etc/os-release", "proc/vmstat"):
            self.assertNotIn(path, bundle.names)

    def test_old_kernel(self):
        """Nothing that is younger than 3.10, all at once."""
        path = os.path.join(self.dir, "b.tar.gz")
        done = fail("renameat2:error=ENOSYS", "getrandom:error=ENOSYS", "mlockall:error=EINVAL",
                    "openat2:error=ENOSYS", "fstatfs:error=EBADF:when=1",
                    args=("-o", path, "--pseudonymize"))
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertIn(b"key of the pseudonyms", done.stderr)
        with gzip.open(path) as f:
            bundle = Bundle(f.read())
        bundle.check(self)
        rows = bundle.data["collect/tmpfs.jsonl"].splitlines()
        self.assertTrue(rows and all(json.loads(r)["size_bytes"] >= 0 for r in rows))
        self.assertEqual(bundle.attempts["collect/tmpfs.jsonl"]["status"], "ok")

    def test_no_pressure(self):
        """psi=0: the files are there and say so when they are opened."""
        for error, status in (("EOPNOTSUPP", "unsupported"), ("ENOENT", "absent")):
            done = subprocess.run(
                ["strace", "-f", "-o", "/dev/null", "-P", "proc/pressure/memory", "-e",
                 "trace=openat", "-e", f"inject=openat:error={error}", support.PROGRAM, "-q",
                 "-o", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
            bundle = self.check(done)
            self.assertEqual(bundle.attempts["proc/pressure/memory"]["status"], status)
            self.assertEqual(bundle.attempts["proc/meminfo"]["status"], "ok")

    def test_open_files_on_old_kernels(self):
        """Before 6.2 the folder of the descriptors has no size: they are listed."""
        with tempfile.TemporaryFile():
            done = fail("newfstatat:poke_exit=@arg3=" + "00" * 144)
        bundle = self.check(done)
        rows = [json.loads(r) for r in bundle.data["collect/processes.jsonl"].splitlines()]
        own = [r["open_files"] for r in rows if r["pid"] == os.getpid()]
        self.assertGreaterEqual(own[0], 3)
        self.assertLess(own[0], 100)

    def test_no_kernel_log(self):
        """dmesg_restrict, or a container without the device: syslog(2) is asked, and its refusal said."""
        bundle = self.check(fail("syslog:error=EPERM", args=("-o", "-")))
        self.assertIn("dev/kmsg", bundle.attempts)


if __name__ == "__main__":
    support.main()
