# SPDX-License-Identifier: MIT
"""analyze on a large bundle, against bsdtar that only unpacks it into nothing."""
import os
import shutil

import make_bundle
from measure import HEAD, Command, row


def run(bench):
    processes, cgroups = (200, 80) if bench.smoke else (5000, 2000)
    path = bench.path('bundle.tar')
    make_bundle.write(path, processes, cgroups)
    size = os.path.getsize(path)
    print(f'A bundle of {processes} processes and {cgroups} cgroups, {size / (1 << 20):.0f} MiB\n{HEAD}')
    bsdtar = Command('bsdtar -xOf BUNDLE', 'bsdtar', '-xOf', path)
    analyze = Command('analyze BUNDLE', bench.analyze, path, ok=(0, 1))
    pipe = Command('analyze - (from a pipe)', bench.analyze, '-', ok=(0, 1), feed=['cat', path])
    if not shutil.which('bsdtar'):
        print('no bsdtar here: nothing to compare with')
        bsdtar = None
    bench.take_turns(*filter(None, (bsdtar, analyze, pipe)))
    for command, aim in ((bsdtar, ''), (analyze, '<= 1.5'), (pipe, '')):
        if command:
            row(command, bsdtar if command is not bsdtar else None, aim)
    peak = max(analyze.column('peak_kib')) * 1024 / size
    print(f'{"peak memory of analyze / size of the bundle":46} {peak:.2f}  aim <= 2\n', flush=True)
    os.unlink(path)
