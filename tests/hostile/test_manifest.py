#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A manifest that lies, or a bundle that was changed behind it: it is said, nothing of the member
is used, no table that it might have fed is called complete, and the exit status is 2."""
from support import Bundle, Test, json, main, run

FORGED = b"MemTotal:          99999 kB\nMemFree:           88888 kB\nMemAvailable:      77777 kB\n"


class Lies(Test):
    def setUp(self):
        super().setUp()
        self.bundle = Bundle()
        self.whole = self.analyze(self.write(self.bundle.tar(), "whole"))

    def distrusted(self, text, member=None, place=None):
        """Gives the facts; checks what holds for each lie."""
        path = self.write(self.bundle.tar())
        verdict = self.analyze(path, code=2)
        told = [o for o in verdict["observations"] if o["kind"] == "distrusted"]
        self.assertTrue(told)
        self.observed(verdict, "distrusted", text + (member or ""), place)
        self.never_flipped(self.whole, verdict)
        facts = [json.loads(line) for line in run("--facts", path).out.splitlines()]
        complete = {f["table"] for f in facts if f.get("complete")}
        self.assertFalse({"processes", "cgroups", "zrams", "hugepages", "swaps"} & complete)
        if member:
            cited = {p["member"] for f in facts for p in f.get("places", ()) if f.get("unit")}
            self.assertNotIn(member, cited)
        return facts

    def lie(self, name, **changes):
        self.bundle.edit(lambda line: {**line, **changes} if line.get("member") == name else line)

    def test_honest(self):
        self.assertEqual(self.whole["observations"], [])
        self.bundle.put("proc/meminfo", FORGED)
        self.assertEqual(self.analyze(self.bundle.tar())["observations"], [])

    def test_other_bytes(self):
        self.bundle.members["proc/meminfo"] = FORGED
        self.distrusted("size or SHA-256 of this member is not what the manifest says; it is not "
                        "used: ", "proc/meminfo")

    def test_one_bit_of_the_same_size(self):
        data = bytearray(self.bundle.members["proc/meminfo"])
        data[data.index(b" kB") - 1] ^= 1
        self.bundle.members["proc/meminfo"] = bytes(data)
        self.distrusted("SHA-256 of this member", None)

    def test_a_wrong_size(self):
        self.lie("proc/meminfo", bytes=7)
        self.distrusted("it is not used: ", "proc/meminfo")

    def test_the_header_of_the_bundle(self):
        name = "bundle.json"
        self.bundle.members[name] = self.bundle.members[name].replace(b"node-1", b"forged")
        facts = self.distrusted("it is not used: ", name)
        self.assertFalse([f for f in facts if f.get("value") == "forged"])

    def test_absent_and_yet_there(self):
        for status in ("absent", "denied", "exited", "over-budget", "error"):
            self.lie("proc/meminfo", status=status)
            self.distrusted("the manifest says that there was nothing to capture; it is not used: ",
                            "proc/meminfo")

    def test_captured_and_not_there(self):
        del self.bundle.members["proc/205/status"]
        self.distrusted("the manifest says that it was captured, and the bundle does not hold it: "
                        "proc/205/status")

    def test_a_member_of_no_use_is_not_missed(self):
        """What analyze makes nothing of is in the bundle all the same."""
        self.assertIn("proc/205/stat", self.bundle.members)
        self.assertEqual(self.whole["observations"], [])

    def test_a_process_taken_out_with_its_lines(self):
        """Without a trace but the count."""
        for name in [n for n in self.bundle.members if n.startswith("proc/205/")]:
            del self.bundle.members[name]
        self.bundle.edit(lambda line: None if line.get("member", "").startswith("proc/205/")
                         else line)
        verdict = self.analyze(self.bundle.tar())
        self.observed(verdict, "disagreement", "counts more rows than the bundle holds")
        self.never_flipped(self.whole, verdict)

    def test_a_member_that_was_added(self):
        for i in range(30):
            self.bundle.members[f"proc/{40000 + i}/status"] = \
                b"Name:\tforged\nPid:\t%d\nVmRSS:\t9999999 kB\n" % (40000 + i)
        facts = self.distrusted("the manifest does not name this member, which somebody added; it "
                                "is not used: proc/40000/status")
        self.assertFalse([f for f in facts if f.get("value") == "forged"])

    def test_a_log_that_was_changed_or_added(self):
        kmsg = self.bundle.members["dev/kmsg"]
        self.bundle.members["dev/kmsg"] = kmsg + b"6,99999,999999999,-;forged\n"
        self.observed(self.analyze(self.bundle.tar()), "distrusted", "may be forged: dev/kmsg")
        self.bundle.members["dev/kmsg"] = kmsg
        self.bundle.members["var/log/kern.log"] = b"[ 1.000000] a line\n"
        self.observed(self.analyze(self.bundle.tar()), "distrusted",
                      "may be forged: var/log/kern.log")

    def test_names_that_are_not_utf8(self):
        """The manifest writes such a byte as the character of its number."""
        self.bundle.shrink(lambda n: n in ("dev/kmsg", "proc/meminfo"))
        name = b"sys/fs/cgroup/a\xff\xe9.slice/memory.current"
        data = b"4096\n"
        self.bundle.put("placeholder", data)
        text = self.bundle.members["manifest.jsonl"]
        self.bundle.members["manifest.jsonl"] = text.replace(
            b'"placeholder"', b'"sys/fs/cgroup/a\\u00ff\\u00e9.slice/memory.current"')
        self.bundle.members = {n.replace("placeholder", name.decode("utf-8", "surrogateescape")): d
                               for n, d in self.bundle.members.items()}
        verdict = self.analyze(self.bundle.tar())
        self.assertFalse([o for o in verdict["observations"] if o["kind"] == "distrusted"],
                         verdict["observations"])

    def test_lines_that_are_no_lines(self):
        """Garbage, deep nesting, huge numbers, keys twice: said, and no crash."""
        for line in (b"{", b"[]", b"{}", b"null", b'{"member":1}', b'{"member":"proc/x"}',
                     b'{"member":"proc/x","status":"ok","bytes":99999999999999999999}',
                     b'{"end":true,"complete":true,"members":-5}', b'{"a":' + b"[" * 5000,
                     b'{"table":"processes","complete":true,"captured":-1}', b"\xff\xfe\0"):
            bundle = Bundle().small()
            bundle.members["manifest.jsonl"] = line + b"\n" + bundle.members["manifest.jsonl"]
            with self.subTest(line[:40]):
                self.analyze(bundle.tar())


if __name__ == "__main__":
    main()
