# SPDX-License-Identifier: MIT
title='collect watch catches a kill'
kernels='5.10 6.1 6.12 7'

story() {
    echo 'A watch waits; a container hits its limit; the watch captures.'
}

run() {
    services
    mkdir -p /run/watch
    collect watch -d /run/watch --history 1 --once &
    sleep 4
    group system.slice/batch.service memory.max=40M memory.swap.max=0
    start system.slice/batch.service batch-job hog 400 20
    until_log 60 ': Killed process'
    until_true 20 '[ -e /run/watch/oomscope-*-oom.tar ]'
    : >/run/handed_out
    cat /run/watch/oomscope-*-oom.tar | gzip -1 >/dev/ttyS1
}

expect() {
    echo 'bundle: bundle.tar.xz'
}
