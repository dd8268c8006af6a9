# SPDX-License-Identifier: MIT
"""The options of the parser, --help, the man page and the completion are the same."""
import os
import re
import shutil
import subprocess
import unittest

import support
from support import run


def read(path):
    with open(os.path.join(support.SOURCES, path)) as f:
        return f.read()


class Manual(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        rows = re.findall(r"^OPTION\(\w+, (0|'.'), \"([a-z-]+)\",\s*(NULL|\"\w+\")",
                          read("collect/options.def"), re.M)
        cls.options = {(b.strip("'").replace("0", ""), name, "" if a == "NULL" else a.strip('"'))
                       for b, name, a in rows}
        assert len(cls.options) > 20

    def test_help(self):
        done = run("--help")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        found = re.findall(r"^  (?:-(\w), |    )--([a-z-]+)(?: ([A-Z]+))?", done.stdout.decode(),
                           re.M)
        self.assertEqual(set(found), self.options)
        for line in done.stdout.decode().splitlines():
            self.assertLessEqual(len(line), 110, line)

    def test_man_page(self):
        page = read("collect/collect.1")
        found = set()
        for row in re.findall(r"^\.It Fl (.*)$", page, re.M):
            words = row.split()
            brief = words.pop(0) if words[0] and not words[0].startswith("-") else ""
            if brief:
                self.assertEqual(words.pop(0), ",")
            name = words.pop(0).removeprefix("-")
            self.assertEqual(words[:1], ["Ar"] if words else [])
            found.add((brief, name, words[1] if words else ""))
        self.assertEqual(found, self.options)
        order = re.findall(r"^\.It Fl (?:\w , )?-([a-z-]+)", page, re.M)
        self.assertEqual(order, re.findall(r'^OPTION\(\w+, [^,]+, "([a-z-]+)"',
                                           read("collect/options.def"), re.M))

    def test_exit_codes(self):
        codes = re.findall(r"^\.It (\d)$", read("collect/collect.1"), re.M)
        header = re.findall(r"EXIT_\w+ = (\d)", read("collect/options.h"))
        self.assertEqual(codes, header)
        text = run("--help").stdout.decode()
        for code in codes:
            self.assertRegex(text, rf"\b{code} \w+")

    def test_defaults(self):
        """A default that the help names is named by the man page too."""
        page = " ".join(read("collect/collect.1").split())
        for name, value in re.findall(r"--([a-z-]+) \w+ +.*\(default (\w+)",
                                      run("--help").stdout.decode()):
            section = page.split(f"-{name} Ar", 1)[1].split(".It Fl", 1)[0]
            self.assertIn(value, section, name)

    def test_completion(self):
        words = read("collect/collect.bash").split('-W "')[1].split('"')[0].split()
        self.assertEqual({w.removeprefix("--") for w in words if w.startswith("--")},
                         {name for _, name, _ in self.options})

    def test_lint(self):
        if not shutil.which("mandoc"):
            self.skipTest("mandoc is not installed")
        done = subprocess.run(["mandoc", "-T", "lint",
                               os.path.join(support.SOURCES, "collect/collect.1")],
                              stdout=subprocess.PIPE)
        # analyze(1) is not installed where the tests run.
        self.assertEqual([line for line in done.stdout.decode().splitlines()
                          if "referenced manual not found" not in line], [])

    def test_version(self):
        self.assertEqual(run("--version").stdout, b"collect 0.1.0\n")


if __name__ == "__main__":
    support.main()
