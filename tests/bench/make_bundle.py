#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: make_bundle.py OUTPUT [PROCESSES CGROUPS EVENTS SLABS NODES]

Writes a bundle as collect would write it on a busy host: 5,000 processes, 2,000 cgroups, 20 kills in the kernel log,
200 slab caches and 2 NUMA nodes unless told otherwise. Every number comes from a fixed seed: same arguments, same bytes.
"""
import hashlib
import json
import random
import sys

from make_log import event_lines

KIB_FIELDS = '''Rss Pss Pss_Dirty Pss_Anon Pss_File Pss_Shmem Shared_Clean Shared_Dirty Private_Clean Private_Dirty
Referenced Anonymous KSM LazyFree AnonHugePages ShmemPmdMapped FilePmdMapped Shared_Hugetlb Private_Hugetlb Swap
SwapPss Locked'''.split()
MEMORY_STAT = '''anon file kernel kernel_stack pagetables sec_pagetables percpu sock vmalloc shmem zswap zswapped
file_mapped file_dirty file_writeback swapcached anon_thp file_thp shmem_thp inactive_anon active_anon inactive_file
active_file unevictable slab_reclaimable slab_unreclaimable slab workingset_refault_anon workingset_refault_file
workingset_activate_anon workingset_activate_file workingset_restore_anon workingset_restore_file
workingset_nodereclaim pgscan pgsteal pgscan_kswapd pgscan_direct pgsteal_kswapd pgsteal_direct pgfault pgmajfault
pgrefill pgactivate pgdeactivate pglazyfree pglazyfreed thp_fault_alloc thp_collapse_alloc'''.split()
LIMITS = '''Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max file size             unlimited            unlimited            bytes     
Max data size             unlimited            unlimited            bytes     
Max stack size            8388608              unlimited            bytes     
Max core file size        0                    unlimited            bytes     
Max resident set          unlimited            unlimited            bytes     
Max processes             96364                96364                processes 
Max open files            20000                20000                files     
Max locked memory         8388608              8388608              bytes     
Max address space         unlimited            unlimited            bytes     
Max file locks            unlimited            unlimited            locks     
Max pending signals       96364                96364                signals   
Max msgqueue size         819200               819200               bytes     
Max nice priority         0                    0                    
Max realtime priority     0                    0                    
Max realtime timeout      unlimited            unlimited            us        
'''
STATUS = '''Name:\tworker-{pid}
Umask:\t0022
State:\tS (sleeping)
Tgid:\t{pid}
Ngid:\t0
Pid:\t{pid}
PPid:\t1
TracerPid:\t0
Uid:\t1000\t1000\t1000\t1000
Gid:\t1000\t1000\t1000\t1000
FDSize:\t64
Groups:\t1000
NStgid:\t{pid}
NSpid:\t{pid}
NSpgid:\t{pid}
NSsid:\t{pid}
Kthread:\t0
VmPeak:\t{peak:8d} kB
VmSize:\t{peak:8d} kB
VmLck:\t       0 kB
VmPin:\t       0 kB
VmHWM:\t{rss:8d} kB
VmRSS:\t{rss:8d} kB
RssAnon:\t{anon:8d} kB
RssFile:\t{file:8d} kB
RssShmem:\t       0 kB
VmData:\t{anon:8d} kB
VmStk:\t     132 kB
VmExe:\t       4 kB
VmLib:\t    1652 kB
VmPTE:\t      48 kB
VmSwap:\t       0 kB
HugetlbPages:\t       0 kB
CoreDumping:\t0
THP_enabled:\t1
untag_mask:\t0xffffffffffffffff
Threads:\t1
SigQ:\t0/96364
SigPnd:\t0000000000000000
ShdPnd:\t0000000000000000
SigBlk:\t0000000000000000
SigIgn:\t0000000000000000
SigCgt:\t0000000000000000
CapInh:\t0000000000000000
CapPrm:\t0000000000000000
CapEff:\t0000000000000000
CapBnd:\t000001ffffffffff
CapAmb:\t0000000000000000
NoNewPrivs:\t0
Seccomp:\t0
Seccomp_filters:\t0
Speculation_Store_Bypass:\tvulnerable
SpeculationIndirectBranch:\tconditional enabled
Cpus_allowed:\t3
Cpus_allowed_list:\t0-1
Mems_allowed:\t00000001
Mems_allowed_list:\t0
voluntary_ctxt_switches:\t2
nonvoluntary_ctxt_switches:\t1
'''


class Bundle:
    """A tar in the making, and its manifest: a part of it behind every 64 KiB of lines, as collect has it."""

    def __init__(self, out):
        self.out, self.lines, self.n_parts, self.n_members = out, [], 0, 0

    def member(self, name, text):
        data = text.encode()
        head = bytearray(512)
        folder, base = '', name
        if len(name) > 100:
            cut = name.index('/', len(name) - 100)
            folder, base = name[:cut], name[cut + 1:]
        head[0:len(base)] = base.encode()
        head[100:156] = b'0000644\0' + b'0000000\0' * 2 + b'%011o\0' % len(data) + b'15000000000\0' + b' ' * 8
        head[156:265] = b'0' + bytes(100) + b'ustar\x0000'
        head[345:345 + len(folder)] = folder.encode()
        head[148:156] = b'%06o\0 ' % sum(head)
        self.out.write(head + data + bytes(-len(data) % 512))
        self.n_members += 1
        return data

    def add(self, name, text):
        data = self.member(name, text)
        self.lines.append(f'{{"member":"{name}","status":"ok","errno":0,"bytes":{len(data)},"us":31,"sha256":'
                          f'"{hashlib.sha256(data).hexdigest()}"}}\n')
        if len(self.lines) == 150:
            self.flush()

    def table(self, name, count):
        self.lines.append(f'{{"table":"{name}","complete":true,"seen":{count},"captured":{count}}}\n')

    def flush(self):
        self.n_parts += 1
        self.member(f'manifest/{self.n_parts}.jsonl', ''.join(self.lines))
        self.lines = []

    def end(self):
        self.lines.append(f'{{"end":true,"complete":true,"members":{self.n_members}}}\n')
        self.member('manifest.jsonl', ''.join(self.lines))
        self.out.write(bytes(1024))


def kernel_log(events):
    lines = ['6,0,0,-;Linux version 6.12.0 (made up) #1 SMP\n']
    for event in range(events):
        for i, line in enumerate(event_lines(event, oom_memcg=f'/system.slice/s{event % 7}.service')):
            lines.append(f'6,{len(lines)},{(60 + event) * 1000000 + i},-;{line}\n')
    return ''.join(lines)


def meminfo(node, kib):
    rows = [('MemTotal', kib), ('MemFree', kib // 8), ('MemAvailable', kib // 4), ('Buffers', kib // 100),
            ('Cached', kib // 5), ('SwapCached', 0), ('AnonPages', kib // 2), ('Mapped', kib // 50),
            ('Shmem', kib // 90), ('Slab', kib // 20), ('SReclaimable', kib // 40), ('SUnreclaim', kib // 40),
            ('KernelStack', kib // 200), ('PageTables', kib // 100), ('SwapTotal', 0), ('SwapFree', 0),
            ('Committed_AS', kib // 2), ('CommitLimit', kib // 2)]
    return ''.join(f'{node}{name + ":":16}{value:8d} kB\n' for name, value in rows)


def zoneinfo(nodes):
    text = ''
    for node in range(nodes):
        for zone, pages in (('DMA', 3840), ('DMA32', 750000), ('Normal', 3200000)):
            text += (f'Node {node}, zone {zone:>8}\n  pages free     {pages // 8}\n        boost    0\n'
                     f'        min      {pages // 300}\n        low      {pages // 240}\n'
                     f'        high     {pages // 200}\n        spanned  {pages}\n        present  {pages}\n'
                     f'        managed  {pages}\n        protection: (0, 0, 0, 0, 0)\n'
                     f'      nr_free_pages {pages // 8}\n')
    return text


def host(bundle, slabs, nodes):
    bundle.add('proc/meminfo', meminfo('', 16000000 * nodes))
    bundle.add('proc/vmstat', ''.join(f'{name} {i * 7}\n' for i, name in enumerate(
        ('nr_free_pages', 'pgpgin', 'pgpgout', 'pswpin', 'pswpout', 'pgfault', 'pgmajfault', 'pgscan_kswapd',
         'pgscan_direct', 'pgsteal_kswapd', 'pgsteal_direct', 'oom_kill', 'allocstall_normal'))))
    bundle.add('proc/pressure/memory', 'some avg10=1.00 avg60=2.00 avg300=1.00 total=99\n'
               'full avg10=0.50 avg60=1.00 avg300=0.40 total=44\n')
    bundle.add('proc/swaps', 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n')
    bundle.add('proc/zoneinfo', zoneinfo(nodes))
    bundle.add('proc/buddyinfo', ''.join(f'Node {n}, zone {"Normal":>8} ' + ' '.join(['   120'] * 11) + '\n'
                                         for n in range(nodes)))
    for node in range(nodes):
        folder = f'sys/devices/system/node/node{node}/'
        bundle.add(folder + 'meminfo', meminfo(f'Node {node} ', 16000000))
        bundle.add(folder + 'numastat', f'numa_hit {node}\nnuma_miss 0\nnuma_foreign 0\ninterleave_hit 0\n'
                   f'local_node {node}\nother_node 0\n')
    bundle.table('nodes', nodes)
    bundle.add('proc/slabinfo', 'slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> '
               '<objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> '
               '<num_slabs> <sharedavail>\n' + ''.join(
                   f'cache_{i:<11} {i * 3 % 5000:6d} {i * 3 % 5000:6d} {64 << i % 7:6d}   16    1 : tunables    0    0    0 '
                   f': slabdata {i * 3 % 5000 // 16:6d} {i * 3 % 5000 // 16:6d}      0\n' for i in range(slabs)))


def cgroup_path(i):
    """Services, and pods below slices below kubepods.slice."""
    if i < 100:
        return f'/system.slice/s{i}.service'
    return f'/kubepods.slice/kubepods-burstable.slice/kubepods-pod{i // 4:08x}.slice/cri-{i:032x}.scope'


def cgroup(bundle, rng, path):
    use = rng.randrange(1 << 20, 1 << 28)
    values = [use // 2, use // 4, use // 8] + [rng.randrange(use // 40) for _ in MEMORY_STAT[3:]]
    files = {
        'memory.current': f'{use}\n', 'memory.peak': f'{use + (1 << 20)}\n',
        'memory.max': f'{use * 2}\n' if use & 1 else 'max\n', 'memory.high': 'max\n', 'memory.low': '0\n',
        'memory.min': '0\n', 'memory.oom.group': '0\n', 'memory.swap.current': '0\n', 'memory.swap.max': 'max\n',
        'memory.swap.high': 'max\n', 'memory.swap.peak': '0\n', 'memory.swap.events': 'high 0\nmax 0\nfail 0\n',
        'memory.events': 'low 0\nhigh 0\nmax 3\noom 0\noom_kill 0\noom_group_kill 0\n',
        'memory.events.local': 'low 0\nhigh 0\nmax 3\noom 0\noom_kill 0\noom_group_kill 0\n',
        'memory.stat': ''.join(f'{name} {value}\n' for name, value in zip(MEMORY_STAT, values)),
        'memory.numa_stat': ''.join(f'{name} N0={value}\n' for name, value in zip(MEMORY_STAT[:26], values)),
        'cgroup.events': 'populated 1\nfrozen 0\n', 'cgroup.controllers': 'cpuset io memory pids\n',
        'cgroup.stat': 'nr_descendants 0\nnr_dying_descendants 0\n', 'cpuset.mems': '\n',
        'cpuset.mems.effective': '0\n', 'pids.current': '3\n', 'pids.max': 'max\n',
    }
    for kind in ('memory', 'io', 'cpu'):
        files[f'{kind}.pressure'] = (f'some avg10=0.00 avg60=0.10 avg300=0.02 total={rng.randrange(100000)}\n'
                                     'full avg10=0.00 avg60=0.00 avg300=0.00 total=299\n')
    for name, text in files.items():
        bundle.add(f'sys/fs/cgroup{path}/{name}', text)


def process(bundle, rng, pid, path):
    anon, file = rng.randrange(100, 60000), rng.randrange(1000, 8000)
    values = [anon + file, anon + file // 9] + [rng.randrange(anon) for _ in KIB_FIELDS[2:]]
    folder = f'proc/{pid}/'
    bundle.add(folder + 'stat', f'{pid} (worker-{pid}) S 1 {pid} {pid} 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 1 0 {pid} '
               f'{anon * 2048} {(anon + file) // 4} 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 '
               f'0 0 0 0\n')
    bundle.add(folder + 'status', STATUS.format(pid=pid, peak=anon * 2 + file, rss=anon + file, anon=anon, file=file))
    bundle.add(folder + 'oom_score_adj', '0\n')
    bundle.add(folder + 'cgroup', f'0::{path}\n')
    bundle.add(folder + 'oom_score', f'{666 + anon // 1000}\n')
    bundle.add(folder + 'limits', LIMITS)
    bundle.add(folder + 'smaps_rollup', '555d22e13000-7ffea4036000 ---p 00000000 00:00 0                          '
               '[rollup]\n' + ''.join(f'{name + ":":16}{value:8d} kB\n' for name, value in zip(KIB_FIELDS, values)))


def write(path, processes=5000, cgroups=2000, events=20, slabs=200, nodes=2):
    rng = random.Random(1)
    with open(path, 'wb') as out:
        bundle = Bundle(out)
        bundle.add('bundle.json', json.dumps({
            'format': 'oomscope-bundle', 'format_version': 1, 'collector': {'name': 'collect', 'version': '0.1.0'},
            'host': {'hostname': 'bench', 'boot_id': '9fb44c7f-8f6e-4d10-ba50-5028b03fadf6', 'kernel_release': '6.12.0',
                     'kernel_version': '#1 SMP', 'machine': 'x86_64', 'page_size_bytes': 4096, 'cpus': 2},
            'clocks': {'realtime_ns': 1772622005595148110, 'monotonic_ns': 90062083767000,
                       'boottime_ns': 90062088875000},
            'environment': {'euid': 0, 'container': 'none', 'cgroup': 'v2'}}) + '\n')
        bundle.add('dev/kmsg', kernel_log(events))
        host(bundle, slabs, nodes)
        paths = [cgroup_path(i) for i in range(cgroups)] or ['/']
        folders = {path[:i] for path in paths for i, c in enumerate(path) if c == '/' and i}
        for path in [''] + sorted(folders) + paths * (cgroups > 0):
            cgroup(bundle, rng, path)
        bundle.table('cgroups', (1 + len(folders) + len(paths)) * (cgroups > 0) or 1)
        for i in range(processes):
            process(bundle, rng, 1000 + i, paths[i % len(paths)])
        bundle.table('processes', processes)
        bundle.end()


if __name__ == '__main__':
    write(sys.argv[1], *map(int, sys.argv[2:]))
