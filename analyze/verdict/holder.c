/* SPDX-License-Identifier: MIT */
/* Who held most of what filled the limit. What to measure follows from the class that filled it. */
#include "verdict/say.h"

#include "base/amount.h"
#include "base/map.h"
#include "verdict/held.h"

#include <stdlib.h>

/* A table whose rows are holders, and what of a row to measure. */
struct holder_source {
    const char *at, *measure;
    enum holder_kind kind;
    enum table_id table;
    enum field_id name, pid, bytes, rate;
};

static const struct holder_source task_rss = {
    "event",          "rss",           HOLDER_PROCESS,  T_oom_tasks,
    F_oom_tasks_comm, F_oom_tasks_pid, F_oom_tasks_rss, 0};
static const struct holder_source task_anon = {
    "event",          "anonymous rss", HOLDER_PROCESS,       T_oom_tasks,
    F_oom_tasks_comm, F_oom_tasks_pid, F_oom_tasks_rss_anon, 0};
static const struct holder_source task_tables = {
    "event",          "page tables",   HOLDER_PROCESS,       T_oom_tasks,
    F_oom_tasks_comm, F_oom_tasks_pid, F_oom_tasks_pgtables, 0};
static const struct holder_source process_pss = {
    "capture",        "PSS",           HOLDER_PROCESS,  T_processes,
    F_processes_comm, F_processes_pid, F_processes_pss, F_processes_growth_rate};
static const struct holder_source process_rss = {
    "capture",        "rss",           HOLDER_PROCESS,  T_processes,
    F_processes_comm, F_processes_pid, F_processes_rss, F_processes_growth_rate};
static const struct holder_source process_tables = {
    "capture",        "page tables",   HOLDER_PROCESS,          T_processes,
    F_processes_comm, F_processes_pid, F_processes_page_tables, 0};
static const struct holder_source event_slabs = {
    "event", "slab", HOLDER_SLAB, T_oom_slabs, F_oom_slabs_name, 0, F_oom_slabs_total, 0};
static const struct holder_source capture_slabs = {"capture",    "slab", HOLDER_SLAB,   T_slabs,
                                                   F_slabs_name, 0,      F_slabs_bytes, 0};
static const struct holder_source mounts = {
    "capture", "tmpfs in use", HOLDER_MOUNT, T_tmpfs, F_tmpfs_mount, 0, F_tmpfs_used, 0};

static const struct holder_source task_shmem = {
    "event",          "shared rss",    HOLDER_PROCESS,        T_oom_tasks,
    F_oom_tasks_comm, F_oom_tasks_pid, F_oom_tasks_rss_shmem, 0};
static const struct holder_source process_shmem = {
    "capture",        "shared rss",    HOLDER_PROCESS,        T_processes,
    F_processes_comm, F_processes_pid, F_processes_rss_shmem, F_processes_growth_rate};
/* memfd, and what was deleted from a tmpfs while somebody held it open */
static const struct holder_source files = {
    "capture",          "memory in open files", HOLDER_FILE,        T_shmem_files,
    F_shmem_files_name, F_shmem_files_pid,      F_shmem_files_used, 0};
static const struct holder_source segments = {"capture",   "resident", HOLDER_SHM, T_shm,
                                              F_shm_shmid, F_shm_cpid, F_shm_rss,  0};

enum { SOURCES_MAX = 5 };

/* For a class, the sources in order of preference: the first that has rows is taken, or the one
 * with the largest holder. */
struct class_sources {
    const char *class_name;
    bool by_size;
    const struct holder_source *sources[SOURCES_MAX];
};
static const struct class_sources by_class[] = {
    {"shmem", true, {&mounts, &files, &task_shmem, &segments, &process_shmem}},
    {"page tables", false, {&task_tables, &process_tables}},
    {"slab unreclaimable", false, {&event_slabs, &capture_slabs}},
    {"slab reclaimable", false, {&capture_slabs}},
    {"anonymous", false, {&task_anon, &task_rss, &process_pss, &process_rss}},
};
static const struct class_sources otherwise = {"", false, {&task_rss, &process_pss, &process_rss}};

static const struct class_sources *sources_for(const struct incident *incident)
{
    const struct class_share *dominant =
        incident->event.known ? incident->event.dominant : incident->capture.dominant;
    for (size_t i = 0; dominant && i < sizeof(by_class) / sizeof(*by_class); i++)
        if (span_is(span_of(dominant->name), by_class[i].class_name))
            return &by_class[i];
    return &otherwise;
}

struct gather {
    struct maker *m;
    const struct incident *incident;
    const struct holder_source *source;
    struct holder *items;
    size_t n, room;
    int64_t *largest; /* bytes of the largest process of items[i] */
    size_t largest_room;
    struct map names;
    struct held held;
};

/* A process of the capture counts only inside the cgroup whose limit was hit. */
static bool is_inside(const struct gather *g, uint32_t row)
{
    if (g->source->table != T_processes || g->incident->limit.cgroup == ROW_NONE)
        return true;
    return path_is_under(text_of(g->m, F_processes_cgroup, row), g->incident->limit.owner);
}

static struct holder *gather_slot(struct gather *g, struct span name)
{
    uint32_t at = map_get(&g->names, name, UINT32_MAX);
    if (at != UINT32_MAX)
        return &g->items[at];
    g->largest = maker_room(g->m, g->largest, g->n, &g->largest_room, sizeof(*g->largest));
    g->items = maker_room(g->m, g->items, g->n, &g->room, sizeof(*g->items));
    g->items[g->n] = (struct holder){.kind = g->source->kind, .name = name};
    g->largest[g->n] = -1;
    map_set(&g->names, name, (uint32_t)g->n);
    return &g->items[g->n++];
}

/* "compositor: /memfd:frames (deleted)": the file has no place, only somebody who holds it. */
static struct span file_name(const struct gather *g, uint32_t row)
{
    struct maker *m = g->m;
    const char *pid =
        arena_printf(m->arena, "%lld", (long long)number_or(m, F_shmem_files_pid, row, 0));
    uint32_t process = store_row_find(m->store, T_processes, span_of(pid));
    struct span comm = text_of(m, F_processes_comm, process);
    struct span name = text_of(m, F_shmem_files_name, row);
    return span_of(arena_printf(m->arena, SPAN_FMT ": " SPAN_FMT,
                                SPAN_ARG(comm.n ? comm : span_of(pid)), SPAN_ARG(name)));
}

/* Segments of shared memory have a number for a name. */
static struct span name_of(const struct gather *g, uint32_t row)
{
    if (g->source->kind == HOLDER_FILE)
        return file_name(g, row);
    if (g->source->kind != HOLDER_SHM)
        return text_of(g->m, g->source->name, row);
    return span_of(arena_printf(g->m->arena, "shmid %lld",
                                (long long)number_or(g->m, g->source->name, row, 0)));
}

static void gather_row(struct gather *g, uint32_t row)
{
    struct quantity bytes = quantity_of(g->m, g->source->bytes, row);
    struct span name = name_of(g, row);
    if (!bytes.known || !name.n || !is_inside(g, row))
        return;
    struct holder *holder = gather_slot(g, name);
    size_t index = (size_t)(holder - g->items);
    int64_t pid = g->source->pid ? number_or(g->m, g->source->pid, row, 0) : 0;
    holder->bytes += bytes.value;
    holder->processes++;
    if (bytes.value > g->largest[index]) {
        g->largest[index] = bytes.value;
        holder->pid = pid;
    }
    held_add(&g->held, index, ref_of(g->source->bytes, row));
    if (pid && pid == number_or(g->m, F_oom_events_victim_pid, g->incident->series.detail, -1))
        holder->is_victim = true;
}

static void gather_rates(struct gather *g, uint32_t parent)
{
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(g->m->store, g->source->table, parent, row)) != ROW_NONE;) {
        struct quantity rate = quantity_of(g->m, g->source->rate, row);
        uint32_t at = map_get(&g->names, name_of(g, row), UINT32_MAX);
        if (!rate.known || at >= g->n || !is_inside(g, row) ||
            !is_known(g->m, g->source->bytes, row) || flag_of(g->m, F_processes_growth_flat, row))
            continue;
        g->items[at].rate.known = true;
        g->items[at].rate.value += rate.value;
        held_add(&g->held, at, ref_of(g->source->rate, row));
    }
}

static int holder_cmp(const void *a, const void *b)
{
    const struct holder *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return span_cmp(x->name, y->name);
}

static uint32_t parent_of(const struct gather *g)
{
    bool is_child = schema_table(g->source->table)->parent != TABLE_NONE;
    return is_child ? g->incident->series.detail : 0;
}

static void gather_source(struct gather *g, const struct holder_source *source)
{
    g->source = source;
    uint32_t parent = parent_of(g);
    if (parent == ROW_NONE)
        return;
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(g->m->store, source->table, parent, row)) != ROW_NONE;)
        gather_row(g, row);
    if (source->rate)
        gather_rates(g, parent);
    held_cite(g->m, &g->held, g->items);
    size_t kept = 0;
    for (size_t i = 0; i < g->n; i++)
        if (g->items[i].bytes > 0)
            g->items[kept++] = g->items[i];
    g->n = kept;
}

/* What filled the limit: usage of the cgroup, RAM of the host. */
static int64_t filled_bytes(const struct incident *incident)
{
    if (incident->event.known)
        return incident->event.total_bytes;
    if (incident->limit.usage.known)
        return incident->limit.usage.value;
    return incident->capture.known ? incident->capture.total_bytes : 0;
}

static void filled_cite(struct maker *m, const struct incident *incident, struct statement *note)
{
    uint32_t cgroup = incident->limit.cgroup;
    if (incident->event.known)
        statement_cite_all(m, note, &incident->event.whole);
    else if (incident->limit.usage.known &&
             is_known(m, F_oom_events_usage, incident->series.detail))
        statement_cite_fact(m, note, F_oom_events_usage, incident->series.detail);
    else if (incident->limit.usage.known)
        statement_cite_fact(m, note, F_cgroups_current, cgroup);
    else
        statement_cite_all(m, note, &incident->capture.whole);
}

/* By name: how many tasks of an event bear it, and their rss in KiB: 32 bits hold 4 TiB. */
struct sums {
    struct map kib, tasks;
};

static void sums_take(struct maker *m, uint32_t event, struct sums *sums)
{
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(m->store, T_oom_tasks, event, row)) != ROW_NONE;) {
        struct span name = text_of(m, F_oom_tasks_comm, row);
        uint32_t kib = (uint32_t)(number_or(m, F_oom_tasks_rss, row, 0) / 1024);
        map_set(&sums->kib, name, map_get(&sums->kib, name, 0) + kib);
        map_set(&sums->tasks, name, map_get(&sums->tasks, name, 0) + 1);
    }
}

/* The size at the event before, where the series shows the same names twice, each as often: a
 * table that was cut holds a part of them. */
static void compare_before(struct maker *m, struct incident *incident)
{
    struct holders *holders = &incident->holders;
    size_t at = 0;
    while (at < incident->series.n && incident->series.events[at] != incident->series.detail)
        at++;
    if (at == 0 || at >= incident->series.n || !holders->at || *holders->at != 'e' ||
        holders->items[0].kind != HOLDER_PROCESS)
        return;
    if (!span_is(span_of(holders->measure), "rss"))
        return;
    struct sums sums = {0};
    sums_take(m, incident->series.events[at - 1], &sums);
    for (size_t i = 0; i < holders->n; i++) {
        struct holder *holder = &holders->items[i];
        if ((int64_t)map_get(&sums.tasks, holder->name, 0) == holder->processes)
            holder->before_bytes = (struct quantity){
                .known = true, .value = (int64_t)map_get(&sums.kib, holder->name, 0) * 1024};
    }
    map_free(&sums.kib);
    map_free(&sums.tasks);
}

/* A holder of the event that lived on grows, or does not, over the samples of the capture. */
static void rate_join(struct maker *m, struct holder *holder)
{
    const char *pid = arena_printf(m->arena, "%lld", (long long)holder->pid);
    uint32_t row = store_row_find(m->store, T_processes, span_of(pid));
    if (row == ROW_NONE || !span_eq(text_of(m, F_processes_comm, row), holder->name) ||
        flag_of(m, F_processes_growth_flat, row) ||
        number_or(m, F_processes_rss_growth, row, 0) < growth_worth_bytes)
        return;
    holder->rate = quantity_of(m, F_processes_growth_rate, row);
    statement_cite_fact(m, &holder->note, F_processes_growth_rate, row);
}

static void rates_join(struct maker *m, struct incident *incident)
{
    struct holders *holders = &incident->holders;
    for (size_t i = 0; i < holders->n; i++)
        if (*holders->at == 'e' && holders->items[i].kind == HOLDER_PROCESS &&
            holders->items[i].processes == 1)
            rate_join(m, &holders->items[i]);
}

static int64_t largest_of(const struct gather *g)
{
    int64_t largest = 0;
    for (size_t i = 0; i < g->n; i++)
        if (g->items[i].bytes > largest)
            largest = g->items[i].bytes;
    return largest;
}

/* Slab, mounts and segments are counted for the host alone, also where a cgroup was full. */
static const char *measure_words(const struct gather *g, const struct incident *incident)
{
    bool in_cgroup = incident->scope == SCOPE_CGROUP || incident->scope == SCOPE_ANCESTOR;
    if (!in_cgroup || g->source->kind == HOLDER_PROCESS)
        return g->source->measure;
    return arena_printf(g->m->arena, "%s of the whole host", g->source->measure);
}

/* Holders of next to nothing are none; where nothing was killed, small ones say nothing. */
static bool is_worth_naming(const struct gather *g, const struct incident *incident)
{
    int64_t filled = filled_bytes(incident), least = incident->series.n ? 100 : 500;
    return g->n > 0 && (filled == 0 || amount_share(largest_of(g), filled) >= least);
}

static void holders_take(struct gather *g, struct incident *incident)
{
    struct holders *holders = &incident->holders;
    qsort(g->items, g->n, sizeof(*g->items), holder_cmp);
    holders->at = g->source->at;
    holders->measure = measure_words(g, incident);
    holders->items = g->items;
    holders->n = g->n < HOLDERS_MAX ? g->n : HOLDERS_MAX;
    holders->omitted = g->n - holders->n;
    int64_t filled = filled_bytes(incident);
    filled_cite(g->m, incident, &holders->whole);
    holders->has_shares = filled > 0;
    for (size_t i = 0; i < holders->n; i++)
        holders->items[i].share = amount_share(holders->items[i].bytes, filled);
}

static struct gather gather_new(struct maker *m, const struct incident *incident,
                                const struct holder_source *source)
{
    struct gather g = {.m = m, .incident = incident};
    gather_source(&g, source);
    map_free(&g.names);
    return g;
}

void holders_make(struct maker *m, struct incident *incident)
{
    /* of kills that no report shows, the capture has only the survivors */
    if (incident->kind == INCIDENT_NONE || incident->kind == INCIDENT_LOST ||
        incident->scope == SCOPE_MANUAL)
        return;
    const struct class_sources *sources = sources_for(incident);
    struct gather best = {0};
    for (size_t i = 0; i < SOURCES_MAX && sources->sources[i]; i++) {
        if (best.n && !sources->by_size)
            break;
        struct gather g = gather_new(m, incident, sources->sources[i]);
        if (largest_of(&g) > largest_of(&best))
            best = g;
    }
    if (!is_worth_naming(&best, incident))
        return;
    holders_take(&best, incident);
    compare_before(m, incident);
    rates_join(m, incident);
}
