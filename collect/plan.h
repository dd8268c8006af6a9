/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_PLAN_H
#define OOMSCOPE_COLLECT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When a file is read, in this order; TIER_CGROUP's Z and cheap files before its X files. */
enum plan_tier {
    TIER_LOG,
    TIER_HOST,
    TIER_PROCESS,
    TIER_CGROUP,
    TIER_ROLLUP,
    TIER_LATE,
    TIER_REST,
    TIER_LARGEST,
    TIER_COUNT
};

/* What reading it does to the host. */
enum plan_cost {
    COST_LOCK_FREE,
    COST_SHORT_LOCK, /* a mutex that is held for microseconds */
    COST_ZONE_LOCK,  /* zone locks with interrupts off */
    COST_SLAB_LOCK,  /* slab_mutex and list locks */
    COST_RSTAT,      /* flushes cgroup statistics of the subtree */
    COST_MMAP_LOCK,  /* holds a process's mmap lock, about 12 ms a GB of it */
    COST_EXEC_LOCK,  /* waits for an execve that hangs */
    COST_DISK,       /* reads a disk */
    COST_COUNT
};

enum plan_rights { RIGHTS_ANY, RIGHTS_SYSLOG, RIGHTS_PTRACE, RIGHTS_ROOT, RIGHTS_COUNT };

/* How --pseudonymize rewrites the content. */
enum plan_scrub {
    SCRUB_NONE,
    SCRUB_LOG,
    SCRUB_CGROUP,
    SCRUB_MAPS,
    SCRUB_MOUNTS,
    SCRUB_SWAPS,
    SCRUB_CMDLINE
};

struct plan_row {
    uint8_t tier;
    uint8_t cost;
    uint8_t rights;
    uint8_t scrub;
    char flags[4];
    uint32_t cap_bytes;
};

enum plan_id {
#define PLAN(id, pattern, tier, cost, cap_kib, rights, flags, scrub) PLAN_##id,
#include "plan.def"
#undef PLAN
    PLAN_COUNT
};

extern const struct plan_row plan[PLAN_COUNT];

/* The row's pattern. */
const char *plan_pattern(enum plan_id id);
/* True where the row has the flag. */
bool plan_is(enum plan_id id, char flag);
/* The file's name: what stands behind the last slash of the pattern. */
const char *plan_name(enum plan_id id);
/* True where name matches pattern, in which '*' stands for any run of bytes but '/'. */
bool plan_matches(const char *pattern, size_t pattern_len, const char *name);
/* Prints each pattern, a tab, and "samples" where samples hold it. */
void plan_list(void);
/* Words for the columns of --plan. */
const char *plan_tier_name(enum plan_tier tier);
const char *plan_cost_name(enum plan_cost cost);
const char *plan_rights_name(enum plan_rights rights);

#endif
