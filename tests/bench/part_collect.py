# SPDX-License-Identifier: MIT
"""A capture of a host with 5,000 more processes, against a bare loop that opens, reads and discards the same files."""
import json
import os
import shutil
import subprocess

from measure import HEAD, Command, row


def read_bundle(path):
    """Names of the members, the last line of the manifest, and the processes whose open files were counted."""
    def text(*argv):
        return subprocess.run(['tar', *argv], stdout=subprocess.PIPE, check=True).stdout.decode()
    rows = text('-xOf', path, 'collect/processes.jsonl').splitlines()
    return (text('-tf', path).splitlines(), json.loads(text('-xOf', path, 'manifest.jsonl').splitlines()[-1]),
            [json.loads(line)['pid'] for line in rows])


def same_files(names, pids):
    """The files that were read, once for each time they were read."""
    for name in names:
        parts = name.split('/')
        if parts[0] in ('bundle.json', 'manifest', 'manifest.jsonl', 'collect') or \
                parts[-1] == 'clocks.json':
            continue
        yield '/' + '/'.join(parts[2:] if parts[0] == 'samples' else parts)
    for pid in pids:
        yield f'/proc/{pid}/fd'


def slab_bytes():
    with open('/proc/meminfo', encoding='ascii') as f:
        return int(f.read().split('SReclaimable:')[1].split()[0]) * 1024


def others(bench):
    """Other collectors, where they are installed: what they take on the same host, once."""
    if shutil.which('smemcap'):
        yield Command('smemcap', 'smemcap')
    for name in ('sos', 'sosreport'):
        if shutil.which(name):
            report = ['report'] if name == 'sos' else []
            yield Command(f'{name} -o memory,process', name, *report, '--batch', '-o', 'memory,process', '--tmp-dir',
                          bench.folder.name)
            break


def run(bench):
    count = 100 if bench.smoke else 5000
    sleepers = subprocess.Popen([bench.sleepers, str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    sleepers.stdout.readline()
    try:
        measure_with(bench, count)
    finally:
        sleepers.communicate()


def measure_with(bench, count):
    bundle, listed = bench.path('first.tar'), bench.path('list')
    slab = slab_bytes()
    subprocess.run([bench.collect, '-q', '-o', bundle], check=False)
    slab = slab_bytes() - slab
    names, end, pids = read_bundle(bundle)
    with open(listed, 'w', encoding='utf-8') as f:
        f.writelines(path + '\n' for path in same_files(names, pids))
    bare = Command('bare loop over the same files', bench.bare, listed)
    plain = Command('collect', bench.collect, '-q', '-o', '-', ok=(0, 1))
    packed = Command('collect -z', bench.collect, '-q', '-z', '-o', '-', ok=(0, 1))
    beside = list(others(bench))
    bench.take_turns(bare, plain, packed)
    print(f'A capture of this host with {count} more processes, {len(names)} members\n{HEAD}')
    row(bare)
    row(plain, bare, '<= 1.15')
    row(packed, bare)
    for command in beside:
        command.runs = [bench.once(command)]
        row(command, bare)
    if shutil.which('bsdtar'):
        read = Command('analyze of that capture', bench.analyze, bundle, ok=(0, 1))
        unpack = Command('bsdtar -xOf of it', 'bsdtar', '-xOf', bundle)
        bench.take_turns(unpack, read)
        row(unpack)
        row(read, unpack)
    footprint, size = end['footprint'], os.path.getsize(bench.collect)
    helper = footprint['helper_peak_rss_bytes']
    print(f'{"peak RSS, its helper, the program (KiB)":46} {footprint["peak_rss_bytes"] / 1024:.0f}, {helper / 1024:.0f}, '
          f'{size / 1024:.1f}  aim <= 1024, 1024, 96')
    print(f'{"slab growth of the first capture":46} {slab / max(1, len(pids)):.0f} bytes a process; '
          f'{footprint["inodes"] / max(1, len(pids)):.1f} inodes a process\n', flush=True)
    os.unlink(bundle)
