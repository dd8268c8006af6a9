/* SPDX-License-Identifier: MIT */
/* Processes at the capture: the table, and what the largest are made of. */
#include "verdict/grid.h"

enum { PROCESSES_KEPT = 100, ANATOMIES_KEPT = 40, COMMANDS_KEPT = 30 };

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
enum {
    PROCESS_COLUMNS = sizeof(process_columns) / sizeof(*process_columns),
    BY_PSS = 2,
    BY_RSS = 4
};

static void process_grid(struct maker *m, struct incident *incident)
{
    struct grid *grid = grid_add(m, &incident->grids, "processes", "Processes at the capture");
    grid_columns(m, grid, process_columns, PROCESS_COLUMNS);
    size_t with_pss = 0;
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(m->store, T_processes, 0, row)) != ROW_NONE;) {
        if (flag_of(m, F_processes_kernel_thread, row) || !is_known(m, F_processes_rss, row))
            continue;
        with_pss += is_known(m, F_processes_pss, row);
        grid_row(m, grid, process_columns, row);
    }
    bool by_pss = with_pss * 2 > grid->n_rows;
    grid_largest(grid, by_pss ? BY_PSS : BY_RSS, PROCESSES_KEPT);
    say(m, &grid->remarks,
        by_pss ? "Sorted by PSS, which splits shared pages and adds up. VSZ is address space, not "
                 "memory."
               : "Sorted by RSS, which counts shared pages once in each process: it does not add "
                 "up. VSZ is address space, not memory.");
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
    {{"mappings", "count", FACT_COUNT}, F_process_mappings_count},
};

static void anatomy_grid(struct maker *m, struct incident *incident)
{
    struct grid *grid =
        grid_add(m, &incident->grids, "anatomy", "What the largest processes are made of");
    grid_columns(m, grid, anatomy_columns, sizeof(anatomy_columns) / sizeof(*anatomy_columns));
    for (uint32_t process = ROW_NONE;
         (process = store_row_next(m->store, T_processes, 0, process)) != ROW_NONE;)
        for (uint32_t row = ROW_NONE;
             (row = store_row_next(m->store, T_process_mappings, process, row)) != ROW_NONE;) {
            struct cell *cells = grid_row(m, grid, anatomy_columns, row);
            cells[0] = (struct cell){.kind = CELL_COUNT,
                                     .number = number_or(m, F_processes_pid, process, 0)};
            cells[1] =
                (struct cell){.kind = CELL_EVIDENCE, .text = text_of(m, F_processes_comm, process)};
        }
    grid_largest(grid, 4, ANATOMIES_KEPT);
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

static void command_grid(struct maker *m, struct incident *incident)
{
    struct grid *grid = grid_add(m, &incident->grids, "commands", "Processes of the same name");
    grid_columns(m, grid, command_columns, sizeof(command_columns) / sizeof(*command_columns));
    for (uint32_t row = ROW_NONE; (row = store_row_next(m->store, T_commands, 0, row)) != ROW_NONE;)
        if (number_or(m, F_commands_count, row, 0) > 1)
            grid_row(m, grid, command_columns, row);
    grid_largest(grid, 3, COMMANDS_KEPT);
    grid_finish(m, &incident->grids);
}

void grids_of_processes(struct maker *m, struct incident *incident)
{
    process_grid(m, incident);
    command_grid(m, incident);
    anatomy_grid(m, incident);
}
