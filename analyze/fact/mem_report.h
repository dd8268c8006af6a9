/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_FACT_MEM_REPORT_H
#define OOMSCOPE_FACT_MEM_REPORT_H

#include "fact/schema.h"

/* What the killer and warn_alloc print alike is the same fields in two tables (REQUEST_FIELDS,
 * ZONE_FIELDS, NODE_FIELDS of schema.def), in one order: code that computes is written with the
 * fields of oom_events, oom_zones and oom_nodes, and moved by a shift. */
struct mem_report {
    enum table_id reports, zones, nodes;
    uint32_t report_shift, zone_shift, node_shift;
};

static const struct mem_report mem_reports[] = {
    {T_oom_events, T_oom_zones, T_oom_nodes, 0, 0, 0},
    {T_alloc_failures, T_failure_zones, T_failure_nodes,
     F_alloc_failures_trigger_comm - F_oom_events_trigger_comm,
     F_failure_zones_node - F_oom_zones_node, F_failure_nodes_node - F_oom_nodes_node},
};
enum { MEM_REPORT_OOM, MEM_REPORT_FAILURE, MEM_REPORTS };

/* The shared fields of oom_events. */
enum { REQUEST_FIRST = F_oom_events_trigger_comm, REQUEST_LAST = F_oom_events_free_blocks };

static inline enum field_id field_shift(enum field_id field, uint32_t shift)
{
    return (enum field_id)((uint32_t)field + shift);
}

#endif
