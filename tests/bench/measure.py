# SPDX-License-Identifier: MIT
"""Whole processes, measured by turns (A B A B ...), and the one table that comes of it.

A ratio is taken pair by pair and its median shown with least and most, so that a machine whose speed drifts, or that
others use too, does not blur it. CPU time is user and system time of the process and its children.
"""
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile


class Command:
    """A command line; OK are the exit codes with which it has done its work. feed: a command whose output it reads."""

    def __init__(self, label, *argv, ok=(0,), feed=None, to='pipe'):
        self.label, self.argv, self.ok, self.feed, self.to, self.runs = label, argv, ok, feed, to, []

    def column(self, what):
        return [getattr(run, what) for run in self.runs]


class Run:
    def __init__(self, line):
        wall, user, system, self.peak_kib, self.status = map(int, line.split())
        self.wall, self.cpu = wall / 1e6, (user + system) / 1e6


class Bench:
    def __init__(self, spend, rounds):
        self.spend, self.rounds, self.failed = spend, rounds, False
        self.folder = tempfile.TemporaryDirectory(prefix='oomscope-bench.')
        self.report = os.path.join(self.folder.name, 'spent')
        self.env = dict(os.environ, LC_ALL='C')

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def once(self, command):
        feed = command.feed and subprocess.Popen(command.feed, stdout=subprocess.PIPE)
        # grep stops at its first match when it writes to /dev/null
        with open(self.path('output') if command.to == 'file' else os.devnull, 'wb') as out:
            done = subprocess.run([self.spend, self.report, *command.argv], stdout=out, stderr=subprocess.PIPE,
                                  stdin=feed.stdout if feed else subprocess.DEVNULL, env=self.env, check=False)
        if feed:
            feed.stdout.close()
            feed.wait()
        with open(self.report, encoding='ascii') as f:
            run = Run(f.read())
        if run.status not in command.ok:
            sys.stderr.write(done.stderr.decode(errors='replace'))
            print(f'FAILED: {" ".join(map(str, command.argv))}: exit status {run.status}', flush=True)
            self.failed = True
        return run

    def take_turns(self, *commands):
        for _ in range(self.rounds):
            for command in commands:
                command.runs.append(self.once(command))


def spread(values, digits=2):
    return f'{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})'


def ratios(command, base, what):
    return [a / max(b, 1e-6) for a, b in zip(command.column(what), base.column(what))]


HEAD = f'{"":46} {"CPU s":>19} {"wall s":>19} {"peak MiB":>8} {"CPU ratio":>17} {"wall ratio":>17}  aim'


def row(command, base=None, aim='', digits=2):
    peak = max(command.column('peak_kib')) / 1024
    cpu, wall = (spread(command.column(what), digits) for what in ('cpu', 'wall'))
    text = f'{command.label:46} {cpu:>19} {wall:>19} {peak:8.1f}'
    if base:
        text += f' {spread(ratios(command, base, "cpu")):>17} {spread(ratios(command, base, "wall")):>17}  {aim}'
    print(text.rstrip(), flush=True)


def of_file(path, pattern, otherwise):
    try:
        with open(path, encoding='utf-8', errors='replace') as f:
            found = re.search(pattern, f.read(), re.M)
        return found.group(1) if found else otherwise
    except OSError:
        return otherwise


def machine(compiler):
    model = of_file('/proc/cpuinfo', r'^model name\s*: (.*)$', platform.machine())
    kib = int(of_file('/proc/meminfo', r'^MemTotal:\s*(\d+)', '0'))
    version = subprocess.run([compiler, '--version'], stdout=subprocess.PIPE, check=False).stdout.decode().split('\n')[0]
    load = of_file('/proc/loadavg', r'^(\S+)', '?')
    return (f'{model}, {os.cpu_count()} cores, {kib / 1048576:.0f} GiB, Linux {platform.release()}, {version}, '
            f'load {load} at the start')
