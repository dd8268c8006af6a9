# SPDX-License-Identifier: MIT
"""analyze check: folders of cases, their expectations, and the reports that CI reads."""
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree

import support
from support import FIXTURES, IDLE, KILL, run

TINY = support.SOURCES / "tests/cli/tiny.yaml"
KILLED = """\
format: 1
bundle: bundle.tar.xz
exit: 1
incidents:
  - kind: kill
    scope: cgroup
    victim: app-worker
    holder: app-worker
    cause: anonymous
match: [cgroup-oom]
silent: [host-oom]
"""


class Check(support.Case):
    def case(self, name, expect=KILLED, bundle=KILL):
        folder = self.folder / "cases" / name
        folder.mkdir(parents=True)
        if bundle:
            shutil.copy(bundle, folder / "bundle.tar.xz")
        (folder / "expect.yaml").write_text(expect)
        return folder

    def tap(self, *words, code=0, env=None):
        """[(ok, name, rest of the line, lines below)] of a plan that holds."""
        done = run("check", *words, env=env)
        self.assertEqual((done.returncode, done.stderr), (code, b""), done.stdout.decode())
        head, plan, *lines = done.stdout.decode().splitlines()
        self.assertEqual(head, "TAP version 13")
        results = []
        for line in lines:
            found = re.fullmatch(r"(ok|not ok) (\d+) - (\S+)(.*)", line)
            if found:
                self.assertEqual(int(found[2]), len(results) + 1)
                results.append((found[1] == "ok", found[3], found[4], []))
            else:
                self.assertTrue(line.startswith("# "), line)
                if line.startswith("#   "):
                    results[-1][3].append(line[4:])
        self.assertEqual(plan, f"1..{len(results)}")
        return results

    def test_pass(self):
        """A case by its folder, with a slash or without, and all cases of a folder, in order of names."""
        b, a = self.case("b"), self.case("a", "format: 1\nbundle: bundle.tar.xz\nincidents: []\nexit: 0\n", IDLE)
        self.assertEqual(self.tap(b), [(True, str(b), "", [])])
        self.assertEqual(self.tap(f"{b}/"), [(True, f"{b}/", "", [])])
        self.assertEqual([r[:2] for r in self.tap(self.folder / "cases", "-j", "2")], [(True, str(a)), (True, str(b))])

    def test_differences(self):
        """Each difference in words: - is what was expected, + what was found."""
        wrong = self.case("wrong", KILLED.replace("exit: 1", "exit: 0").replace("victim: app-worker", "victim: java")
                          .replace("[cgroup-oom]", "[host-oom]").replace("silent: [host-oom]", "silent: [cgroup-oom]"))
        self.assertEqual(self.tap(wrong, code=1)[0][3], [
            "- exit 0", "+ exit 1", "- incident victim java", "+ incident victim app-worker",
            "- rule host-oom match", "+ rule host-oom clear", "- rule cgroup-oom silent", "+ rule cgroup-oom match"])
        none = self.case("none", "format: 1\nbundle: bundle.tar.xz\nincidents: []\n")
        self.assertRegex("\n".join(self.tap(none, code=1)[0][3]), r"^\+ incident not expected: kind kill scope cgroup ")
        two = self.case("two", KILLED.replace("match:", "  - kind: no-kill\nmatch:"))
        self.assertEqual(self.tap(two, code=1)[0][3], ["- incident missing: kind no-kill"])
        unknown = self.case("unknown", "format: 1\nbundle: console.log\nmay_be_unknown: []\n", None)
        shutil.copy(FIXTURES / "oom-panic-6.12/console.log", unknown)
        said = self.tap(unknown, code=1)[0][3]
        self.assertIn("- rule swap-thrash decided", said)
        self.assertIn("+ rule swap-thrash unknown", said)
        unknowns = ", ".join(line.split()[2] for line in said[::2])
        (unknown / "expect.yaml").write_text(f"format: 1\nbundle: console.log\nmay_be_unknown: [{unknowns}]\n")
        self.tap(unknown)
        misspelt = self.case("misspelt", KILLED.replace("[cgroup-oom]", "[cgroup-oon]"))
        self.assertEqual(self.tap(misspelt, code=1)[0][3], ["- match: no rule is called cgroup-oon"])
        misspelt = self.case("misspelt2", KILLED + "may_be_unknown: [no-such]\n")
        self.assertIn("- may_be_unknown: no rule is called no-such", self.tap(misspelt, code=1)[0][3])

    def test_broken_cases(self):
        """A case that cannot be run fails, says why with its place, and stops no other."""
        for name, text, said in (
                ("key", KILLED + "colour: red\n", "expect.yaml:12:1: colour: no such key; keys are format"),
                ("yaml", KILLED + "\tx", "expect.yaml:12:1:"),
                ("format", KILLED.replace("format: 1", "format: 2"), "expect.yaml:1:9: format is 1"),
                ("field", KILLED.replace("holder", "owner"), "expect.yaml:8:5: owner: no such key; an incident has"),
                ("none", "format: 1\n", "expect.yaml:1:1: bundle: NAME is missing"),
                ("exit", KILLED.replace("exit: 1", "exit: 7"), "expect.yaml:3:7: exit is 0, 1 or 2"),
                ("outside", KILLED.replace("bundle.tar.xz", "../a/bundle.tar.xz"), "expect.yaml:2:9: bundle: names a file"),
                ("missing", KILLED.replace("bundle.tar.xz", "none.tar"), "No such file or directory")):
            self.case(name, text)
            with self.subTest(name):
                result = self.tap(self.folder / "cases" / name, code=1)[0]
                self.assertEqual(result[0], False)
                self.assertIn(said, "\n".join(result[3]))
        self.case("good")
        results = self.tap(self.folder / "cases", "-j", "3", code=1)
        self.assertEqual([r[1].rsplit("/", 1)[1] for r in results if r[0]], ["good"])

    def test_names_that_give_orders(self):
        """To who reads TAP, some words behind a # make a success of a failure."""
        order = "# TO" "DO"
        self.case(f"a {order} b\\", KILLED.replace("exit: 1", "exit: 0"))
        (self.folder / "tiny.yaml").write_text(TINY.read_text().replace("- name: small", f'- name: "small {order}"')
                                               .replace("MemTotal", "MemTotil"))
        for words, line in ((("check", self.folder / "cases"), r"not ok 1 - \S+/cases/a \\%s b\\\\$" % order),
                            (("--rules", self.folder, "--test-rules"), r"not ok \d+ - tiny: small \\%s$" % order)):
            done = run(*words)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stdout.decode(), f"(?m)^{line}")
            path = self.write("out.tap", done.stdout)
            if shutil.which("prove"):
                self.assertNotEqual(subprocess.run(["prove", "-Q", "--exec", "cat", path], check=False,
                                                   capture_output=True).returncode, 0)

    def test_skipped(self):
        """A glob over a folder with other things in it: what holds no case is skipped, and said to be."""
        case = self.case("a")
        (self.folder / "cases/lab").mkdir()
        results = self.tap(case, self.folder / "cases/lab")
        self.assertEqual([r[0] for r in results], [True, True])
        self.assertIn("# SKIP no case in it", results[1][2])
        self.fails(run("check", self.folder / "cases/lab"), 3, "no case in it")
        (self.folder / "cases/b").mkdir()
        (self.folder / "cases/b/expect.yml").write_text(KILLED)
        self.assertEqual([(r[0], "SKIP" in r[2]) for r in self.tap(self.folder / "cases")],
                         [(True, False), (True, True), (True, True)])

    def test_before(self):
        folder = self.case("grown", "format: 1\nbundle: bundle.tar.xz\nbefore: old.tar.xz\nmatch: [rss-linear]\n",
                           FIXTURES / "growth-between-bundles-6.12/bundle.tar.xz")
        shutil.copy(FIXTURES / "growth-between-bundles-6.12/before.tar.xz", folder / "old.tar.xz")
        with_before = run("--before", folder / "old.tar.xz", "--json", "-", folder / "bundle.tar.xz").stdout
        (folder / "expected.json").write_bytes(re.sub(rb'"rules_sha256": "\w+"', b'"rules_sha256": "' + b"0" * 64 + b'"',
                                                      with_before))
        (folder / "expect.yaml").write_text("format: 1\nbundle: bundle.tar.xz\nbefore: old.tar.xz\n")
        self.tap(folder)

    def test_junit(self):
        self.case("a")
        self.case("b", KILLED.replace("app-worker", "<&\\\">"))
        (self.folder / "cases/c").mkdir()
        done = run("check", "--format", "junit", self.folder / "cases/a", self.folder / "cases/b",
                   self.folder / "cases/c")
        self.assertEqual((done.returncode, done.stderr), (1, b""))
        suite = xml.etree.ElementTree.fromstring(done.stdout)
        self.assertEqual((suite.tag, suite.attrib), ("testsuite", {
            "name": "oomscope", "tests": "3", "failures": "1", "errors": "0", "skipped": "1"}))
        self.assertEqual([c.tag for c in suite], ["testcase"] * 3)
        self.assertEqual([c.attrib["name"].rsplit("/", 1)[1] for c in suite], ["a", "b", "c"])
        self.assertEqual([[c.tag for c in case] for case in suite], [[], ["failure"], ["skipped"]])
        failure = suite[1][0]
        self.assertIn('- incident victim <&\\">', failure.text)
        self.assertTrue(failure.attrib["message"])

    def test_junit_escapes(self):
        """A name with what XML cannot hold, in a folder's name."""
        self.case("\x1b[31m\x01<x>\xff")
        done = run("check", "--format", "junit", self.folder / "cases")
        suite = xml.etree.ElementTree.fromstring(done.stdout)
        self.assertIn("<x>", suite[0].attrib["name"])

    def test_update_of_an_odd_name(self):
        """A name with a tab, quotes and an escape is written so that it is read again."""
        case = self.folder / "odd"
        case.mkdir()
        name = "a 'b\t\u2028\x85\\\" #: \u00fc"
        (case / name).write_bytes(KILL.read_bytes())
        text = json.dumps(name, ensure_ascii=True)
        (case / "expect.yaml").write_text(f"format: 1\nbundle: {text}\n")
        self.tap("--update", case, case)
        self.assertIn("victim:", (case / "expect.yaml").read_text(encoding="utf-8"))
        self.tap(case)

    def test_update(self):
        """Only the case that is named, only what differs, and never in CI."""
        a, b = self.case("a", KILLED.replace("app-worker", "java")), self.case("b", KILLED.replace("app-worker", "java"))
        good = self.case("good", "# mine\n" + KILLED)
        old = (b / "expect.yaml").read_text()
        done = run("check", "--update", "a", self.folder / "cases", env={"CI": "true"})
        self.fails(done, 3, "--update is refused where CI is set")
        self.assertEqual((a / "expect.yaml").read_text(), old)
        results = self.tap("--update", "a", "--update", str(good), self.folder / "cases", code=1)
        self.assertEqual([r[0] for r in results], [True, False, True])
        self.assertEqual((b / "expect.yaml").read_text(), old)
        self.assertEqual((good / "expect.yaml").read_text(), "# mine\n" + KILLED)
        self.tap(a)
        text = (a / "expect.yaml").read_text()
        self.assertIn("victim: 'app-worker'", text)
        self.assertIn("silent: [host-oom]", text)
        self.tap("--update", "a", a, env={"CI": ""})
        self.fails(run("check", "--update", "aa", self.folder / "cases"), 3, "--update aa: no case of this name")
        new = self.case("new", "format: 1\nbundle: bundle.tar.xz\n")
        self.tap("--update", "new", new)
        self.assertIn("kind: 'kill'", (new / "expect.yaml").read_text())

    def test_whole_verdicts(self):
        """expected.json and expected.md: filled, compared, and rewritten in the place of expect.yaml."""
        case = self.case("a")
        for name in ("expected.json", "expected.md"):
            (case / name).touch()
        self.tap(case, code=1)
        self.tap("--update", "a", case)
        self.tap(case)
        text = (case / "expected.md").read_text()
        self.assertIn("rules `0000000000000000`", text)
        self.assertEqual(run("--format", "markdown", KILL).stdout.decode().split("oomscope 0")[0],
                         text.split("oomscope 0")[0])
        lines = text.splitlines(True)
        (case / "expected.md").write_text("".join(lines[:2] + ["It was the cat.\n"] + lines[3:]))
        self.assertEqual(self.tap(case, code=1)[0][3], ["@@ expected.md:3", "- It was the cat.", "+ " + lines[2].rstrip()])
        (case / "expect.yaml").write_text(KILLED.replace("exit: 1", "exit: 0"))
        self.assertEqual(self.tap("--update", "a", case, code=1)[0][3], ["- exit 0", "+ exit 1"])
        self.assertEqual((case / "expected.md").read_text(), text)
        self.assertIn("exit: 0", (case / "expect.yaml").read_text())
        (case / "expected.md").write_text(text.rstrip("\n"))
        (case / "expect.yaml").write_text(KILLED)
        self.assertEqual(self.tap(case, code=1)[0][3], ["@@ expected.md: only the end of the last line differs"])

    def test_rules(self):
        """Cases of a team's own rules."""
        self.write("rules/tiny.yaml", (support.SOURCES / "tests/cli/tiny.yaml").read_text())
        case = self.case("a", KILLED.replace("[cgroup-oom]", "[tiny]"))
        self.assertEqual(self.tap(case, code=1)[0][3], ["- match: no rule is called tiny"])
        self.tap("--rules", self.folder / "rules", case)


if __name__ == "__main__":
    support.main()
