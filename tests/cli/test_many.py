# SPDX-License-Identifier: MIT
"""Many bundles: one line each, in order, whatever becomes of a worker; and what they have in common."""
import json
import os
import resource
import shutil
import signal
import subprocess
import time

import support
from support import ANALYZE, FIXTURES, IDLE, KILL, members_of, run, tar_of

ALL = sorted(FIXTURES.glob("*/bundle.tar.xz"))
with open(ANALYZE, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()  # slow: some of them are enough


def lines_of(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


class Many(support.Case):
    def test_all_fixtures(self):
        """150 bundles by four workers: byte by byte what one says, in the order of the names."""
        self.assertGreater(len(ALL), 130)
        bundles = ALL[::8] if SANITIZED else ALL
        names = "".join(f"{path}\n" for path in bundles).encode()
        one, four = run("--ndjson", "-", stdin=names), run("--ndjson", "-j", "4", "-", stdin=names)
        self.assertEqual(one.stdout, four.stdout)
        self.assertEqual((one.returncode, four.returncode, four.stderr), (1, 1, b""))
        lines = lines_of(four)
        self.assertEqual([line["bundle"] for line in lines], [str(path) for path in bundles])
        self.assertEqual({tuple(sorted(line)) for line in lines}, {("bundle", "exit", "verdict")})
        self.summary(four.stdout, lines)

    def summary(self, text, lines):
        """Counted again here, from the lines alone."""
        path = self.write("all.ndjson", text)
        summary = json.loads(self.passes(run("summarize", "--format", "json", path)))
        incidents = [i for line in lines for i in line["verdict"]["incidents"]]
        real = [i for i in incidents if i["kind"] not in ("none", "unknown")]
        self.assertEqual((summary["bundles"], summary["incidents"]), (len(lines), len(real)))

        def count(values):
            values = list(values)
            pairs = [{"name": v, "count": values.count(v)} for v in set(values) if v]
            return sorted(pairs, key=lambda p: (-p["count"], p["name"].encode()))

        self.assertEqual(summary["hosts"], count(line["verdict"]["bundle"].get("hostname") for line in lines))
        self.assertEqual(summary["exit"], count(str(line["exit"]) for line in lines))
        self.assertEqual(summary["causes"], count(r["rule"] for i in incidents for r in i.get("ranking", [])
                                                  if r["role"] == "cause"))
        self.assertEqual(summary["verdicts"], count(
            f"{i['kind']}, scope {i['scope']}" if i in real else i["kind"] for i in incidents))
        human = self.passes(run("summarize", path))
        self.assertEqual(human.splitlines()[0], f"{len(lines)} bundles, {len(real)} incidents")
        for key in ("verdicts", "hosts", "cgroups", "victims", "causes"):
            first = summary[key][0]
            self.assertIn(f"\n{key}\n{first['count']:8}  {first['name']}\n", human)

    def test_bad_ones(self):
        """An error is a line as any other, and the rest is as if it were not there."""
        empty = self.write("empty.tar", b"")
        names = [KILL, self.folder / "none", empty, IDLE]
        done = run("--ndjson", "-j", "2", *names)
        lines = lines_of(done)
        self.assertEqual([line["bundle"] for line in lines], list(map(str, names)))
        self.assertEqual([line["exit"] for line in lines], [1, 2, 2, 0])
        self.assertEqual([sorted(line)[1] for line in lines], ["exit", "error", "error", "exit"])
        self.assertEqual(done.returncode, 2)
        said = done.stderr.decode().splitlines()
        self.assertEqual(len(said), 2)
        self.assertTrue(said[0].startswith(f"analyze: {names[1]}: ") and said[1].startswith(f"analyze: {empty}: "))
        summary = json.loads(run("summarize", "--format", "json", "-", stdin=done.stdout).stdout)
        self.assertEqual([e["count"] for e in summary["errors"]], [1, 1])

    def slow(self):
        """A bundle that nobody ever writes: its reader waits."""
        path = self.folder / "fifo"
        os.mkfifo(path)
        return path

    def test_hang(self):
        """Given up after wall_s; the others are done meanwhile."""
        path = self.slow()
        done = run("--ndjson", "-j", "2", "--limit", "wall_s=10", path, IDLE)
        self.assertEqual([line["exit"] for line in lines_of(done)], [2, 0])
        self.assertEqual(lines_of(done)[0]["error"], "given up after 10 s (limit wall_s)")
        self.assertEqual(done.stderr.decode(), f"analyze: {path}: given up after 10 s (limit wall_s)\n")
        self.assertEqual(done.returncode, 2)

    def workers(self, parent):
        with open(f"/proc/{parent}/task/{parent}/children", encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]

    def wait_for_worker(self, parent):
        for _ in range(600):
            pids = self.workers(parent)
            if pids:
                return pids[0]
            time.sleep(0.05)
        self.fail("no worker came")

    def test_killed_worker(self):
        path = self.slow()
        process = subprocess.Popen([ANALYZE, "--ndjson", path, IDLE], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.kill(self.wait_for_worker(process.pid), signal.SIGKILL)
        out, err = process.communicate(timeout=120)
        lines = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([line["exit"] for line in lines], [2, 0])
        self.assertEqual(lines[0]["error"], "the analysis was ended by signal 9")
        self.assertEqual(err.decode(), f"analyze: {path}: the analysis was ended by signal 9\n")
        self.assertEqual(process.returncode, 2)

    def test_killed_worker_of_check(self):
        for name, bundle in (("a", "fifo"), ("b", "bundle.tar.xz")):
            self.write(f"cases/{name}/expect.yaml", f"format: 1\nbundle: {bundle}\n")
        os.mkfifo(self.folder / "cases/a/fifo")
        shutil.copy(IDLE, self.folder / "cases/b/bundle.tar.xz")
        process = subprocess.Popen([ANALYZE, "check", self.folder / "cases"], stdout=subprocess.PIPE)
        os.kill(self.wait_for_worker(process.pid), signal.SIGKILL)
        out = process.communicate(timeout=120)[0].decode().splitlines()
        self.assertEqual([out[2].split(" - ")[0], out[3], out[4].split(" - ")[0]],
                         ["not ok 1", "#   the analysis was ended by signal 9", "ok 2"])
        self.assertEqual(process.returncode, 1)

    def test_killed_parent(self):
        """Workers do not outlive it."""
        process = subprocess.Popen([ANALYZE, "--ndjson", self.slow()], stdout=subprocess.DEVNULL)
        worker = self.wait_for_worker(process.pid)
        process.kill()
        process.wait()
        for _ in range(600):
            try:
                with open(f"/proc/{worker}/stat", encoding="ascii") as file:
                    if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                        return
            except FileNotFoundError:
                return
            time.sleep(0.05)
        os.kill(worker, signal.SIGKILL)
        self.fail("the worker lives on")

    def test_signals_of_the_parent(self):
        """Who ignores or blocks signals and then runs analyze gets the same answers."""
        signals = (signal.SIGCHLD, signal.SIGALRM, signal.SIGXCPU)
        def ignore():
            for number in signals:
                signal.signal(number, signal.SIG_IGN)
        def block():
            signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        words = [ANALYZE, "--ndjson", "--limit", "wall_s=10", KILL, self.folder / "none", self.slow()]
        for change in (ignore, block):
            done = subprocess.run(words, capture_output=True, check=False, timeout=120, preexec_fn=change)
            lines = lines_of(done)
            self.assertEqual([line["exit"] for line in lines], [1, 2, 2])
            self.assertEqual([line.get("error") for line in lines[1:]],
                             ["No such file or directory", "given up after 10 s (limit wall_s)"])
            self.assertEqual(done.returncode, 2)

    def test_few_descriptors(self):
        """More jobs than there may be files: as many at once as there is room for."""
        done = subprocess.run([ANALYZE, "--ndjson", "-j", "50", *[IDLE] * 12], capture_output=True, check=False,
                              timeout=120, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16)))
        self.assertEqual([line["exit"] for line in lines_of(done)], [0] * 12)

    def test_lists(self):
        """Names with line feeds come as find -print0 writes them; a list that is none is said."""
        path = self.folder / "a\nb.tar.xz"
        shutil.copy(IDLE, path)
        done = run("--ndjson", "-", stdin=f"{path}\0\0{IDLE}".encode())
        self.assertEqual([line["exit"] for line in lines_of(done)], [0, 0])
        for text in (b"", b"\n\n", b"\0"):
            self.fails(run("--ndjson", "-", stdin=text), 3, "standard input: no name of a bundle in it")
        for words, reason in (("</", "Is a directory"), ("<&-", "Bad file descriptor")):
            done = subprocess.run(["sh", "-c", f'"$0" --ndjson - {words}', ANALYZE], capture_output=True, check=False)
            self.fails(done, 2, f"standard input: {reason}")

    def test_reports(self):
        """Without --ndjson: report after report, each under its name where it is text."""
        done = run("-j", "2", KILL, IDLE)
        self.assertEqual(self.passes(done, 1), f"==> {KILL} <==\n{run(KILL).stdout.decode()}\n"
                                               f"==> {IDLE} <==\n{run(IDLE).stdout.decode()}")
        done = run("--format", "markdown", KILL, IDLE)
        self.assertEqual(done.stdout, b"".join(run("--format", "markdown", path).stdout for path in (KILL, IDLE)))

    def test_odd_names(self):
        """Names of hosts and files come from outside: a line stays a line."""
        members = members_of(IDLE)
        bundle = json.loads(members["bundle.json"])
        bundle["host"]["hostname"] = "a\n\x1b[31mb\u202e"
        members["bundle.json"] = json.dumps(bundle).encode()
        path = self.write("a \"b\\.tar", tar_of({n: d for n, d in members.items() if not n.startswith("manifest")}))
        done = run("--ndjson", "-", stdin=f"{path}\n\n{IDLE}".encode())
        self.assertEqual([line["bundle"] for line in lines_of(done)], [str(path), str(IDLE)])
        self.assertNotIn(b"\x1b", done.stdout)
        human = run("summarize", "-", stdin=done.stdout).stdout
        self.assertIn(b"\nhosts\n       1  a\\n\\x1b[31mb", human)
        self.assertNotIn(b"\x1b", human)
        self.assertNotIn("\u202e", human.decode())

    def test_summary_of_nothing(self):
        self.assertEqual(self.passes(run("summarize", "-")), "0 bundles, 0 incidents\n")
        for text, line in ((b"{}\nnonsense\n", 2), (b"[1]\n", 1), (b'{"a":1}{"b":2}\n', 1)):
            path = self.write("bad.ndjson", text)
            self.fails(run("summarize", path), 2, f"bad.ndjson:{line}: not a line of analyze --ndjson")
        self.fails(run("summarize", self.folder / "none"), 2, "none: No such file or directory")


if __name__ == "__main__":
    support.main()
