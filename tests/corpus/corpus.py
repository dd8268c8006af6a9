#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares what the log reader finds in real logs with labels made by hand.

usage: corpus.py LOG_FACTS [FOLDER] [--wrong]

FOLDER holds raw/NAME.log and labels/NAME.json; default ../../../shared/corpus from here or beside the checkout.
Prints a table with the score. Exit code 1 when events are missed or invented or fewer than 98 % of the labelled
fields are right, 77 when there is no folder.
"""
import collections
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
KIB = 1024
UNLIMITED_KIB = 1 << 52
AIM_PERCENT = 98
ALIKE = {'alloc_failure': ('alloc_failure', 'alloc_stall', 'vmalloc_failure', 'slub_failure')}


def find_folder(argument):
    candidates = [argument] if argument else [os.path.join(ROOT, '..', 'shared', 'corpus'),
                                              os.path.join(ROOT, '..', '..', 'shared', 'corpus')]
    for folder in candidates:
        if os.path.isdir(os.path.join(folder, 'raw')):
            return folder
    return None


def read_facts(program, path):
    out = subprocess.run([program, path], capture_output=True, check=True, timeout=60).stdout.decode('latin-1')
    tables = collections.defaultdict(list)
    for line in out.splitlines():
        row = json.loads(line)
        tables[row['table']].append(row)
    for event in tables['oom_events']:
        event['victims'] = [v['fields'] for v in tables['oom_victims'] if v['parent'] == event['row']]
        event['tasks'] = [t['fields'] for t in tables['oom_tasks'] if t['parent'] == event['row']]
    return tables


def kind_of(event):
    f = event['fields']
    if any(f.get(key) for key in ('panic', 'no_killable', 'exiting', 'let_live')):
        return 'oom_no_kill'
    return 'oom_kill'


def kib(value):
    return value // KIB if isinstance(value, int) else None


def victim_adj(event):
    f = event['fields']
    pid = f.get('victim_pid', f.get('chosen_pid'))
    if 'victim_adj' in f:
        return f['victim_adj']
    for task in event['tasks']:
        if pid in (task.get('pid'), task.get('tgid')):
            return task.get('oom_score_adj')
    return None


def found_fields(event):
    f = event['fields']
    flags = f.get('gfp_flags')
    mask = hex(f['gfp_mask']) if 'gfp_mask' in f else None
    limit = f.get('limit')
    killed = 'victim' if 'victim_pid' in f or kind_of(event) == 'oom_no_kill' else 'chosen'  # a cut log may end at the summary, which names the task
    return {
        'scope': f.get('scope'), 'cgroup': f.get('cgroup'), 'task_cgroup': f.get('task_cgroup'),
        'trigger_comm': f.get('trigger_comm'), 'trigger_pid': f.get('trigger_pid'), 'order': f.get('order'),
        'gfp': (mask, flags), 'victim_comm': f.get(killed + '_comm'), 'victim_pid': f.get(killed + '_pid'),
        'total_vm_kb': kib(f.get('victim_total_vm')), 'anon_rss_kb': kib(f.get('victim_anon_rss')),
        'file_rss_kb': kib(f.get('victim_file_rss')), 'shmem_rss_kb': kib(f.get('victim_shmem_rss')),
        'oom_score_adj': victim_adj(event), 'limit_kb': limit if limit == 'unlimited' else kib(limit),
        'usage_kb': kib(f.get('usage')), 'trigger_oom_score_adj': f.get('trigger_adj'),
        'constraint': f.get('constraint'),
        'also_killed': sorted({v['pid'] for v in event['victims'][1:]} - {f.get('victim_pid')}),
    }


def same(name, label, found):
    if name == 'gfp':
        mask, flags = found
        text = label.replace(' ', '')
        head = text.split('(')[0]
        if head.startswith('0x') and '*' not in head:
            return mask is not None and int(head, 16) == int(mask, 16)
        return flags is not None and flags.replace(' ', '') in text
    if name == 'constraint':
        names = {'CONSTRAINT_NONE': 'none', 'CONSTRAINT_CPUSET': 'cpuset', 'CONSTRAINT_MEMCG': 'memcg',
                 'CONSTRAINT_MEMORY_POLICY': 'memory_policy'}
        return names.get(label, label) == found
    if name == 'also_killed':
        return sorted(label) == found
    if name in ('limit_kb', 'usage_kb') and label >= UNLIMITED_KIB:
        return found == 'unlimited'
    return label == found


def span_of(event):
    lines = [n for n in event['lines'].values() if n]
    return (min(lines), max(lines)) if lines else (0, 0)


def closeness(label, event):
    f, score = event['fields'], 0
    for key, field in (('victim_pid', 'victim_pid'), ('trigger_pid', 'trigger_pid'), ('trigger_comm', 'trigger_comm'),
                       ('victim_comm', 'victim_comm')):
        if label.get(key) is not None:
            score += 3 if f.get(field) == label[key] else -1
    if label.get('lines'):
        low, high = span_of(event)
        score += 4 if label['lines'][0] <= low <= label['lines'][1] else -4
    return score


def pair(labels, events):
    """The labels in order, each with the event that fits best and is still free."""
    free, pairs = list(events), []
    for label in labels:
        best = max(free, key=lambda e: closeness(label, e), default=None)
        if best is not None and (len(labels) == 1 or closeness(label, best) >= 0):
            free.remove(best)
            pairs.append((label, best))
        else:
            pairs.append((label, None))
    return pairs, free


class Score:
    def __init__(self):
        self.n = collections.Counter()
        self.fields = collections.defaultdict(collections.Counter)
        self.wrong = []

    def compare(self, name, label, event):
        found = found_fields(event)
        self.field(name, 'kind', label['kind'], kind_of(event))
        for key, value in label.items():
            if key not in found:
                continue
            if value is None:
                if key in ('victim_pid', 'limit_kb', 'cgroup') and found[key] not in (None, 'unlimited'):
                    self.note(name, key, value, found[key])  # the label says the log does not say
                continue
            self.field(name, key, value, found[key])

    def field(self, name, key, label, found):
        right = same(key, label, found)
        self.fields[key]['right' if right else 'wrong'] += 1
        if not right:
            self.note(name, key, label, found)

    def note(self, name, key, label, found):
        self.wrong.append(f'{name}: {key}: label {label!r}, found {found!r}')

    def others(self, name, kinds, rows):
        """Allocation failures and userspace kills, by count."""
        for kind, wanted in kinds.items():
            got = sum(1 for r in rows if r['fields']['kind'] in ALIKE.get(kind, (kind,)))
            self.n['labelled'] += wanted
            self.n['found'] += min(wanted, got)
            if got < wanted:
                self.n['missed'] += wanted - got
                self.wrong.append(f'{name}: {wanted} {kind}, found {got}')


def run(program, folder):
    score = Score()
    for entry in sorted(os.listdir(os.path.join(folder, 'labels'))):
        name = entry[:-5]
        with open(os.path.join(folder, 'labels', entry), encoding='utf-8') as f:
            label = json.load(f)
        facts = read_facts(program, os.path.join(folder, 'raw', name + '.log'))
        labels = [e for e in label['events'] if e['kind'] in ('oom_kill', 'oom_no_kill')]
        pairs, extra = pair(labels, facts['oom_events'])
        for event_label, event in pairs:
            score.n['labelled'] += 1
            score.n['found' if event else 'missed'] += 1
            if event:
                score.compare(name, event_label, event)
            else:
                score.wrong.append(f'{name}: missed {event_label["kind"]} at {event_label.get("lines")}')
        score.n['invented'] += len(extra)
        for event in extra:
            score.wrong.append(f'{name}: invented an event at lines {span_of(event)}')
        kinds = collections.Counter(e['kind'] for e in label['events']
                                    if e['kind'] in ('alloc_failure', 'userspace_kill'))
        score.others(name, kinds, facts['log_events'])
    return score


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith('--')]
    folder = find_folder(arguments[1] if len(arguments) > 1 else None)
    if not folder:
        print('no corpus of labelled logs beside the checkout: skipped')
        return 77
    score = run(arguments[0], folder)
    if '--wrong' in sys.argv:
        print('\n'.join(score.wrong))
    right = sum(c['right'] for c in score.fields.values())
    total = sum(c['right'] + c['wrong'] for c in score.fields.values())
    print(f'{"field":24} {"right":>6} {"of":>6}')
    for key, c in sorted(score.fields.items()):
        print(f'{key:24} {c["right"]:6} {c["right"] + c["wrong"]:6}')
    print(f'{"all fields":24} {right:6} {total:6}  {right * 10000 // max(total, 1) / 100} %')
    print(f'events: {score.n["labelled"]} labelled, {score.n["found"]} found, {score.n["missed"]} missed, '
          f'{score.n["invented"]} invented')
    good = not score.n['missed'] and not score.n['invented'] and right * 100 >= AIM_PERCENT * total
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
