#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same reports through every carrier must give the same facts.

usage: carriers.py LOG_FACTS

The lines of REPORT are records of a kernel, made up. Each carrier below prints them as that program does; what the log
reader finds is compared with what it finds in plain dmesg text, but for times, which not every carrier has.
"""
import json
import sys
import tempfile

from cases import read_facts

COUNTERS = ('active_anon:100 inactive_anon:500 isolated_anon:0\n active_file:10 inactive_file:20 isolated_file:0\n'
            ' unevictable:0 dirty:0 writeback:0\n slab_reclaimable:300 slab_unreclaimable:400\n'
            ' mapped:5 shmem:6 pagetables:12\n sec_pagetables:7 bounce:0\n kernel_misc_reclaimable:0\n'
            ' free:4000 free_pcp:12 free_cma:0')
REPORT = [
    'loom & co invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=100',
    'CPU: 1 PID: 4400 Comm: loom & co Not tainted 6.1.0-18-amd64 #1  Debian 6.1.76-1',
    'Mem-Info:',
    COUNTERS,
    'Node 0 DMA free:8000kB boost:0kB min:40kB low:50kB high:60kB present:15992kB managed:15360kB free_cma:0kB',
    'lowmem_reserve[]: 0 1900 1900 1900 1900',
    'Node 0 DMA: 200*4kB (UE) 100*8kB (M) 0*16kB = 1600kB',
    '524158 pages RAM',
    'Tasks state (memory values in pages):',
    '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
    '[   4321]  1000  4321   235929   157286 13631488        0             0 a (b), c',
    'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,'
    'task_memcg=/a b,task=a (b), c,pid=4321,uid=1000',
    'Out of memory: Killed process 4321 (a (b), c) total-vm:943716kB, anon-rss:629145kB, file-rss:0kB, '
    'shmem-rss:0kB, UID:1000 pgtables:13312kB oom_score_adj:0',
]
CLOCK = '04:05:06'


def each(form, split=True):
    """A prefix per record; `split` repeats it on every line of a record, else the lines are escaped by the form."""
    out = []
    for number, record in enumerate(REPORT):
        for line in record.split('\n') if split else [record]:
            out.append(form(number, line))
    return '\n'.join(out) + '\n'


def seconds(number):
    return f'{100 + number // 1000000}.{number:06d}'


def indented(prefix):
    """dmesg and journalctl: further lines of a record have blanks where the prefix was."""
    return ''.join(prefix(n) + record.replace('\n', '\n' + ' ' * len(prefix(n))) + '\n'
                   for n, record in enumerate(REPORT))


def kmsg_escape(text):
    return ''.join(c if ' ' <= c <= '~' and c != '\\' else f'\\x{ord(c):02x}' for c in text)


def export_entry(number, record):
    fields = (f'__CURSOR=s=1;i={number}\n__REALTIME_TIMESTAMP={1704067200000000 + number}\n'
              f'_SOURCE_MONOTONIC_TIMESTAMP={100000000 + number}\n_BOOT_ID=0f\n_TRANSPORT=kernel\nSYSLOG_FACILITY=0\n'
              'SYSLOG_IDENTIFIER=kernel\nPRIORITY=4\n').encode()
    text = record.encode()
    if '\n' in record:
        return fields + b'MESSAGE\n' + len(text).to_bytes(8, 'little') + text + b'\n\n'
    return fields + b'MESSAGE=' + text + b'\n\n'


def journal_json(number, record, as_bytes=False):
    message = list(record.encode()) if as_bytes else record
    return json.dumps({'_TRANSPORT': 'kernel', 'SYSLOG_FACILITY': '0', 'SYSLOG_IDENTIFIER': 'kernel',
                       '__REALTIME_TIMESTAMP': str(1704067200000000 + number), 'MESSAGE': message,
                       '_SOURCE_MONOTONIC_TIMESTAMP': str(100000000 + number)}, separators=(',', ':'))


def dmesg_json():
    rows = ',{'.join(f'\n         "pri": 4,\n         "time":   {seconds(n)},\n         "msg": {json.dumps(r)}\n      }}'
                     for n, r in enumerate(REPORT))
    return '{\n   "dmesg": [\n      {' + rows + '\n   ]\n}\n'


def html(text):
    return text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')


def wrapped(text, width):
    out = []
    for line in text.splitlines():
        while len(line) > width and ' ' in line[1:width].strip():
            cut = line.rfind(' ', 1, width)
            if not line[:cut].strip():
                break
            out.append(line[:cut])
            line = line[cut + 1:]
        out.append(line)
    return '\n'.join(out) + '\n'


def broken(text, width):
    """As a terminal breaks long lines: at a column, whatever stands there."""
    return ''.join(line[at:at + width] + '\n' for line in text.splitlines() for at in range(0, max(len(line), 1), width))


def pieces(text, size):
    return [text[at:at + size] for at in range(0, len(text), size)]


def netconsole(number, record):
    """Extended netconsole: what is longer than a packet goes in fragments."""
    text, head = kmsg_escape(record), f'4,{number},{100000000 + number},-'
    if len(text) <= 200:
        return f'{head};{text}\n'
    return ''.join(f'{head},ncfrag={at * 150}/{len(text)};{piece}\n' for at, piece in enumerate(pieces(text, 150)))


def cri_cut(number, line):
    """Container runtimes cut lines at 16 KiB; here at 120 bytes."""
    parts = pieces(stamp(number) + line, 120)
    return '\n'.join(f'2024-01-01T{CLOCK}.{number:09d}Z stdout {"F" if part is parts[-1] else "P"} {part}'
                     for part in parts)


def json_pretty(number, record, as_bytes=False):
    fields = json.loads(journal_json(number, record, as_bytes))
    return json.dumps(fields, indent='\t', separators=(',', ' : ')) + '\n'


def stamp(number):
    return f'[{seconds(number):>12}] '


DMESG = each(lambda n, line: stamp(n) + line)
CARRIERS = {
    'dmesg with continuation lines': indented(stamp),
    'kmsg': each(lambda n, r: f'4,{n},{100000000 + n},-;{kmsg_escape(r)}', split=False),
    'kmsg with caller': each(lambda n, r: f'4,{n},{100000000 + n},-,caller=T4400;{kmsg_escape(r)}', split=False),
    'dmesg -r': each(lambda n, line: f'<4>{stamp(n)}{line}'),
    'dmesg -x': each(lambda n, line: f'kern  :warn  : {stamp(n)}{line}'),
    'dmesg -T': each(lambda n, line: f'[Mon Jan  1 {CLOCK} 2024] {line}'),
    'dmesg -T in French': each(lambda n, line: f'[lun. févr.  1 {CLOCK} 2024] {line}'),
    'dmesg -T in Japanese': each(lambda n, line: f'[月  1月  1 {CLOCK} 2024] {line}'),
    'dmesg --time-format iso': each(lambda n, line: f'2024-01-01T{CLOCK},{n:06d}+01:00 {line}'),
    'dmesg --time-format iso with caller': each(
        lambda n, line: f'2024-01-01T{CLOCK},{n:06d}+01:00 [  T4400] {line}'),
    'dmesg --reltime': each(lambda n, line: f'{"[  +0.000001]" if n else "[Jan 1 04:05]"} {line}'),
    'dmesg --time-format delta': each(lambda n, line: f'[<    0.000001>] {line}'),
    'dmesg -T with caller': each(lambda n, line: f'[Mon Jan  1 {CLOCK} 2024] [  T4400] {line}'),
    'dmesg -x -T': each(lambda n, line: f'kern  :warn  : [Mon Jan  1 {CLOCK} 2024] {line}'),
    'dmesg --color': each(lambda n, line: f'\x1b[32m{stamp(n)}\x1b[0m\x1b[33m{line}\x1b[0m'),
    'dmesg -J -x with caller': json.dumps({'dmesg': [
        {'fac': 'kern', 'pri': 'warn', 'time': 100.0, 'caller': 'T4400', 'msg': r} for r in REPORT]}, indent=3) + '\n',
    'dmesg --show-delta': each(lambda n, line: f'[{seconds(n):>12} <    0.000001>] {line}'),
    'dmesg -J': dmesg_json(),
    'caller column': each(lambda n, line: f'[{seconds(n):>12}] [  T4400] {line}'),
    'console caller': each(lambda n, line: f'[{seconds(n):>12}][ T4400] {line}'),
    'serial console': each(lambda n, line: f'{stamp(n)}{line}\r'),
    'netconsole in fragments': ''.join(netconsole(n, r) for n, r in enumerate(REPORT)),
    'byte order mark': '\ufeff' + DMESG,
    'ramoops': '====1704067200.123456-D\n' + each(lambda n, line: f'<4>{stamp(n)}{line}'),
    'pstore': 'Panic#1 Part1\n' + each(lambda n, line: f'<4>{stamp(n)}{line}'),
    'journal short': indented(lambda n: f'Jan 01 {CLOCK} vat kernel: '),
    'journal short-precise': indented(lambda n: f'Jan 01 {CLOCK}.{n:06d} vat kernel: '),
    'journal short-iso': indented(lambda n: f'2024-01-01T{CLOCK}+0000 vat kernel: '),
    'journal short-iso-precise': indented(lambda n: f'2024-01-01T{CLOCK}.{n:06d}+01:00 vat kernel: '),
    'journal short-monotonic': indented(lambda n: f'[{seconds(n):>12}] vat kernel: '),
    'journal short-full': indented(lambda n: f'Mon 2024-01-01 {CLOCK} UTC vat kernel: '),
    'journal short-unix': indented(lambda n: f'1704067200.{n:06d} vat kernel: '),
    'journal export': b''.join(export_entry(n, r) for n, r in enumerate(REPORT)),
    'journal json': each(journal_json, split=False),
    'journal json of bytes': each(lambda n, r: journal_json(n, r, True), split=False),
    'journal json-pretty': ''.join(json_pretty(n, r) for n, r in enumerate(REPORT)),
    'journal json-pretty of bytes': ''.join(json_pretty(n, r, True) for n, r in enumerate(REPORT)),
    'journal json-seq': ''.join('\x1e' + journal_json(n, r) + '\n' for n, r in enumerate(REPORT)),
    'journal json-sse': ''.join('data: ' + journal_json(n, r) + '\n\n' for n, r in enumerate(REPORT)),
    'journal with-unit': indented(lambda n: f'Mon 2024-01-01 {CLOCK} CET vat kernel: '),
    'journal cat': '\n'.join(REPORT) + '\n',
    'rsyslog with #012': each(lambda n, r: f'Jan  1 {CLOCK} vat kernel: ' + r.replace('\n', '#012'), split=False),
    'rsyslog with time of the kernel': each(lambda n, line: f'Jan  1 {CLOCK} vat kernel: {stamp(n)}{line}'),
    'rsyslog RFC 3339': each(lambda n, line: f'2024-01-01T{CLOCK}.{n:06d}+00:00 vat kernel: {stamp(n)}{line}'),
    'rsyslog imkmsg': each(lambda n, r: f'Jan  1 {CLOCK} vat kernel: {kmsg_escape(r)}', split=False),
    'rsyslog RFC 3164 with priority': each(lambda n, line: f'<4>Jan  1 {CLOCK} vat kernel: {stamp(n)}{line}'),
    'RFC 5424 with data': each(
        lambda n, line: f'<4>1 2024-01-01T{CLOCK}.{n:06d}Z vat kernel - - [x@1 a="b"] {line}'),
    'RFC 5424 without priority': each(lambda n, line: f'1 2024-01-01T{CLOCK}.{n:06d}Z vat kernel - - - {line}'),
    'RFC 5424': each(lambda n, line: f'<4>1 2024-01-01T{CLOCK}.{n:06d}Z vat kernel - - - {line}'),
    'busybox': each(lambda n, line: f'Jan  1 {CLOCK} vat kern.warn kernel: {stamp(n)}{line}'),
    'docker json-file': each(lambda n, line: json.dumps(
        {'log': f'{stamp(n)}{line}\n', 'stream': 'stdout', 'time': f'2024-01-01T{CLOCK}.{n:09d}Z'})),
    'CRI': each(lambda n, line: f'2024-01-01T{CLOCK}.{n:09d}Z stdout F {stamp(n)}{line}'),
    'CRI in parts': each(cri_cut),
    'docker json-file of klogd': each(lambda n, line: json.dumps(
        {'log': f'<4>{stamp(n)}{line}\n', 'stream': 'stdout', 'time': f'2024-01-01T{CLOCK}.{n:09d}Z'})),
    'json of a shipper': each(lambda n, line: json.dumps({'line': stamp(n) + line, 'timestamp': '1704067200000000000'})),
    'kubectl --timestamps': each(lambda n, line: f'2024-01-01T{CLOCK}.{n:09d}Z {stamp(n)}{line}'),
    'message only': each(lambda n, line: line),
    'indented paste': each(lambda n, line: f'        {stamp(n)}{line}'),
    'quoted mail': each(lambda n, line: f'> > {stamp(n)}{line}'),
    'web page': html(each(lambda n, line: f'<4>{stamp(n)}{line}')),
    'web page with breaks': html(DMESG).replace('\n', '<br>\n').replace('(', '&#40;').replace(')', '&#x29;'),
    'table of a tracker': each(lambda n, line: f'| {stamp(n)}{line}'),
    'wrapped and quoted mail': ''.join(f'> {line}\n' for line in wrapped(DMESG, 72).splitlines()),
    'wrapped mail': wrapped(DMESG, 72),
    'terminal of 80 columns': broken(DMESG, 80),
    'terminal of 132 columns': broken(DMESG, 132),
    'syslog on a terminal of 80 columns': broken(each(lambda n, line: f'Jan  1 {CLOCK} vat kernel: {stamp(n)}{line}'), 80),
    'logcat': each(lambda n, line: f'01-02 {CLOCK}.{n:03d}     0     0 W         : {line}'),
    'logcat with year, uid and time of the kernel': each(
        lambda n, line: f'2024-01-02 {CLOCK}.{n:03d}  root     0     0 W         : {stamp(n)}{line}'),
    'logcat with uid in digits': each(lambda n, line: f'01-02 {CLOCK}.{n:03d}  0     0     0 W         : {line}'),
    'UTF-16 of Windows': ('\ufeff' + DMESG.replace('\n', '\r\n')).encode('utf-16-le'),
    'UTF-16, big end first': ('\ufeff' + DMESG).encode('utf-16-be'),
    'line ends of CR alone': DMESG.replace('\n', '\r'),
    'dmesg -J on one line': json.dumps(json.loads(dmesg_json()), separators=(',', ':')),
    'dmesg -J on one long line': json.dumps({'dmesg': [{'pri': 'kern.info', 'time': '1.0', 'msg': f'a "}},{{" {n}'}
                                                       for n in range(3000)] + json.loads(dmesg_json())['dmesg']}),
    'journal json in an array': json.dumps([json.loads(journal_json(n, r)) for n, r in enumerate(REPORT)]) + '\n',
}
NOT_COMPARED = {'time', 'end_time', 'wall', 'stamp', 'trusted'}
TABLES = ('oom_events', 'oom_tasks', 'oom_victims', 'oom_zones')


def facts(program, content):
    with tempfile.NamedTemporaryFile(prefix='oomscope-carrier.') as f:
        f.write(content if isinstance(content, bytes) else content.encode())
        f.flush()
        tables = read_facts(program, f.name)
    return {t: [{k: v for k, v in row['fields'].items() if k not in NOT_COMPARED} for row in tables[t]]
            for t in TABLES}, tables


def trusts(name):
    """The carriers that prove who wrote a record."""
    if name == 'RFC 5424 without priority':
        return False
    return name == 'web page' or name.startswith((
        'kmsg', 'dmesg -r', 'dmesg -x', 'dmesg -J', 'journal export', 'journal json', 'pstore', 'ramoops', 'netconsole',
        'rsyslog RFC 3164 with', 'RFC 5424'))


def main():
    program, failed = sys.argv[1], 0
    wanted, _ = facts(program, DMESG)
    event = wanted['oom_events'][0]
    assert len(wanted['oom_events']) == 1 and event['victim_comm'] == 'a (b), c' and event['mem_free'] == 4000 * 4096
    assert event['trigger_comm'] == 'loom & co' and event['task_cgroup'] == '/a b' and len(wanted['oom_zones']) == 1
    print(f'1..{len(CARRIERS)}')
    for number, (name, content) in enumerate(CARRIERS.items(), 1):
        got, tables = facts(program, content)
        wrong = [f'{t}: wanted {w}, found {g}' for t in TABLES for w, g in
                 zip(wanted[t] + [None] * len(got[t]), got[t] + [None] * len(wanted[t])) if w != g]
        trusted = [row['fields'].get('trusted') for row in tables['oom_events']]
        if not wrong and trusted != [1 if trusts(name) else 0]:
            wrong.append(f'trusted: {trusted}')
        print(f'{"not " if wrong else ""}ok {number} - {name}')
        for line in wrong:
            print(f'#   {line}')
        failed += bool(wrong)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
