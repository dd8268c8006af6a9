# SPDX-License-Identifier: MIT
"""Where reports go, what becomes of files that are there, and outputs that cannot be written."""
import json
import os
import pathlib
import resource
import shutil
import subprocess

import support
from support import FIXTURES, IDLE, KILL, run, verdict_of


class Outputs(support.Case):
    def test_all_at_once(self):
        """Three outputs of one run are what each is alone."""
        done = run("--json", self.folder / "a.json", "--markdown", self.folder / "a.md", KILL)
        text = self.passes(done, 1)
        self.assertEqual(text, self.passes(run(KILL), 1))
        self.assertEqual((self.folder / "a.json").read_text(), self.passes(run("--format", "json", KILL), 1))
        self.assertEqual((self.folder / "a.md").read_text(), self.passes(run("--format", "markdown", KILL), 1))
        self.assertTrue(text.startswith("Memory verdict: "))
        self.assertTrue((self.folder / "a.md").read_text().startswith("# "))

    def test_dash(self):
        """- takes standard output, and the text gives way."""
        self.assertEqual(verdict_of(run("--json", "-", KILL))["incidents"][0]["kind"], "kill")
        done = run("--markdown", "-", "--json", self.folder / "b.json", KILL)
        self.assertEqual(done.stdout, run("--format", "markdown", KILL).stdout)
        self.fails(run("--json", "-", "--markdown", "-", KILL), 3, "standard output takes one of them")

    def test_same_bytes(self):
        """The same input gives the same bytes, wherever it lies and whatever surrounds the program."""
        first = run("--format", "json", KILL).stdout
        copy = self.folder / "renamed"
        shutil.copy(KILL, copy)
        env = {"TZ": "Asia/Kolkata", "LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE", "COLUMNS": "20", "HOME": "/nowhere"}
        self.assertEqual(run("--format", "json", "renamed", env=env, cwd=self.folder).stdout, first)

    def test_full(self):
        short, full = (run(*options, "--format", "markdown", KILL).stdout for options in ((), ("--full",)))
        self.assertGreater(len(full), len(short))

    def test_no_colours(self):
        """Colours are for terminals, and not where NO_COLOR is set."""
        self.assertNotIn(b"\x1b", run(KILL).stdout)
        script = shutil.which("script")
        if not script:
            self.skipTest("script(1) is not installed")
        for env, colours in (({}, True), ({"NO_COLOR": "1"}, False)):
            clean = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | env
            done = subprocess.run([script, "-qec", f"{support.ANALYZE} {KILL}", "/dev/null"], env=clean, check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            self.assertEqual((b"\x1b[" in done.stdout, done.returncode), (colours, 1))

    def test_files_that_exist(self):
        """A report replaces an older file whole; a run that fails leaves it as it was."""
        path = self.write("old.json", "x" * 10_000_000)
        run("--json", path, IDLE)
        self.assertEqual(json.loads(path.read_text())["incidents"][0]["kind"], "none")
        path.write_text("old")
        self.fails(run("--json", path, self.folder / "none"), 2)
        self.assertEqual(path.read_text(), "old")
        link = self.folder / "link"
        link.symlink_to(path)
        run("--json", link, IDLE)
        self.assertTrue(link.is_symlink() and json.loads(path.read_text()))

    def test_evidence_is_kept(self):
        """No report is written over its input, by whatever name, nor one over the other."""
        path = self.folder / "bundle.tar.xz"
        shutil.copy(KILL, path)
        os.link(path, self.folder / "hard")
        (self.folder / "soft").symlink_to(path)
        bytes_before = path.read_bytes()
        for name in ("bundle.tar.xz", "hard", "soft"):
            self.fails(run("--json", self.folder / name, path), 3, "over the evidence")
            self.fails(run("--markdown", self.folder / name, "--before", path, IDLE), 3, "over the evidence")
        with open(path, "rb") as stream:
            done = subprocess.run([support.ANALYZE, "--json", path, "-"], stdin=stream, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, check=False)
            self.fails(done, 3, "over the evidence")
        with open(path, "ab") as stream:
            done = subprocess.run([support.ANALYZE, path], stdout=stream, stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 3)
        self.assertEqual(path.read_bytes(), bytes_before)
        out = self.folder / "out"
        self.fails(run("--json", out, "--markdown", out, path), 3, "the same file")
        done = run("--json", "/dev/null", "--markdown", "/dev/null", path)
        self.assertEqual((done.returncode, done.stderr), (1, b""))

    def test_cannot_be_written(self):
        self.fails(run("--json", self.folder / "no/where", KILL), 2, "no/where: No such file or directory")
        self.fails(run("--json", self.folder, KILL), 2, "Is a directory")
        with open("/dev/full", "wb") as full:
            for words in ((KILL,), (KILL, IDLE), ("--ndjson", KILL), ("--list-rules",), ("--help",), ("--facts", KILL),
                          ("--test-rules",), ("check", FIXTURES / "idle-host-6.12")):
                done = run(*words, stdout=full)
                self.assertEqual((done.returncode, done.stderr),
                                 (2, b"analyze: standard output: No space left on device\n"), words)
        done = run("--json", "/dev/full", KILL)
        self.assertEqual((done.returncode, done.stderr), (2, b"analyze: /dev/full: No space left on device\n"))

    def test_may_not_grow(self):
        """An error, not a death by SIGXFSZ."""
        path = self.folder / "v.json"
        done = subprocess.run([support.ANALYZE, "--json", path, KILL], capture_output=True, check=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))
        self.fails(done, 2, f"{path}: File too large")

    def test_closed(self):
        """Without a standard output, and with a reader that has gone."""
        for words in (str(KILL), f"{KILL} {IDLE}", f"--ndjson {KILL}", "--list-rules", "--version"):
            done = subprocess.run(["sh", "-c", f"{support.ANALYZE} {words} >&-"], stderr=subprocess.PIPE, check=False)
            self.assertEqual((done.returncode, done.stderr),
                             (2, b"analyze: standard output: Bad file descriptor\n"), words)
        # The shell says 141 where the signal of the pipe ended it, and 2 where the error was said.
        done = subprocess.run(["bash", "-c", f"{support.ANALYZE} --facts {KILL} | head -n 1; exit ${{PIPESTATUS[0]}}"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertIn((done.returncode, done.stderr.decode()),
                      ((141, ""), (2, "analyze: standard output: Broken pipe\n")))
        self.assertTrue(json.loads(done.stdout))

    def test_nothing_else_is_written(self):
        tree = self.folder / "tree"
        tree.mkdir()
        shutil.copy(KILL, tree / "bundle.tar.xz")
        env = {"HOME": str(tree), "TMPDIR": str(tree), "XDG_CACHE_HOME": str(tree)}
        self.passes(run("bundle.tar.xz", cwd=tree, env=env), 1)
        self.assertEqual([p.name for p in pathlib.Path(tree).iterdir()], ["bundle.tar.xz"])


if __name__ == "__main__":
    support.main()
