# SPDX-License-Identifier: MIT
"""Few rights, little memory, and no trace on the host."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import support
from support import Bundle, capture, run

NOBODY = 65534


@unittest.skipUnless(os.geteuid() == 0, "needs root, to give its rights away")
class Unprivileged(unittest.TestCase):
    def test_as_nobody(self):
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "collect")
            shutil.copy(support.PROGRAM, program)
            os.chmod(folder, 0o755)
            child = subprocess.run([program, "-q", "-o", "-"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, user=NOBODY, group=NOBODY,
                                   extra_groups=[], timeout=60)
        self.assertEqual((child.returncode, child.stderr), (0, b""))
        bundle = Bundle(child.stdout)
        bundle.check(self)
        environment = json.loads(bundle.data["bundle.json"])["environment"]
        self.assertEqual(environment["euid"], NOBODY)
        self.assertEqual(int(environment["capabilities"], 16), 0)
        self.assertEqual(bundle.attempts["proc/slabinfo"]["status"], "denied")
        self.assertEqual(bundle.attempts[f"proc/{os.getpid()}/smaps_rollup"]["status"], "denied")
        self.assertEqual(bundle.attempts[f"proc/{os.getpid()}/status"]["status"], "ok")
        self.assertEqual(bundle.attempts["proc/meminfo"]["status"], "ok")
        self.assertTrue(bundle.tables["processes"]["complete"])
        # What may not be listed is denied, not absent; and nothing was gained by asking.
        if os.path.isdir("/sys/fs/pstore") and not os.stat("/sys/fs/pstore").st_mode & 0o005:
            self.assertEqual(bundle.attempts["sys/fs/pstore/*"]["status"], "denied")
        self.assertEqual(environment["protection"]["nice"], 0)
        with open("/proc/self/oom_score_adj") as f:
            self.assertEqual(environment["protection"]["oom_score_adj"], int(f.read()))

    def test_protects_itself_as_root(self):
        """As far as this root may: what it could not do, it says."""
        may_lower = subprocess.run(["sh", "-c", "echo -999 >/proc/self/oom_score_adj"],
                                   stderr=subprocess.DEVNULL).returncode == 0
        may_nice = subprocess.run(["nice", "-n", "-10", "true"], stderr=subprocess.PIPE).stderr == b""
        protection = json.loads(capture(self).data["bundle.json"])["environment"]["protection"]
        with open("/proc/self/oom_score_adj") as f:
            adj = int(f.read())
        self.assertEqual(protection["oom_score_adj"], min(adj, -999) if may_lower else adj)
        self.assertEqual(protection["nice"], -10 if may_nice else os.nice(0))
        self.assertTrue(protection["memory_locked"])


def inside(*command):
    """Arguments of unshare that run collect in namespaces of its own; None where that is not allowed."""
    unshare = shutil.which("unshare")
    if not unshare or os.geteuid() != 0:
        return None
    words = [unshare, "--mount", "--pid", "--cgroup", "--fork", *command]
    probe = subprocess.run([*words, "true"], stderr=subprocess.DEVNULL)
    return words if probe.returncode == 0 else None


class Namespaces(unittest.TestCase):
    def read(self, *command):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        bundle = Bundle(done.stdout)
        bundle.check(self)
        return bundle

    def test_container(self):
        """All that a container shows is there: that is complete, but the tables are not the host's."""
        words = inside("--mount-proc")
        if not words:
            self.skipTest("no namespaces can be made here")
        bundle = self.read(*words, support.PROGRAM, "-q", "-o", "-")
        self.assertTrue(bundle.end["complete"])
        environment = json.loads(bundle.data["bundle.json"])["environment"]
        self.assertFalse(environment["init_pid_namespace"])
        self.assertFalse(environment["init_cgroup_namespace"])
        self.assertFalse(bundle.tables["processes"]["complete"])
        self.assertIn("pid namespace", bundle.tables["processes"]["detail"])
        if "cgroups" in bundle.tables:
            self.assertFalse(bundle.tables["cgroups"]["complete"])
            self.assertIn("cgroup namespace", bundle.tables["cgroups"]["detail"])

    def test_hidepid(self):
        words = inside()
        if not words:
            self.skipTest("no namespaces can be made here")
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "collect")
            shutil.copy(support.PROGRAM, program)
            os.chmod(folder, 0o755)
            script = ("mount -t proc -o hidepid=2 proc /proc && "
                      f"exec setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups "
                      f"{program} -q -o -")
            bundle = self.read(*words, "sh", "-c", script)
        self.assertTrue(json.loads(bundle.data["bundle.json"])["environment"]["processes_hidden"])
        self.assertFalse(bundle.tables["processes"]["complete"])
        self.assertIn("hidepid", bundle.tables["processes"]["detail"])


def memory_group(name):
    """A cgroup with a memory controller of its own; its folder and the names of its files."""
    for root, limit, events in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes",
                                 "memory.oom_control"),
                                ("/sys/fs/cgroup", "memory.max", "memory.events")):
        path = os.path.join(root, name)
        try:
            os.makedirs(path, exist_ok=True)
            if os.path.exists(os.path.join(path, limit)):
                return path, os.path.join(path, limit), os.path.join(path, events)
            os.rmdir(path)
        except OSError:
            pass
    return None


@unittest.skipUnless(os.geteuid() == 0, "cgroups need root")
class LittleMemory(unittest.TestCase):
    def test_four_mebibytes(self):
        group = memory_group(f"collect-test-{os.getpid()}")
        if not group:
            self.skipTest("no memory cgroup can be made here")
        folder, limit, events = group
        self.addCleanup(os.rmdir, folder)
        with open(limit, "w") as f:
            f.write(str(4 << 20))

        def enter():
            with open(os.path.join(folder, "cgroup.procs"), "w") as f:
                f.write(str(os.getpid()))

        with tempfile.TemporaryDirectory() as out:
            path = os.path.join(out, "b.tar")
            for option in ([], ["-z"], ["--pseudonymize"]):
                done = run("-q", "-o", path, *option, preexec_fn=enter)
                self.assertEqual(done.returncode, 0, done.stderr)
                os.unlink(path)
        with open(events) as f:
            kills = re.search(r"oom_kill (\d+)", f.read())
        self.assertEqual(int(kills[1]), 0)


@unittest.skipUnless(shutil.which("strace"), "strace is not installed")
class NoTrace(unittest.TestCase):
    HARMLESS = set("""read readv pread64 openat openat2 open close fstat newfstatat stat lstat statx
        fstatfs statfs lseek getdents64 poll ppoll mmap munmap mprotect madvise brk mlockall
        clock_gettime nanosleep clock_nanosleep rt_sigaction rt_sigprocmask rt_sigreturn sigreturn
        getpid getppid gettid getuid geteuid getgid getegid uname getrusage getpriority setpriority
        prctl arch_prctl mlock set_tid_address set_robust_list fork vfork clone clone3 wait4 exit
        exit_group pipe2 eventfd2 dup faccessat access readlink readlinkat execve write fdatasync
        fsync renameat2 kill tgkill syslog ioctl getrandom prlimit64 rseq restart_syscall
        sched_getaffinity fcntl futex""".split())

    def test_only_the_output_is_written(self):
        with tempfile.TemporaryDirectory() as folder:
            path, log = os.path.join(folder, "b.tar"), os.path.join(folder, "trace")
            done = subprocess.run(["strace", "-f", "-y", "-s", "64", "-o", log, support.PROGRAM,
                                   "-q", "-o", path, "--logs", "--cmdline", "--wall", "300",
                                   "--deadline", "10000"],
                                  stderr=subprocess.PIPE, timeout=300)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(log, errors="replace") as f:
                calls = [m for m in map(re.compile(r"(\d+) +(\w+)\((.*)").match, f) if m]
        self.assertGreater(len(calls), 500)
        pids = {m[1] for m in calls}
        for _, name, rest in (m.groups() for m in calls):
            self.assertIn(name, self.HARMLESS, rest)
            if name.startswith("open"):
                self.assertNotIn("environ", rest)
            if name.startswith("open") and re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)", rest):
                self.assertRegex(rest, r"b\.tar\.partial|/proc/self/oom_score_adj")
            if name == "write":
                self.assertRegex(rest, r"^\d+<(.*/b\.tar\.partial|.*oom_score_adj|"
                                       r"anon_inode:\[eventfd\]|/proc/\d+/oom_score_adj)")
            if name == "kill":
                self.assertIn(re.match(r"(\d+)", rest)[1], pids)
            if name == "renameat2":
                self.assertIn("b.tar.partial", rest)

    def test_nothing_to_ask_for_a_heap_with(self):
        """The linker took no allocator: there is nothing that could grow."""
        path = support.PROGRAM + ".map"
        if not os.path.exists(path):
            self.skipTest("this one was not linked with musl")
        with open(path) as f:
            taken = set(re.findall(r"^\S*libc\.a\((\w+)\.l?o\)$", f.read(), re.M))
        self.assertIn("mmap", taken)
        self.assertEqual(taken & {"malloc", "lite_malloc", "calloc", "realloc", "free", "brk", "sbrk",
                                  "donate", "aligned_alloc", "opendir", "fopen", "printf"}, set())

    def test_no_heap(self):
        """No memory is asked for after the start, but for what is mapped once."""
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "trace")
            with open(os.path.join(folder, "b"), "wb") as out:
                subprocess.run(["strace", "-f", "-o", log, support.PROGRAM, "-q", "-z", "-o",
                                "-"],
                               stdout=out, stderr=subprocess.PIPE)
            with open(log) as f:
                trace = f.read()
        self.assertEqual(len(re.findall(r"\bbrk\(", trace)), 0)
        self.assertEqual(len(re.findall(r"\bmmap\(", trace)), 1)


if __name__ == "__main__":
    support.main()
