# SPDX-License-Identifier: MIT
"""What twice and four times the input take: no step may be quadratic, so twice is at most 2.2 times."""
import os
import statistics

import make_bundle
import make_log
from measure import Command, ratios, spread

RULE = '''format: 1
id: bench-rule-{0}
title: A process is larger than the bench cares for, {0}
kind: risk
severity: notice
status: stable
coverage: [bench]
when: "(any p in processes: (p.rss > 1024GiB)) or meminfo.free < 1MiB"
say: "{{meminfo.free}} is left."
because: It is there to be counted.
do: [Nothing.]
dont: [Nothing.]
refs: [none]
tests:
  - name: a large one
    given:
      proc/meminfo: |
        MemFree:               1 kB
    expect: match
  - name: none
    given:
      proc/meminfo: |
        MemFree:         2000000 kB
      proc/1/status: |
        Name:\ta
        VmRSS:\t       8 kB
    expect: clear
  - name: nothing there
    given:
      proc/meminfo: |
        MemTotal:        2000000 kB
    expect: unknown
'''


def write_log(path, events, lines):
    with open(path, 'w', encoding='ascii') as out:
        make_log.write(out, 0, events, lines)


def write_rules(path, count):
    os.mkdir(path)
    for i in range(count):
        with open(os.path.join(path, f'bench-rule-{i}.yaml'), 'w', encoding='ascii') as out:
            out.write(RULE.format(i))


def bundle_of(**sizes):
    """A maker of bundles in which one thing grows, and the rest is small."""
    (name, size), = sizes.items()
    small = {'processes': 10, 'cgroups': 5, 'events': 2, 'slabs': 10, 'nodes': 1}
    return size, lambda bench, path, n: make_bundle.write(path, **{**small, name: n}), None


def dimensions(bench):
    """name -> (1x, how to write an input of that size, what else stands on the command line)."""
    yield 'processes', bundle_of(processes=5000)
    yield 'cgroups', bundle_of(cgroups=2000)
    yield 'events in a bundle', bundle_of(events=500)
    yield 'slab caches', bundle_of(slabs=10000)
    yield 'NUMA nodes', bundle_of(nodes=256)
    yield 'events in a log', (2000, lambda bench, path, n: write_log(path, n, 1), None)
    yield 'lines of a log', (2000000, lambda bench, path, n: write_log(path, 50, n), None)
    yield 'rules', (500, lambda bench, path, n: write_rules(path, n), '--rules')


def run(bench):
    print('Scaling: CPU time of twice the input over once, and of four times over twice; aim <= 2.2')
    print(f'{"":22} {"1x is":>9} {"CPU s of 1x, 2x, 4x":>22} {"2x / 1x":>18} {"4x / 2x":>18} {"peak MiB":>16}')
    fixed = bench.path('fixed.tar')
    make_bundle.write(fixed, 100, 20)
    for name, (size, write, option) in dimensions(bench):
        size = max(2, size // 50) if bench.smoke else size
        commands = []
        for factor in (1, 2, 4):
            path = bench.path(f'scaling-{factor}-{name.split()[0]}')
            write(bench, path, size * factor)
            argv = (option, path, fixed) if option else (path,)
            commands.append(Command(f'{name} {factor}x', bench.analyze, *argv, ok=(0, 1)))
        bench.take_turns(*commands)
        one, two, four = commands
        seconds = ', '.join(f'{statistics.median(c.column("cpu")):.2f}' for c in commands)
        peaks = ', '.join(f'{max(c.column("peak_kib")) / 1024:.0f}' for c in commands)
        print(f'{name:22} {size:9d} {seconds:>22} {spread(ratios(two, one, "cpu")):>18} '
              f'{spread(ratios(four, two, "cpu")):>18} {peaks:>16}', flush=True)
        for command in commands:
            if not option:
                os.unlink(command.argv[1])
    print(flush=True)
