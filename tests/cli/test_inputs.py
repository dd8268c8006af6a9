# SPDX-License-Identifier: MIT
"""Every form of input gives the same verdict, and a bad one a clear error."""
import gzip
import json
import os
import shutil
import subprocess
import unittest
import zipfile

import support
from support import FIXTURES, IDLE, KILL, members_of, run, tar_of, verdict_of


def core(done):
    """The verdict without what names the input itself."""
    verdict = verdict_of(done)
    verdict["bundle"].pop("input_sha256", None)
    verdict["bundle"].pop("sha256", None)
    return verdict


class Inputs(support.Case):
    def setUp(self):
        super().setUp()
        self.members = members_of(KILL)
        self.tar = tar_of(self.members)

    def json(self, path, stdin=b"", code=1):
        done = run("--format", "json", path, stdin=stdin)
        self.passes(done, code)
        return core(done)

    def test_compressions(self):
        plain = self.json(self.write("plain.tar", self.tar))
        self.assertEqual([i["kind"] for i in plain["incidents"]], ["kill"])
        for program, suffix in (("gzip", "gz"), ("xz", "xz"), ("zstd", "zst"), ("lz4", "lz4"), ("bzip2", "bz2")):
            with self.subTest(program):
                self.assertTrue(shutil.which(program), f"{program} is missing")
                packed = subprocess.run([program, "-c", "-q"], input=self.tar, stdout=subprocess.PIPE, check=True)
                # The name says nothing: what it is, is seen in the bytes.
                self.assertEqual(self.json(self.write(f"a.{suffix}.bin", packed.stdout)), plain)
                self.assertEqual(self.json("-", stdin=packed.stdout), plain)
        self.assertEqual(self.json("-", stdin=self.tar), plain)

    def test_zip(self):
        plain = self.json(self.write("plain.tar", self.tar))
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            path = self.folder / "a.zip"
            with zipfile.ZipFile(path, "w", method) as archive:
                for name, data in self.members.items():
                    archive.writestr(name, data)
            self.assertEqual(self.json(path), plain)

    def test_folder(self):
        """A folder is read in order of names, a tar as it comes: the findings are the same."""
        for name, data in self.members.items():
            self.write(f"tree/{name}", data)
        plain, folder = self.json(self.write("plain.tar", self.tar)), self.json(self.folder / "tree")
        for key in ("incidents", "findings"):
            self.assertEqual(folder[key], plain[key], key)
        os.chdir(self.folder)
        self.assertEqual(self.json("tree/"), folder)

    def test_sosreport(self):
        """Other names of the same files, below one folder of its own."""
        report = {f"sosreport-node-1/{name}": data for name, data in self.members.items()
                  if name.startswith(("proc/meminfo", "proc/vmstat", "sys/fs/cgroup/"))}
        log = b"".join(line.split(b";", 1)[1] for line in self.members["dev/kmsg"].splitlines(True)
                       if not line.startswith(b" "))
        stamped = b"".join(b"[%5d.000000] " % n + line for n, line in enumerate(log.splitlines(True)))
        report["sosreport-node-1/sos_commands/kernel/dmesg"] = stamped
        for path in (self.write("sos.tar", tar_of(report)), ):
            verdict = self.json(path)
            self.assertEqual([i["victim"]["comm"] for i in verdict["incidents"]], ["app-worker"])

    def test_logs(self):
        """A log alone, from each kind of file."""
        console = FIXTURES / "oom-panic-6.12/console.log"
        verdict = self.json(console)
        self.assertEqual(len(verdict["incidents"]), 1)
        packed = self.write("log.gz", gzip.compress(console.read_bytes()))
        for again in (self.json(packed), self.json("-", stdin=console.read_bytes())):
            self.assertEqual(again["incidents"][0]["kind"], verdict["incidents"][0]["kind"])
        # Longer than what is read at once, with the event at its end.
        long = b"".join(b"[%5d.000000] usb 1-1: new device\n" % n for n in range(100000)) + console.read_bytes()
        plain = self.json(self.write("long", long))
        self.assertEqual(len(plain["incidents"]), 1)
        for program in ("gzip", "xz", "zstd", "lz4", "bzip2"):
            packed = subprocess.run([program, "-c", "-q"], input=long, stdout=subprocess.PIPE, check=True).stdout
            again = self.json(self.write("packed/long", packed))
            self.assertEqual(again["observations"], plain["observations"], program)
            self.assertEqual(again["incidents"], plain["incidents"], program)
        self.assertEqual(len(self.json(self.write("kmsg", self.members["dev/kmsg"]))["incidents"]), 1)

    def test_before(self):
        old, new = (FIXTURES / f"growth-between-bundles-6.12/{n}.tar.xz" for n in ("before", "bundle"))
        text = json.dumps(self.json(new, code=run(new).returncode))
        self.assertNotIn('"before:', text)
        done = run("--before", old, "--format", "json", new)
        self.assertIn("before:", done.stdout.decode())
        # The same from unpacked folders.
        for name, path in (("old", old), ("new", new)):
            (self.folder / name).mkdir()
            subprocess.run(["tar", "-C", self.folder / name, "-xf", path], check=True)
        again = run("--before", self.folder / "old", "--format", "json", self.folder / "new")
        self.assertEqual(core(again)["findings"], core(done)["findings"])
        self.fails(run("--before", self.folder / "none", new), 2, "none", "No such file")


class BadInputs(support.Case):
    def test_cannot_be_read(self):
        self.fails(run(self.folder / "none"), 2, "none: No such file or directory")
        self.fails(run(""), 2)
        self.fails(run(self.write("empty", "")), 2, "empty: ", "empty")
        self.fails(run("-", stdin=b""), 2, "empty")
        self.fails(run(self.write("random", bytes(range(256)) * 64)), 2, "random: ")
        self.fails(run("--json", self.folder / "out", self.folder / "none"), 2)
        self.assertFalse((self.folder / "out").exists())

    @unittest.skipIf(os.geteuid() == 0 and not shutil.which("setpriv"), "root reads everything")
    def test_denied(self):
        path = self.write("secret", "text")
        path.chmod(0)
        os.chmod(self.folder, 0o755)
        if os.geteuid() != 0:
            self.fails(run(path), 2, "Permission denied")
            return
        done = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", support.ANALYZE, path],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if b"setpriv" not in done.stderr:
            self.fails(done, 2, "Permission denied")

    def test_not_a_bundle(self):
        """Members that nobody knows, and a text that is no log: a verdict that knows nothing, not a guess."""
        done = run("--format", "json", self.write("a.tar", tar_of({"hello.txt": b"hello\n"})))
        self.assertIn(done.returncode, (0, 2))
        self.assertEqual([i["kind"] for i in verdict_of(done)["incidents"]], ["unknown"])
        done = run("--format", "json", self.write("poem.txt", "Roses are red\nviolets are blue\n"))
        self.assertEqual([i["kind"] for i in verdict_of(done)["incidents"]], ["unknown"])

    def test_truncated(self):
        """Half a bundle: exit 2, and what could be read is judged."""
        whole = tar_of(members_of(KILL))
        for name, data in (("tar", whole[:len(whole) // 2 - 100]), ("tar.gz", gzip.compress(whole)[:60000])):
            done = run("--format", "json", self.write(f"cut.{name}", data))
            verdict = verdict_of(done)
            self.assertEqual((done.returncode, done.stderr), (2, b""))
            self.assertEqual([i["kind"] for i in verdict["incidents"]], ["kill"])
            self.assertIn("truncated", [o["kind"] for o in verdict["observations"]])

    def test_member_that_does_not_parse(self):
        members = {name: data for name, data in members_of(IDLE).items() if not name.startswith("manifest")}
        members["proc/meminfo"] = b"MemTotal: many\nnonsense\n" + members["proc/meminfo"]
        done = run("--format", "json", self.write("odd.tar", tar_of(members)))
        observed = [(o["kind"], o["place"]) for o in verdict_of(done)["observations"]]
        self.assertIn(("malformed", {"member": "proc/meminfo", "line": 1}), observed)
        self.assertEqual(done.stderr, b"")


if __name__ == "__main__":
    support.main()
