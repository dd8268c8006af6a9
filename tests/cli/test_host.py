# SPDX-License-Identifier: MIT
"""Both programs, one after the other, over the very host that the test runs on."""
import json
import os
import subprocess

import support
from support import run, verdict_of

COLLECT = os.path.abspath(os.environ["COLLECT"])


class Host(support.Case):
    def capture(self, *words, stdout=subprocess.PIPE):
        done = subprocess.run([COLLECT, *map(str, words)], stdout=stdout, stderr=subprocess.PIPE, check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr.decode())
        self.partial = done.returncode == 1  # a busy machine: a deadline was met
        return done

    def check(self, done):
        """A verdict, whatever the host went through; nothing that collect wrote is taken for a forgery, or missed."""
        self.assertIn(done.returncode, (0, 1) if not self.partial else (0, 1, 2), done.stdout.decode()[-2000:])
        verdict = verdict_of(done)
        self.assertTrue(verdict["incidents"])
        for observed in verdict["observations"]:
            self.assertNotIn("manifest", observed["text"], observed)
            self.assertNotIn(observed["kind"], ("malformed", "over-limit", "duplicate"), observed)
            # The log of this host may have lost the head of a report; the bundle has lost nothing.
            cut = observed["kind"] == "truncated" and (observed["place"] or {}).get("member") != "dev/kmsg"
            self.assertFalse(cut and not self.partial, observed)
        return verdict

    def test_file(self):
        path = self.folder / "host.tar.gz"
        self.capture("-q", "-o", path)
        verdict = self.check(run("--format", "json", path))
        self.assertEqual(verdict["bundle"]["hostname"], os.uname().nodename)

    def test_pipe(self):
        """collect -o - | analyze -"""
        done = self.capture("-q", "-o", "-")
        self.check(run("--format", "json", "-", stdin=done.stdout))

    def test_unpacked(self):
        self.capture("-q", "-o", self.folder / "host.tar")
        (self.folder / "tree").mkdir()
        subprocess.run(["tar", "-C", self.folder / "tree", "-xf", self.folder / "host.tar"], check=True)
        self.check(run("--format", "json", self.folder / "tree"))

    def test_growth_between(self):
        old, new = self.folder / "old.tar", self.folder / "new.tar"
        self.capture("-q", "-o", old)
        self.capture("-q", "-o", new)
        done = run("--before", old, "--format", "json", new)
        self.check(done)
        self.assertIn('"before:', json.dumps(verdict_of(done)))


if __name__ == "__main__":
    support.main()
