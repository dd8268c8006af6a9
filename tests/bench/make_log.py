#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a syslog of SIZE MiB with N events of the OOM killer spread in it.  usage: make_log.py SIZE N"""
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


def event(number, second):
    pid = 4000 + number
    rows = ''.join(f'[{p:7d}]  1000 {p:5d}   {p * 3}   {p * 2}   245760        0             0 worker\n'
                   for p in range(pid, pid + 60))
    text = f'''worker invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
CPU: 1 PID: {pid} Comm: worker Not tainted 6.1.0 #1
memory: usage 102400kB, limit 102400kB, failcnt {number}
Tasks state (memory values in pages):
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
{rows}oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/w,task_memcg=/w,task=worker,pid={pid},uid=1000
Memory cgroup out of memory: Killed process {pid} (worker) total-vm:{pid * 12}kB, anon-rss:{pid * 8}kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:240kB oom_score_adj:0
'''
    return ''.join(f'Jan  2 03:04:05 web kernel: [{second}.{i:06d}] {line}\n' for i, line in enumerate(text.splitlines()))


def main():
    size, n = int(sys.argv[1]) << 20, int(sys.argv[2])
    rng = random.Random(1)
    blocks = [''.join(f'Jan  2 03:{rng.randrange(60):02d}:{rng.randrange(60):02d} '
                      + rng.choice(NOISE).format(rng.randrange(1, 65536), rng.randrange(1, 255)) + '\n'
                      for _ in range(9000)) for _ in range(8)]
    done, events, out = 0, 0, sys.stdout
    while done < size:
        block = rng.choice(blocks)
        out.write(block)
        done += len(block)
        while events < n and done * n >= size * (events + 1):
            events += 1
            out.write(event(events, 1000 * events))


if __name__ == '__main__':
    main()
