# SPDX-License-Identifier: MIT
"""The options of the table, --help, the man page and the completion are the same."""
import re
import shutil
import subprocess
import unittest

import support
from support import SOURCES, run

TABLE = re.findall(r'^OPTION\(\w+, "([a-z-]+)", (?:0|\'(.)\'), (?:NULL|"([A-Z=]+)"), "(.*)"\)$',
                   (SOURCES / "analyze/cli/options.def").read_text(), re.M)
PAGE = (SOURCES / "analyze/analyze.1").read_text()
HELP = run("--help").stdout.decode()


def complete(*words):
    """What bash offers for the last word."""
    script = (f'PATH={support.os.path.dirname(support.ANALYZE)}:$PATH; . {SOURCES}/analyze/analyze.bash; '
              f'COMP_WORDS=({" ".join(repr(w) for w in words)}); COMP_CWORD={len(words) - 1}; _analyze analyze; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, check=True, cwd=SOURCES)
    return done.stdout.decode().split()


class Manual(unittest.TestCase):
    def test_table(self):
        rows = (SOURCES / "analyze/cli/options.def").read_text().count("\nOPTION(")
        self.assertEqual(len(TABLE), rows)

    def test_help(self):
        found = re.findall(r"^  (?:-(\w), |    )--([a-z-]+)(?: ([A-Z=]+))? +(\S.*)$", HELP, re.M)
        self.assertEqual([(name, letter, argument, doc) for letter, name, argument, doc in found], TABLE)
        for line in HELP.splitlines():
            self.assertLessEqual(len(line), 110, line)

    def test_man_page(self):
        found = []
        for row in re.findall(r"^\.It Fl (.*)$", PAGE, re.M):
            letter, name, argument = re.fullmatch(r"(?:(\w) , )?-([a-z-]+)(?: Ar (.*))?", row).groups("")
            found.append((name, letter, argument.replace(" Ns ", "").replace("=Ar ", "=")))
        self.assertEqual(found, [row[:3] for row in TABLE])

    def test_exit_codes(self):
        header = re.findall(r"EXIT_\w+ = (\d)", (SOURCES / "analyze/cli/options.h").read_text())
        self.assertEqual(re.findall(r"^\.It (\d)$", PAGE, re.M), header)
        tail = HELP.split("exit status:")[1]
        readme = (SOURCES / "README.md").read_text()
        for code in header:
            self.assertRegex(tail, rf"\b{code} \w+")
            self.assertRegex(readme, rf"(?m)^\| {code} \| ")

    def test_words(self):
        """The words that options take are named by the man page and offered by the completion."""
        source = (SOURCES / "analyze/cli/options.c").read_text()
        for option, name in (("--format", "report|check"), ("--fail-on", "levels")):
            words = []
            for block in re.findall(rf"struct word (?:{name})\[\] = \{{(.*?)NULL", source, re.S):
                words += re.findall(r'\{"(\w+)"', block)
            self.assertGreater(len(words), 3)
            section = PAGE.split(f".It Fl -{option[2:]} Ar", 1)[1].split(".It Fl", 1)[0].replace(",", " ").split()
            self.assertEqual([w for w in words if w not in section], [])
            self.assertEqual(sorted(complete("analyze", option, "")), sorted(words))

    def test_completion(self):
        self.assertEqual(sorted(complete("analyze", "--")), sorted("--" + row[0] for row in TABLE))
        self.assertEqual(complete("analyze", "--explain", "host-oo"), ["host-oom"])
        self.assertIn("members=", complete("analyze", "--limit", "m"))
        self.assertEqual(complete("analyze", "--limit", "he"), ["help"])
        self.assertEqual(complete("analyze", "chec"), ["check"])
        self.assertEqual(complete("analyze", "READ"), ["README.md"])

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_lint(self):
        done = subprocess.run(["mandoc", "-T", "lint", SOURCES / "analyze/analyze.1"], stdout=subprocess.PIPE,
                              check=False)
        # collect(1) is not installed where the tests run.
        self.assertEqual([line for line in done.stdout.decode().splitlines()
                          if "referenced manual not found" not in line], [])

    def test_version(self):
        version = re.search(r"project\(oomscope VERSION ([\d.]+)", (SOURCES / "CMakeLists.txt").read_text())[1]
        rules = len(list((SOURCES / "rules").glob("*.yaml")))
        self.assertRegex(run("--version").stdout.decode(),
                         rf"\Aanalyze {version} \(oomscope\)\nrules: {rules}, SHA-256 [0-9a-f]{{64}}\n"
                         r"confinement: (Landlock ABI \d+, )?no_new_privs, rlimits[^\n]*\n\Z")


if __name__ == "__main__":
    support.main()
