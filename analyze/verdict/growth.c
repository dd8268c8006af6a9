/* SPDX-License-Identifier: MIT */
/* Growth: from samples, from repeats of the same event, or from an older bundle. One snapshot never
 * claims any. */
#include "verdict/say.h"

#include "base/num.h"

static const int64_t second_us = 1000000;

/* Time until `left` bytes are gone at a rate. */
static bool time_left(int64_t left_bytes, int64_t rate, int64_t *ret_us)
{
    if (rate <= 0 || left_bytes < 0)
        return false;
    *ret_us = num_muldiv(left_bytes, second_us, rate);
    return true;
}

static void growth_of_cgroup(struct maker *m, struct incident *incident)
{
    uint32_t row = incident->limit.cgroup;
    struct quantity rate = quantity_of(m, F_cgroups_growth_rate, row);
    int64_t change = number_or(m, F_cgroups_current_growth, row, 0);
    if (!rate.known || (change < growth_worth_bytes && change > -growth_worth_bytes))
        return;
    struct statement *growth =
        tell(m, &incident->growth, "{p} changed by {} over the samples, {}", incident->limit.owner,
             ref_of(F_cgroups_current_growth, row), ref_of(F_cgroups_growth_rate, row));
    int64_t left_us;
    struct quantity max = quantity_of(m, F_cgroups_max, row);
    struct quantity current = quantity_of(m, F_cgroups_current, row);
    if (max.known && current.known && time_left(max.value - current.value, rate.value, &left_us))
        tell_into(m, growth, ": its limit {} is {d} away at this rate", ref_of(F_cgroups_max, row),
                  left_us);
    tell_into(m, growth, ".");
}

static void growth_of_holders(struct maker *m, struct incident *incident)
{
    const struct holders *holders = &incident->holders;
    for (size_t i = 0; i < holders->n && i < 5; i++) {
        const struct holder *holder = &holders->items[i];
        if (!holder->before_bytes.known)
            continue;
        struct statement *growth =
            tell(m, &incident->growth, "{s} had {b} at the event before and {b} at this one.",
                 holder->name, holder->before_bytes.value, holder->bytes);
        statement_cite_all(m, growth, &holder->note);
    }
}

/* From the event to the capture: the largest holder, where it lived on. */
static void growth_since_event(struct maker *m, struct incident *incident)
{
    const struct holders *holders = &incident->holders;
    if (!holders->n || !holders->items[0].pid || *holders->at != 'e' ||
        holders->items[0].processes != 1 || holders->items[0].is_victim)
        return;
    const struct holder *top = &holders->items[0];
    const char *pid = arena_printf(m->arena, "%lld", (long long)top->pid);
    uint32_t row = store_row_find(m->store, T_processes, span_of(pid));
    struct moment capture = moment_of_capture(m);
    int64_t gap_us;
    if (row == ROW_NONE || !is_known(m, F_processes_rss, row) ||
        !span_eq(text_of(m, F_processes_comm, row), top->name) ||
        !moment_gap(&incident->when, &capture, &gap_us) || gap_us <= 0)
        return;
    int64_t change = number_or(m, F_processes_rss, row, 0) - top->bytes;
    if (change < growth_worth_bytes && change > -growth_worth_bytes)
        return;
    struct statement *growth =
        tell(m, &incident->growth, "{s} (pid {}) had {b} at the event and {} {d} later.", top->name,
             ref_of(F_processes_pid, row), top->bytes, ref_of(F_processes_rss, row), gap_us);
    statement_cite_all(m, growth, &top->note);
}

/* The process with the steepest rise over the samples. */
static uint32_t steepest(const struct maker *m)
{
    uint32_t best = ROW_NONE;
    int64_t best_rate = 0;
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(m->store, T_processes, 0, row)) != ROW_NONE;) {
        int64_t rate = number_or(m, F_processes_growth_rate, row, 0);
        if (rate > best_rate &&
            number_or(m, F_processes_rss_growth, row, 0) >= growth_worth_bytes) {
            best_rate = rate;
            best = row;
        }
    }
    return best;
}

static void growth_of_processes(struct maker *m, struct incident *incident)
{
    uint32_t row = steepest(m);
    if (row == ROW_NONE)
        return;
    struct statement *growth =
        tell(m, &incident->growth, "{} (pid {}) rose by {} over the samples, {}",
             ref_of(F_processes_comm, row), ref_of(F_processes_pid, row),
             ref_of(F_processes_rss_growth, row), ref_of(F_processes_growth_rate, row));
    bool flat = flag_of(m, F_processes_growth_flat, row);
    if (!flat && flag_of(m, F_processes_growth_steady, row))
        tell_into(m, growth, ", in every interval{@}", ref_of(F_processes_growth_steady, row));
    if (flat)
        tell_into(m, growth, ", and was flat after the first half{@}: a plateau",
                  ref_of(F_processes_growth_flat, row));
    tell_into(m, growth, ".");
}

static void growth_of_series(struct maker *m, struct incident *incident)
{
    const struct series *series = &incident->series;
    int64_t span_us;
    if (series->n < 2 || !moment_gap(&series->first, &series->last, &span_us))
        return;
    struct statement *growth =
        tell(m, &incident->growth,
             "{n} events of the same kind in {d}; the shortest time between two is {d}.",
             (int64_t)series->n, span_us, series->shortest_gap_us);
    for (size_t i = 0; i < series->n; i++)
        statement_cite_fact(m, growth, F_oom_events_time, series->events[i]);
}

void growth_make(struct maker *m, struct incident *incident)
{
    growth_of_series(m, incident);
    if (incident->kind == INCIDENT_NONE)
        return;
    growth_of_holders(m, incident);
    growth_since_event(m, incident);
    if (incident->limit.cgroup != ROW_NONE)
        growth_of_cgroup(m, incident);
    growth_of_processes(m, incident);
}

struct compared {
    const char *name;
    enum field_id field;
};

/* Host-wide amounts of two bundles of one boot. */
static const struct compared compared[] = {
    {"MemAvailable", F_meminfo_available},
    {"anonymous memory", F_meminfo_anon_pages},
    {"shmem", F_meminfo_shmem},
    {"unreclaimable slab", F_meminfo_s_unreclaim},
    {"page tables", F_meminfo_page_tables},
    {"free swap", F_meminfo_swap_free},
};

static void compare_meminfo(struct maker *m, struct store *before, int64_t span_us)
{
    struct statements *growth = &m->verdict->incidents[0].growth;
    for (size_t i = 0; i < sizeof(compared) / sizeof(*compared); i++) {
        int64_t was;
        struct quantity is = quantity_of(m, compared[i].field, 0);
        if (!is.known || !store_number(before, compared[i].field, 0, &was))
            continue;
        int64_t change = is.value - was;
        struct statement *line = tell(m, growth, "Since the older bundle {w} went from {b} to {}",
                                      compared[i].name, was, ref_of(compared[i].field, 0));
        if (span_us > 0)
            tell_into(m, line, ", {v}", num_muldiv(change, second_us, span_us));
        tell_into(m, line, ".");
    }
}

void verdict_compare(struct verdict *verdict, struct store *before, struct arena *arena)
{
    struct maker m = {verdict->store, arena, verdict->findings, verdict};
    struct fact was = store_fact(before, F_host_boot_id, 0);
    struct span is = text_of(&m, F_host_boot_id, 0);
    struct statements *growth = &verdict->incidents[0].growth;
    if (was.state == FACT_KNOWN && is.n && !span_eq(was.text, is)) {
        tell(&m, growth, "The older bundle is of another boot, {s}: amounts are not compared.",
             was.text);
        return;
    }
    int64_t from_us, span_us = 0;
    struct quantity to = quantity_of(&m, F_capture_time, 0);
    if (to.known && store_number(before, F_capture_time, 0, &from_us))
        span_us = to.value - from_us;
    compare_meminfo(&m, before, span_us);
}
