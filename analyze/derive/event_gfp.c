/* SPDX-License-Identifier: MIT */
#include "derive/event_gfp.h"

#include "base/buf.h"
#include "base/num.h"
#include "fact/mem_report.h"

#define E(name) field_shift(F_oom_events_##name, tables->report_shift)

struct bit {
    uint64_t bit;
    const char *name;
};

/* 2.6.30 to 4.3; el6 and el7 too */
static const struct bit old_bits[] = {
    {0x1, "DMA"},
    {0x2, "HIGHMEM"},
    {0x4, "DMA32"},
    {0x8, "MOVABLE"},
    {0x10, "WAIT"},
    {0x20, "HIGH"},
    {0x40, "IO"},
    {0x80, "FS"},
    {0x100, "COLD"},
    {0x200, "NOWARN"},
    {0x400, "REPEAT"},
    {0x800, "NOFAIL"},
    {0x1000, "NORETRY"},
    {0x2000, "MEMALLOC"},
    {0x4000, "COMP"},
    {0x8000, "ZERO"},
    {0x10000, "NOMEMALLOC"},
    {0x20000, "HARDWALL"},
    {0x40000, "THISNODE"},
    {0x80000, "RECLAIMABLE"},
    {0x100000, "KMEMCG"},
    {0x200000, "NOTRACK"},
    {0x400000, "NO_KSWAPD"},
    {0x800000, "OTHER_NODE"},
    {0x1000000, "WRITE"},
    {0, NULL},
};

/* 4.4 and 4.5 */
static const struct bit split_wait_bits[] = {
    {0x1, "DMA"},
    {0x2, "HIGHMEM"},
    {0x4, "DMA32"},
    {0x8, "MOVABLE"},
    {0x10, "RECLAIMABLE"},
    {0x20, "HIGH"},
    {0x40, "IO"},
    {0x80, "FS"},
    {0x100, "COLD"},
    {0x200, "NOWARN"},
    {0x400, "REPEAT"},
    {0x800, "NOFAIL"},
    {0x1000, "NORETRY"},
    {0x2000, "MEMALLOC"},
    {0x4000, "COMP"},
    {0x8000, "ZERO"},
    {0x10000, "NOMEMALLOC"},
    {0x20000, "HARDWALL"},
    {0x40000, "THISNODE"},
    {0x80000, "ATOMIC"},
    {0x200000, "NOTRACK"},
    {0x400000, "DIRECT_RECLAIM"},
    {0x800000, "OTHER_NODE"},
    {0x1000000, "WRITE"},
    {0x2000000, "KSWAPD_RECLAIM"},
    {0, NULL},
};

static const struct bit *bits_of(struct span release)
{
    uint64_t major, minor;
    if (!num_eat_u64(&release, &major) || !span_eat(&release, ".") ||
        !num_eat_u64(&release, &minor))
        return NULL;
    if (major < 4 || (major == 4 && minor < 4))
        return old_bits;
    return major == 4 && minor < 6 ? split_wait_bits : NULL;
}

static void decode(uint64_t mask, const struct bit *bits, struct buf *out)
{
    for (; bits->name; bits++)
        if (mask & bits->bit) {
            buf_fmt(out, "%s__GFP_%s", out->n ? "|" : "", bits->name);
            mask &= ~bits->bit;
        }
    if (mask)
        buf_fmt(out, "%s0x%llx", out->n ? "|" : "", (unsigned long long)mask);
}

static void set_flags(struct store *store, const struct mem_report *tables, uint32_t event,
                      struct buf *text)
{
    struct fact kernel = store_fact(store, E(kernel), event);
    struct ref sources[] = {ref_of(E(gfp_mask), event), ref_of(E(kernel), event)};
    const struct bit *bits = kernel.state == FACT_KNOWN ? bits_of(kernel.text) : NULL;
    int64_t mask;
    if (!bits || store_fact(store, E(gfp_flags), event).state != FACT_ABSENT ||
        !store_number(store, E(gfp_mask), event, &mask) || mask <= 0)
        return;
    text->n = 0;
    decode((uint64_t)mask, bits, text);
    store_compute_text(store, E(gfp_flags), event, buf_span(text), sources, 2);
}

/* The names that hold __GFP_DIRECT_RECLAIM, before 4.4 __GFP_WAIT: include/linux/gfp_types.h. */
static bool may_wait(struct span flags)
{
    static const char *const waits[] = {
        "GFP_KERNEL",    "GFP_KERNEL_ACCOUNT", "GFP_NOFS",      "GFP_NOIO",
        "GFP_USER",      "GFP_HIGHUSER",       "GFP_TRANSHUGE", "GFP_HIGHUSER_MOVABLE",
        "GFP_TEMPORARY", "__GFP_WAIT",         "__GFP_RECLAIM", "__GFP_DIRECT_RECLAIM"};
    struct span word, text = flags;
    for (bool more = true; more;) {
        more = span_cut(text, '|', &word, &text);
        for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++)
            if (span_is(word, waits[i]))
                return true;
    }
    return false;
}

static void set_may_wait(struct store *store, uint32_t failure)
{
    struct fact flags = store_fact(store, F_alloc_failures_gfp_flags, failure);
    struct ref source = ref_of(F_alloc_failures_gfp_flags, failure);
    if (flags.state == FACT_KNOWN)
        store_compute(store, F_alloc_failures_may_wait, failure, may_wait(flags.text), &source, 1);
}

void derive_event_gfp(struct store *store)
{
    struct buf text = {0};
    for (size_t i = 0; i < MEM_REPORTS; i++)
        for (uint32_t event = ROW_NONE;
             (event = store_row_next(store, mem_reports[i].reports, 0, event)) != ROW_NONE;) {
            set_flags(store, &mem_reports[i], event, &text);
            if (i == MEM_REPORT_FAILURE)
                set_may_wait(store, event);
        }
    buf_free(&text);
}
