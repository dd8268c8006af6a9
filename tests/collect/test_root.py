# SPDX-License-Identifier: MIT
"""--root: a recorded tree comes out byte for byte; a tree full of traps hurts nobody."""
import json
import os
import random
import resource
import tempfile
import time
import unittest

from support import capture


def write(root, path, data):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as f:
        f.write(data)


class Tree(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = self.folder.name
        self.addCleanup(self.folder.cleanup)

    def fill(self):
        """Files of every kind with contents that tell their own path, some of them long."""
        rng = random.Random(7)
        files = {}
        for path in ("proc/meminfo", "proc/vmstat", "proc/pressure/memory", "proc/zoneinfo",
                     "dev/kmsg", "etc/os-release", "proc/slabinfo", "sys/fs/pstore/dmesg-1",
                     "sys/devices/system/node/node0/meminfo",
                     "sys/devices/system/node/node11/meminfo",
                     "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages",
                     "sys/fs/cgroup/cgroup.controllers"):
            files[path] = f"{path}\n".encode() * rng.randrange(1, 50)
        files["proc/zoneinfo"] = b"Node 0, zone DMA\n" * 40000      # longer than any buffer
        files["dev/kmsg"] = b"".join(b"6,%d,%d,-;line %d\n" % (i, i, i) for i in range(20000))
        for pid in list(range(1, 400)) + [4194303]:
            status = b"Name:\tp%d\nState:\tS (sleeping)\nPid:\t%d\nVmRSS:\t%8d kB\n"
            files[f"proc/{pid}/status"] = status % (pid, pid, rng.randrange(1, 900000))
            files[f"proc/{pid}/stat"] = b"%d (a) b) S" % pid + b" 0" * 18 + b" %d 0 0\n" % pid
            for name in ("cgroup", "oom_score", "oom_score_adj", "limits", "smaps_rollup",
                         "smaps", "numa_maps"):
                files[f"proc/{pid}/{name}"] = f"{pid} {name}\n".encode() * rng.randrange(1, 200)
        for group in ("a.slice", "a.slice/b c.scope", "deep/" * 30 + "end", "x" * 200 + "/" + "y" * 200):
            for name in ("memory.current", "memory.events", "memory.max"):
                files[f"sys/fs/cgroup/{group}/{name}"] = f"{rng.randrange(10**9)}\n".encode()
        for path, data in files.items():
            write(self.root, path, data)
        return files

    def test_byte_for_byte(self):
        files = self.fill()
        for i in range(1, 3):
            bundle = capture(self, "--root", self.root, "--samples", "0", "--lock", "3000000",
                             *(["-q"] * i))
            for name in bundle.names:
                if name.startswith(("bundle", "manifest", "collect/")):
                    continue
                self.assertEqual(bundle.data[name], files[name], name)
            read = {n for n in files if not n.endswith(("/smaps", "/numa_maps"))}
            self.assertEqual(read - set(bundle.names), set())
            self.assertTrue(bundle.tables["processes"]["complete"])
            self.assertEqual(bundle.tables["processes"]["seen"], 400)
            self.assertTrue(bundle.tables["cgroups"]["complete"])

    def test_nothing_of_this_machine(self):
        self.fill()
        bundle = capture(self, "--root", self.root, "--lock", "3000000")
        header = json.loads(bundle.data["bundle.json"])
        self.assertEqual(header["host"], {})
        self.assertTrue(header["options"]["root"])
        for path in ("proc/loadavg", "collect/processes.jsonl", "collect/tmpfs.jsonl"):
            self.assertFalse(path in bundle.data)

    def test_largest_by_rss(self):
        files = self.fill()
        rss = {int(p.split("/")[1]): int(d.split(b"VmRSS:")[1].split()[0])
               for p, d in files.items() if p.endswith("/status")}
        bundle = capture(self, "--root", self.root, "--lock", "3000000", "--largest", "6")
        largest = sorted(rss, key=lambda pid: -rss[pid])[:6]
        self.assertEqual({int(n.split("/")[1]) for n in bundle.names if n.endswith("/smaps")
                          and not n.startswith("samples")}, set(largest))

    def test_named_cgroups_come_first(self):
        """Cgroups that the kernel log names, and their ancestors, before all processes; whole."""
        write(self.root, "proc/7/status", b"Name:\tx\n")
        write(self.root, "sys/fs/cgroup/cgroup.controllers", b"memory\n")
        for group, size in (("a", 1), ("a/b", 1), ("a/b/c", 1), ("huge", 10**12), ("mid", 10**6)):
            for name in ("memory.current", "memory.stat", "memory.max"):
                write(self.root, f"sys/fs/cgroup/{group}/{name}", b"%d\n" % size)
        write(self.root, "dev/kmsg",
              b"6,1,1,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,"
              b"oom_memcg=/a/b,task_memcg=/a/b/c,task=x,pid=7,uid=0\n"
              b"6,2,2,-;Memory cgroup stats for /gone:\n")
        bundle = capture(self, "--root", self.root, "--samples", "0")
        at = {n: i for i, n in enumerate(bundle.names)}
        process = at["proc/7/status"]
        for group in ("a", "a/b", "a/b/c"):
            for name in ("memory.current", "memory.stat", "memory.max"):
                self.assertLess(at[f"sys/fs/cgroup/{group}/{name}"], process)
        self.assertGreater(at["sys/fs/cgroup/huge/memory.current"], process)
        self.assertLess(at["sys/fs/cgroup/huge/memory.max"], at["sys/fs/cgroup/mid/memory.max"])
        self.assertEqual(bundle.attempts["sys/fs/cgroup/gone/memory.*"]["status"], "exited")

    def test_traps(self):
        files = self.fill()
        root = self.root
        traps = ["proc/loadavg", "proc/swaps", "proc/77/limits", "proc/77/smaps_rollup",
                 "sys/fs/cgroup/a.slice/memory.low"]
        for path in traps:
            full = os.path.join(root, path)
            if os.path.exists(full):
                os.unlink(full)
            os.mkfifo(full)
        for path, target in (("proc/uptime", "/proc/uptime"), ("proc/stat", "../../../etc/shadow"),
                             ("proc/78/limits", "limits"), ("proc/mounts", "/proc/self/mounts"),
                             ("proc/version", "/dev/zero"), ("proc/5000", "/proc/1"),
                             ("sys/fs/cgroup/a.slice/loop", "../a.slice"),
                             ("sys/block", "/sys/block"), ("proc/net", "net")):
            full = os.path.join(root, path)
            if os.path.lexists(full):
                os.unlink(full)
            os.symlink(target, full)
        os.makedirs(os.path.join(root, "proc/buddyinfo"))
        with open(os.path.join(root, "proc/vmallocinfo"), "wb") as f:
            f.truncate(1 << 40)                                     # endless
        write(root, "proc/sys/vm/swappiness", b"60\n")
        os.chmod(os.path.join(root, "proc/sys/vm/swappiness"), 0)
        if os.geteuid() == 0:
            os.mknod(os.path.join(root, "proc/pagetypeinfo"), 0o600 | 0o020000, os.makedev(1, 5))
        os.makedirs(os.path.join(root, "sys/fs/cgroup", *["d"] * 100))
        with open(os.path.join(root, "proc/6000"), "wb") as f:
            f.write(b"no folder")
        began = time.monotonic()
        bundle = capture(self, "--root", root, "--samples", "0", code=(0, 1))
        self.assertLess(time.monotonic() - began, 20)
        for path in traps + ["proc/uptime", "proc/stat", "proc/78/limits", "proc/version",
                             "proc/mounts", "proc/pagetypeinfo", "proc/5000/status"]:
            self.assertFalse(path in bundle.data, path)
        for path in traps:
            self.assertEqual(bundle.attempts[path]["status"], "unsupported", path)
        self.assertLessEqual(len(bundle.data["proc/vmallocinfo"]), 256 * 1024)
        self.assertEqual(bundle.attempts["proc/vmallocinfo"]["status"], "truncated")
        if os.geteuid() != 0:
            self.assertEqual(bundle.attempts["proc/sys/vm/swappiness"]["status"], "denied")
        self.assertFalse(bundle.tables["cgroups"]["complete"])      # deeper than it goes
        self.assertEqual(bundle.data["proc/meminfo"], files["proc/meminfo"])
        self.assertEqual(bundle.data["proc/99/status"], files["proc/99/status"])
        for data in bundle.data.values():
            self.assertNotIn(b"root:", data)

    def test_folders_that_cannot_be_listed(self):
        """A table is not complete where a folder of it could not be opened."""
        write(self.root, "sys/fs/cgroup/cgroup.controllers", b"memory\n")
        write(self.root, "sys/fs/cgroup/" + "d/" * 30 + "memory.current", b"1\n")
        write(self.root, "proc/vmstat", b"")
        limit = (20, 20)
        bundle = capture(self, "--root", self.root, "--samples", "0", code=(1,),
                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limit))
        self.assertFalse(bundle.tables["cgroups"]["complete"])
        self.assertIn("not all of the tree", bundle.tables["cgroups"]["detail"])
        self.assertEqual(bundle.attempts["proc/vmstat"]["status"], "empty")
        bundle = capture(self, "--root", self.root, "--samples", "0")
        self.assertTrue(bundle.tables["cgroups"]["complete"])

    def test_hostile_names(self):
        write(self.root, "sys/fs/cgroup/cgroup.controllers", b"memory\n")
        for name in (b'new\nline', b'quo"te\\', b'\xff\xfe', b'{"end":true}', b' ' * 200,
                     'ü€'.encode()):
            folder = os.path.join(self.root.encode(), b"sys/fs/cgroup", name)
            os.makedirs(folder)
            with open(os.path.join(folder, b"memory.current"), "wb") as f:
                f.write(b"1\n")
        bundle = capture(self, "--root", self.root, "--samples", "0")
        self.assertFalse(bundle.tables["processes"]["complete"])        # there is no /proc
        self.assertEqual(bundle.attempts["proc/*/status"]["status"], "absent")
        self.assertEqual(bundle.tables["cgroups"]["seen"], 7)
        self.assertEqual(sum(n.endswith("memory.current") for n in bundle.names), 6)


if __name__ == "__main__":
    from support import main
    main()
