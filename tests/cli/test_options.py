# SPDX-License-Identifier: MIT
"""Every option does what the table says of it, and every exit code comes when it should."""
import json
import re

import support
from support import FIXTURES, IDLE, KILL, SOURCES, members_of, run, tar_of, verdict_of

OPTIONS = re.findall(r'^OPTION\(\w+, "([a-z-]+)", (?:0|\'.\'), (NULL|"[A-Z=]+")',
                     (SOURCES / "analyze/cli/options.def").read_text(), re.M)


class Usage(support.Case):
    def test_wrong_words(self):
        for words, text in (
                ((), "no bundle given"),
                (("check",), "no folder of cases given"),
                (("summarize",), "no file of JSON lines given"),
                (("--no-such", KILL), "--no-such: no such option"),
                (("-x", KILL), "-x: no such option"),
                (("--format", "xml", KILL), "--format xml: it is text, json or markdown"),
                (("--format", "tap", KILL), "--format tap"),
                (("check", "--format", "json", FIXTURES), "--format json: it is tap or junit"),
                (("--fail-on", "info", KILL), "--fail-on info: it is notice, warning, critical or never"),
                (("-j", "0", KILL), "-j 0"), (("-j", "-1", KILL), "-j -1"), (("-j", "9" * 30, KILL), "-j 9"),
                (("-j", "2x", KILL), "-j 2x"),
                (("--limit", "members", KILL), "--limit members: it is NAME=N"),
                (("--limit", "nothing=1", KILL), "--limit nothing=1: no limit of this name"),
                (("--limit", "members=0", KILL), "--limit members=0: N is a number from 1 on"),
                (("--limit", "members=-4", KILL), "--limit members=-4"),
                (("--limit", "members=1TiBs", KILL), "--limit members=1TiBs"),
                (("--json", "a", KILL, IDLE), "take one bundle"),
                (("--markdown", "a", KILL, IDLE), "take one bundle"),
                (("--facts", KILL, IDLE), "take one bundle"),
                (("--explain", "host-oom", KILL, IDLE), "take one bundle"),
                (("--before", KILL, KILL, IDLE), "take one bundle"),
                (("--facts", "--ndjson", KILL), "take one bundle"),
                (("--ndjson", "--format", "json", KILL), "--ndjson is a format of its own"),
                (("--update", "case", KILL), "--update is for analyze check"),
                (("--explain", "no-such-rule", KILL), "--explain no-such-rule: no such rule"),
                (("--explain", "no-such-rule"), "no such rule"),
                (("check", self.folder / "none"), "No such file or directory"),
                (("check", "--json", "a", FIXTURES), "are not for analyze check"),
                (("check", "--ndjson", FIXTURES), "are not for analyze check"),
                (("summarize", "--markdown", "a", KILL), "are not for analyze summarize"),
                (("check", self.folder), "no case in it")):
            with self.subTest(words=words):
                self.fails(run(*words, cwd=self.folder), 3, text, "; try --help")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_values_missing(self):
        for name, argument in OPTIONS:
            with self.subTest(name):
                if argument != "NULL":
                    self.fails(run(f"--{name}"), 3, f"--{name}: needs a value")
                else:
                    self.fails(run(f"--{name}=value", KILL), 3, f"--{name}")

    def test_mixed(self):
        """Options and operands come in any order; -- ends the options; a name may begin with a dash."""
        expected = run("--format", "json", KILL).stdout
        self.assertEqual(run(KILL, "--format=json").stdout, expected)
        name = self.write("--facts", KILL.read_bytes())
        self.assertEqual(run("--format", "json", "--", name.name, cwd=self.folder).stdout, expected)
        words = ("check", FIXTURES / "idle-host-6.12")
        self.assertEqual(run("--format", "junit", *words).stdout, run(*words, "--format", "junit").stdout)
        self.assertIn("2 bundles", self.passes(run("summarize", "-", stdin=run("--ndjson", "-j2", KILL, IDLE).stdout)))

    def test_nothing_is_read_for_help(self):
        for words in (("--help",), ("-h",), ("--help", "--rules", "/none"), ("--limit", "help")):
            self.assertTrue(self.passes(run(*words)))


class ExitCodes(support.Case):
    def test_fail_on(self):
        """cgroup-oom is critical; an idle host has one notice, no-incident."""
        levels = ("notice", "warning", "critical", "never")
        self.assertEqual([run("--fail-on", level, KILL).returncode for level in levels], [1, 1, 1, 0])
        self.assertEqual([run("--fail-on", level, IDLE).returncode for level in levels], [1, 0, 0, 0])
        throttled = FIXTURES / "memory-high-throttling-6.12/bundle.tar.xz"  # warnings
        severities = {f["severity"] for f in verdict_of(run("--json", "-", throttled))["findings"]
                      if f["outcome"] == "match"}
        self.assertEqual("critical" in severities, False)
        self.assertEqual([run("--fail-on", level, throttled).returncode for level in levels], [1, 1, 0, 0])

    def test_a_kill_alone(self):
        """One line is left of the log: no rule can be decided, and yet the host ran out of memory."""
        path = self.write("log", "[  100.000002] Out of memory: Killed process 7 (a) total-vm:8kB, anon-rss:8kB, "
                                 "file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n")
        verdict = verdict_of(run("--json", "-", path))
        self.assertEqual([i["kind"] for i in verdict["incidents"]], ["kill"])
        self.assertNotIn(("match", "critical"), {(f["outcome"], f["severity"]) for f in verdict["findings"]})
        levels = ("notice", "warning", "critical", "never")
        self.assertEqual([run("--fail-on", level, path).returncode for level in levels], [1, 1, 1, 0])

    def test_fail_on_unknown(self):
        members = {n: d for n, d in members_of(IDLE).items() if n == "proc/meminfo"}
        path = self.write("poor.tar", tar_of(members))
        outcomes = {f["outcome"] for f in verdict_of(run("--json", "-", "--fail-on", "never", path))["findings"]}
        self.assertIn("unknown", outcomes)
        self.assertEqual(run("--fail-on", "never", path).returncode, 0)
        self.assertEqual(run("--fail-on", "never", "--fail-on-unknown", path).returncode, 1)

    def test_order(self):
        """2 outranks 1, of one bundle and of many; usage and rules come before any bundle is read."""
        cut = self.write("cut.tar", tar_of(members_of(KILL))[:200_100])
        self.assertEqual(run(cut).returncode, 2)
        self.assertEqual(run(KILL, IDLE).returncode, 1)
        self.assertEqual(run(KILL, cut, IDLE).returncode, 2)
        self.assertEqual(run(KILL, self.folder / "none").returncode, 2)
        self.write("rules/bad.yaml", "format: 1\n")
        self.fails(run("--rules", self.folder / "rules", self.folder / "none"), 4, "bad.yaml:")
        self.fails(run("--rules", self.folder / "rules", "--no-such"), 3)

    def test_limit(self):
        """A limit that is hit: exit 2, and an observation that names it."""
        done = run("--limit", "members=20", "--json", "-", KILL)
        self.assertEqual(done.returncode, 2)
        self.assertTrue(any("members" in o["text"] for o in verdict_of(done)["observations"]))
        self.assertEqual(run("--limit", "member_bytes=1GiB", KILL).returncode, 1)
        listed = self.passes(run("--limit", "help"))
        table = re.findall(r"^LIMIT\((\w+),", (SOURCES / "analyze/bundle/limits.def").read_text(), re.M)
        self.assertEqual(re.findall(r"^(\w+)=\d+  \S", listed, re.M), table)


class Facts(support.Case):
    def test_lines(self):
        lines = [json.loads(line) for line in self.passes(run("--facts", KILL), 1).splitlines()]
        self.assertGreater(len(lines), 3000)
        for fact in lines:
            with self.subTest(fact["fact"]):
                self.assertLessEqual({"fact", "table"}, set(fact))
                if "complete" in fact:
                    continue
                self.assertLessEqual({"value", "row", "field", "type"}, set(fact))
                self.assertTrue(fact.get("places") or "computed_from" in fact)
                if fact["type"] in ("bytes", "count", "duration", "ratio") and fact["value"] is not None:
                    self.assertTrue(isinstance(fact["value"], int) or fact["value"] == "unlimited")
        names = [(fact["fact"], fact.get("parent")) for fact in lines]
        self.assertEqual(len(names), len(set(names)))

    def test_places(self):
        """The cited line holds the value."""
        members = members_of(KILL)
        facts = {f["fact"]: f for f in map(json.loads, run("--facts", KILL).stdout.splitlines())}
        for name, unit in (("meminfo.total", 1024), ("meminfo.available", 1024), ("meminfo.slab", 1024)):
            place = facts[name]["places"][0]
            line = members[place["member"]].decode().splitlines()[place["line"] - 1]
            self.assertEqual(int(re.search(r"\d+", line)[0]) * unit, facts[name]["value"])


if __name__ == "__main__":
    support.main()
