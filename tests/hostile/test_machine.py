#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Nothing of the machine that analyses reaches a verdict: the same bundle gives the same bytes in
another locale, time zone, at another time, with other pages, processors, memory, another name,
without /proc, from another folder and under another name."""
import io
import os
import re
import shutil
import subprocess
import tarfile
import unittest

from support import Bundle, COMPRESSIONS, ENVIRONMENT, IS_SANITIZED, PROGRAM, Test, TOOLS, main

FORMS = (["--format", "json"], ["--format", "markdown", "--full"], ["--format", "text"],
         ["--facts"])
CASES = ("ancestor-limit-oom-6.12", "swap-thrash-6.12")


class Machine(Test):
    def setUp(self):
        super().setUp()
        self.inputs = []
        for case in CASES:
            self.inputs.append(self.write(Bundle(case).tar(), case))
        self.expected = {(p, tuple(f)): self.output([PROGRAM, *f, p]) for p in self.inputs
                         for f in (FORMS if p == self.inputs[0] else FORMS[:1])}

    def output(self, command, env=None, **kwargs):
        done = subprocess.run(command, check=False, capture_output=True,
                              env={**ENVIRONMENT, **(env or {})}, **kwargs)
        self.assertTrue(done.stdout, (command, done.stderr))
        return done.returncode, done.stdout, done.stderr

    def same(self, prefix=(), env=None, **kwargs):
        for (path, form), expected in self.expected.items():
            self.assertEqual(self.output([*prefix, PROGRAM, *form, path], env, **kwargs), expected,
                             (prefix, env))

    def test_locale_zone_and_environment(self):
        locales = subprocess.run(["locale", "-a"], check=False, capture_output=True)
        some = [l for l in locales.stdout.decode().split() if l not in ("C", "C.utf8", "POSIX")]
        for name in ["C", "POSIX", "tr_TR.UTF-8", "de_DE", *some[:3]]:
            self.same(env={"LC_ALL": name, "LANG": name, "LANGUAGE": "de"})
        self.same(env={"TZ": "Pacific/Kiritimati", "COLUMNS": "20", "NO_COLOR": "1",
                       "TERM": "dumb"})
        self.same(env={"TZ": "America/St_Johns", "CI": "true", "HOME": "/nowhere",
                       "POSIXLY_CORRECT": "1", "MALLOC_PERTURB_": "165"})

    def test_an_empty_environment(self):
        for (path, form), expected in self.expected.items():
            if not IS_SANITIZED:
                done = subprocess.run(["env", "-i", PROGRAM, *form, path], check=False,
                                      capture_output=True)
                self.assertEqual((done.returncode, done.stdout, done.stderr), expected)

    def test_another_machine(self):
        if IS_SANITIZED:
            self.skipTest("a sanitizer must be loaded first")
        shim = os.path.join(TOOLS, "libmachine.so")
        self.same(env={"LD_PRELOAD": shim})

    def test_other_pages_are_not_even_asked_for(self):
        """libc and libraries may know the page size; analyze itself does not ask."""
        names = subprocess.run(["nm", "-u", PROGRAM], check=True, capture_output=True).stdout
        for name in ("getpagesize", "sysconf", "gethostname", "uname", "sysinfo", "get_nprocs",
                     "clock_gettime", "gettimeofday", "localtime", "strftime", "getauxval",
                     "sched_getaffinity", "getpwuid", "strtod", "setenv", "rand"):
            if IS_SANITIZED and name in ("getpagesize", "sysconf"):
                continue
            self.assertIsNone(re.search(rb"\b%s(@|$)" % name.encode(), names, re.M), name)

    def test_another_time(self):
        if IS_SANITIZED:
            self.skipTest("a sanitizer must be loaded first")
        # a boot clock of its own is what a time namespace can give
        if subprocess.run(["unshare", "--time", "--boottime", "99999", "true"], check=False,
                          capture_output=True).returncode:
            self.skipTest("no time namespaces here")
        self.same(prefix=("unshare", "--time", "--boottime", "99999", "--monotonic", "77777",
                          "--fork"))

    def test_another_host_and_an_empty_proc(self):
        script = 'mount -t tmpfs none /proc && hostname other && exec "$@"'
        prefix = ("unshare", "--mount", "--uts", "sh", "-c", script, "sh")
        if IS_SANITIZED:
            self.skipTest("LeakSanitizer needs /proc")
        if subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode:
            self.skipTest("may not mount here")
        self.same(prefix=prefix)

    def test_one_processor_and_little_memory(self):
        self.same(prefix=("taskset", "-c", "0"))
        if not IS_SANITIZED:
            self.same(prefix=("prlimit", "--as=300000000", "--nofile=20", "--stack=1000000"))

    def test_another_folder_and_name(self):
        os.mkdir(self.path("elsewhere"))
        for (path, form), expected in self.expected.items():
            moved = self.path("elsewhere/renamed")
            shutil.copy(path, moved)
            self.assertEqual(self.output([PROGRAM, *form, "renamed"],
                                         cwd=self.path("elsewhere")), expected)
            with open(path, "rb") as file:
                self.assertEqual(self.output([PROGRAM, *form, "-"], stdin=file), expected)

    def test_another_form(self):
        """The same members packed otherwise differ in nothing but the digest of the input."""
        bundle = Bundle(CASES[0])
        tar = bundle.tar()
        expected = self.without_digest(self.write(tar, "plain"))
        forms = {kind: pack(tar) for kind, pack in COMPRESSIONS.items()}
        forms["zip"] = bundle.zip()
        forms["prefixed"] = prefixed(bundle)
        for kind, data in forms.items():
            self.assertEqual(self.without_digest(self.write(data, kind)), expected, kind)
        bundle.unpack(self.path("unpacked"))
        self.assertEqual(self.without_digest(self.path("unpacked")), expected)

    def without_digest(self, path):
        _, out, _ = self.output([PROGRAM, "--format", "json", path])
        return re.sub(rb'"sha256": "[0-9a-f]{64}"', b"", out)

    def test_twice(self):
        """Random hash seeds and addresses show in nothing."""
        for _ in range(3):
            self.same()


def prefixed(bundle):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in bundle.members.items():
            info = tarfile.TarInfo("./host-2026/" + name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


if __name__ == "__main__":
    unittest.TestCase.longMessage = False
    main()
