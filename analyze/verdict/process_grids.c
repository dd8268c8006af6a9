/* SPDX-License-Identifier: MIT */
/* Processes at the capture: the table, and what the largest are made of. */
#include "verdict/grid.h"

#include <stdlib.h>

enum { PROCESSES_KEPT = 100, ANATOMIES_KEPT = 40, COMMANDS_KEPT = 30, KINDS_KEPT = 12 };

static const struct grid_column process_columns[] = {
    {{"pid", "pid", FACT_COUNT}, F_processes_pid},
    {{"comm", "name", FACT_TEXT}, F_processes_comm},
    {{"pss_bytes", "PSS", FACT_BYTES}, F_processes_pss},
    {{"uss_bytes", "USS", FACT_BYTES}, F_processes_uss},
    {{"rss_bytes", "RSS", FACT_BYTES}, F_processes_rss},
    {{"vsz_bytes", "VSZ", FACT_BYTES}, F_processes_vsz},
    {{"rss_anon_bytes", "anon", FACT_BYTES}, F_processes_rss_anon},
    {{"rss_file_bytes", "file", FACT_BYTES}, F_processes_rss_file},
    {{"rss_shmem_bytes", "shmem", FACT_BYTES}, F_processes_rss_shmem},
    {{"swap_bytes", "swap", FACT_BYTES}, F_processes_swap},
    {{"page_tables_bytes", "tables", FACT_BYTES}, F_processes_page_tables},
    {{"oom_score_adj", "adj", FACT_COUNT}, F_processes_oom_score_adj},
    {{"open_files", "files", FACT_COUNT}, F_processes_fds},
    {{"open_files_limit", "of", FACT_COUNT}, F_processes_nofile_limit},
    {{"growth_bytes_per_s", "growth", FACT_RATE}, F_processes_growth_rate},
    {{"cgroup", "cgroup", FACT_TEXT}, F_processes_cgroup},
};

static bool has_memory(const struct maker *m, uint32_t row, const void *context)
{
    (void)context;
    return !flag_of(m, F_processes_kernel_thread, row) && is_known(m, F_processes_rss, row);
}

static bool is_mostly_pss(const struct maker *m)
{
    size_t n = 0, with_pss = 0;
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(m->store, T_processes, 0, row)) != ROW_NONE;) {
        n += has_memory(m, row, NULL);
        with_pss += is_known(m, F_processes_pss, row);
    }
    return with_pss * 2 > n;
}

struct census {
    int64_t processes, with_pss, pss_bytes, rest_rss_bytes, exited;
};

static struct census census_of(const struct maker *m)
{
    struct census census = {0};
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(m->store, T_processes, 0, row)) != ROW_NONE;) {
        struct quantity pss = quantity_of(m, F_processes_pss, row);
        census.exited += flag_of(m, F_processes_exited, row);
        if (flag_of(m, F_processes_kernel_thread, row) || flag_of(m, F_processes_exited, row))
            continue;
        census.processes++;
        census.with_pss += pss.known;
        census.pss_bytes += pss.known ? pss.value : 0;
        census.rest_rss_bytes += pss.known ? 0 : number_or(m, F_processes_rss, row, 0);
    }
    return census;
}

/* The sums, or what is known of them: PSS of a process is for its owner and root to see. */
static void sums_remark(struct maker *m, struct grid *grid)
{
    struct census census = census_of(m);
    if (is_known(m, F_host_use_processes_rss, 0) && is_known(m, F_host_use_processes_pss, 0))
        tell(m, &grid->remarks, "All RSS together is {}, all PSS {}.",
             ref_of(F_host_use_processes_rss, 0), ref_of(F_host_use_processes_pss, 0));
    else if (census.with_pss > 0)
        tell(m, &grid->remarks,
             "All PSS together is at least {b}, over {n} of {n} processes; the others have {b} by "
             "RSS.",
             census.pss_bytes, census.with_pss, census.processes, census.rest_rss_bytes);
    if (census.exited)
        tell(m, &grid->remarks, "{c} ended while being captured and {w} in no sum.", census.exited,
             "process", "processes", census.exited == 1 ? "is" : "are");
}

static void process_grid(struct maker *m, struct incident *incident)
{
    bool by_pss = is_mostly_pss(m);
    struct grid *grid = grid_add(m, &incident->grids, "processes", "Processes at the capture");
    grid_columns(m, grid, COLUMNS(process_columns));
    grid_fill(m, grid, process_columns,
              &(struct grid_choice){.table = T_processes,
                                    .by = by_pss ? F_processes_pss : F_processes_rss,
                                    .keep = PROCESSES_KEPT,
                                    .accept = has_memory});
    tell(m, &grid->remarks,
         by_pss ? "Sorted by PSS, which splits shared pages and adds up. VSZ is address space, not "
                  "memory."
                : "Sorted by RSS, which counts shared pages once in each process: it does not add "
                  "up. VSZ is address space, not memory.");
    sums_remark(m, grid);
    grid_finish(m, &incident->grids);
}

static const struct grid_column anatomy_columns[] = {
    {{"pid", "pid", FACT_COUNT}, 0},
    {{"comm", "name", FACT_TEXT}, 0},
    {{"mapping", "mapping", FACT_TEXT}, F_process_mappings_kind},
    {{"pss_bytes", "PSS", FACT_BYTES}, F_process_mappings_pss},
    {{"rss_bytes", "RSS", FACT_BYTES}, F_process_mappings_rss},
    {{"swap_bytes", "swap", FACT_BYTES}, F_process_mappings_swap},
    {{"locked_bytes", "locked", FACT_BYTES}, F_process_mappings_locked},
    {{"huge_bytes", "huge pages", FACT_BYTES}, F_process_mappings_huge},
    {{"mappings", "count", FACT_COUNT}, F_process_mappings_count},
};

static void anatomy_of(struct maker *m, struct grid *grid, uint32_t process)
{
    size_t from = grid->n_rows;
    grid_fill(m, grid, anatomy_columns,
              &(struct grid_choice){.table = T_process_mappings,
                                    .parent = process,
                                    .by = F_process_mappings_rss,
                                    .keep = KINDS_KEPT});
    for (size_t i = from; i < grid->n_rows; i++) {
        struct cell *cells = &grid->cells[i * grid->n_columns];
        cells[0] =
            (struct cell){.kind = CELL_COUNT, .number = number_or(m, F_processes_pid, process, 0)};
        cells[1] =
            (struct cell){.kind = CELL_EVIDENCE, .text = text_of(m, F_processes_comm, process)};
    }
}

struct sized {
    int64_t bytes;
    uint32_t process;
};

static int sized_cmp(const void *a, const void *b)
{
    const struct sized *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return x->process < y->process ? -1 : 1;
}

/* Only the largest processes have smaps or numa_maps in the bundle. */
static void anatomy_grid(struct maker *m, struct incident *incident)
{
    struct grid *grid =
        grid_add(m, &incident->grids, "anatomy", "What the largest processes are made of");
    grid_columns(m, grid, COLUMNS(anatomy_columns));
    size_t n = 0;
    struct sized *sized =
        arena_array(m->arena, store_row_count(m->store, T_processes) + 1, sizeof(*sized));
    for (uint32_t process = ROW_NONE;
         (process = store_row_next(m->store, T_processes, 0, process)) != ROW_NONE;)
        if (store_row_next(m->store, T_process_mappings, process, ROW_NONE) != ROW_NONE)
            sized[n++] = (struct sized){number_or(m, F_processes_rss, process, 0), process};
    if (n)
        qsort(sized, n, sizeof(*sized), sized_cmp);
    for (size_t i = 0; i < n && grid->n_rows < ANATOMIES_KEPT; i++)
        anatomy_of(m, grid, sized[i].process);
    grid_finish(m, &incident->grids);
}

static const struct grid_column command_columns[] = {
    {{"comm", "name", FACT_TEXT}, F_commands_comm},
    {{"processes", "processes", FACT_COUNT}, F_commands_count},
    {{"pss_bytes", "PSS", FACT_BYTES}, F_commands_pss},
    {{"rss_bytes", "RSS", FACT_BYTES}, F_commands_rss},
    {{"private_dirty_bytes", "private dirty", FACT_BYTES}, F_commands_private_dirty},
    {{"page_tables_bytes", "tables", FACT_BYTES}, F_commands_page_tables},
    {{"swap_bytes", "swap", FACT_BYTES}, F_commands_swap},
};

static bool is_crowd(const struct maker *m, uint32_t row, const void *context)
{
    (void)context;
    return number_or(m, F_commands_count, row, 0) > 1;
}

static void command_grid(struct maker *m, struct incident *incident)
{
    struct grid *grid = grid_add(m, &incident->grids, "commands", "Processes of the same name");
    grid_columns(m, grid, COLUMNS(command_columns));
    grid_fill(
        m, grid, command_columns,
        &(struct grid_choice){
            .table = T_commands, .by = F_commands_rss, .keep = COMMANDS_KEPT, .accept = is_crowd});
    grid_finish(m, &incident->grids);
}

void grids_of_processes(struct maker *m, struct incident *incident)
{
    process_grid(m, incident);
    command_grid(m, incident);
    anatomy_grid(m, incident);
}
