/* SPDX-License-Identifier: MIT */
/* Tables of the host at the capture: slab by bytes, nodes, pressure, swap, tmpfs and shared memory.
 */
#include "verdict/grid.h"

enum { SLABS_KEPT = 40, ROWS_KEPT = 30, PLACES_KEPT = 60, PSI_CGROUPS_MAX = 8 };

static const struct grid_column slab_columns[] = {
    {{"name", "cache", FACT_TEXT}, F_slabs_name},
    {{"bytes", "bytes", FACT_BYTES}, F_slabs_bytes},
    {{"objects", "objects", FACT_COUNT}, F_slabs_num_objs},
    {{"active", "in use", FACT_COUNT}, F_slabs_active_objs},
    {{"object_bytes", "object", FACT_BYTES}, F_slabs_objsize},
    {{"reclaimable", "reclaimable", FACT_BOOL}, F_slabs_reclaimable},
};

static const struct grid_column node_columns[] = {
    {{"node", "node", FACT_COUNT}, F_nodes_node},
    {{"total_bytes", "total", FACT_BYTES}, F_nodes_total},
    {{"free_bytes", "free", FACT_BYTES}, F_nodes_free},
    {{"anon_bytes", "anonymous", FACT_BYTES}, F_nodes_anon_pages},
    {{"file_bytes", "file", FACT_BYTES}, F_nodes_file_pages},
    {{"shmem_bytes", "shmem", FACT_BYTES}, F_nodes_shmem},
    {{"slab_bytes", "slab", FACT_BYTES}, F_nodes_slab},
    {{"numa_miss", "miss", FACT_COUNT}, F_nodes_numa_miss},
    {{"numa_foreign", "foreign", FACT_COUNT}, F_nodes_numa_foreign},
    {{"cpus", "CPUs", FACT_TEXT}, F_nodes_cpulist},
};

static const struct grid_column swap_columns[] = {
    {{"file", "swap", FACT_TEXT}, F_swaps_filename},
    {{"type", "type", FACT_TEXT}, F_swaps_type},
    {{"size_bytes", "size", FACT_BYTES}, F_swaps_size},
    {{"used_bytes", "used", FACT_BYTES}, F_swaps_used},
    {{"zram", "zram", FACT_BOOL}, F_swaps_is_zram},
};

static const struct grid_column tmpfs_columns[] = {
    {{"mount", "mount", FACT_TEXT}, F_tmpfs_mount},
    {{"used_bytes", "used", FACT_BYTES}, F_tmpfs_used},
    {{"size_bytes", "size", FACT_BYTES}, F_tmpfs_size},
};

static const struct grid_column shm_columns[] = {
    {{"shmid", "segment", FACT_COUNT}, F_shm_shmid},
    {{"rss_bytes", "resident", FACT_BYTES}, F_shm_rss},
    {{"size_bytes", "size", FACT_BYTES}, F_shm_size},
    {{"swap_bytes", "swap", FACT_BYTES}, F_shm_swap},
    {{"attached", "attached", FACT_COUNT}, F_shm_nattch},
    {{"creator_pid", "creator", FACT_COUNT}, F_shm_cpid},
};

static const struct grid_column zram_columns[] = {
    {{"device", "zram", FACT_COUNT}, F_zrams_device},
    {{"stored_bytes", "stored", FACT_BYTES}, F_zrams_orig_data_size},
    {{"memory_bytes", "memory", FACT_BYTES}, F_zrams_mem_used_total},
    {{"size_bytes", "size", FACT_BYTES}, F_zrams_disksize},
};

static const struct grid_column sample_columns[] = {
    {{"sample", "sample", FACT_COUNT}, F_meminfo_samples_sample},
    {{"time_us", "after boot", FACT_DURATION}, F_meminfo_samples_time},
    {{"available_bytes", "available", FACT_BYTES}, F_meminfo_samples_available},
    {{"anon_bytes", "anonymous", FACT_BYTES}, F_meminfo_samples_anon_pages},
    {{"cached_bytes", "cached", FACT_BYTES}, F_meminfo_samples_cached},
    {{"shmem_bytes", "shmem", FACT_BYTES}, F_meminfo_samples_shmem},
    {{"slab_unreclaimable_bytes", "SUnreclaim", FACT_BYTES}, F_meminfo_samples_s_unreclaim},
    {{"swap_free_bytes", "swap free", FACT_BYTES}, F_meminfo_samples_swap_free},
    {{"dirty_bytes", "dirty", FACT_BYTES}, F_meminfo_samples_dirty},
};

static const struct grid_column psi_sample_columns[] = {
    {{"sample", "sample", FACT_COUNT}, F_psi_samples_sample},
    {{"time_us", "after boot", FACT_DURATION}, F_psi_samples_time},
    {{"memory_some_us", "memory some", FACT_DURATION}, F_psi_samples_memory_some_total},
    {{"memory_full_us", "memory full", FACT_DURATION}, F_psi_samples_memory_full_total},
    {{"io_full_us", "io full", FACT_DURATION}, F_psi_samples_io_full_total},
};

static const struct grid_def host_grids[] = {
    {"slabs", "Slab by bytes", T_slabs, COLUMNS(slab_columns), F_slabs_bytes, SLABS_KEPT},
    {"nodes", "NUMA nodes at the capture", T_nodes, COLUMNS(node_columns), 0, ROWS_KEPT},
    {"swaps", "Swap", T_swaps, COLUMNS(swap_columns), 0, ROWS_KEPT},
    {"tmpfs", "Tmpfs mounts", T_tmpfs, COLUMNS(tmpfs_columns), F_tmpfs_used, ROWS_KEPT},
    {"shm", "Shared memory segments", T_shm, COLUMNS(shm_columns), F_shm_rss, ROWS_KEPT},
    {"zrams", "Zram", T_zrams, COLUMNS(zram_columns), 0, ROWS_KEPT},
    {"samples", "The host in each sample", T_meminfo_samples, COLUMNS(sample_columns), 0,
     ROWS_KEPT},
    {"psi_samples", "Stall time in each sample, since boot", T_psi_samples,
     COLUMNS(psi_sample_columns), 0, ROWS_KEPT},
};

struct psi_row {
    const char *name;
    enum field_id avg10, avg60, avg300, total;
};
static const struct psi_row psi_rows[] = {
    {"memory some", F_psi_memory_some_avg10, F_psi_memory_some_avg60, F_psi_memory_some_avg300,
     F_psi_memory_some_total},
    {"memory full", F_psi_memory_full_avg10, F_psi_memory_full_avg60, F_psi_memory_full_avg300,
     F_psi_memory_full_total},
    {"io some", F_psi_io_some_avg10, F_psi_io_some_avg60, F_psi_io_some_avg300,
     F_psi_io_some_total},
    {"io full", F_psi_io_full_avg10, F_psi_io_full_avg60, F_psi_io_full_avg300,
     F_psi_io_full_total},
};

/* The same of one cgroup; the columns are those of the host. */
static const struct psi_row cgroup_psi_rows[] = {
    {"memory some", F_cgroups_memory_some_avg10, F_cgroups_memory_some_avg60,
     F_cgroups_memory_some_avg300, F_cgroups_memory_some_total},
    {"memory full", F_cgroups_memory_full_avg10, F_cgroups_memory_full_avg60,
     F_cgroups_memory_full_avg300, F_cgroups_memory_full_total},
    {"io some", F_cgroups_io_some_avg10, F_cgroups_io_some_avg60, F_cgroups_io_some_avg300,
     F_cgroups_io_some_total},
    {"io full", F_cgroups_io_full_avg10, F_cgroups_io_full_avg60, F_cgroups_io_full_avg300,
     F_cgroups_io_full_total},
};

static void psi_of_cgroup(struct maker *m, struct grid *grid, uint32_t cgroup)
{
    for (size_t i = 0; i < sizeof(cgroup_psi_rows) / sizeof(*cgroup_psi_rows); i++) {
        const struct psi_row *psi = &cgroup_psi_rows[i];
        const struct grid_column columns[] = {
            {{"of", "of", FACT_TEXT}, F_cgroups_path},
            {{"pressure", "pressure", FACT_TEXT}, 0},
            {{"avg10", "10 s", FACT_RATIO}, psi->avg10},
            {{"avg60", "60 s", FACT_RATIO}, psi->avg60},
            {{"avg300", "300 s", FACT_RATIO}, psi->avg300},
            {{"total_us", "since it began", FACT_DURATION}, psi->total},
        };
        if (is_known(m, psi->total, cgroup))
            grid_row(m, grid, columns, cgroup)[1] = cell_word(psi->name);
    }
}

/* The owner of the limit and all above it: where the waiting was. */
static void psi_of_cgroups(struct maker *m, struct grid *grid, uint32_t cgroup)
{
    for (size_t i = 0; i < PSI_CGROUPS_MAX && cgroup != ROW_NONE; i++) {
        struct span parent = text_of(m, F_cgroups_parent, cgroup);
        if (parent.n) /* the root's is the host's */
            psi_of_cgroup(m, grid, cgroup);
        cgroup = parent.n ? store_row_find(m->store, T_cgroups, parent) : ROW_NONE;
    }
}

static void psi_grid(struct maker *m, struct incident *incident)
{
    struct grid *grid =
        grid_add(m, &incident->grids, "psi", "Pressure of the host and of the cgroup at its limit");
    for (size_t i = 0; i < sizeof(psi_rows) / sizeof(*psi_rows); i++) {
        const struct psi_row *psi = &psi_rows[i];
        const struct grid_column columns[] = {
            {{"of", "of", FACT_TEXT}, 0},
            {{"pressure", "pressure", FACT_TEXT}, 0},
            {{"avg10", "10 s", FACT_RATIO}, psi->avg10},
            {{"avg60", "60 s", FACT_RATIO}, psi->avg60},
            {{"avg300", "300 s", FACT_RATIO}, psi->avg300},
            {{"total_us", "since it began", FACT_DURATION}, psi->total},
        };
        if (i == 0)
            grid_columns(m, grid, COLUMNS(columns));
        if (!is_known(m, psi->total, 0))
            continue;
        struct cell *cells = grid_row(m, grid, columns, 0);
        cells[0] = cell_word("the host");
        cells[1] = cell_word(psi->name);
    }
    psi_of_cgroups(m, grid, incident->limit.cgroup);
    grid_finish(m, &incident->grids);
}

static const struct grid_column place_columns[] = {
    {{"pid", "pid", FACT_COUNT}, 0},
    {{"comm", "name", FACT_TEXT}, 0},
    {{"node", "node", FACT_COUNT}, F_process_nodes_node},
    {{"bytes", "bytes", FACT_BYTES}, F_process_nodes_bytes},
    {{"mems_allowed", "allowed", FACT_TEXT}, 0},
    {{"policy", "policy", FACT_TEXT}, 0},
};

static void placement_of(struct maker *m, struct grid *grid, uint32_t process)
{
    size_t from = grid->n_rows;
    grid_fill(
        m, grid, place_columns,
        &(struct grid_choice){.table = T_process_nodes, .parent = process, .keep = ROWS_KEPT});
    for (size_t i = from; i < grid->n_rows; i++) {
        struct cell *cells = &grid->cells[i * grid->n_columns];
        cells[0] =
            (struct cell){.kind = CELL_COUNT, .number = number_or(m, F_processes_pid, process, 0)};
        cells[1] =
            (struct cell){.kind = CELL_EVIDENCE, .text = text_of(m, F_processes_comm, process)};
        cells[4] = (struct cell){.kind = CELL_EVIDENCE,
                                 .text = text_of(m, F_processes_mems_allowed, process)};
        if (is_known(m, F_processes_policy, process))
            cells[5] = (struct cell){.kind = CELL_EVIDENCE,
                                     .text = text_of(m, F_processes_policy, process)};
        statement_cite_fact(m, &grid->notes[i], F_processes_policy, process);
    }
}

/* Only the largest processes have a numa_maps in the bundle; one node needs no table. */
static void placement_grid(struct maker *m, struct incident *incident)
{
    if (store_row_count(m->store, T_nodes) < 2)
        return;
    struct grid *grid =
        grid_add(m, &incident->grids, "placement", "Placement of processes on nodes");
    grid_columns(m, grid, COLUMNS(place_columns));
    for (uint32_t process = ROW_NONE;
         (process = store_row_next(m->store, T_processes, 0, process)) != ROW_NONE;)
        if (grid->n_rows < PLACES_KEPT)
            placement_of(m, grid, process);
    grid_finish(m, &incident->grids);
}

static void grids_of_host(struct maker *m, struct incident *incident)
{
    for (size_t i = 0; i < sizeof(host_grids) / sizeof(*host_grids); i++) {
        const struct grid_def *def = &host_grids[i];
        struct grid *grid = grid_add(m, &incident->grids, def->id, def->title);
        grid_columns(m, grid, def->columns, def->n_columns);
        grid_fill(m, grid, def->columns,
                  &(struct grid_choice){.table = def->table, .by = def->by, .keep = def->keep});
        grid_finish(m, &incident->grids);
    }
    placement_grid(m, incident);
    psi_grid(m, incident);
}

void grids_make(struct maker *m, struct incident *incident, bool is_first)
{
    grids_of_event(m, incident);
    grids_of_cgroups(m, incident);
    if (!is_first)
        return;
    grids_of_processes(m, incident);
    grids_of_host(m, incident);
}
