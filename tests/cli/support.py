# SPDX-License-Identifier: MIT
"""What the tests of analyze's command line share: analyze (ANALYZE), the sources, a scratch folder for each test."""
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

SOURCES = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = SOURCES / "fixtures"
ANALYZE = os.path.abspath(os.environ["ANALYZE"])
KILL = FIXTURES / "cgroup-oom-6.12/bundle.tar.xz"  # exit 1
IDLE = FIXTURES / "idle-host-6.12/bundle.tar.xz"  # exit 0


def run(*arguments, stdin=b"", env=None, cwd=None, stdout=subprocess.PIPE):
    """Runs analyze; the streams are bytes, and nothing of CI is in the environment."""
    clean = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR")} | (env or {})
    return subprocess.run([ANALYZE, *map(str, arguments)], input=stdin, stdout=stdout, stderr=subprocess.PIPE, env=clean,
                          cwd=cwd, timeout=600, check=False)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def fails(self, done, code, *words):
        """This exit code, nothing on standard output, and one line that says what is wrong."""
        text = done.stderr.decode()
        self.assertEqual((done.returncode, done.stdout), (code, b""), text)
        self.assertEqual(text.count("\n"), 1, text)
        self.assertTrue(text.startswith("analyze: "), text)
        for word in words:
            self.assertIn(word, text)

    def passes(self, done, code=0):
        self.assertEqual((done.returncode, done.stderr), (code, b""))
        return done.stdout.decode()


def members_of(path):
    """Name -> bytes of a tar."""
    with tarfile.open(path) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}


def tar_of(members, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=tarfile.PAX_FORMAT) as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def verdict_of(done):
    return json.loads(done.stdout)


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]], verbosity=1)
