#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Archives and folders that were made to trick, hang or bloat whoever reads them."""
import gzip
import io
import json
import os
import random
import struct
import subprocess
import sys
import tarfile
import zipfile

from support import Bundle, COMPRESSIONS, MIB, Test, entry, entry_add, main, run


def tarfile_of(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in members.items():
            entry_add(tar, entry(name, len(data)), data)
    return out.getvalue()


class Entries(Test):
    """What a tar may hold beside plain files with plain names."""

    def added(self, *extra):
        return self.analyze(Bundle().small().tar(extra))

    def test_paths_that_lead_out(self):
        verdict = self.added((entry("proc/../../etc/passwd", 4), b"root"),
                             (entry("../proc/meminfo", 4), b"root"),
                             (entry("/proc//./loadavg", 4), b"root"),
                             (entry("proc/a\\..\\..\\b", 4), b"root"))
        self.observed(verdict, "malformed", "leaves the bundle", "proc/..")
        self.observed(verdict, "malformed", "leaves the bundle", "..")

    def test_the_same_path_by_other_spellings_is_the_same(self):
        bundle = Bundle().small()
        forged = b"MemTotal: 1 kB\n"
        whole = self.analyze(bundle.tar())
        for name in ("/proc/meminfo", "./proc//meminfo", "proc/./meminfo", "//proc/meminfo"):
            verdict = self.analyze(bundle.tar([(entry(name, len(forged)), forged)]))
            self.observed(verdict, "duplicate", "first one counts", "proc/meminfo")
            self.assertEqual(told(verdict), told(whole))

    def test_a_path_too_long_or_too_deep(self):
        verdict = self.added((entry("proc/" + "x" * 70000, 1), b"x"),
                             (entry("proc/" + "d/" * 2000 + "x", 1), b"x"))
        self.observed(verdict, "over-limit", "path_bytes=65536")
        self.observed(verdict, "over-limit", "depth=1024")

    def test_a_name_with_nul(self):
        # pax: the record's length counts, so that a NUL in it is part of the name
        record = b"path=proc/a\0b\n"
        record = b"%d %s" % (len(record) + 3, record)
        info = entry("././@PaxHeader", len(record), tarfile.XHDTYPE)
        self.added((info, record), (entry("proc/x", 1), b"x"))

    def test_a_damaged_extension(self):
        """Of the first member as of any other: what it may have been called is lost."""
        record = b"999999999999 path=proc/meminfo\n"
        odd = [(entry("././@PaxHeader", len(record), tarfile.XHDTYPE), record), (entry("proc/x", 1), b"x")]
        bundle = Bundle().small()
        self.observed(self.analyze(bundle.tar(odd)), "malformed", "pax extended attribute", "proc/x")
        bundle.members = {}
        self.observed(self.analyze(bundle.tar(odd)), "malformed", "pax extended attribute", "proc/x")

    def test_links_are_not_followed(self):
        secret = self.write(b"MemTotal: 77777 kB\nsecret-words\n", "secret")
        verdict = self.added((entry("proc/swaps", 0, tarfile.SYMTYPE, secret), b""),
                             (entry("proc/zoneinfo", 0, tarfile.LNKTYPE, secret), b""),
                             (entry("proc/buddyinfo", 0, tarfile.LNKTYPE, "proc/meminfo"), b""))
        self.observed(verdict, "unknown", "symbolic link; not followed", "proc/swaps")
        # of many links the first by its path is named, and how many there are
        self.observed(verdict, "unknown", "hard link; not followed", "proc/buddyinfo", count=2)

    def test_devices_and_fifos(self):
        verdict = self.added((entry("dev/sda", 0, tarfile.BLKTYPE), b""),
                             (entry("dev/zero", 0, tarfile.CHRTYPE), b""),
                             (entry("dev/pipe", 0, tarfile.FIFOTYPE), b""))
        self.observed(verdict, "unknown", "a device; not read", "dev/sda")
        self.observed(verdict, "unknown", "a FIFO; not read", "dev/pipe")

    def test_a_member_twice(self):
        bundle = Bundle().small()
        twice = b"MemTotal: 1 kB\n"
        verdict = self.analyze(bundle.tar([(entry("proc/meminfo", len(twice)), twice)]))
        self.observed(verdict, "duplicate", "first one counts", "proc/meminfo")

    def test_what_is_appended_behind_the_end(self):
        """Of `cat one.tar two.tar` the second is evidence too, and what is no tar there is not passed over."""
        first = tarfile_of({"proc/meminfo": b"MemTotal: 8 kB\n"})
        second = tarfile_of({"proc/vmstat": b"oom_kill 3\n", "proc/meminfo": b"MemTotal: 9 kB\n"})
        for pack in (bytes, gzip.compress):
            facts = run("--facts", self.write(pack(first + second))).out.decode()
            self.assertRegex(facts, r'"fact":"vmstat.oom_kill","value":3,')
            self.assertRegex(facts, r'"fact":"meminfo.total","value":8192,')
            self.observed(self.analyze(pack(first + second)), "duplicate", "first one counts", "proc/meminfo")
            self.observed(self.analyze(pack(first + b"\1" * 3000), code=2), "truncated", "tar archive")
            self.assertEqual(self.analyze(pack(first + bytes(1536)))["observations"],
                             self.analyze(pack(first))["observations"])

    def test_sparse_files(self):
        sparse = self.path("meminfo")
        with open(sparse, "wb") as file:
            file.write(b"MemTotal: 8 kB\n")
            file.seek(8 * MIB)
            file.write(b"MemFree: 8 kB\n")
            file.truncate(20 * MIB)
        os.makedirs(self.path("tree/proc"))
        os.rename(sparse, self.path("tree/proc/meminfo"))
        for kind in ("gnu", "pax"):
            done = subprocess.run(["tar", "-C", self.path("tree"), "-S", f"--format={kind}", "-cf",
                                   "-", "proc"], capture_output=True, check=True)
            verdict = self.analyze(done.stdout, code=2)
            self.observed(verdict, "truncated", "sparse", "proc/meminfo")

    def test_archives_inside(self):
        inner = Bundle().small().tar()
        for name in ("inner.tar", "inner.zip", "a/b.tar.gz", "var/log/messages.1.gz"):
            self.observed(self.added((entry(name, len(inner)), inner)), "unknown",
                          "packed inside", name)

    def test_a_size_that_lies(self):
        data = Bundle().small().tar()
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            offset = tar.getmember("proc/meminfo").offset
        for size in (0, 1, 1 << 20, 1 << 32, (1 << 33) - 1):
            block = bytearray(data[offset:offset + 512])
            block[124:136] = b"%011o\0" % size
            block[148:156] = b" " * 8
            block[148:156] = b"%06o\0 " % sum(block)
            lying = data[:offset] + bytes(block) + data[offset + 512:]
            self.assertTrue(self.analyze(lying, code=2)["observations"])

    def test_a_negative_size(self):
        block = bytearray(512)
        block[:12] = b"proc/meminfo"
        block[124:136] = b"\xff" * 12
        block[156:157] = b"0"
        block[257:265] = b"ustar\x0000"
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        self.assertEqual(run("--json", "-", self.write(bytes(block) + bytes(1024))).code, 2)

    def test_zip_with_lying_sizes(self):
        data = bytearray(Bundle().small().zip())
        at = data.rfind(b"PK\1\2")
        data[at + 24:at + 28] = struct.pack("<I", 0xfffffff0)
        self.many({"a.zip": bytes(data)})


def told(verdict):
    """What the incidents say, whatever the order of the places they cite."""
    def sorted_places(node):
        if isinstance(node, dict):
            return {k: sorted_places(v) for k, v in node.items()}
        if isinstance(node, list):
            return sorted((sorted_places(v) for v in node), key=json.dumps)
        return node
    return sorted_places(verdict["incidents"])


class Order(Test):
    def test_the_order_of_the_members(self):
        """Same evidence, another order: the same verdict, but for the digest of the input."""
        bundle = Bundle().small()
        log = b"".join(b"Mar  4 11:00:05 node-1 kernel: [%s.%s] %s\n" % (stamp[:-6] or b"0", stamp[-6:], text)
                       for record in bundle.members["dev/kmsg"].splitlines() if b";" in record
                       for head, text in [record.split(b";", 1)]
                       for stamp in [head.split(b",")[2].rjust(7, b"0")])
        bundle.put("var/log/kern.log", log)
        bundle.put("var/log/messages", b"Mar  4 11:00:06 node-1 app[7]: OutOfMemoryError: Java heap space\n" + log)
        links = [(entry(name, 0, tarfile.SYMTYPE, "/etc/passwd"), b"") for name in ("proc/z", "proc/a")]
        whole = self.analyze(bundle.tar(links))
        del whole["bundle"]["sha256"]
        self.assertGreater(len(whole["observations"]), 1)
        names = list(bundle.members)
        for seed in range(6):
            random.Random(seed).shuffle(names)
            bundle.members = {name: bundle.members[name] for name in names}
            other = self.analyze(bundle.tar(links[::-1] if seed % 2 else links))
            del other["bundle"]["sha256"]
            self.assertEqual(json.dumps(other, indent=1), json.dumps(whole, indent=1))


class Bombs(Test):
    """Little that unpacks to much: the limit stops it, and says so."""

    SIZE = 300 * MIB

    def bomb(self, kind):
        """A tar with a log of zeros, compressed without holding it in memory."""
        info = entry("var/log/bomb", self.SIZE)
        programs = {"gz": ["gzip", "-9"], "bz2": ["bzip2", "-1"], "xz": ["xz", "-0"],
                    "zst": ["zstd", "-q", "-1", "-c"], "lz4": ["lz4", "-q", "-9", "-c"]}
        with open(self.path(kind), "wb") as out:
            process = subprocess.Popen(programs[kind], stdin=subprocess.PIPE, stdout=out)
            process.stdin.write(info.tobuf(tarfile.PAX_FORMAT))
            for _ in range(self.SIZE // MIB):
                process.stdin.write(bytes(MIB))
            process.stdin.write(bytes(1024))
            process.stdin.close()
            self.assertEqual(process.wait(), 0)
        return self.path(kind)

    def stopped(self, path, limit, member, *more):
        done = run("--json", "-", *more, "--limit", limit, path)
        self.assertEqual(done.code, 2, done.err)
        self.observed(done.verdict, "over-limit", f"over the limit {limit}", member)
        self.assertIsNone(done.verdict["bundle"]["sha256"])

    def test_each_compression(self):
        for kind in COMPRESSIONS:
            path = self.bomb(kind)
            # what a compression of a log reaches, and what only zeros reach
            ratio = 200 if kind == "lz4" else 400
            self.stopped(path, f"ratio={ratio}", "var/log/bomb")
            self.stopped(path, "total_bytes=100000000", "var/log/bomb", "--limit", "ratio=1000000")

    def test_the_default_ratio(self):
        for kind in ("zst", "xz"):
            path = self.bomb(kind)
            done = run("--json", "-", path)
            self.assertEqual(done.code, 2)
            self.observed(done.verdict, "over-limit", "ratio=2000", "var/log/bomb")

    def test_a_member_that_nobody_reads(self):
        for name in ("proc/../x", "inner.tar", "proc/1/environ"):
            info = entry(name, 200 * MIB)
            data = COMPRESSIONS["zst"](info.tobuf(tarfile.PAX_FORMAT) + bytes(200 * MIB + 1024))
            self.stopped(self.write(data), "ratio=500", None)

    def test_zip(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("proc/meminfo", b"MemTotal: 8 kB\n")
            with archive.open("var/log/bomb", "w", force_zip64=True) as member:
                for _ in range(100):
                    member.write(bytes(MIB))
        path = self.write(out.getvalue(), "bomb.zip")
        self.stopped(path, "ratio=500", "var/log/bomb")
        verdict = self.analyze(path, "--limit", "member_bytes=1MiB")
        self.assertEqual(verdict["bundle"]["sha256"] is None, False)

    def test_a_text(self):
        self.stopped(self.write(COMPRESSIONS["gz"](b"a line of a log\n" * 8000000), "kern.log.gz"),
                     "ratio=100", "kern.log")

    def test_many_long_names(self):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for i in range(3000):
                tar.addfile(entry("proc/" + "n" * 60000 + str(i)))
        self.stopped(self.write(COMPRESSIONS["zst"](out.getvalue())), "ratio=100", None)


class Damage(Test):
    """Cut anywhere, bits turned over: an answer from what is left, and the loss is said."""

    def forms(self):
        bundle = Bundle().small()
        tar = bundle.tar()
        return {"tar": tar, "zip": bundle.zip(),
                **{kind: pack(tar) for kind, pack in COMPRESSIONS.items()}}

    def test_cut(self):
        forms = self.forms()
        inputs = {}
        tar = forms["tar"]
        with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
            members = archive.getmembers()
        places = {0, 1, 2, 100, 256, 257, 262, 263, 511, 512, 513}
        for member in members[:4] + members[-3:]:
            for at in (member.offset, member.offset_data):
                places |= {at - 1, at, at + 1}
            places.add(member.offset_data + member.size // 2)
            places.add(member.offset_data + member.size)
        end = members[-1].offset_data + members[-1].size
        inputs.update({f"tar-{at}": tar[:at] for at in places if 0 <= at < end})
        for kind, data in forms.items():
            for at in (1, 4, 6, 10, 20, len(data) // 3, len(data) // 2, len(data) - 100,
                       len(data) - 1):
                if kind != "tar":
                    inputs[f"{kind}-{at}"] = data[:at]
        whole = self.many({"whole": tar})["whole"]["verdict"]
        for name, line in self.many(inputs).items():
            kind, at = name.split("-")
            rest = inputs[name].rstrip(b"\0")
            if 0 < int(at) < 6 or (rest and rest.isascii() and rest.decode().isprintable()):     # no magic yet
                self.assertEqual([i["kind"] for i in line["verdict"]["incidents"]] if "verdict" in line
                                 else ["unknown"], ["unknown"], name)
            elif line["exit"] != 2:     # a zip without its directory
                self.assertTrue(line["verdict"]["bundle"]["complete"], name)
                self.assertEqual(told(line["verdict"]), told(whole), name)
            if "verdict" in line:
                self.never_flipped(whole, line["verdict"])

    def test_bits(self):
        chance = random.Random(6)
        inputs = {}
        for kind, data in self.forms().items():
            for i in range(8):
                broken = bytearray(data)
                for _ in range(1 + i % 4 * 5):
                    # headers are where it hurts: a third of the flips hit the first KiB
                    at = chance.randrange(min(1024, len(data)) if i % 3 == 0 else len(data))
                    broken[at] ^= 1 << chance.randrange(8)
                inputs[f"{kind}-{i}"] = bytes(broken)
        self.many(inputs)

    def test_headers_of_tar_field_by_field(self):
        """Each byte of a tar header set to what is odd there, with a checksum that is right."""
        data = Bundle().small().tar()
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            offset = tar.getmember("proc/meminfo").offset
        inputs = {}
        for at in (0, 1, 99, 100, 124, 125, 135, 156, 157, 257, 263, 329, 345):
            for value in (0, 0x0a, 0x2f, 0x37, 0x78, 0x80, 0xff):
                block = bytearray(data[offset:offset + 512])
                block[at] = value
                block[148:156] = b" " * 8
                block[148:156] = b"%06o\0 " % sum(block)
                inputs[f"{at}-{value}"] = data[:offset] + bytes(block) + data[offset + 512:]
        self.many(inputs)


class Folders(Test):
    """A folder as the input: nothing outside of it is read, nothing in it can hang the walk."""

    def setUp(self):
        super().setUp()
        self.secret = self.write(b"MemTotal: 424242 kB\nMemFree: 1 kB\n", "secret")
        self.tree = self.path("tree")
        self.bundle = Bundle().small()
        self.bundle.unpack(self.tree)

    def test_links_out_of_it_and_loops(self):
        os.remove(os.path.join(self.tree, "proc/meminfo"))
        os.symlink(self.secret, os.path.join(self.tree, "proc/meminfo"))
        os.symlink("/proc", os.path.join(self.tree, "sys/proc"))
        os.symlink("..", os.path.join(self.tree, "proc/loop"))
        verdict = self.analyze(self.tree)
        self.observed(verdict, "unknown", "symbolic link; not followed")
        facts = run("--facts", self.tree).out
        self.assertNotIn(b"424242", facts)
        self.assertNotIn(str(424242 * 1024).encode(), facts)

    def test_the_folder_itself_may_be_a_link(self):
        os.symlink("tree", self.path("link"))
        whole, linked = self.analyze(self.tree), self.analyze(self.path("link"))
        self.assertEqual(whole, linked)

    def test_fifos_and_sockets(self):
        os.mkfifo(os.path.join(self.tree, "proc/swaps"))
        self.observed(self.analyze(self.tree), "unknown", "a FIFO; not read", "proc/swaps")

    def test_what_cannot_be_read(self):
        if os.geteuid() == 0:
            self.skipTest("root reads all")
        os.chmod(os.path.join(self.tree, "proc/meminfo"), 0)
        os.chmod(os.path.join(self.tree, "sys/fs/cgroup/kubepods.slice"), 0)
        verdict = self.analyze(self.tree, code=2)
        self.observed(verdict, "truncated", "cannot be opened", "proc/meminfo")
        self.observed(verdict, "malformed", "folder that cannot be opened")

    def test_unreadable_for_a_plain_user(self):
        """The test above, as nobody, where this one runs as root."""
        if os.geteuid() != 0 or os.environ.get("AGAIN"):
            self.skipTest("for root alone")
        subprocess.run(["chmod", "755", self.folder], check=True)
        done = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable,
             os.path.abspath(__file__), "Folders.test_what_cannot_be_read"], check=False,
            capture_output=True, env={**os.environ, "AGAIN": "1", "TMPDIR": "/tmp"})
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_a_file_without_an_end(self):
        """A sparse file of 1 TiB in place of a table: its head is read, up to the limit."""
        with open(os.path.join(self.tree, "proc/zoneinfo"), "wb") as file:
            file.write(b"Node 0, zone DMA\n")
            file.truncate(1 << 40)
        verdict = self.analyze(self.tree, code=2)
        self.observed(verdict, "over-limit", "member_bytes=67108864", "proc/zoneinfo")

    def test_too_many_files(self):
        for i in range(300):
            open(os.path.join(self.tree, f"proc/{i + 1000}"), "wb").close()
        verdict = self.analyze(self.tree, "--limit", "members=200", code=2)
        self.observed(verdict, "over-limit", "members=200")

    def test_an_endless_pipe(self):
        """`yes |` never ends: the processor time does, and memory stays small."""
        with subprocess.Popen(["yes", "kernel: nothing of note"], stdout=subprocess.PIPE) as pipe:
            done = run("--json", "-", "--limit", "cpu_s=1", "-", stdin=pipe.stdout)
            pipe.stdout.close()
            pipe.kill()
        self.assertEqual(done.code, 2, done.err)
        self.observed(done.verdict, "over-limit", "cpu_s=1", "stdin")
        outcomes = {f["rule"]: f["outcome"] for f in done.verdict["findings"]}
        self.assertEqual(outcomes["no-incident"], "unknown")  # what follows may hold a kill


if __name__ == "__main__":
    main()
