/* SPDX-License-Identifier: MIT */
#include "derive/badness_base.h"

#define E(name) F_oom_events_##name

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The swap that a cgroup may use beside its memory: v2 limits it by itself, v1 the sum of both.
 * False when nothing is said of it. */
static bool swap_allowed(const struct store *store, uint32_t event, int64_t limit,
                         int64_t *ret_bytes, struct ref *ret_source)
{
    struct fact swap = store_fact(store, E(swap_limit), event);
    struct fact both = store_fact(store, E(memsw_limit), event);
    *ret_source = ref_of(E(swap_limit), event);
    if (swap.state == FACT_KNOWN)
        *ret_bytes = swap.number;
    else
        *ret_source = ref_of(E(memsw_limit), event);
    if (swap.state != FACT_KNOWN && both.state == FACT_KNOWN)
        *ret_bytes = both.number > limit ? both.number - limit : 0;
    else if (swap.state != FACT_KNOWN)
        *ret_bytes = INT64_MAX;
    return swap.state == FACT_KNOWN || swap.state == FACT_UNLIMITED || both.state == FACT_KNOWN ||
           both.state == FACT_UNLIMITED;
}

/* mem_cgroup_get_max(), to 4.18 mem_cgroup_get_limit(): the limit, and of the swap as much as the
 * cgroup may have and the host has. (No report says where swappiness 0 keeps a cgroup from it.) */
static void base_of_cgroup(struct store *store, uint32_t event)
{
    int64_t limit, allowed, host;
    struct ref sources[3] = {ref_of(E(limit), event)};
    if (!store_number(store, E(limit), event, &limit))
        return;
    bool is_said = swap_allowed(store, event, limit, &allowed, &sources[1]);
    struct ref swap = ref_of(E(mem_swap_total), event); /* to 3.8 the report has Mem-Info too */
    bool has_host = store_number(store, E(mem_swap_total), event, &host);
    if (!has_host) {
        swap = ref_of(F_meminfo_swap_total, 0);
        has_host = store_number(store, F_meminfo_swap_total, 0, &host);
    }
    if (is_said && allowed == 0) {
        store_compute(store, E(badness_base), event, limit, sources, 2);
    } else if (has_host && host == 0) {
        sources[1] = swap;
        store_compute(store, E(badness_base), event, limit, sources, 2);
    } else if (has_host && is_said) {
        sources[2] = swap;
        store_compute(store, E(badness_base), event, limit + least(allowed, host), sources, 3);
    }
}

/* totalram_pages() and total_swap_pages */
static void base_of_host(struct store *store, uint32_t event)
{
    int64_t managed, swap;
    const struct ref sources[] = {ref_of(E(mem_managed), event), ref_of(E(mem_swap_total), event)};
    if (store_number(store, E(mem_managed), event, &managed) &&
        store_number(store, E(mem_swap_total), event, &swap))
        store_compute(store, E(badness_base), event, managed + swap, sources, 2);
}

void badness_base(struct store *store, uint32_t event)
{
    struct span scope = store_fact(store, E(scope), event).text;
    if (span_is(scope, "global"))
        base_of_host(store, event);
    else if (span_is(scope, "memcg"))
        base_of_cgroup(store, event);
}
