# SPDX-License-Identifier: MIT
"""What the tests of hostile input share. ANALYZE names the program, SOURCES the project's root."""
import bz2
import codecs
import gzip
import hashlib
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

PROGRAM = os.path.abspath(os.environ.get("ANALYZE", "build/dev/analyze/analyze"))
SOURCES = os.path.abspath(os.environ.get("SOURCES", os.path.join(os.path.dirname(__file__), "../..")))
TOOLS = os.path.abspath(os.environ.get("TOOLS", "build/dev/tests/hostile"))
IS_SANITIZED = os.environ.get("SANITIZED") == "1"
SKIP = 77
MIB = 1 << 20
SANITIZER_ENDED = 99  # no exit status of analyze
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": f"exitcode={SANITIZER_ENDED}",
               "UBSAN_OPTIONS": f"exitcode={SANITIZER_ENDED}:print_stacktrace=1"}


def byte_as_escape(error):
    """As collect writes a byte of a name that is not UTF-8: \\u00XX."""
    return "".join(f"\\u{ord(c) & 0xff:04x}" for c in error.object[error.start:error.end]), error.end


codecs.register_error("byte-as-escape", byte_as_escape)


class Result:
    """An ended run: exit status (negative: a signal), output as bytes."""

    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr.decode()

    @property
    def verdict(self):
        return json.loads(self.out)


def run(*args, env=None, **kwargs):
    kwargs.setdefault("timeout", 300)
    return Result(subprocess.run([PROGRAM, *map(str, args)], check=False, capture_output=True,
                                 env={**ENVIRONMENT, **(env or {})}, **kwargs))


class Bundle:
    """Members by name, in order, of a recorded bundle; what is changed can be made honest again."""

    def __init__(self, case="ancestor-limit-oom-6.12"):
        self.members = {}
        with tarfile.open(os.path.join(SOURCES, "fixtures", case, "bundle.tar.xz")) as tar:
            for member in tar:
                self.members[member.name] = tar.extractfile(member).read()

    def manifests(self):
        parts = [n for n in self.members if n.startswith("manifest/")]
        return sorted(parts, key=lambda n: int(n[9:-6])) + ["manifest.jsonl"]

    def edit(self, change):
        """change(line) gives the line of the manifest to write instead, or None to leave it out."""
        for name in self.manifests():
            lines = (change(json.loads(line)) for line in self.members[name].splitlines())
            self.members[name] = b"".join(
                json.dumps(line, separators=(",", ":"), ensure_ascii=False)
                .encode("utf-8", "byte-as-escape") + b"\n"
                for line in lines if line is not None)

    def put(self, name, data):
        """Replaces or adds a member and tells the manifest of it."""
        is_new = name not in self.members
        # before the manifest, as collect writes it
        last = {n: self.members.pop(n) for n in self.manifests()} if is_new else {}
        self.members[name] = data
        self.members.update(last)
        entry = {"member": name, "status": "ok", "errno": 0, "bytes": len(data), "us": 1,
                 "sha256": hashlib.sha256(data).hexdigest()}
        self.edit(lambda line: {**line, **entry} if line.get("member") == name else line)
        if is_new:
            line = json.dumps(entry).encode() + b"\n"
            self.members["manifest.jsonl"] = line + self.members["manifest.jsonl"]

    def rename(self, changes):
        """Puts bytes in place of bytes in all names and contents; the manifest stays honest."""
        def changed(data):
            for old, new in changes.items():
                data = data.replace(old, new)
            return data
        names = {n: changed(n.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
                 for n in self.members}
        manifests = self.manifests()
        self.members = {names[n]: d if n in manifests else changed(d)
                        for n, d in self.members.items()}

        def line_of(line):
            if line.get("member") in names:
                line["member"] = names[line["member"]]
            if "sha256" in line:
                data = self.members[line["member"]]
                line.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
            return line
        self.edit(line_of)
        return self

    def shrink(self, keep):
        """Only the members that keep(name) wants; an honest manifest of the rest."""
        self.members = {n: d for n, d in self.members.items()
                        if keep(n) or n == "bundle.json" or n.startswith("manifest")}
        self.edit(lambda line: line if line.get("member") in self.members or "sha256" not in line
                  else None)

    def small(self):
        """The log, the host and a few processes."""
        self.shrink(lambda n: n in ("dev/kmsg", "proc/meminfo", "proc/vmstat") or
                    n.startswith(("proc/205/", "proc/203/", "sys/fs/cgroup/kubepods.slice")))
        self.edit(lambda line: {**line, "complete": False} if "table" in line else line)
        return self

    def tar(self, extra=()):
        """extra: entries (TarInfo, data) that follow the members."""
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name, data in self.members.items():
                entry_add(tar, entry(name, len(data)), data)
            for info, data in extra:
                entry_add(tar, info, data)
        return out.getvalue()

    def zip(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self.members.items():
                archive.writestr(name, data)
        return out.getvalue()

    def unpack(self, folder):
        for name, data in self.members.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)


def entry(name, size=0, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = size, kind, link
    return info


def entry_add(tar, info, data=b""):
    tar.addfile(info, io.BytesIO(data))


def by_program(*command):
    return lambda data: subprocess.run(command, input=data, capture_output=True, check=True).stdout


COMPRESSIONS = {"gz": lambda d: gzip.compress(d, 6, mtime=0), "bz2": bz2.compress,
                "xz": lzma.compress, "zst": by_program("zstd", "-q", "-c"),
                "lz4": by_program("lz4", "-q", "-c")}


class Test(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="oomscope-hostile-")
        self.addCleanup(subprocess.run, ["rm", "-rf", self.folder], check=False)
        self.addCleanup(subprocess.run, ["chmod", "-R", "u+rwX", self.folder], check=False)

    def path(self, name="input"):
        return os.path.join(self.folder, name)

    def write(self, data, name="input"):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def analyze(self, data, *args, code=None):
        """Runs over the bytes (or the path), checks the exit status, gives the verdict."""
        path = self.write(data) if isinstance(data, bytes) else data
        done = run("--json", "-", *args, path)
        self.assertIn(done.code, (0, 1, 2) if code is None else (code,), done.err)
        return done.verdict

    def observed(self, verdict, kind, text, member=None, count=None):
        for o in verdict["observations"]:
            place = o.get("place", {}).get("member", "")
            place = place if isinstance(place, str) else place["text"]
            if o["kind"] == kind and text in plain(o["text"]) and member in (None, place):
                self.assertIn(count, (None, o["count"]))
                return
        self.fail(f"no observation {kind} of {member}: {text}\n" +
                  json.dumps(verdict["observations"], indent=1)[:4000])

    def many(self, inputs, *args):
        """One run over many inputs: name -> line of --ndjson."""
        names = [self.write(data, name) for name, data in inputs.items()]
        done = run("--ndjson", "-j", "2", *args, "-", input="\n".join(names).encode() + b"\n")
        lines = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual(len(lines), len(inputs), done.err)
        for line in lines:
            self.assertIn(line["exit"], (0, 1, 2), line)
            self.assertNotIn("signal", line.get("error", ""), line)
            self.assertNotIn("no result", line.get("error", ""), (line, done.err))
        return dict(zip(inputs, lines))

    def never_flipped(self, whole, part):
        """The law of erasure over two verdicts: what is decided in both is decided alike."""
        decided = {finding_id(f): f["outcome"] for f in whole["findings"]}
        for f in part["findings"]:
            before = decided.get(finding_id(f))
            if {before, f["outcome"]} == {"match", "clear"}:
                self.fail(f"{finding_id(f)} was {before} and is {f['outcome']}")


def plain(text):
    return text if isinstance(text, str) else text["text"]


def finding_id(finding):
    return finding["rule"], json.dumps(finding.get("row"))


def main():
    result = unittest.main(exit=False, verbosity=2).result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIP if result.testsRun and len(result.skipped) == result.testsRun else 0)
