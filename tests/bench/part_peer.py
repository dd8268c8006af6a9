# SPDX-License-Identifier: MIT
"""analyze on one report of a real kernel, against other programs that read such logs: whole processes, so mostly what a
start costs. The others are not part of this project: --peer 'COMMAND {}' names one, {} is the log."""
import os
import re
import shlex
import tarfile

from measure import HEAD, Command, row

BUNDLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../fixtures/host-oom-6.12/bundle.tar.xz')
STARTS = 8  # of each a round: they are short


def write_dmesg(path):
    """The kernel's records as dmesg prints them."""
    with tarfile.open(BUNDLE) as tar:
        records = tar.extractfile('dev/kmsg').read().decode('ascii', 'replace')
    found = re.findall(r'^\d+,\d+,(\d+),[^;]*;(.*)$', records, re.M)
    with open(path, 'w', encoding='ascii', errors='replace') as out:
        for stamp, text in found:
            out.write(f'[{int(stamp) // 1000000:5}.{int(stamp) % 1000000:06}] {text}\n')


def run(bench):
    if not bench.peers:
        print("No --peer 'COMMAND {}' to compare with on one report\n", flush=True)
        return
    log = bench.path('dmesg.txt')
    write_dmesg(log)
    print(f'The kernel log of a host with one kill, {os.path.getsize(log)} bytes\n{HEAD}')
    ours = [Command('analyze LOG', bench.analyze, log, ok=(0, 1))]
    if os.path.exists(bench.static):
        ours.append(Command('analyze LOG, the static one of the tarball', bench.static, log, ok=(0, 1)))
    peers = [Command('', *shlex.split(peer.replace('{}', log))) for peer in bench.peers]
    for _ in range(STARTS):
        bench.take_turns(*ours, *peers)
    for command in ours:
        row(command, digits=4)
    for peer in peers:
        for command in ours:
            peer.label = f'{os.path.basename(peer.argv[-2])}, to {os.path.basename(command.argv[0])}'
            row(peer, command, '>= 20', digits=4)
    print(flush=True)
    os.unlink(log)
