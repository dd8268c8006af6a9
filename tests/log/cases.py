#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the log reader over cases/*.log and checks the facts that cases/NAME.facts expects.

usage: cases.py LOG_FACTS [NAME...]

A line of a .facts file is one of
    count TABLE N                    TABLE has N rows
    TABLE[N].FIELD = VALUE @LINE     the Nth row, from 1; VALUE is JSON; @LINE, the line cited, may be left out
    absent TABLE[N].FIELD
    observed KIND TEXT               an observation of the kind whose text holds TEXT
The logs are made up from the formats of the kernel sources; no host, name or number in them is real.
"""
import collections
import json
import os
import re
import subprocess
import sys

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'cases')
CELL = r'(\w+)\[(\d+)\]\.(\w+)'


def read_facts(program, path):
    """Facts of a log, and of a second one of the same host where there is one."""
    second = path[:-4] + '.second'
    paths = [path, second] if os.path.exists(second) else [path]
    run = subprocess.run([program, *paths], capture_output=True, timeout=60)
    if run.returncode != 0:
        raise SystemExit(f'{program} {path}: exit code {run.returncode}\n{run.stderr.decode()}')
    tables = collections.defaultdict(list)
    for line in run.stdout.decode('latin-1').splitlines():
        row = json.loads(line)
        tables[row['table']].append(row)
    return tables


def cell(tables, match):
    table, number, field = match.group(1), int(match.group(2)), match.group(3)
    rows = tables[table]
    if number > len(rows):
        return None, None
    row = rows[number - 1]
    return row['fields'].get(field), row['lines'].get(field)


def check(tables, line):
    """None, or what is wrong."""
    if m := re.fullmatch(r'count (\w+) (\d+)', line):
        got = len(tables[m.group(1)])
        return None if got == int(m.group(2)) else f'found {got}'
    if m := re.fullmatch('absent ' + CELL, line):
        got, _ = cell(tables, m)
        return None if got is None else f'found {got!r}'
    if m := re.fullmatch(r'observed (\w+) (.*)', line):
        good = any(o['kind'] == m.group(1) and m.group(2) in o['text'] for o in tables['observations'])
        return None if good else 'not observed'
    if m := re.fullmatch(CELL + r' = (.*?)( @(\d+))?', line):
        got, where = cell(tables, m)
        if got != json.loads(m.group(4)):
            return f'found {got!r}'
        return f'cited line {where}' if m.group(6) and int(m.group(6)) != where else None
    return 'cannot be read'


def main():
    program, names = sys.argv[1], sys.argv[2:]
    names = names or sorted(f[:-6] for f in os.listdir(HERE) if f.endswith('.facts'))
    failed = 0
    print(f'1..{len(names)}')
    for number, name in enumerate(names, 1):
        tables = read_facts(program, os.path.join(HERE, name + '.log'))
        with open(os.path.join(HERE, name + '.facts'), encoding='utf-8') as f:
            lines = [line.strip() for line in f if line.strip() and not line.startswith('#')]
        wrong = [(line, answer) for line in lines if (answer := check(tables, line))]
        if not lines:
            wrong.append(('', 'expects nothing'))
        print(f'{"not " if wrong else ""}ok {number} - {name}')
        for line, answer in wrong:
            print(f'#   {line}: {answer}')
        failed += bool(wrong)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
