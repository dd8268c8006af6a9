# SPDX-License-Identifier: MIT
"""analyze on a large syslog with 50 kills in it, against grep that counts the lines with the same words.

The words come from the table of analyze (anchors.c here prints it). A second grep looks for the first dozen alone."""
import os
import subprocess

import make_log
from measure import HEAD, Command, row

FEW = 12


def make(bench, size_mib):
    path = bench.path(f'messages.{size_mib}')
    with open(path, 'w', encoding='ascii') as out:
        make_log.write(out, size_mib)
    return path


def run(bench):
    small, large = (1, 4) if bench.smoke else (256, 1024)
    paths = [make(bench, small), make(bench, large)]
    print(f'A syslog of {large} MiB with 50 kills\n{HEAD}')
    words = subprocess.run([bench.anchors], stdout=subprocess.PIPE, check=True).stdout.decode('ascii').splitlines()
    grep = Command(f'grep -cE, the {len(words)} words of analyze', 'grep', '-cE', '|'.join(words), paths[1], to='file')
    few = Command(f'grep -cE, the first {FEW} of them', 'grep', '-cE', '|'.join(words[:FEW]), paths[1], to='file')
    analyze = Command('analyze LOG', bench.analyze, paths[1], ok=(0, 1))
    pipe = Command('analyze - (from a pipe)', bench.analyze, '-', ok=(0, 1), feed=['cat', paths[1]])
    quarter = Command(f'analyze LOG, {small} MiB of it', bench.analyze, paths[0], ok=(0, 1))
    bench.take_turns(grep, analyze, few, pipe, quarter)
    row(grep)
    row(few, grep)
    row(analyze, grep, '<= 1')
    row(pipe, grep)
    row(quarter)
    peaks = [max(c.column('peak_kib')) for c in (analyze, quarter)]
    print(f'{"peak memory, " + str(large) + " MiB / " + str(small) + " MiB":46} {peaks[0] / peaks[1]:.2f}  aim: 1\n',
          flush=True)
    for path in paths:
        os.unlink(path)
