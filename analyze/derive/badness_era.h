/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_BADNESS_ERA_H
#define OOMSCOPE_DERIVE_BADNESS_ERA_H

#include "fact/store.h"

/* By which formula mm/oom_kill.c weighed the tasks of an event. */
enum badness_era {
    BADNESS_UNKNOWN,
    BADNESS_ADDRESS_SPACE, /* 2.6.24 to 2.6.35: total_vm, moved by much that no report prints */
    BADNESS_PER_MILLE,     /* 2.6.36 to 3.4 and el6: thousandths of all memory, 1 to 1000 */
    BADNESS_ROOT_OF_ALL,   /* 3.5 to 3.13: pages; root is 3 % of all memory smaller */
    BADNESS_ROOT_OF_OWN,   /* 3.14 to 4.16 and el7: root is 3 % of its own smaller */
    BADNESS_AT_LEAST_1,    /* 4.17 to 5.8 */
    BADNESS_SIGNED,        /* 5.9 and later */
};

/* *ret_source is the fact that tells it. */
enum badness_era badness_era(const struct store *store, uint32_t event, struct ref *ret_source);

/* What the points of an era count, for the report: "pages". */
const char *badness_unit(enum badness_era era);

#endif
