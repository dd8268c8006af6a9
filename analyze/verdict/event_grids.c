/* SPDX-License-Identifier: MIT */
/* Tables of the event: its tasks with their badness, its zones, its nodes, its slabs. */
#include "verdict/grid.h"

#include "fact/mem_report.h"

enum { TASKS_KEPT = 60, ROWS_KEPT = 40 };

static const struct grid_column task_columns[] = {
    {{"pid", "pid", FACT_COUNT}, F_oom_tasks_pid},
    {{"comm", "name", FACT_TEXT}, F_oom_tasks_comm},
    {{"rank", "rank", FACT_COUNT}, F_oom_tasks_rank},
    {{"badness", "badness", FACT_COUNT}, F_oom_tasks_badness},
    {{"oom_score_adj", "adj", FACT_COUNT}, F_oom_tasks_oom_score_adj},
    {{"rss_bytes", "RSS", FACT_BYTES}, F_oom_tasks_rss},
    {{"rss_anon_bytes", "anon", FACT_BYTES}, F_oom_tasks_rss_anon},
    {{"rss_file_bytes", "file", FACT_BYTES}, F_oom_tasks_rss_file},
    {{"rss_shmem_bytes", "shmem", FACT_BYTES}, F_oom_tasks_rss_shmem},
    {{"swap_bytes", "swap", FACT_BYTES}, F_oom_tasks_swap},
    {{"page_tables_bytes", "tables", FACT_BYTES}, F_oom_tasks_pgtables},
    {{"total_vm_bytes", "VSZ", FACT_BYTES}, F_oom_tasks_total_vm},
    {{"growth_bytes", "change", FACT_BYTES}, F_oom_tasks_growth},
};

static const struct grid_column zone_columns[] = {
    {{"node", "node", FACT_COUNT}, F_oom_zones_node},
    {{"zone", "zone", FACT_TEXT}, F_oom_zones_name},
    {{"eligible", "usable", FACT_BOOL}, F_oom_zones_eligible},
    {{"free_bytes", "free", FACT_BYTES}, F_oom_zones_free},
    {{"min_bytes", "min", FACT_BYTES}, F_oom_zones_min},
    {{"reserve_bytes", "reserve", FACT_BYTES}, F_oom_zones_reserve},
    {{"below_min", "below min", FACT_BOOL}, F_oom_zones_below_min},
    {{"largest_free_order", "largest order", FACT_COUNT}, F_oom_zones_largest_free_order},
    {{"free_at_order", "has block", FACT_BOOL}, F_oom_zones_free_at_order},
    {{"managed_bytes", "managed", FACT_BYTES}, F_oom_zones_managed},
    {{"buddy", "free blocks", FACT_TEXT}, F_oom_zones_buddy},
};

static const struct grid_column node_columns[] = {
    {{"node", "node", FACT_COUNT}, F_oom_nodes_node},
    {{"active_anon_bytes", "active anon", FACT_BYTES}, F_oom_nodes_active_anon},
    {{"inactive_anon_bytes", "inactive anon", FACT_BYTES}, F_oom_nodes_inactive_anon},
    {{"active_file_bytes", "active file", FACT_BYTES}, F_oom_nodes_active_file},
    {{"inactive_file_bytes", "inactive file", FACT_BYTES}, F_oom_nodes_inactive_file},
    {{"unevictable_bytes", "unevictable", FACT_BYTES}, F_oom_nodes_unevictable},
    {{"shmem_bytes", "shmem", FACT_BYTES}, F_oom_nodes_shmem},
    {{"hugepages_bytes", "hugepages", FACT_BYTES}, F_oom_nodes_hugepages},
    {{"all_unreclaimable", "all unreclaimable", FACT_BOOL}, F_oom_nodes_all_unreclaimable},
};

static const struct grid_column slab_columns[] = {
    {{"name", "cache", FACT_TEXT}, F_oom_slabs_name},
    {{"total_bytes", "total", FACT_BYTES}, F_oom_slabs_total},
    {{"used_bytes", "in use", FACT_BYTES}, F_oom_slabs_used},
};

static const struct grid_column allocation_columns[] = {
    {{"site", "site", FACT_TEXT}, F_oom_allocations_site},
    {{"bytes", "bytes", FACT_BYTES}, F_oom_allocations_bytes},
    {{"calls", "calls", FACT_COUNT}, F_oom_allocations_calls},
};

static const struct grid_def event_grids[] = {
    {"tasks", "Tasks at the event, with badness recomputed", T_oom_tasks, COLUMNS(task_columns),
     F_oom_tasks_rss, TASKS_KEPT},
    {"zones", "Zones at the event: what the request could use", T_oom_zones, COLUMNS(zone_columns),
     0, ROWS_KEPT},
    {"event_nodes", "Nodes at the event", T_oom_nodes, COLUMNS(node_columns), 0, ROWS_KEPT},
    {"event_slabs", "Unreclaimable slab at the event", T_oom_slabs, COLUMNS(slab_columns),
     F_oom_slabs_total, ROWS_KEPT},
    {"event_allocations", "Allocation sites at the event", T_oom_allocations,
     COLUMNS(allocation_columns), F_oom_allocations_bytes, ROWS_KEPT},
};

static const struct grid_column request_columns[] = {
    {{"gfp", "gfp flags", FACT_TEXT}, F_oom_events_gfp_flags},
    {{"order", "order", FACT_COUNT}, F_oom_events_order},
    {{"bytes", "asked for", FACT_BYTES}, F_oom_events_request},
    {{"highest_zone", "highest zone", FACT_TEXT}, F_oom_events_highest_zone},
    {{"zones_eligible", "usable zones", FACT_COUNT}, F_oom_events_zones_eligible},
    {{"zones_below_min", "below min", FACT_COUNT}, F_oom_events_zones_below_min},
    {{"trigger", "asked by", FACT_TEXT}, F_oom_events_trigger_comm},
    {{"trigger_pid", "pid", FACT_COUNT}, F_oom_events_trigger_pid},
};

static const struct grid_column failure_columns[] = {
    {{"failure", "number", FACT_COUNT}, F_alloc_failures_failure},
    {{"time_us", "after boot", FACT_DURATION}, F_alloc_failures_time},
    {{"kind", "kind", FACT_TEXT}, F_alloc_failures_kind},
    {{"trigger", "asked by", FACT_TEXT}, F_alloc_failures_trigger_comm},
    {{"trigger_pid", "pid", FACT_COUNT}, F_alloc_failures_trigger_pid},
    {{"order", "order", FACT_COUNT}, F_alloc_failures_order},
    {{"gfp", "gfp flags", FACT_TEXT}, F_alloc_failures_gfp_flags},
    {{"zones_eligible", "usable zones", FACT_COUNT}, F_alloc_failures_zones_eligible},
    {{"zones_below_min", "below min", FACT_COUNT}, F_alloc_failures_zones_below_min},
    {{"zones_fit", "with room", FACT_COUNT}, F_alloc_failures_zones_fit},
    {{"mem_free_bytes", "free", FACT_BYTES}, F_alloc_failures_mem_free},
    {{"stall_us", "waited", FACT_DURATION}, F_alloc_failures_stall},
};

static const struct grid_column series_columns[] = {
    {{"event", "event", FACT_COUNT}, F_oom_events_event},
    {{"time_us", "after boot", FACT_DURATION}, F_oom_events_time},
    {{"gap_us", "gap", FACT_DURATION}, F_oom_events_previous_gap},
    {{"victim", "killed", FACT_TEXT}, F_oom_events_victim_comm},
    {{"victim_pid", "pid", FACT_COUNT}, F_oom_events_victim_pid},
    {{"victim_rss_bytes", "its RSS", FACT_BYTES}, F_oom_events_victim_rss},
    {{"victims", "killed in all", FACT_COUNT}, F_oom_events_victims},
    {{"usage_bytes", "usage", FACT_BYTES}, F_oom_events_usage},
    {{"limit_bytes", "limit", FACT_BYTES}, F_oom_events_limit},
    {{"largest", "largest", FACT_TEXT}, F_oom_events_largest_comm},
    {{"largest_rss_bytes", "its RSS", FACT_BYTES}, F_oom_events_largest_rss},
    {{"cgroup", "cgroup", FACT_TEXT}, F_oom_events_cgroup},
};

static void series_grid(struct maker *m, struct incident *incident)
{
    struct grid *grid = grid_add(m, &incident->grids, "series", "Events of this incident");
    grid_columns(m, grid, COLUMNS(series_columns));
    size_t from = incident->series.n > TASKS_KEPT ? incident->series.n - TASKS_KEPT : 0;
    for (size_t i = from; i < incident->series.n; i++)
        grid_row(m, grid, series_columns, incident->series.events[i]);
    grid->omitted = from;
    if (from)
        tell(m, &grid->remarks, "The earliest {n} events are left out.", (int64_t)from);
    grid_finish(m, &incident->grids);
}

static void grid_of(struct maker *m, struct incident *incident, const struct grid_def *def,
                    uint32_t parent)
{
    struct grid *grid = grid_add(m, &incident->grids, def->id, def->title);
    grid_columns(m, grid, def->columns, def->n_columns);
    grid_fill(m, grid, def->columns,
              &(struct grid_choice){
                  .table = def->table, .parent = parent, .by = def->by, .keep = def->keep});
    grid_finish(m, &incident->grids);
}

/* The same columns of the table that a failed allocation has. */
static const struct grid_column *columns_shift(struct maker *m, const struct grid_column *columns,
                                               size_t n, uint32_t shift)
{
    struct grid_column *shifted = arena_array(m->arena, n, sizeof(*shifted));
    for (size_t i = 0; i < n; i++) {
        shifted[i] = columns[i];
        shifted[i].field = field_shift(columns[i].field, shift);
    }
    return shifted;
}

static void grids_of_failure(struct maker *m, struct incident *incident)
{
    const struct mem_report *tables = &mem_reports[MEM_REPORT_FAILURE];
    struct grid_def all = {
        "failures", "Allocations that failed", T_alloc_failures, COLUMNS(failure_columns), 0,
        ROWS_KEPT};
    struct grid_def zones = {"zones",
                             "Zones at the failure: what the request could use",
                             tables->zones,
                             COLUMNS(zone_columns),
                             0,
                             ROWS_KEPT};
    struct grid_def nodes = {
        "event_nodes", "Nodes at the failure", tables->nodes, COLUMNS(node_columns), 0, ROWS_KEPT};
    zones.columns = columns_shift(m, zones.columns, zones.n_columns, tables->zone_shift);
    nodes.columns = columns_shift(m, nodes.columns, nodes.n_columns, tables->node_shift);
    grid_of(m, incident, &all, 0);
    grid_of(m, incident, &zones, incident->failure);
    grid_of(m, incident, &nodes, incident->failure);
}

void grids_of_event(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    if (incident->failure != ROW_NONE)
        grids_of_failure(m, incident);
    if (event == ROW_NONE)
        return;
    if (incident->series.n > 1)
        series_grid(m, incident);
    struct grid *request = grid_add(m, &incident->grids, "request", "The request that failed");
    grid_columns(m, request, COLUMNS(request_columns));
    grid_row(m, request, request_columns, event);
    grid_finish(m, &incident->grids);
    for (size_t i = 0; i < sizeof(event_grids) / sizeof(*event_grids); i++)
        grid_of(m, incident, &event_grids[i], event);
}
