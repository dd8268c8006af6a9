/* SPDX-License-Identifier: MIT */
#include "derive/event_zones.h"

#include "derive/buddy.h"

#include "base/arena.h"
#include "base/num.h"
#include "fact/mem_report.h"

#include <stdlib.h>

/* Fields of the report and of its zones, of whichever table `request` is. */
#define E(name) field_shift(F_oom_events_##name, request->tables->report_shift)
#define Z(name) field_shift(F_oom_zones_##name, request->tables->zone_shift)

/* include/linux/gfp_types.h: the four zone modifiers are the lowest bits in every kernel
 * since 2.6.24 */
enum { GFP_DMA = 1, GFP_HIGHMEM = 2, GFP_DMA32 = 4, GFP_MOVABLE = 8 };
/* include/linux/mmzone.h enum zone_type, with all types that exist */
enum { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL, ZONE_HIGHMEM, ZONE_MOVABLE, ZONE_DEVICE, ZONE_TYPES };

static const char *const zone_names[ZONE_TYPES] = {"DMA",     "DMA32",   "Normal",
                                                   "HighMem", "Movable", "Device"};

static int zone_type(struct span name)
{
    for (int i = 0; i < ZONE_TYPES; i++)
        if (span_is(name, zone_names[i]))
            return i;
    return -1;
}

/* gfp_zone(): the highest zone that the modifiers allow */
static int zone_allowed(int64_t gfp)
{
    if (gfp & GFP_DMA)
        return ZONE_DMA;
    if (gfp & GFP_DMA32)
        return ZONE_DMA32;
    if ((gfp & GFP_HIGHMEM) && (gfp & GFP_MOVABLE))
        return ZONE_MOVABLE;
    return gfp & GFP_HIGHMEM ? ZONE_HIGHMEM : ZONE_NORMAL;
}

/* What all zones of one event share. */
struct request {
    const struct mem_report *tables;
    uint32_t event;
    int64_t gfp, order, page_bytes;
    bool has_order, has_page;
    int highest;
    bool has_highmem, has_dma32; /* seen among the zones */
};

static uint32_t next_zone(const struct store *store, const struct request *request, uint32_t zone)
{
    return store_row_next(store, request->tables->zones, request->event, zone);
}

static void request_read(struct store *store, struct request *request)
{
    uint32_t event = request->event;

    request->has_order = store_number(store, E(order), event, &request->order);
    request->has_page = store_number(store, E(page_size), event, &request->page_bytes);
    store_number(store, E(gfp_mask), event, &request->gfp);
    request->highest = zone_allowed(request->gfp);
    for (uint32_t zone = ROW_NONE; (zone = next_zone(store, request, zone)) != ROW_NONE;) {
        int type = zone_type(store_fact(store, Z(name), zone).text);
        request->has_highmem |= type == ZONE_HIGHMEM;
        request->has_dma32 |= type == ZONE_DMA32;
    }
}

/* Place of the highest zone in "lowmem_reserve[]: 0 2950 15890 15890 15890". A kernel prints one
 * number for each type of zone that it was built with: DMA, DMA32, Normal, Movable (and Device) on
 * 64 bit, DMA, Normal, HighMem, Movable on 32 bit. The last number is right for what may use
 * every zone, Movable too. -1 where the kind of kernel is not known. */
static int reserve_index(const struct request *request, size_t n)
{
    if (request->highest >= ZONE_MOVABLE)
        return (int)n - 1;
    if (request->highest == ZONE_DMA)
        return 0;
    if (request->has_highmem && n >= 3)
        return request->highest == ZONE_HIGHMEM  ? (int)n - 2
               : request->highest == ZONE_NORMAL ? (int)n - 3
                                                 : -1;
    if (request->has_dma32 && n >= 4) /* 64 bit has no HighMem: what may use it ends at Normal */
        return request->highest == ZONE_HIGHMEM ? ZONE_NORMAL : request->highest;
    if (request->highest == ZONE_HIGHMEM)
        return (int)n - 1;
    return -1;
}

static size_t word_count(struct span text)
{
    size_t n = 0;

    while (span_word(&text).n)
        n++;
    return n;
}

static void set_reserve(struct store *store, const struct request *request, uint32_t zone)
{
    struct fact row = store_fact(store, Z(lowmem_reserve), zone);
    int index = row.state == FACT_KNOWN ? reserve_index(request, word_count(row.text)) : -1;
    struct span text = row.text, word = SPAN_NONE;
    const struct ref sources[] = {ref_of(Z(lowmem_reserve), zone),
                                  ref_of(E(gfp_mask), request->event),
                                  ref_of(E(page_size), request->event)};
    uint64_t pages;
    int64_t bytes;

    for (int i = 0; i <= index; i++)
        word = span_word(&text);
    if (index >= 0 && request->has_page && num_u64(word, &pages) && pages <= INT64_MAX &&
        num_mul((int64_t)pages, request->page_bytes, &bytes))
        store_compute(store, Z(reserve), zone, bytes, sources, 3);
}

static void set_eligible(struct store *store, const struct request *request, uint32_t zone)
{
    int type = zone_type(store_fact(store, Z(name), zone).text);
    const struct ref sources[] = {ref_of(Z(name), zone), ref_of(E(gfp_mask), request->event)};

    if (type >= 0)
        store_compute(store, Z(eligible), zone, type <= request->highest, sources, 2);
}

/* Free pages that this request cannot have: CMA unless its pages can be moved, and the reserve for
 * atomic requests (its free part since 6.13, before that as much of it as is free).
 * __zone_watermark_unusable_free */
static int64_t unusable(const struct store *store, const struct request *request, uint32_t zone,
                        struct ref *sources, size_t *n)
{
    int64_t cma, highatomic, sum = 0;

    if (!(request->gfp & GFP_MOVABLE) && store_number(store, Z(free_cma), zone, &cma)) {
        sum += cma;
        sources[(*n)++] = ref_of(Z(free_cma), zone);
    }
    if (store_number(store, Z(free_highatomic), zone, &highatomic)) {
        sum += highatomic;
        sources[(*n)++] = ref_of(Z(free_highatomic), zone);
    } else if (store_number(store, Z(reserved_highatomic), zone, &highatomic)) {
        sum += highatomic;
        sources[(*n)++] = ref_of(Z(reserved_highatomic), zone);
    }
    return sum;
}

/* __zone_watermark_ok: free - unusable - ((1 << order) - 1) > min + lowmem_reserve */
static void set_below_min(struct store *store, const struct request *request, uint32_t zone)
{
    struct ref sources[8];
    size_t n = 0;
    int64_t free_bytes, min, reserve, rest;
    int64_t order = request->order < 0 ? 0 : request->order;

    if (!request->has_order || !request->has_page || order > 20 ||
        !store_number(store, Z(free), zone, &free_bytes) ||
        !store_number(store, Z(min), zone, &min) ||
        !store_number(store, Z(reserve), zone, &reserve))
        return;
    sources[n++] = ref_of(Z(free), zone);
    sources[n++] = ref_of(Z(min), zone);
    sources[n++] = ref_of(Z(reserve), zone);
    sources[n++] = ref_of(E(order), request->event);
    rest = free_bytes - unusable(store, request, zone, sources, &n);
    rest -= ((1LL << order) - 1) * request->page_bytes;
    store_compute(store, Z(below_min), zone, rest - min <= reserve, sources, n);
}

static void set_blocks(struct store *store, const struct request *request, uint32_t zone)
{
    struct fact row = store_fact(store, Z(buddy), zone);
    const struct ref sources[] = {ref_of(Z(buddy), zone), ref_of(E(gfp_mask), request->event),
                                  ref_of(E(order), request->event)};
    int largest = row.state == FACT_KNOWN
                      ? buddy_largest_order(row.text, (request->gfp & GFP_MOVABLE) != 0)
                      : BUDDY_UNREADABLE;

    if (largest == BUDDY_UNREADABLE)
        return;
    if (largest != BUDDY_NONE)
        store_compute(store, Z(largest_free_order), zone, largest, sources, 2);
    if (request->has_order)
        store_compute(store, Z(free_at_order), zone,
                      largest != BUDDY_NONE && largest >= request->order, sources, 3);
}

/* Above its minimum, and with a block of the order asked for. False when that is not known. */
static bool zone_fits(const struct store *store, const struct request *request, uint32_t zone,
                      int64_t *ret_fits, struct ref *sources, size_t *n)
{
    int64_t below, block;

    if (!store_number(store, Z(below_min), zone, &below) ||
        !store_number(store, Z(free_at_order), zone, &block))
        return false;
    sources[(*n)++] = ref_of(Z(below_min), zone);
    sources[(*n)++] = ref_of(Z(free_at_order), zone);
    *ret_fits = !below && block;
    return true;
}

static bool zone_flag(const struct store *store, enum field_id field, uint32_t zone,
                      int64_t *ret_flag, struct ref *sources, size_t *n)
{
    if (!store_number(store, field, zone, ret_flag))
        return false;
    sources[(*n)++] = ref_of(field, zone);
    return true;
}

/* Counts the eligible zones for which `field` is true, FIELD_NONE: which fit. False when that is
 * not known of all. */
static bool count_zones(const struct store *store, const struct request *request,
                        enum field_id field, int64_t *ret_n, struct ref *sources,
                        size_t *ret_sources)
{
    int64_t yes;
    size_t n = 0;

    *ret_n = 0;
    sources[n++] = ref_complete(request->tables->zones, request->event);
    for (uint32_t zone = ROW_NONE; (zone = next_zone(store, request, zone)) != ROW_NONE;) {
        if (!zone_flag(store, Z(eligible), zone, &yes, sources, &n))
            return false;
        if (!yes)
            continue;
        if (field == FIELD_NONE ? !zone_fits(store, request, zone, &yes, sources, &n)
                                : !zone_flag(store, field, zone, &yes, sources, &n))
            return false;
        *ret_n += yes;
    }
    *ret_sources = n;
    return true;
}

static void set_counts(struct store *store, const struct request *request)
{
    uint32_t event = request->event;
    size_t zones = 0, n;
    int64_t count;
    struct ref *sources;

    if (!store_is_complete(store, request->tables->zones, event))
        return;
    for (uint32_t zone = ROW_NONE; (zone = next_zone(store, request, zone)) != ROW_NONE;)
        zones++;
    sources = base_realloc(NULL, 3 * zones + 1, sizeof(*sources));
    if (zones && count_zones(store, request, Z(eligible), &count, sources, &n))
        store_compute(store, E(zones_eligible), event, count, sources, n);
    if (zones && count_zones(store, request, Z(below_min), &count, sources, &n))
        store_compute(store, E(zones_below_min), event, count, sources, n);
    if (zones && count_zones(store, request, FIELD_NONE, &count, sources, &n))
        store_compute(store, E(zones_fit), event, count, sources, n);
    if (zones && count_zones(store, request, Z(free_at_order), &count, sources, &n))
        store_compute(store, E(free_blocks), event, count > 0, sources, n);
    free(sources);
}

static void set_zones(struct store *store, const struct request *request)
{
    const struct ref mask = ref_of(E(gfp_mask), request->event);

    if (store_get(store, mask).state != FACT_KNOWN)
        return;
    store_compute_text(store, E(highest_zone), request->event,
                       span_of(zone_names[request->highest]), &mask, 1);
    for (uint32_t zone = ROW_NONE; (zone = next_zone(store, request, zone)) != ROW_NONE;) {
        set_eligible(store, request, zone);
        set_reserve(store, request, zone);
        set_below_min(store, request, zone);
        set_blocks(store, request, zone);
    }
    set_counts(store, request);
}

void derive_event_zones(struct store *store)
{
    for (size_t i = 0; i < MEM_REPORTS; i++)
        for (uint32_t event = ROW_NONE;
             (event = store_row_next(store, mem_reports[i].reports, 0, event)) != ROW_NONE;) {
            struct request request = {.tables = &mem_reports[i], .event = event};
            request_read(store, &request);
            set_zones(store, &request);
        }
}
