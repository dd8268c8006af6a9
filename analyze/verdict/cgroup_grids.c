/* SPDX-License-Identifier: MIT */
/* The cgroup chain from the limit's owner to the root, and the owner's children. */
#include "verdict/grid.h"

enum { CHAIN_MAX = 32, CHILDREN_KEPT = 30, CGROUPS_KEPT = 30 };

static const struct grid_column chain_columns[] = {
    {{"path", "cgroup", FACT_TEXT}, F_cgroups_path},
    {{"unit", "unit", FACT_TEXT}, F_cgroups_unit},
    {{"pod", "pod", FACT_TEXT}, F_cgroups_pod},
    {{"pod_qos", "QoS", FACT_TEXT}, F_cgroups_pod_qos},
    {{"container", "container", FACT_TEXT}, F_cgroups_container},
    {{"runtime", "by", FACT_TEXT}, F_cgroups_runtime},
    {{"current_bytes", "current", FACT_BYTES}, F_cgroups_current},
    {{"max_bytes", "max", FACT_BYTES}, F_cgroups_max},
    {{"high_bytes", "high", FACT_BYTES}, F_cgroups_high},
    {{"low_bytes", "low", FACT_BYTES}, F_cgroups_low},
    {{"min_bytes", "min", FACT_BYTES}, F_cgroups_min},
    {{"peak_bytes", "peak", FACT_BYTES}, F_cgroups_peak},
    {{"swap_bytes", "swap", FACT_BYTES}, F_cgroups_swap_current},
    {{"swap_max_bytes", "swap max", FACT_BYTES}, F_cgroups_swap_max},
    {{"events_high", "high events", FACT_COUNT}, F_cgroups_events_high},
    {{"events_max", "max events", FACT_COUNT}, F_cgroups_events_max},
    {{"events_oom_kill", "kills", FACT_COUNT}, F_cgroups_events_oom_kill},
    {{"some_avg60", "PSI some 60 s", FACT_RATIO}, F_cgroups_memory_some_avg60},
    {{"full_avg60", "full 60 s", FACT_RATIO}, F_cgroups_memory_full_avg60},
    {{"stalled_us", "stalled", FACT_DURATION}, F_cgroups_memory_some_total},
};
enum { CHAIN_COLUMNS = sizeof(chain_columns) / sizeof(*chain_columns) };

/* The row to start from: the victim's cgroup where the tree still has it, else the limit's owner.
 */
static uint32_t chain_start(struct maker *m, const struct incident *incident)
{
    struct span own = text_of(m, F_oom_events_task_cgroup, incident->series.detail);
    uint32_t row = own.n ? store_row_find(m->store, T_cgroups, own) : ROW_NONE;
    return row != ROW_NONE ? row : incident->limit.cgroup;
}

static void chain_grid(struct maker *m, struct incident *incident)
{
    struct grid *grid = grid_add(m, &incident->grids, "chain", "Cgroups from the victim's upwards");
    grid_columns(m, grid, chain_columns, CHAIN_COLUMNS);
    uint32_t row = chain_start(m, incident);
    for (size_t i = 0; i < CHAIN_MAX && row != ROW_NONE; i++) {
        grid_row(m, grid, chain_columns, row);
        struct span parent = text_of(m, F_cgroups_parent, row);
        row = parent.n ? store_row_find(m->store, T_cgroups, parent) : ROW_NONE;
    }
    grid_finish(m, &incident->grids);
}

static bool is_child(const struct maker *m, uint32_t row, const void *context)
{
    const struct span *parent = context;
    return span_eq(text_of(m, F_cgroups_parent, row), *parent);
}

static bool has_current(const struct maker *m, uint32_t row, const void *context)
{
    (void)context;
    return is_known(m, F_cgroups_current, row);
}

static void children_grid(struct maker *m, struct incident *incident)
{
    if (incident->limit.cgroup == ROW_NONE)
        return;
    struct grid *grid =
        grid_add(m, &incident->grids, "children", "What shares the limit, at the capture");
    grid_columns(m, grid, chain_columns, CHAIN_COLUMNS);
    grid_fill(m, grid, chain_columns,
              &(struct grid_choice){.table = T_cgroups,
                                    .by = F_cgroups_current,
                                    .keep = CHILDREN_KEPT,
                                    .accept = is_child,
                                    .context = &incident->limit.owner});
    grid_finish(m, &incident->grids);
}

static void largest_grid(struct maker *m, struct incident *incident)
{
    struct grid *grid = grid_add(m, &incident->grids, "cgroups", "Largest cgroups at the capture");
    grid_columns(m, grid, chain_columns, CHAIN_COLUMNS);
    grid_fill(m, grid, chain_columns,
              &(struct grid_choice){.table = T_cgroups,
                                    .by = F_cgroups_current,
                                    .keep = CGROUPS_KEPT,
                                    .accept = has_current});
    tell(m, &grid->remarks, "A cgroup's current holds that of its children.");
    grid_finish(m, &incident->grids);
}

void grids_of_cgroups(struct maker *m, struct incident *incident)
{
    chain_grid(m, incident);
    children_grid(m, incident);
    if (incident == &m->verdict->incidents[0])
        largest_grid(m, incident);
}
