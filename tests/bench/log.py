#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reading a large log with 50 events in it, against grep for the same anchor words, as ratios in one run.

usage: log.py PROGRAM [SIZE_MIB]    PROGRAM: analyze or log_facts of a release build; 1024 MiB unless told

Whole processes, best of three, the two by turns. CPU time (user and system) is what the ratio is made of, so that a
busy machine does not blur it; wall time is shown beside it.
"""
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ANCHORS = ('invoked oom-killer|Killed process|Out of memory|oom-kill:|oom_reaper|page allocation failure|Mem-Info:|'
           'Memory cgroup out of memory|blocked for more than|Cannot allocate memory|OutOfMemoryError|systemd-oomd|'
           'drop_caches:')


def run(command):
    """(CPU seconds, wall seconds, peak KiB). Output goes to a pipe: grep stops early when it is /dev/null."""
    start, peak = time.monotonic(), 0
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                             env=dict(os.environ, LC_ALL='C'))
    os.set_blocking(child.stdout.fileno(), False)
    while True:
        try:
            with open(f'/proc/{child.pid}/status', encoding='ascii', errors='replace') as f:
                peak = max([peak] + [int(line.split()[1]) for line in f if line.startswith('VmHWM')])
        except OSError:
            pass
        child.stdout.read()
        pid, _, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            return usage.ru_utime + usage.ru_stime, time.monotonic() - start, peak
        time.sleep(0.01)


def best(command, runs):
    runs.append(run(command))
    return min(r[0] for r in runs), min(r[1] for r in runs), max(r[2] for r in runs)


def main():
    program, size = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1024
    first = None
    with tempfile.TemporaryDirectory(prefix='oomscope-bench-log.') as folder:
        path = os.path.join(folder, 'messages')
        for part in (1, 2, 4):
            with open(path, 'wb') as f:
                subprocess.run([os.path.join(HERE, 'make_log.py'), str(size // 4 * part), '50'], stdout=f, check=True)
            ours, grep = [], []
            for _ in range(3):
                g = best(['grep', '-cE', ANCHORS, path], grep)
                o = best([program, path], ours)
            first = first or o[0]
            print(f'{size // 4 * part} MiB: grep {g[0]:.3f} s CPU, {g[1]:.3f} s wall; '
                  f'{os.path.basename(program)} {o[0]:.3f} s CPU, {o[1]:.3f} s wall, peak {o[2]} KiB; '
                  f'ratio {o[0] / g[0]:.2f} (wall {o[1] / g[1]:.2f}); against 1x: {o[0] / first:.2f}', flush=True)


if __name__ == '__main__':
    main()
