/* SPDX-License-Identifier: MIT */
#include "derive/rates.h"

#include "derive/change.h"

#define R(name) F_rates_##name
#define V(name) F_vmstat_samples_##name
#define P(name) F_psi_samples_##name
#define M(name) F_meminfo_samples_##name

struct rate_def {
    enum field_id result, sample;
};

/* Counters of pages: bytes per second. */
static const struct rate_def pages[] = {
    {R(swap_in), V(pswpin)},
    {R(swap_out), V(pswpout)},
    {R(refault_file), V(workingset_refault_file)},
    {R(refault_anon), V(workingset_refault_anon)},
    {R(dirtied), V(nr_dirtied)},
    {R(written), V(nr_written)},
};

/* What was added, or changed either way. */
static const struct rate_def amounts[] = {
    {R(major_faults), V(pgmajfault)},
    {R(oom_kills), V(oom_kill)},
    {R(alloc_stalls), V(allocstall)},
    {R(compact_stalls), V(compact_stall)},
    {R(available_change), M(available)},
    {R(anon_change), M(anon_pages)},
    {R(shmem_change), M(shmem)},
    {R(s_unreclaim_change), M(s_unreclaim)},
    {R(page_tables_change), M(page_tables)},
    {R(dirty_change), M(dirty)},
    {R(swap_free_change), M(swap_free)},
};

/* Time stalled, as a share of the span. */
static const struct rate_def shares[] = {
    {R(memory_some), P(memory_some_total)},
    {R(memory_full), P(memory_full_total)},
    {R(io_full), P(io_full_total)},
};

static void page_rates(struct store *store)
{
    int64_t page_bytes;
    struct change change;

    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
        if (change_read(store, pages[i].sample, 0, &change) &&
            cites_number(&change.cites, store, F_host_page_size, 0, &page_bytes))
            change_set_rate(&change, store, pages[i].result, 0, page_bytes);
        else
            cites_free(&change.cites);
}

static void span(struct store *store)
{
    struct change change;

    if (change_read(store, V(time), 0, &change) || change_read(store, M(time), 0, &change))
        change_set_amount(&change, store, R(span), 0);
}

void derive_rates(struct store *store)
{
    struct change change;

    span(store);
    page_rates(store);
    for (size_t i = 0; i < sizeof(amounts) / sizeof(*amounts); i++)
        if (change_read(store, amounts[i].sample, 0, &change))
            change_set_amount(&change, store, amounts[i].result, 0);
    for (size_t i = 0; i < sizeof(shares) / sizeof(*shares); i++)
        if (change_read(store, shares[i].sample, 0, &change))
            change_set_share(&change, store, shares[i].result, 0);
}
