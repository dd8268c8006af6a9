/* SPDX-License-Identifier: MIT */
#include "derive/cgroup_tasks.h"

#include "base/arena.h"
#include "derive/cgroup_path.h"
#include "derive/cites.h"

#include <stdlib.h>

/* Of one cgroup with all below it. */
struct tally {
    struct cites cgroups, exited, rss, pss; /* exited: cited, and not counted */
    int64_t rss_bytes, pss_bytes, largest_bytes;
    uint32_t largest;
    bool no_rss, no_pss;
};

static void add_size(const struct store *store, struct cites *cites, enum field_id size,
                     uint32_t process, int64_t *sum, bool *missing)
{
    int64_t bytes;
    if (cites_number(cites, store, size, process, &bytes))
        *missing = *missing || __builtin_add_overflow(*sum, bytes, sum);
    else if (!cites_flag(cites, store, F_processes_kernel_thread, process))
        *missing = true;
}

static void add_process(const struct store *store, struct tally *tally, uint32_t process)
{
    int64_t rss;
    if (cites_flag(&tally->exited, store, F_processes_exited, process))
        return;
    cites_fact(&tally->cgroups, F_processes_cgroup, process);
    add_size(store, &tally->rss, F_processes_rss, process, &tally->rss_bytes, &tally->no_rss);
    add_size(store, &tally->pss, F_processes_pss, process, &tally->pss_bytes, &tally->no_pss);
    if (store_number(store, F_processes_rss, process, &rss) && rss > tally->largest_bytes) {
        tally->largest_bytes = rss;
        tally->largest = process;
    }
}

static void put_largest(struct store *store, const struct tally *tally, uint32_t row,
                        struct cites *cites)
{
    struct fact comm = store_fact(store, F_processes_comm, tally->largest);
    int64_t pid;
    store_compute(store, F_cgroups_largest_rss, row, tally->largest_bytes, cites->refs, cites->n);
    if (cites_number(cites, store, F_processes_pid, tally->largest, &pid))
        store_compute(store, F_cgroups_largest_pid, row, pid, cites->refs, cites->n);
    if (comm.state == FACT_KNOWN) {
        cites_fact(cites, F_processes_comm, tally->largest);
        store_compute_text(store, F_cgroups_largest_comm, row, comm.text, cites->refs, cites->n);
    }
}

static void put_tally(struct store *store, struct tally *tally, uint32_t row)
{
    struct cites cites = {0};
    cites_add(&cites, ref_complete(T_processes, 0));
    cites_all(&cites, &tally->cgroups);
    cites_all(&cites, &tally->exited);
    store_compute(store, F_cgroups_processes, row, (int64_t)tally->cgroups.n, cites.refs, cites.n);
    if (!tally->no_pss) {
        cites_all(&tally->pss, &cites);
        store_compute(store, F_cgroups_processes_pss, row, tally->pss_bytes, tally->pss.refs,
                      tally->pss.n);
    }
    if (!tally->no_rss) {
        cites_all(&cites, &tally->rss);
        store_compute(store, F_cgroups_processes_rss, row, tally->rss_bytes, cites.refs, cites.n);
        if (tally->largest_bytes > 0)
            put_largest(store, tally, row, &cites);
    }
    cites_free(&cites);
    cites_free(&tally->cgroups);
    cites_free(&tally->exited);
    cites_free(&tally->rss);
    cites_free(&tally->pss);
}

/* Of those that ended before their cgroup was read it does not matter which it was. */
static bool all_placed(const struct store *store, struct cites *exited)
{
    for (uint32_t row = ROW_NONE; (row = store_row_next(store, T_processes, 0, row)) != ROW_NONE;)
        if (store_fact(store, F_processes_cgroup, row).state != FACT_KNOWN &&
            !cites_flag(exited, store, F_processes_exited, row))
            return false;
    return store_is_complete(store, T_processes, 0);
}

static void put_tallies(struct store *store, struct tally *tallies, const struct cites *exited)
{
    uint32_t n = store_row_count(store, T_cgroups);
    for (uint32_t row = 0; row < n; row++) {
        cites_all(&tallies[row].exited, exited);
        if (store_row_key(store, T_cgroups, row).n > 1)
            put_tally(store, &tallies[row], row);
    }
}

static void tally_all(struct store *store, const struct cites *exited)
{
    uint32_t n = store_row_count(store, T_cgroups);
    struct tally *tallies = base_realloc(NULL, n, sizeof(*tallies));
    for (uint32_t i = 0; i < n; i++)
        tallies[i] = (struct tally){.largest = ROW_NONE};
    for (uint32_t p = ROW_NONE; (p = store_row_next(store, T_processes, 0, p)) != ROW_NONE;) {
        struct span path = store_fact(store, F_processes_cgroup, p).text;
        for (; path.n > 1; path = cgroup_parent(path)) {
            uint32_t row = store_row_find(store, T_cgroups, path);
            if (row != ROW_NONE)
                add_process(store, &tallies[row], p);
        }
    }
    put_tallies(store, tallies, exited);
    free(tallies);
}

/* The root is left out: it has every process, host_use says the same. */
void derive_cgroup_tasks(struct store *store)
{
    struct cites exited = {0};
    if (store_row_count(store, T_cgroups) > 0 && all_placed(store, &exited))
        tally_all(store, &exited);
    cites_free(&exited);
}
