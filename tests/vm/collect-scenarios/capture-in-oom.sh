# SPDX-License-Identifier: MIT
title='A capture while the host is out of memory'
kernels='5.10 6.1 6.12 7'
memory=256

story() {
    echo 'Four jobs take all memory, are killed and begin again, without an end, while collect runs.'
}

# From now on there is always somebody who takes the last page.
eat_for_ever() {
    while [ ! -e /run/captured ]; do
        start system.slice/batch.service "$1" hog 90
        wait $!
    done
}

run() {
    services
    group system.slice/batch.service
    for job in batch-a batch-b batch-c batch-d; do
        eat_for_ever $job &
    done
    until_log 60 ': Killed process' 4
    capture
    : >/run/captured
}

expect() {
    echo 'bundle: bundle.tar.xz'
}
