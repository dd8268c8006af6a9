# SPDX-License-Identifier: MIT
title='a collector that may use 4 MiB, and two thousand cgroups, of version 2'
kernels='5.10 6.1 6.12 7'
timeout=300

story() {
    echo 'A host is captured from a cgroup that is limited to 4 MiB, and again when it has 2,000 cgroups.'
}

run() {
    services
    group small.slice/collector memory.max=4M memory.swap.max=0
    # /run is in memory, which would be charged to the group: somebody outside writes.
    sh -c "echo \$\$ >$fs/small.slice/collector/cgroup.procs; exec collect -q --wall 200 -o -" |
        gzip -1 >/run/in-group.tar.gz
    gunzip -c /run/in-group.tar.gz | tar -xOf - manifest.jsonl | tail -n 1 | grep -q '"complete":true' ||
        echo 'lab: failed: the capture in the small group is not complete'
    grep -q '^oom_kill 0' $fs/small.slice/collector/memory.events ||
        echo 'lab: failed: the collector was killed in the small group'
    rm /run/in-group.tar.gz
    for wide in $(seq 100); do
        group crowd.slice/w$wide/g1
        for deep in $(seq 2 19); do
            mkdir $fs/crowd.slice/w$wide/g$deep
        done
    done
    : >/run/handed_out
    collect -q -z --slab 256M --wall 200 -o - | cat >/dev/ttyS1
}

expect() {
    echo 'bundle: bundle.tar.xz'
}
