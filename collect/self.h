/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_SELF_H
#define OOMSCOPE_COLLECT_SELF_H

#include <stdbool.h>
#include <stdint.h>

/* How this process is protected, as far as it is allowed, and what it costs. */
struct self {
    int oom_score_adj; /* as it is now */
    int nice;
    bool locked;
    uint64_t slab_before_bytes;
};

struct self_cost {
    uint64_t cpu_us; /* with the helpers that ended */
    uint64_t peak_rss_bytes;
    uint64_t helper_peak_rss_bytes;
};

/* Lowers oom_score_adj to -999 (a memory cgroup must still be able to kill it), takes a better
 * nice value, touches the stack and locks pages as they come; none of them is a must. */
void self_protect(struct self *s);
/* What was used so far. */
void self_measure(struct self_cost *ret_cost);

#endif
