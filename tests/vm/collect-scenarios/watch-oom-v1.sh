# SPDX-License-Identifier: MIT
title='collect watch catches a kill, cgroup v1'
kernels='5.10 6.1'
cgroup=v1

story() {
    echo 'A watch waits; a container hits its limit; the watch captures.'
}

run() {
    services
    mkdir -p /run/watch
    collect watch -d /run/watch --history 1 --once &
    sleep 4
    group docker/batch memory.limit_in_bytes=40M
    start docker/batch batch-job hog 400 20
    until_log 60 ': Killed process'
    until_true 20 '[ -e /run/watch/oomscope-*-oom.tar ]'
    : >/run/handed_out
    cat /run/watch/oomscope-*-oom.tar | gzip -1 >/dev/ttyS1
}

expect() {
    echo 'bundle: bundle.tar.xz'
}
