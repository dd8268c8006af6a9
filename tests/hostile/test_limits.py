#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each limit of `analyze --limit help`, set low: it is said with its member, what it touches is
incomplete, no verdict flips, and the exit status is 2 (4 for what a rule of --rules may cost)."""
import gzip
import os
import tarfile

from support import Bundle, SOURCES, Test, json, main, run

def rule_text(when, lets):
    """A rule of the program with another id and decision."""
    with open(os.path.join(SOURCES, "rules/fork-under-pressure.yaml"), encoding="utf-8") as file:
        text = file.read()
    head, rest = text.split("for_each:", 1)
    rest = "say:" + rest.split("\nsay:", 1)[1].replace("{l.source}", "x").replace("{l.text}", "x")
    return head.replace("fork-under-pressure", "a-test") + f"{lets}when: |\n  {when}\n" + rest


def facts(path, *args):
    return [json.loads(line) for line in run("--facts", *args, path).out.splitlines()]


def complete_tables(path, *args):
    return {f["table"] for f in facts(path, *args) if f.get("complete") and "[" not in f["fact"]}


class Limits(Test):
    tested = set()

    def setUp(self):
        super().setUp()
        self.bundle = Bundle()
        self.input = self.write(self.bundle.tar(), "whole")
        self.whole = self.analyze(self.input)
        self.whole_code = run("--json", "-", self.input).code
        self.assertEqual([o for o in self.whole["observations"] if o["kind"] == "over-limit"], [])

    def hit(self, limit, member, path=None, whole=None):
        verdict = self.analyze(path or self.input, "--limit", limit, code=2)
        self.observed(verdict, "over-limit", f"over the limit {limit}", member)
        self.never_flipped(whole or self.whole, verdict)
        return verdict

    def test_members(self):
        names = list(self.bundle.members)
        self.hit("members=500", names[500])
        self.assertIn("processes", complete_tables(self.input))
        left = complete_tables(self.input, "--limit", "members=500")
        self.assertFalse({"processes", "cgroups", "zrams", "hugepages", "swaps"} & left, left)

    def test_members_of_a_folder(self):
        self.bundle.unpack(self.path("tree"))
        tree = self.path("tree")
        self.hit("members=700", None, tree, self.analyze(tree))
        self.assertFalse({"processes", "cgroups"} & complete_tables(tree, "--limit", "members=700"))

    def test_member_bytes(self):
        self.hit("member_bytes=600", "proc/zoneinfo")
        self.assertIn("zones", complete_tables(self.input))
        self.assertNotIn("zones", complete_tables(self.input, "--limit", "member_bytes=600"))

    def test_total_bytes(self):
        self.hit("total_bytes=100000", None)
        self.assertNotIn("processes",
                         complete_tables(self.input, "--limit", "total_bytes=100000"))

    def test_ratio(self):
        """More in test_archives.py (Bombs): here, what comes behind the bomb is missing."""
        info = tarfile.TarInfo("var/log/bomb")
        info.size = 96 << 20
        data = gzip.compress(info.tobuf() + bytes(info.size) + self.bundle.tar(), 1)
        path = self.write(data, "bomb.tar.gz")
        self.assertIn("processes", complete_tables(path))
        self.hit("ratio=50", "var/log/bomb", path, self.analyze(path))
        self.assertFalse({"processes", "cgroups"} & complete_tables(path, "--limit", "ratio=50"))

    def test_path_bytes(self):
        self.hit("path_bytes=40", None)
        self.assertFalse({"processes", "cgroups"} &
                         complete_tables(self.input, "--limit", "path_bytes=40"))

    def test_depth(self):
        self.hit("depth=5", None)
        self.assertNotIn("cgroups", complete_tables(self.input, "--limit", "depth=5"))

    def test_line_bytes(self):
        verdict = self.hit("line_bytes=100", "dev/kmsg")
        self.assertIn("oom_events", complete_tables(self.input))
        self.assertNotIn("oom_events", complete_tables(self.input, "--limit", "line_bytes=100"))
        place = next(o["place"] for o in verdict["observations"] if o["kind"] == "over-limit")
        self.assertGreater(place["line"], 0)

    def test_rows(self):
        for rows in (1, 10, 100, 200):
            self.hit(f"rows={rows}", None)
        few = facts(self.input, "--limit", "rows=50")
        rows = {(f["table"], f["row"]) for f in few if f.get("row")}
        self.assertLessEqual(len(rows), 50)
        self.assertNotIn("processes", complete_tables(self.input, "--limit", "rows=50"))

    def test_rule_steps(self):
        verdict = self.hit("rule_steps=20", None)
        cut = [f for f in verdict["findings"] if f.get("over_limit")]
        self.assertTrue(cut)
        self.assertEqual({f["outcome"] for f in cut}, {"unknown"})

    def test_memory_bytes(self):
        if os.environ.get("SANITIZED") == "1":
            self.skipTest("a sanitizer takes terabytes of address space")
        log = self.write(b"[    1.000000] x\n" * 10, "log")
        done = run("--json", "-", "--limit", "memory_bytes=1MiB", log)
        self.assertEqual((done.code, done.out), (2, b""), done.err)
        self.assertIn("out of memory", done.err)

    # cpu_s: test_archives.py (an endless pipe)

    def test_wall_s(self):
        """Of many bundles, one that never comes is given up, and the others are judged."""
        os.mkfifo(self.path("never"))
        holder = os.open(self.path("never"), os.O_RDWR)  # somebody writes, and says nothing
        done = run("--ndjson", "--limit", "wall_s=1", self.path("never"), self.input)
        os.close(holder)
        lines = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual([line["exit"] for line in lines], [2, self.whole_code])
        self.assertIn("wall_s", lines[0]["error"])
        self.assertEqual(done.code, 2)

    def refused(self, limit, text, place):
        os.makedirs(self.path("rules"), exist_ok=True)
        with open(self.path("rules/a-test.yaml"), "w", encoding="ascii") as file:
            file.write(text)
        done = run("--list-rules", "--rules", self.path("rules"), "--limit", limit)
        self.assertEqual(done.code, 4, done.err)
        self.assertRegex(done.err, r"a-test\.yaml:\d+:\d+: ")
        self.assertIn(place, done.err)

    def test_rules(self):
        deep = "(" * 20 + "meminfo.total > 1 KiB" + ")" * 20
        rows = ("any p in processes: (any q in processes: (any c in cgroups: "
                "(p.pid > q.pid)))")
        lets = "let:\n" + "".join(f"  a{i}: meminfo.total\n" for i in range(9))
        simple = "meminfo.total > 1 KiB"
        for limit, when, let in (("rule_bytes=50", simple, ""),
                                 ("rule_expression_bytes=10", simple, ""),
                                 ("rule_nodes=2", simple, ""), ("rule_depth=5", deep, ""),
                                 ("rule_bindings=2", rows, ""), ("rule_lets=3", simple, lets)):
            with self.subTest(limit):
                self.refused(limit, rule_text(when, let), limit.split("=")[1])

    def test_nonsense(self):
        for limit in ("", "rows", "rows=", "rows=0", "rows=-1", "row=1", "rows=1x",
                      "rows=99999999999999999999", "rule_nodes=9999999999", "rows=1 KiB"):
            done = run("--limit", limit, self.input)
            self.assertEqual(done.code, 3, limit)


class Documented(Test):
    def test_each_limit_is_tested_here(self):
        names = [l.split("=")[0] for l in run("--limit", "help").out.decode().splitlines()]
        texts = ""
        for name in ("test_limits.py", "test_archives.py"):
            with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
                texts += file.read()
        self.assertEqual([n for n in names if f'"{n}=' not in texts and f'f"{n}=' not in texts], [])

    def test_each_limit_is_documented(self):
        """README.md lists what `--limit help` prints."""
        with open(os.path.join(SOURCES, "README.md"), encoding="utf-8") as file:
            readme = file.read()
        for line in run("--limit", "help").out.decode().splitlines():
            name, value = line.split()[0].split("=")
            self.assertIn(f"`{name}`", readme)
            self.assertIn(line.split(None, 1)[1], readme)
            self.assertRegex(readme, rf"`{name}` \| {value} \|")


if __name__ == "__main__":
    main()
