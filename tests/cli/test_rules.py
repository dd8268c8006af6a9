# SPDX-License-Identifier: MIT
"""Rules of a team's own, and what there is to know of rules without a bundle."""
import json
import os
import re
import subprocess

import support
from support import IDLE, KILL, SOURCES, run, verdict_of

OWN = (SOURCES / "tests/cli/tiny.yaml").read_text()


class Own(support.Case):
    def findings(self, *words):
        return {f["rule"]: f["outcome"] for f in verdict_of(run("--json", "-", *words, IDLE))["findings"]}

    def digest(self, *words):
        return re.search(r"rules: (\d+), SHA-256 (\w+)", run("--version", *words).stdout.decode()).groups()

    def test_added(self):
        self.write("rules/tiny.yaml", OWN)
        self.write("rules/README.md", "not a rule")
        rules = self.folder / "rules"
        self.assertEqual(self.findings("--rules", rules)["tiny"], "match")
        self.assertEqual([run("--rules", rules, IDLE).returncode, run(IDLE).returncode], [1, 0])
        self.assertIn("tiny", run("--rules", rules, "--list-rules").stdout.decode())
        self.assertIn("tiny\tmeminfo.total\tproc/meminfo", run("--rules", rules, "--needs").stdout.decode())
        (n, digest), (own_n, own_digest) = self.digest(), self.digest("--rules", rules)
        self.assertEqual(int(own_n), int(n) + 1)
        self.assertNotEqual(digest, own_digest)

    def test_replaced(self):
        """A rule with a known id takes its place, and a later folder that of an earlier."""
        first = OWN.replace("tiny", "no-incident")
        self.write("a/no-incident.yaml", first)
        self.write("b/no-incident.yaml", first.replace("< 1GiB", "< 1MiB"))
        a, b = self.folder / "a", self.folder / "b"
        self.assertEqual(self.digest()[0], self.digest("--rules", a)[0])
        self.assertEqual(self.findings("--rules", a)["no-incident"], "match")
        self.assertEqual(self.findings("--rules", a, "--rules", b)["no-incident"], "clear")
        self.assertEqual(self.findings("--rules", b, "--rules", a)["no-incident"], "match")

    def test_tested(self):
        self.write("rules/tiny.yaml", OWN)
        done = run("--rules", self.folder / "rules", "--test-rules")
        self.assertIn("tiny", self.passes(done))
        self.write("rules/tiny.yaml", OWN.replace("MemTotal:        8388608", "MemTotal:        1000000"))
        done = run("--rules", self.folder / "rules", "--test-rules")
        self.assertEqual((done.returncode, done.stderr), (1, b""))
        failed = [line for line in done.stdout.decode().splitlines() if line.startswith("not ok")]
        self.assertEqual(len(failed), 1)
        self.assertIn("tiny", failed[0])

    def test_bad(self):
        """Never skipped: 4, and the place of what is wrong."""
        rules = self.folder / "rules"
        line = OWN.splitlines().index("when: meminfo.total < 1GiB") + 1
        for wrong, text, place in (
                (OWN.replace("meminfo.total < 1GiB", "meminfo.total < 5s"), "", f":{line}:"),
                (OWN.replace("meminfo.total < 1GiB", "meminfo.totl < 1GiB"), "totl", f":{line}:"),
                (OWN.replace("meminfo.total < 1GiB", "meminfo.total <"), "", f":{line}:"),
                (OWN.replace("severity: warning", "severity: loud"), "", ":6:"),
                (OWN.replace("id: tiny", "id: other"), "", ":3:"),
                (OWN.replace("kind: risk", "colour: red"), "", ":5:"),
                (OWN[:OWN.index("tests:")], "tests", ":"),
                (OWN + "\tx", "", ":"), ("", "", ":"), ("[]", "", ":1:1")):
            self.write("rules/tiny.yaml", wrong)
            for words in ((IDLE,), ("--list-rules",), ("--version",), ("--ndjson", IDLE, KILL)):
                done = run("--rules", rules, *words)
                self.fails(done, 4, f"tiny.yaml{place}", text)
                self.assertRegex(done.stderr.decode(), r"tiny\.yaml:\d+:\d+: \S")
        self.fails(run("--rules", self.folder / "none", IDLE), 4, "none: No such file")

    def test_what_is_no_file(self):
        """A FIFO would wait for a writer for ever."""
        (self.folder / "rules").mkdir()
        os.mkfifo(self.folder / "rules/tiny.yaml")
        self.fails(run("--rules", self.folder / "rules", IDLE), 4, "tiny.yaml: not a regular file")

    def test_empty_folder(self):
        (self.folder / "rules").mkdir()
        self.fails(run("--rules", self.folder / "rules", IDLE), 4, "rules: ")


class WithoutBundle(support.Case):
    def test_lists(self):
        ids = sorted(path.stem for path in (SOURCES / "rules").glob("*.yaml"))
        text = self.passes(run("--list-rules"))
        self.assertEqual([line.split()[2] for line in text.splitlines()], ids)
        objects = [json.loads(line) for line in self.passes(run("--list-rules", "--format", "json")).splitlines()]
        self.assertEqual([o["id"] for o in objects], ids)
        for o, line in zip(objects, text.splitlines()):
            self.assertEqual(line.split(None, 3), [o["severity"], o["kind"], o["id"], o["title"]])
        self.assertEqual(self.passes(run("--list-rules", "--format", "markdown")),
                         (SOURCES / "rules/INDEX.md").read_text())

    def test_needs(self):
        rows = [line.split("\t") for line in self.passes(run("--needs")).splitlines()]
        self.assertTrue(all(len(row) == 3 and all(row) for row in rows))
        self.assertIn(["no-incident", "dev/kmsg"], [[row[0], row[2]] for row in rows])

    def test_manual(self):
        for rule in ("host-oom", "no-incident"):
            self.assertIn(rule, self.passes(run("--explain", rule)))

    def test_inline_tests(self):
        text = self.passes(run("--test-rules"))
        count = int(re.search(r"^1\.\.(\d+)$", text, re.M)[1])
        self.assertEqual(len(re.findall(r"^ok \d+ - ", text, re.M)), count)
        self.assertGreater(count, 200)


class Explain(support.Case):
    def test_values_and_lines(self):
        text = self.passes(run("--explain", "cgroup-oom", KILL), 1)
        self.assertRegex(text, r"(?m)^cgroup-oom.*  match$")
        place = re.search(r'e\.scope = "memcg" +dev/kmsg:(\d+)$', text, re.M)[1]
        log = subprocess.run(["tar", "-xOf", KILL, "dev/kmsg"], stdout=subprocess.PIPE, check=True).stdout
        self.assertIn(b"CONSTRAINT_MEMCG", log.splitlines()[int(place) - 1])
        self.assertIn("clear", self.passes(run("--explain", "host-oom", KILL), 1))


if __name__ == "__main__":
    support.main()
