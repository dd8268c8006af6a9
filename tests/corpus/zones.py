#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares what analyze decides of the zones of real reports with the same arithmetic, done here from the lines cited.

usage: zones.py ANALYZE [FOLDER] [--table]

For each zone of each event that the request could use: free, less what it cannot have (CMA, the reserve of atomic
requests) and less the rest of the block asked for, against min and the reserve of the lower zones
(__zone_watermark_ok). FOLDER as for corpus.py; exit code 1 on a difference, 77 when there is no folder.
"""
import json
import os
import re
import subprocess
import sys

from corpus import find_folder

TYPES = ['DMA', 'DMA32', 'Normal', 'HighMem', 'Movable', 'Device']
MOVABLE = 8


def facts_of(program, path):
    out = subprocess.run([program, '--facts', path], capture_output=True, check=False, timeout=300).stdout
    events = {}
    for line in out.decode('latin-1').splitlines():
        if line.startswith('{"fact":"oom_events['):
            fact = json.loads(line)
            place = fact['places'][0]['line'] if fact.get('places') else 0
            path_of = re.fullmatch(r'oom_events\[(\d+)\](?:\.zones\[(\d+)\])?\.(\w+)', fact['fact'])
            if path_of:
                event, zone, field = path_of.groups()
                row = events.setdefault(int(event), {'zones': {}})
                row = row if zone is None else row['zones'].setdefault(int(zone), {})
                row[field] = (fact.get('value'), place)
    return events


def highest_type(gfp):
    if gfp & 1:
        return 'DMA'
    if gfp & 4:
        return 'DMA32'
    return ('Movable' if gfp & MOVABLE else 'HighMem') if gfp & 2 else 'Normal'


def column_of(names, gfp, n):
    """The column of lowmem_reserve[] that counts, by the zones that a kernel with n columns has."""
    kernel = (['DMA', 'Normal', 'HighMem', 'Movable'] if 'HighMem' in names else
              ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'])
    kernel = kernel[-n:] if 'HighMem' in names and n < len(kernel) else kernel[:n]
    allowed = TYPES[:TYPES.index(highest_type(gfp)) + 1]
    return max(i for i, name in enumerate(kernel) if name in allowed)


def number(line, key):
    found = re.search(rb'\b' + key + rb':\s?(\d+)\s*[kK]B', line)
    return int(found.group(1)) if found else 0


def below(zone, lines, event, names):
    """(free, min, reserve in kB, is it below) of a zone, from the text of its lines."""
    gfp, order, page = (event[k][0] for k in ('gfp_mask', 'order', 'page_size'))
    at = zone['free'][1] - 1
    line = re.sub(rb'[\r\n>|]+\s*', b' ', b' '.join(lines[at:at + 8]).split(b'lowmem_reserve')[0])
    columns = [int(n) for n in str(zone['lowmem_reserve'][0]).split()]
    reserve = columns[column_of(names, gfp, len(columns))] * page // 1024
    free, least = number(line, b'free'), number(line, b'min')
    unusable = 0 if gfp & MOVABLE else number(line, b'free_cma')
    unusable += number(line, b'free_highatomic') if b'free_highatomic' in line else number(line, b'reserved_highatomic')
    return free, least, reserve, free - unusable - ((1 << max(order, 0)) - 1) * page // 1024 <= least + reserve


def check(program, path, show):
    with open(path, 'rb') as f:
        lines = f.read().split(b'\n')
    wrong = seen = 0
    for index, event in sorted(facts_of(program, path).items()):
        names = {z['name'][0] for z in event['zones'].values() if 'name' in z}
        for _, zone in sorted(event['zones'].items()):
            if 'below_min' not in zone:
                continue
            got = below(zone, lines, event, names)
            good = bool(zone['below_min'][0]) == got[3] and zone['reserve'][0] == got[2] * 1024
            seen += 1
            wrong += not good
            if show or not good:
                print(f'{os.path.basename(path)[:44]:44} {index:3} {zone["name"][0]:8} free {got[0]:>10} kB '
                      f'min {got[1]:>8} kB reserve {got[2]:>9} kB {"below" if got[3] else "above"}',
                      '' if good else f'DIFFERS: {zone}')
    return seen, wrong


def main():
    arguments = [a for a in sys.argv[1:] if a != '--table']
    folder = find_folder(arguments[1] if len(arguments) > 1 else None)
    if not folder:
        print('no folder with raw/: skipped')
        return 77
    seen = wrong = 0
    for name in sorted(os.listdir(os.path.join(folder, 'raw'))):
        more, bad = check(arguments[0], os.path.join(folder, 'raw', name), '--table' in sys.argv)
        seen, wrong = seen + more, wrong + bad
    print(f'{seen} zones compared, {wrong} differ')
    return 1 if wrong or not seen else 0


if __name__ == '__main__':
    sys.exit(main())
