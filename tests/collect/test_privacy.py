# SPDX-License-Identifier: MIT
"""Secrets stay out; pseudonyms are the same everywhere and tell nothing."""
import json
import mmap
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest

from support import capture, run

KEY = b"0123456789abcdef0123456789abcdef"


class Secrets(unittest.TestCase):
    def start(self, *arguments):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", *arguments],
                                 env={**os.environ, "TELLTALE": "env-7f3a"})
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        time.sleep(0.3)
        return child.pid

    def test_nothing_by_default(self):
        self.start("--password=tell-7f3a", "argument-7f3a")
        bundle = capture(self)
        for name, data in bundle.data.items():
            self.assertFalse(b"7f3a" in data and b"env-7f3a" in data, name)
            self.assertFalse(b"argument-7f3a" in data, name)
        self.assertNotIn("cmdline", json.loads(bundle.data["bundle.json"])["privacy"])

    def test_masked_arguments(self):
        pid = self.start("--db-password=tell-1", "--api-key", "tell-2", "--port=8080", "plain",
                         "postgres://app:tell-3@db/x", "-H", "Authorization: Bearer tell-4",
                         "AUTH_TOKEN=tell-5", "-ptell-6", "x" * 400)
        data = capture(self, "--cmdline").data[f"proc/{pid}/cmdline"]
        self.assertNotIn(b"tell-", data)
        for kept in (b"--db-password=***", b"--api-key\0***\0", b"--port=8080", b"\0plain\0",
                     b"postgres://***@db/x", b"Authorization:***", b"AUTH_TOKEN=***"):
            self.assertIn(kept, data)
        self.assertNotIn(b"x" * 257, data)

    @unittest.skipUnless(hasattr(os, "memfd_create"), "no memfd_create")
    def test_nameless_files(self):
        """The name that a program gave to its memory is a name like others."""
        held = os.memfd_create("acme-ledger-7f3a")
        self.addCleanup(os.close, held)
        os.ftruncate(held, 4096)
        with mmap.mmap(held, 4096) as mapped:
            mapped.write(b"x")
            bundle = capture(self, "--pseudonymize")
        for name, data in bundle.data.items():
            self.assertNotIn(b"acme-ledger-7f3a", data, name)
        rows = [json.loads(r) for r in bundle.data["collect/shmem_files.jsonl"].splitlines()]
        own = [r["name"] for r in rows if r["pid"] == os.getpid()]
        self.assertEqual(len(own), 1)
        self.assertRegex(own[0], "^/memfd:h[0-9a-f]{12}")


def write(root, path, text):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w") as f:
        f.write(text)


class Pseudonyms(unittest.TestCase):
    GROUP = "/acme.slice/acme-billing.service"
    POD = ("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1b2c3d4e_1111_2222_3333"
           "_444455556666.slice/cri-containerd-" + "ab12" * 16 + ".scope")

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.key = os.path.join(self.root, "key")
        with open(self.key, "wb") as f:
            f.write(KEY)
        write(self.root, "proc/sys/kernel/hostname", "ledger17.acme.example\n")
        write(self.root, "sys/fs/cgroup/cgroup.controllers", "memory\n")
        for group in (self.GROUP, self.POD):
            write(self.root, f"sys/fs/cgroup{group}/memory.current", "4096\n")
        write(self.root, "dev/kmsg", "".join(
            f"6,{i},{i},-;{text}\n" for i, text in enumerate((
                "systemd[1]: Hostname set to <ledger17.acme.example>.",
                "ledger17 kernel test",
                f"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,"
                f"oom_memcg={self.POD},task_memcg={self.POD},task=java,pid=7,uid=1000",
                f"Task in {self.GROUP} killed as a result of limit of {self.GROUP}",
                "acme-billing.service: A process of this unit has been killed by the OOM killer.",
                "java cpuset=acme-batch mems_allowed=0",
                "systemd-logind[9]: New session 3 of user acmealice.",
                'audit: type=1123 acct="x" USER=acmebob cwd="/srv/acmebob/acme.d"',
                "Command line: BOOT_IMAGE=/boot/acme-6.1 root=/dev/mapper/acme--vg-root quiet",
                "traps: app[7] trap in /opt/acme/billing/bin/app, see /srv/acme/core.",
                "RIP: 0010:foo+0x1/0x2 in user mode, /dev/sda1 and /proc/sys/vm/drop_caches",
                "Memory cgroup out of memory: Killed process 7 (java) total-vm:1kB"))))
        write(self.root, "proc/7/status", "Name:\tjava\nState:\tR (running)\nVmRSS:\t    9 kB\n")
        write(self.root, "proc/7/stat", "7 (java) R" + " 0" * 30 + "\n")
        write(self.root, "proc/7/cgroup", f"0::{self.GROUP}\n")
        write(self.root, "proc/7/smaps",
              "00400000-00401000 r-xp 00000000 08:01 7                  /opt/acme/billing/bin/app\n"
              "Rss: 4 kB\n7f00-7f01 rw-p 0 00:00 0          [heap]\n"
              "7f02-7f03 rw-s 0 00:01 9              /dev/zero (deleted)\n")
        write(self.root, "proc/7/numa_maps",
              "00400000 default file=/opt/acme/billing/bin/app mapped=1 N0=1\n")
        write(self.root, "proc/swaps", "Filename Type Size Used Priority\n"
              "/srv/acme-swap file 1 0 -2\n/dev/zram0 partition 1 0 5\n")
        write(self.root, "proc/mounts", "tmpfs /run/acme tmpfs rw 0 0\n/dev/sda1 / ext4 rw 0 0\n")

    def capture(self, *more):
        return capture(self, "--root", self.root, "--pseudonymize", "--key-file", self.key, *more)

    def test_no_name_is_left(self):
        bundle = self.capture()
        for name, data in bundle.data.items():
            for secret in (b"acme", b"ledger17", b"billing", b"ab12ab12", b"1b2c3d4e"):
                self.assertFalse(secret in data, f"{secret} in {name}: {data[:200]}")
                self.assertFalse(secret.decode() in name, name)
        self.assertNotIn("hostname", json.loads(bundle.data["bundle.json"])["privacy"])

    def test_equal_names_stay_equal(self):
        bundle = self.capture()
        groups = {n.removeprefix("sys/fs/cgroup").removesuffix("/memory.current")
                  for n in bundle.names if n.endswith("/memory.current") and n[0] == "s"
                  and not n.startswith("samples")}
        self.assertEqual(len(groups), 2)
        log = bundle.data["dev/kmsg"].decode()
        named = re.search(r"oom_memcg=(\S+),task_memcg=(\S+),task=java", log)
        self.assertEqual(named[1], named[2])
        self.assertIn(named[1], groups)
        own = bundle.data["proc/7/cgroup"].decode().strip().split(":")[2]
        self.assertIn(own, groups)
        self.assertIn(f"Task in {own} killed as a result of limit of {own}", log)
        unit = own.rsplit("/", 1)[1]
        self.assertIn(f";{unit}: A process of this unit", log)
        self.assertRegex(named[1], r"^/kubepods\.slice/kubepods-burstable\.slice/"
                         r"kubepods-burstable-podh[0-9a-f]{12}\.slice/"
                         r"cri-containerd-h[0-9a-f]{12}\.scope$")
        host = json.loads(bundle.data["bundle.json"])["host"]["hostname"]
        self.assertIn(f"Hostname set to <{host}>.", log)
        path = re.search(r"file=(\S+)", bundle.data["proc/7/numa_maps"].decode())[1]
        self.assertIn(path + "\n", bundle.data["proc/7/smaps"].decode())

    def test_what_stays(self):
        bundle = self.capture()
        self.assertIn(b"Killed process 7 (java)", bundle.data["dev/kmsg"])
        self.assertIn(b"[heap]", bundle.data["proc/7/smaps"])
        self.assertIn(b"/dev/zero (deleted)", bundle.data["proc/7/smaps"])
        self.assertIn(b"/dev/zram0", bundle.data["proc/swaps"])
        self.assertNotIn(b"ext4", bundle.data["proc/mounts"])

    def test_paths_and_users_in_the_log(self):
        bundle = self.capture()
        log = bundle.data["dev/kmsg"].decode()
        path = re.search(r"file=(\S+)", bundle.data["proc/7/numa_maps"].decode())[1]
        self.assertIn(f"trap in {path}, see /srv/h", log)
        self.assertRegex(log, r"java cpuset=h[0-9a-f]{12} mems_allowed=0\n")
        self.assertRegex(log, r"of user h[0-9a-f]{12}\.\n")
        self.assertIn("RIP: 0010:foo+0x1/0x2 in user mode, /dev/sda1 and /proc/sys/vm/drop_caches\n",
                      log)
        self.assertRegex(log, r" root=/dev/h[0-9a-f]{12}/h[0-9a-f]{12} quiet\n")

    def test_keys(self):
        first, again = self.capture(), self.capture()
        self.assertEqual(first.data["dev/kmsg"], again.data["dev/kmsg"])
        with open(self.key, "wb") as f:
            f.write(KEY[::-1])
        self.assertNotEqual(first.data["dev/kmsg"], self.capture().data["dev/kmsg"])

    def test_own_key_is_told_once(self):
        done = run("-q", "-o", "-", "--root", self.root, "--pseudonymize")
        key = re.search(rb"key of the pseudonyms .*: ([0-9a-f]{64})\n", done.stderr)
        self.assertTrue(key)
        self.assertNotIn(key[1], done.stdout)
        self.assertNotIn(bytes.fromhex(key[1].decode()), done.stdout)

    def test_bad_keys(self):
        with open(self.key, "wb") as f:
            f.write(b"short")
        for path in (self.key, "/nonexistent"):
            done = run("-o", "-", "--pseudonymize", "--key-file", path)
            self.assertEqual((done.returncode, done.stdout), (3, b""))


if __name__ == "__main__":
    import support
    support.main()
