/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_HISTORY_H
#define OOMSCOPE_COLLECT_HISTORY_H

#include <stdint.h>

#include "evidence.h"

#define HISTORY_ENTRIES 20
#define HISTORY_FILES   3
#define HISTORY_BYTES   (12 * 1024)

/* One moment: what the clocks, meminfo, vmstat and pressure/memory said. */
struct history_entry {
    uint64_t realtime_ns, monotonic_ns, boottime_ns;
    uint32_t length[HISTORY_FILES];
    char data[HISTORY_BYTES];
};

/* A ring of fixed size in shared memory: the watcher writes, the process that captures reads. */
struct history {
    uint64_t count;     /* entries ever written */
    uint64_t coalesced; /* triggers since the last capture that came too soon after it */
    char reason[16];    /* for the capture: "oom" or "stall" */
    struct history_entry entries[HISTORY_ENTRIES];
};

/* Maps an empty ring; NULL where there is no memory. */
struct history *history_map(void);
/* Reads the files of this host into the next entry and returns it. */
const struct history_entry *history_add(struct history *h, int root_fd);
/* The content of file i of an entry: 0 meminfo, 1 vmstat, 2 pressure/memory. */
const char *history_file(const struct history_entry *e, unsigned i, uint32_t *ret_length);
/* Writes the ring as before/1/, before/2/, ..., the oldest first. */
void history_write(struct capture *c, const struct history *h);

#endif
