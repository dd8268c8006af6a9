# SPDX-License-Identifier: MIT
title='two thousand cgroups of version 2, and a collector that may use 4 MiB'
kernels='5.10 6.1 6.12 7'
timeout=300

story() {
    echo 'A host with 2,000 cgroups is captured from a cgroup that is limited to 4 MiB.'
}

run() {
    services
    for wide in $(seq 100); do
        group crowd.slice/w$wide/g1
        for deep in $(seq 2 19); do
            mkdir $fs/crowd.slice/w$wide/g$deep
        done
    done
    group small.slice/collector memory.max=4M memory.swap.max=0
    # /run is in memory, which would be charged to the group: somebody outside writes.
    sh -c "echo \$\$ >$fs/small.slice/collector/cgroup.procs; exec collect -q -z --slab 256M --wall 200 -o -" |
        cat >/run/in-group.tar.gz
    grep -q '^oom_kill 0' $fs/small.slice/collector/memory.events ||
        echo 'lab: failed: the collector was killed in the small group'
    : >/run/handed_out
    cat /run/in-group.tar.gz >/dev/ttyS1
}

expect() {
    echo 'bundle: bundle.tar.xz'
}
