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

/* " in 10.0 s, 3.8 MiB/s": how long the samples lie apart says how much the rate is worth. */
static void say_rate(struct maker *m, struct statement *growth, enum field_id rate, uint32_t row)
{
    if (is_known(m, F_rates_span, 0))
        tell_into(m, growth, " in {}, {}", ref_of(F_rates_span, 0), ref_of(rate, row));
    else
        tell_into(m, growth, " over the samples, {}", ref_of(rate, row));
}

static void growth_of_cgroup(struct maker *m, struct incident *incident)
{
    uint32_t row = incident->limit.cgroup;
    struct quantity rate = quantity_of(m, F_cgroups_growth_rate, row);
    int64_t change = number_or(m, F_cgroups_current_growth, row, 0);
    if (!rate.known || (change < growth_worth_bytes && change > -growth_worth_bytes))
        return;
    struct statement *growth =
        tell(m, &incident->growth, change > 0 ? "{p} rose by {}" : "{p} changed by {}",
             incident->limit.owner, ref_of(F_cgroups_current_growth, row));
    say_rate(m, growth, F_cgroups_growth_rate, row);
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

/* The cgroup at or above the process with the tightest limit; ROW_NONE without any. */
static uint32_t limit_above(const struct maker *m, uint32_t process)
{
    struct span path = text_of(m, F_processes_cgroup, process);
    uint32_t row = path.n ? store_row_find(m->store, T_cgroups, path) : ROW_NONE;
    struct span owner = text_of(m, F_cgroups_limit_owner, row);
    return owner.n ? store_row_find(m->store, T_cgroups, owner) : ROW_NONE;
}

void say_time_left(struct maker *m, struct statement *growth, uint32_t process, const char *before)
{
    uint32_t cgroup = limit_above(m, process);
    int64_t rate = number_or(m, F_processes_growth_rate, process, 0), left_us;
    int64_t left =
        number_or(m, F_cgroups_max, cgroup, 0) - number_or(m, F_cgroups_current, cgroup, 0);
    if (cgroup != ROW_NONE && time_left(left, rate, &left_us))
        tell_into(m, growth, "{w} this rate the limit {} of {p} is {d} away{@}", before,
                  ref_of(F_cgroups_max, cgroup), text_of(m, F_cgroups_path, cgroup), left_us,
                  ref_of(F_cgroups_current, cgroup));
    else if (time_left(number_or(m, F_meminfo_available, 0, -1), rate, &left_us))
        tell_into(m, growth, "{w} this rate the host's available {} lasts {d}", before,
                  ref_of(F_meminfo_available, 0), left_us);
}

static void growth_of_processes(struct maker *m, struct incident *incident)
{
    uint32_t row = steepest(m);
    if (row == ROW_NONE)
        return;
    struct statement *growth =
        tell(m, &incident->growth, "{} (pid {}) rose by {}", ref_of(F_processes_comm, row),
             ref_of(F_processes_pid, row), ref_of(F_processes_rss_growth, row));
    say_rate(m, growth, F_processes_growth_rate, row);
    bool flat = flag_of(m, F_processes_growth_flat, row);
    if (!flat && flag_of(m, F_processes_growth_steady, row))
        tell_into(m, growth, ", in every interval{@}", ref_of(F_processes_growth_steady, row));
    if (flat)
        tell_into(m, growth, ", and was flat after the first half{@}: a plateau",
                  ref_of(F_processes_growth_flat, row));
    bool is_said = incident->limit.cgroup != ROW_NONE && /* of the cgroup itself */
                   limit_above(m, row) == incident->limit.cgroup;
    if (!flat && !is_said)
        say_time_left(m, growth, row, "; at");
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

struct change {
    const char *name;
    enum field_id field;
};

/* Of the host, between the first and the last sample; with --before the older bundle is the first.
 */
static const struct change changes[] = {
    {"available memory", F_rates_available_change},
    {"anonymous memory", F_rates_anon_change},
    {"shmem and tmpfs", F_rates_shmem_change},
    {"unreclaimable slab", F_rates_s_unreclaim_change},
    {"page tables", F_rates_page_tables_change},
    {"free swap", F_rates_swap_free_change},
};

/* A capture by itself takes a moment and some memory: what the host changes by meanwhile is that.
 */
static const int64_t host_span_us = 900000;

/* Samples of the host from before the event, which `collect watch` keeps. */
struct before {
    uint32_t first, last;      /* rows of meminfo_samples; ROW_NONE = none */
    int64_t first_us, last_us; /* how long before the event */
};

static struct before samples_before(struct maker *m, const struct incident *incident)
{
    struct before before = {.first = ROW_NONE, .last = ROW_NONE};
    struct moment capture = moment_of_capture(m);
    struct quantity began = quantity_of(m, F_capture_time, 0);
    int64_t gap_us;
    if (!incident->series.n || !began.known || !moment_gap(&incident->when, &capture, &gap_us))
        return before;
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(m->store, T_meminfo_samples, 0, row)) != ROW_NONE;) {
        struct quantity time = quantity_of(m, F_meminfo_samples_time, row);
        int64_t ago_us = began.value - time.value - gap_us;
        if (!time.known || ago_us <= 0)
            continue;
        if (before.first == ROW_NONE || ago_us > before.first_us) {
            before.first = row;
            before.first_us = ago_us;
        }
        if (before.last == ROW_NONE || ago_us < before.last_us) {
            before.last = row;
            before.last_us = ago_us;
        }
    }
    return before;
}

static const struct change before_changes[] = {
    {"available memory", F_meminfo_samples_available},
    {"anonymous memory", F_meminfo_samples_anon_pages},
    {"shmem and tmpfs", F_meminfo_samples_shmem},
    {"unreclaimable slab", F_meminfo_samples_s_unreclaim},
    {"page tables", F_meminfo_samples_page_tables},
    {"free swap", F_meminfo_samples_swap_free},
};

/* How the host came to the event: what a kill gives back would hide it in a change from first to
 * last sample. */
static void growth_before_event(struct maker *m, struct incident *incident, struct before before)
{
    int64_t worth = number_or(m, F_meminfo_total, 0, 0) / 100;
    struct statement growth = {0};
    if (before.first_us - before.last_us < host_span_us || worth == 0)
        return;
    for (size_t i = 0; i < sizeof(before_changes) / sizeof(*before_changes); i++) {
        struct quantity from = quantity_of(m, before_changes[i].field, before.first);
        struct quantity to = quantity_of(m, before_changes[i].field, before.last);
        int64_t change = to.value - from.value;
        if (!from.known || !to.known || (change < worth && change > -worth))
            continue;
        if (growth.text.n)
            tell_into(m, &growth, ", ");
        else
            tell_into(m, &growth, "From {d} to {d} before the {w}: {@}{@}", before.first_us,
                      before.last_us, incident->victim.known ? "kill" : "event",
                      ref_of(F_meminfo_samples_time, before.first),
                      ref_of(F_meminfo_samples_time, before.last));
        tell_into(m, &growth, "{w} {} to {}", before_changes[i].name,
                  ref_of(before_changes[i].field, before.first),
                  ref_of(before_changes[i].field, before.last));
    }
    if (!growth.text.n)
        return;
    tell_into(m, &growth, ".");
    statement_cite_fact(m, &growth, F_oom_events_time, incident->series.detail);
    *statements_add(m, &incident->growth) = growth;
}

static void growth_of_host(struct maker *m, struct incident *incident)
{
    struct before before = samples_before(m, incident);
    if (before.first != ROW_NONE) {
        growth_before_event(m, incident, before);
        return;
    }
    int64_t worth = number_or(m, F_meminfo_total, 0, 0) / 100;
    struct statement growth = {0};
    if (number_or(m, F_rates_span, 0, 0) < host_span_us)
        return;
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        struct quantity change = quantity_of(m, changes[i].field, 0);
        if (!change.known || worth == 0 || (change.value < worth && change.value > -worth))
            continue;
        if (growth.text.n)
            tell_into(m, &growth, ", ");
        else
            tell_into(m, &growth, "Over {} of samples the host changed: ", ref_of(F_rates_span, 0));
        tell_into(m, &growth, "{w} {w}{}", changes[i].name, change.value > 0 ? "+" : "",
                  ref_of(changes[i].field, 0));
    }
    if (!growth.text.n)
        return;
    tell_into(m, &growth, ".");
    *statements_add(m, &incident->growth) = growth;
}

void growth_make(struct maker *m, struct incident *incident)
{
    growth_of_series(m, incident);
    growth_of_holders(m, incident);
    growth_since_event(m, incident);
    if (incident->limit.cgroup != ROW_NONE)
        growth_of_cgroup(m, incident);
    if (incident != &m->verdict->incidents[0])
        return;
    growth_of_processes(m, incident);
    growth_of_host(m, incident);
}
