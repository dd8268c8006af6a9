#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No memory, a disk that breaks, a disk that is full, a reader that went away: analyze says so and
ends with 2. It does not crash, and never prints half an answer as a whole one."""
import errno
import os
import subprocess
import tempfile

from support import Bundle, COMPRESSIONS, IS_SANITIZED, PROGRAM, Result, Test, TOOLS, json, main, run

SHIM = os.path.join(TOOLS, "libfaults.so")
STEPS = 16  # places tried of each kind, spread over all


class Faults(Test):
    def setUp(self):
        super().setUp()
        if IS_SANITIZED:
            self.skipTest("the sanitizer's heap is its own: this runs in the release build")
        tar = Bundle().small().tar()
        self.inputs = {"tar": self.write(tar, "b.tar"),
                       "zst": self.write(COMPRESSIONS["zst"](tar), "b.tar.zst"),
                       "zip": self.write(Bundle().small().zip(), "b.zip"),
                       "log": self.write(Bundle().members["dev/kmsg"], "log")}
        Bundle().small().unpack(self.path("tree"))
        self.inputs["folder"] = self.path("tree")

    def broken(self, path, fault, at=0, number=errno.EIO, args=("--json", "-"), once=False):
        """Runs with one fault; the second result is how many calls of that kind there were."""
        env = {**os.environ, "LD_PRELOAD": SHIM, "FAULT": fault, "FAULT_AT": str(at),
               "FAULT_ERRNO": str(number), "FAULT_COUNT": "1"}
        if once:
            env["FAULT_ONCE"] = "1"
        with tempfile.TemporaryFile() as counted:
            def give():
                os.dup2(counted.fileno(), 9)
            done = subprocess.run([PROGRAM, *args, path], check=False, capture_output=True, env=env,
                                  timeout=120, preexec_fn=give, close_fds=False)
            counted.seek(0)
            text = counted.read()
        return Result(done), max(map(int, text.split()), default=0)  # a worker counts too

    def places(self, n):
        """The first calls one by one, and then some up to the last."""
        return sorted({*range(1, min(n, STEPS // 2) + 1), *range(1, n + 1, max(1, n // STEPS)), n})

    def end_is_right(self, done, where):
        """A whole answer, or an error and 2; never a signal, never an answer cut in two."""
        self.assertIn(done.code, (0, 1, 2), (where, done.code, done.err))
        if done.code == 2:
            self.assertTrue(done.err or observations(done), where)
        if done.out:
            json.loads(done.out)
        else:
            self.assertEqual(done.code, 2, where)
            self.assertTrue(done.err, where)

    def test_no_memory(self):
        for name, path in self.inputs.items():
            whole, n = self.broken(path, "alloc")
            self.assertGreater(n, 50)
            for once in (False, True):
                for at in self.places(n):
                    done, _ = self.broken(path, "alloc", at, once=once)
                    self.end_is_right(done, (name, at, once))
                    if done.code != 2:  # it could do without, and nothing is missing
                        self.assertEqual(done.out, whole.out, (name, at))

    def test_no_memory_in_other_modes(self):
        for args in (("--format", "markdown"), ("--facts",), ("--explain", "host-oom"),
                     ("--ndjson",)):
            whole, n = self.broken(self.inputs["tar"], "alloc", args=args)
            for at in self.places(n)[::3]:
                done, _ = self.broken(self.inputs["tar"], "alloc", at, args=args)
                self.assertIn(done.code, (0, 1, 2), (args, at, done.err))
                if done.code != 2 and done.code == whole.code:
                    self.assertEqual(done.out, whole.out, (args, at))

    def test_read_errors(self):
        for name, path in self.inputs.items():
            _, n = self.broken(path, "read")
            for at in self.places(n)[:30]:
                done, _ = self.broken(path, "read", at)
                self.assertEqual(done.code, 2, (name, at, done.err))
                self.end_is_right(done, (name, at))
                said = done.err + json.dumps(observations(done))
                self.assertIn("Input/output error", said, (name, at))

    def test_folders_that_cannot_be_listed(self):
        """To the end, or at all: what is behind it is not known to be absent."""
        _, n = self.broken(self.inputs["folder"], "list")
        self.assertGreater(n, 20)
        for once in (False, True):
            for at in self.places(n):
                done, _ = self.broken(self.inputs["folder"], "list", at, once=once)
                self.assertEqual(done.code, 2, (at, done.err))
                self.observed(done.verdict, "malformed", "a folder that cannot be listed")

    def test_output_errors(self):
        for number, words in ((errno.ENOSPC, "No space left"), (errno.EIO, "Input/output"),
                              (errno.EPIPE, "Broken pipe")):
            for args in (("--json", "-"), ("--format", "text"), ("--ndjson",)):
                done, _ = self.broken(self.inputs["tar"], "write", 1, number, args)
                self.assertEqual(done.code, 2, (args, done.err))
                if args[0] != "--ndjson":
                    self.assertIn(words, done.err)
        done = run("--json", "/dev/full", self.inputs["tar"])
        self.assertEqual(done.code, 2)
        self.assertIn("/dev/full: No space left", done.err)

    def test_short_writes(self):
        whole = run("--json", "-", self.inputs["tar"])
        done, n = self.broken(self.inputs["tar"], "short", 1)
        self.assertEqual((done.code, done.out), (whole.code, whole.out))
        self.assertGreater(n, 5)

    def test_a_reader_that_went_away(self):
        for args in ([], ["--json", "-"], ["--facts"], ["--list-rules"], ["--ndjson"]):
            read_end, write_end = os.pipe()
            os.close(read_end)
            done = subprocess.run([PROGRAM, *args, self.inputs["tar"]], check=False,
                                  stdout=write_end, stderr=subprocess.PIPE)
            os.close(write_end)
            self.assertEqual(done.returncode, 2, args)
            self.assertIn(b"Broken pipe", done.stderr, args)

    def test_no_worker(self):
        """Where no process can be started, --ndjson and check say so."""
        if os.geteuid() == 0:
            prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        else:
            prefix = []
        subprocess.run(["chmod", "-R", "a+rX", self.folder], check=True)
        done = subprocess.run([*prefix, "prlimit", "--nproc=0:0", PROGRAM, "--ndjson",
                               self.inputs["tar"]], check=False, capture_output=True)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"no worker process", done.stderr)


def observations(done):
    verdict = json.loads(done.out) if done.out.startswith(b"{") else {}
    return verdict.get("observations", [])


if __name__ == "__main__":
    main()
