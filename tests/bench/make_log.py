#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: make_log.py SIZE_MIB [EVENTS [LINES]]

Writes a syslog to standard output: SIZE_MIB MiB of what services log, with EVENTS (50) kills spread in it, or at least
LINES lines where SIZE_MIB is 0. Same arguments, same bytes.
"""
import random
import sys

NOISE = [
    'web sshd[{0}]: Accepted publickey for deploy from 192.0.2.{1} port {0} ssh2: ED25519 SHA256:abcdef',
    'web systemd[1]: Started Session {0} of user deploy.',
    'web nginx[{1}]: 192.0.2.{1} - - "GET /api/v1/items/{0}?page={1} HTTP/1.1" 200 {0} "-" "Mozilla/5.0"',
    'web kernel: [{0}.{1:06d}] eth0: renamed from veth{1}',
    'web app[{1}]: INFO request handled in {1} ms, cache hit, session memory store {0} entries, user id {0}',
    'web cron[{0}]: (root) CMD (test -x /usr/sbin/anacron || run-parts --report /etc/cron.hourly)',
    'web postgres[{1}]: LOG: checkpoint complete: wrote {0} buffers; write={1}.{1} s, sync=0.{1} s',
]


def event_lines(number, oom_memcg='/w', tasks=60):
    """What the kernel prints when the task with pid 4000 + number is killed at the limit of a cgroup."""
    pid = 4000 + number
    return [
        'worker invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
        f'CPU: 1 PID: {pid} Comm: worker Not tainted 6.1.0 #1',
        f'memory: usage 102400kB, limit 102400kB, failcnt {number}',
        'Tasks state (memory values in pages):',
        '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
        *(f'[{p:7d}]  1000 {p:5d}   {p * 3}   {p * 2}   245760        0             0 worker'
          for p in range(pid, pid + tasks)),
        f'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg={oom_memcg},'
        f'task_memcg={oom_memcg},task=worker,pid={pid},uid=1000',
        f'Memory cgroup out of memory: Killed process {pid} (worker) total-vm:{pid * 12}kB, anon-rss:{pid * 8}kB, '
        'file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:240kB oom_score_adj:0',
    ]


def event(number, second):
    return ''.join(f'Jan  2 03:04:05 web kernel: [{second}.{i:06d}] {line}\n'
                   for i, line in enumerate(event_lines(number)))


def write(out, size_mib, events=50, lines=0):
    size, done, n = size_mib << 20, 0, 0
    rng = random.Random(1)
    blocks = [''.join(f'Jan  2 03:{rng.randrange(60):02d}:{rng.randrange(60):02d} '
                      + rng.choice(NOISE).format(rng.randrange(1, 65536), rng.randrange(1, 255)) + '\n'
                      for _ in range(9000)) for _ in range(8)]
    size = size or sum(map(len, blocks)) * lines // (8 * 9000)
    while done < size or n < events:
        block = rng.choice(blocks)
        if done < size:
            out.write(block)
        done += len(block)
        while n < events and done * events >= size * (n + 1):
            n += 1
            out.write(event(n, 1000 * n))


if __name__ == '__main__':
    write(sys.stdout, *map(int, sys.argv[1:]))
