/* SPDX-License-Identifier: MIT */
#include "derive/badness_era.h"

#include "base/num.h"

/* "5.10.0-8-amd64" -> 5 010 000, "2.6.32-642.el6" -> 2 006 032; 0 = not told */
static int64_t version_of(struct span release)
{
    uint64_t major, minor, patch = 0;
    if (!num_eat_u64(&release, &major) || !span_eat(&release, ".") ||
        !num_eat_u64(&release, &minor) || major > 99 || minor > 999)
        return 0;
    if (span_eat(&release, ".") && (!num_eat_u64(&release, &patch) || patch > 999))
        patch = 0;
    return (int64_t)((major * 1000 + minor) * 1000 + patch);
}

/* RHEL 6 took the formula of 2.6.36 to its 2.6.32, RHEL 7 that of 3.14 to its 3.10; RHEL 8 and
 * later have no root bonus in 4.18 either. */
static enum badness_era of_release(struct span release)
{
    int64_t version = version_of(release);
    if (version >= 5009000)
        return BADNESS_SIGNED;
    if (version >= 4017000)
        return BADNESS_AT_LEAST_1;
    if (version >= 3014000 || (version >= 3010000 && span_has(release, ".el7")))
        return BADNESS_ROOT_OF_OWN;
    if (version >= 3005000)
        return BADNESS_ROOT_OF_ALL;
    if (version >= 2006036 || (version >= 2006032 && span_has(release, ".el6")))
        return BADNESS_PER_MILLE;
    return version >= 2006024 ? BADNESS_ADDRESS_SPACE : BADNESS_UNKNOWN;
}

/* The columns of the task table: oom_adj alone, then both, then oom_score_adj alone. */
static enum badness_era of_table(const struct store *store, uint32_t event, struct ref *ret_source)
{
    uint32_t task = store_row_next(store, T_oom_tasks, event, ROW_NONE);
    bool has_adj =
        task != ROW_NONE && store_fact(store, F_oom_tasks_oom_adj, task).state == FACT_KNOWN;
    if (!has_adj)
        return BADNESS_UNKNOWN;
    *ret_source = ref_of(F_oom_tasks_oom_adj, task);
    return store_fact(store, F_oom_tasks_oom_score_adj, task).state == FACT_KNOWN
               ? BADNESS_PER_MILLE
               : BADNESS_ADDRESS_SPACE;
}

enum badness_era badness_era(const struct store *store, uint32_t event, struct ref *ret_source)
{
    struct fact kernel = store_fact(store, F_oom_events_kernel, event);
    *ret_source = ref_of(F_oom_events_kernel, event);
    if (kernel.state != FACT_KNOWN) {
        kernel = store_fact(store, F_host_kernel, 0);
        *ret_source = ref_of(F_host_kernel, 0);
    }
    enum badness_era era = kernel.state == FACT_KNOWN ? of_release(kernel.text) : BADNESS_UNKNOWN;
    if (era == BADNESS_UNKNOWN)
        era = of_table(store, event, ret_source);
    if (era == BADNESS_UNKNOWN &&
        store_fact(store, F_oom_events_victim_adj, event).state == FACT_KNOWN) {
        *ret_source = ref_of(F_oom_events_victim_adj, event);
        return BADNESS_AT_LEAST_1; /* the kill line prints oom_score_adj from 5.4 on */
    }
    return era;
}

const char *badness_unit(enum badness_era era)
{
    switch (era) {
    case BADNESS_ADDRESS_SPACE:
        return "pages of address space";
    case BADNESS_PER_MILLE:
        return "thousandths of all memory";
    default:
        return "pages";
    }
}
