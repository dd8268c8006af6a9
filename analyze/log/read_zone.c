/* SPDX-License-Identifier: MIT */
#include "log/read.h"

#include "base/num.h"

static bool is_one_of(struct span key, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (span_is(key, names[i]))
            return true;
    return false;
}

/* Keys that are read and have no field: other facts say the same, or nothing rests on them. */
static bool is_left_out(struct span key)
{
    static const char *const names[] = {
        "isolated(anon)",
        "isolated(file)",
        "dirty",
        "writeback",
        "mapped",
        "shmem",
        "unstable",
        "bounce",
        "writeback_tmp",
        "pages_scanned",
        "all_unreclaimable?",
        "local_pcp",
        "shmem_pmdmapped",
        "file_thp",
        "zspages",
        "shadow_call_stack",
        "kernel_misc_reclaimable",
    };
    return is_one_of(key, names, sizeof(names) / sizeof(*names));
}

static void read_pairs(struct reading *in, struct child *child, struct span rest)
{
    struct pair pair;
    while (pair_next(&rest, &pair)) {
        struct span name = pair.key; /* "Balloon:0kB" since 6.16, the only one with a capital */
        if (span_is(name, "Balloon"))
            name = SPAN_LIT("balloon");
        enum field_id field = schema_find_field(child->table, name);
        if (field != FIELD_NONE && pair.value >= 0 && pair.value < INT64_MAX / 1024 &&
            schema_field(field)->type == FACT_BYTES)
            child_set(child, field, pair.value * 1024, in->where);
        else if (field == FIELD_NONE && !is_left_out(pair.key))
            store_observe(in->store, OBS_UNKNOWN, in->where,
                          "a line about memory zones has a key that this version does not know");
    }
}

static struct child *find(struct report *r, enum table_id table, enum field_id node_field,
                          const struct line_zone *zone)
{
    for (struct child *c = r->first; c; c = c->next) {
        if (c->table != table || child_value(c, node_field)->number != (int64_t)zone->node)
            continue;
        if (table == T_oom_nodes || span_eq(child_value(c, F_oom_zones_name)->text, zone->name))
            return c;
    }
    return NULL;
}

static void read_node(struct reading *in, const struct line_zone *zone)
{
    struct report *r = in->report;
    struct child *node = find(r, T_oom_nodes, F_oom_nodes_node, zone);
    r->node = node;
    if (span_starts(zone->rest, "active_anon:")) {
        struct span rest = zone->rest, answer;
        if (!node)
            r->node = node = report_child(r, T_oom_nodes);
        child_set(node, F_oom_nodes_node, (int64_t)zone->node, in->where);
        read_pairs(in, node, rest);
        if (read_between(rest, "all_unreclaimable? ", NULL, &answer))
            child_set(node, F_oom_nodes_all_unreclaimable, span_starts(answer, "yes"), in->where);
        return;
    }
    /* "Node 0 hugepages_total=512 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB": one
     * line per size, which add up. Up to 6.0 also for nodes that the report leaves out. */
    int64_t total, free_pages, size;
    if (!read_after(zone->rest, "hugepages_total=", &total) ||
        !read_after(zone->rest, "hugepages_free=", &free_pages) ||
        !read_after(zone->rest, "hugepages_size=", &size) || total > INT32_MAX ||
        free_pages > INT32_MAX || size > INT32_MAX)
        return;
    if (node) {
        struct value *v = child_value(node, F_oom_nodes_hugepages);
        child_set(node, F_oom_nodes_hugepages, 0, in->where);
        v->number += total * size * 1024;
    }
    report_add(r, F_oom_events_mem_hugetlb, total * size * 1024, in->where);
    report_add(r, F_oom_events_mem_hugetlb_free, free_pages * size * 1024, in->where);
}

/* "1523*4kB (UME) 212*8kB (UM) ... = 9876kB": the first term tells the page size */
static void read_buddy(struct reading *in, const struct line_zone *zone, struct child *row)
{
    struct span t = zone->rest;
    uint64_t n, kib;
    child_set_text(in->report, row, F_oom_zones_buddy, span_trim(zone->rest), in->where);
    if (num_eat_u64(&t, &n) && span_eat(&t, "*") && num_eat_u64(&t, &kib) &&
        (kib == 4 || kib == 8 || kib == 16 || kib == 32 || kib == 64) &&
        !in->report->page_size_bytes) {
        in->report->page_size_bytes = (int64_t)kib * 1024;
        report_set(in->report, F_oom_events_page_size, (int64_t)kib * 1024, in->where);
    }
}

void read_zone(struct reading *in, enum line_kind kind)
{
    struct report *r = in->report;
    struct line_zone zone;
    r->block = LINE_MEMINFO;
    if (kind == LINE_RESERVE) { /* pages, one per zone type; of the zone above */
        struct span rest = in->text;
        if (r->zone && span_eat(&rest, "lowmem_reserve[]:"))
            child_set_text(r, r->zone, F_oom_zones_lowmem_reserve, span_trim(rest), in->where);
        return;
    }
    if (!line_zone(in->text, &zone))
        return;
    if (zone.name.n == 0) {
        read_node(in, &zone);
        return;
    }
    struct child *row = find(r, T_oom_zones, F_oom_zones_node, &zone);
    if (!row) {
        row = report_child(r, T_oom_zones);
        child_set(row, F_oom_zones_node, (int64_t)zone.node, in->where);
        child_set_text(r, row, F_oom_zones_name, zone.name, in->where);
        r->n_zones++;
    }
    if (kind == LINE_BUDDY) {
        read_buddy(in, &zone, row);
    } else {
        r->zone = row;
        read_pairs(in, row, zone.rest);
    }
}
