# SPDX-License-Identifier: MIT
"""Many bundles at once: what more workers bring, against one."""
import os

import make_bundle
from measure import HEAD, Command, row


def run(bench):
    count, processes, cgroups = (6, 20, 5) if bench.smoke else (64, 200, 80)
    paths = [bench.path(f'many-{i}.tar') for i in range(count)]
    make_bundle.write(paths[0], processes, cgroups, events=3)
    for path in paths[1:]:
        os.link(paths[0], path)
    print(f'{count} bundles of {processes} processes and {cgroups} cgroups, by analyze --ndjson\n{HEAD}')
    jobs = sorted({1, 2, os.cpu_count() or 1})
    commands = [Command(f'analyze --ndjson -j {n}', bench.analyze, '--ndjson', '-j', str(n), *paths, ok=(0, 1))
                for n in jobs]
    bench.take_turns(*commands)
    row(commands[0])
    for command in commands[1:]:
        row(command, commands[0], 'wall: 1 / cores')
    print()
    for path in paths:
        os.unlink(path)
