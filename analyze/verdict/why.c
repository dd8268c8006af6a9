/* SPDX-License-Identifier: MIT */
/* The numbered reasons: whose limit, what filled it, who held it, who was killed. */
#include "verdict/suspect.h"
#include "verdict/why.h"

#include "base/amount.h"

#include <stdlib.h>

enum { CLASSES_SAID = 4 };

static void why_cgroup(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    const struct limit *limit = &incident->limit;
    if (limit->owner.n == 0)
        return;
    bool is_unlimited = quantity_of(m, F_oom_events_limit, event).unlimited;
    struct statement *why =
        tell(m, &incident->why, "{w} {p}{@}{@}",
             is_unlimited ? "The report names no limit of" : "The limit belongs to", limit->owner,
             ref_of(F_oom_events_cgroup, event), ref_of(F_oom_events_constraint, event));
    if (is_known(m, F_oom_events_limit, event))
        tell_into(m, why, " ({}, in use {})", ref_of(F_oom_events_limit, event),
                  ref_of(F_oom_events_usage, event));
    else if (limit->bytes.known)
        tell_into(m, why, " ({})", ref_of(F_cgroups_max, limit->cgroup));
    if (limit->cgroup != ROW_NONE)
        statement_cite_fact(m, why, F_cgroups_max, limit->cgroup);
    if (incident->scope == SCOPE_ANCESTOR)
        tell_into(m, why, ", an ancestor of the victim's own cgroup {p}{@}",
                  text_of(m, F_oom_events_task_cgroup, event),
                  ref_of(F_oom_events_task_cgroup, event));
    tell_into(m, why, ".");
}

static void why_host(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    bool by_kernel = is_known(m, F_oom_events_constraint, event); /* 5.0 and later */
    struct statement *why =
        by_kernel ? tell(m, &incident->why, "No limit of a cgroup was hit: the constraint is {}",
                         ref_of(F_oom_events_constraint, event))
                  : tell(m, &incident->why, "The report names no cgroup at its limit{@}",
                         ref_of(F_oom_events_scope, event));
    if (is_known(m, F_oom_events_zones_below_min, event))
        tell_into(m, why,
                  ", and {} of {} zones that the request could use had fallen below their "
                  "minimum",
                  ref_of(F_oom_events_zones_below_min, event),
                  ref_of(F_oom_events_zones_eligible, event));
    if (is_known(m, F_oom_events_mem_free, event)) {
        tell_into(m, why, "; {} was free", ref_of(F_oom_events_mem_free, event));
        if (is_known(m, F_oom_events_mem_managed, event))
            tell_into(m, why, " of {}", ref_of(F_oom_events_mem_managed, event));
    }
    tell_into(m, why, ".");
    if (number_or(m, F_oom_events_order, event, 0) > 0)
        tell(m, &incident->why, "The request was for {} in one piece (order {}).",
             ref_of(F_oom_events_request, event), ref_of(F_oom_events_order, event));
}

static void why_nodes(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    bool by_policy = incident->scope == SCOPE_MEMPOLICY;
    tell(m, &incident->why,
         "The request could use only node(s) {}{w}; memory elsewhere did not "
         "count.{@}",
         ref_of(by_policy ? F_oom_events_nodemask : F_oom_events_mems_allowed, event),
         by_policy ? ", by its memory policy" : ", by its cpuset",
         ref_of(F_oom_events_constraint, event));
}

static void why_by_hand(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    struct statement *why = tell(m, &incident->why,
                                 "The killer was called through sysrq-f (order {}): by a person, "
                                 "or by a program that kills that way; no request for memory had "
                                 "failed.",
                                 ref_of(F_oom_events_order, event));
    if (!is_known(m, F_oom_events_mem_free, event) || !is_known(m, F_oom_events_mem_managed, event))
        return;
    tell_into(m, why, " Then {} of {} was free", ref_of(F_oom_events_mem_free, event),
              ref_of(F_oom_events_mem_managed, event));
    if (number_or(m, F_oom_events_mem_file, event, 0) > 0)
        tell_into(m, why, " and {} was page cache", ref_of(F_oom_events_mem_file, event));
    if (number_or(m, F_oom_events_mem_swap_total, event, 0) > 0)
        tell_into(m, why, ", and of {} swap {}", ref_of(F_oom_events_mem_swap_total, event),
                  ref_of(F_oom_events_mem_swap_free, event));
    tell_into(m, why, ".");
}

static void why_limit(struct maker *m, struct incident *incident)
{
    switch (incident->scope) {
    case SCOPE_CGROUP:
    case SCOPE_ANCESTOR:
        why_cgroup(m, incident);
        break;
    case SCOPE_HOST:
        why_host(m, incident);
        break;
    case SCOPE_CPUSET:
    case SCOPE_MEMPOLICY:
        why_nodes(m, incident);
        break;
    case SCOPE_MANUAL:
        why_by_hand(m, incident);
        break;
    case SCOPE_UNKNOWN:
    case SCOPE_NONE:
        break;
    }
}

static int share_cmp(const void *a, const void *b)
{
    const struct class_share *const *x = a, *const *y = b;
    if ((*x)->bytes != (*y)->bytes)
        return (*x)->bytes > (*y)->bytes ? -1 : 1;
    return *x < *y ? -1 : 1; /* one array: the order of the table */
}

/* A class of less than half a percent explains nothing. */
static bool is_worth_saying(const struct class_share *share, const struct attribution *a)
{
    return share->bytes > 0 && amount_share(share->bytes, a->total_bytes) >= 50;
}

/* Mem-Info prints pages that wait in the lists of each CPU beside the free ones; the class holds
 * both, other sentences say the first. */
static const char *share_words(const struct maker *m, const struct incident *incident,
                               const struct class_share *share, const struct attribution *a)
{
    int64_t pcp = incident->series.n
                      ? number_or(m, F_oom_events_mem_free_pcp, incident->series.detail, 0)
                      : number_or(m, F_alloc_failures_mem_free_pcp, incident->failure, 0);
    bool is_of_host = incident->scope == SCOPE_HOST || incident->series.n == 0;
    if (pcp > 0 && is_of_host && *a->at == 'e' && span_is(span_of(share->name), "free"))
        return "free with per-CPU lists";
    return class_words(share->name);
}

static const char *whose_words(const struct incident *incident, const struct attribution *a)
{
    if (incident->scope == SCOPE_CPUSET || incident->scope == SCOPE_MEMPOLICY)
        return *a->at == 'e' ? "the allowed nodes'" : "the host's";
    return a->of.n ? "its" : "the host's";
}

void why_filled(struct maker *m, struct incident *incident)
{
    const struct attribution *a = best_attribution(incident);
    if (!a->known || !a->dominant || incident->scope == SCOPE_MANUAL)
        return;
    const struct class_share **sorted = arena_array(m->arena, a->n_classes, sizeof(*sorted));
    for (size_t i = 0; i < a->n_classes; i++)
        sorted[i] = &a->classes[i];
    qsort(sorted, a->n_classes, sizeof(*sorted), share_cmp);
    struct statement *why =
        tell(m, &incident->why, "Of {w} {b}", whose_words(incident, a), a->total_bytes);
    if (*a->at != 'e')
        tell_into(m, why, " at the capture: ");
    else
        tell_into(m, why, incident->victim.known ? " at the kill: " : " at the event: ");
    for (size_t i = 0; i < a->n_classes && i < CLASSES_SAID && is_worth_saying(sorted[i], a); i++) {
        tell_into(m, why, "{w}{b} {w} ({r})", i ? ", " : "", sorted[i]->bytes,
                  share_words(m, incident, sorted[i], a),
                  amount_share(sorted[i]->bytes, a->total_bytes));
        statement_cite_all(m, why, &sorted[i]->note);
    }
    tell_into(m, why, ".");
    statement_cite_all(m, why, &a->whole);
}

/* The sentence of the cause names the holder, and the table of holders follows. */
static bool has_cause(const struct incident *incident)
{
    for (size_t i = 0; i < incident->ranking.n; i++)
        if (incident->ranking.items[i].role == ROLE_CAUSE &&
            incident->ranking.items[i].finding->explains_known)
            return true;
    return false;
}

static void why_held(struct maker *m, struct incident *incident)
{
    const struct holders *holders = &incident->holders;
    if (!holders->n || incident->kind == INCIDENT_NONE || has_cause(incident) ||
        !suspect_of(incident))
        return;
    const struct holder *top = &holders->items[0];
    struct statement *why = tell(m, &incident->why, "{s}", top->name);
    if (top->processes > 1)
        tell_into(m, why, " ({n} processes)", top->processes);
    tell_into(m, why, " held {b} ({w})", top->bytes, holders->measure);
    if (top->share > 10000)
        tell_into(m, why, ", more than all of it: a part is charged elsewhere");
    else if (top->share > 0)
        tell_into(m, why, ", {r} of it", top->share);
    tell_into(m, why, "{w}.", *holders->at == 'e' ? "" : ", at the capture");
    statement_cite_all(m, why, &top->note);
    statement_cite_all(m, why, &holders->whole);
    if (top->processes > 1 && top->kind == HOLDER_PROCESS &&
        !span_is(span_of(holders->measure), "PSS"))
        tell_into(m, why, " Pages that they share are counted in each.");
}

/* Where the holder lives, if it was still there at the capture. */
static void why_holder_cgroup(struct maker *m, struct incident *incident)
{
    const struct holders *holders = &incident->holders;
    if (!holders->n || !holders->items[0].pid || incident->scope != SCOPE_ANCESTOR)
        return;
    const struct holder *top = &holders->items[0];
    const char *pid = arena_printf(m->arena, "%lld", (long long)top->pid);
    uint32_t row = store_row_find(m->store, T_processes, span_of(pid));
    if (row == ROW_NONE || !is_known(m, F_processes_cgroup, row) ||
        !span_eq(text_of(m, F_processes_comm, row), top->name))
        return;
    tell(m, &incident->why, "{s} (pid {}) runs in {p}{@}.", top->name, ref_of(F_processes_pid, row),
         text_of(m, F_processes_cgroup, row), ref_of(F_processes_cgroup, row));
}

static void why_first_signal(struct maker *m, struct incident *incident)
{
    const struct tick *signal = &incident->first_signal;
    int64_t gap_us;
    if (!signal->what.text.n || !moment_gap(&signal->when, &incident->series.first, &gap_us) ||
        gap_us <= 0)
        return;
    struct statement *why =
        tell(m, &incident->why, "The first sign was {d} earlier, {t}: ", gap_us, &signal->when);
    for (size_t i = 0; i < signal->what.text.n; i++)
        phrase_add(&why->text, m->arena, signal->what.text.pieces[i].kind,
                   signal->what.text.pieces[i].text);
    statement_cite_all(m, why, &signal->what);
}

/* Swap would have mattered: a fifth of what was full could have gone there. */
static bool is_mostly_anonymous(const struct incident *incident)
{
    const struct attribution *a = &incident->event;
    for (size_t i = 0; a->known && i < a->n_classes; i++)
        if (span_is(span_of(a->classes[i].name), "anonymous"))
            return a->classes[i].bytes >= a->total_bytes / 5;
    return false;
}

/* So much was free that nothing needed to go anywhere: a request was refused for another reason. */
static bool was_free(const struct maker *m, uint32_t event)
{
    struct quantity free = quantity_of(m, F_oom_events_mem_free, event);
    struct quantity all = quantity_of(m, F_oom_events_mem_managed, event);
    return free.known && all.known && free.value >= all.value / 10;
}

static void why_swap(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    struct quantity total = quantity_of(m, F_oom_events_mem_swap_total, event);
    if (incident->scope != SCOPE_HOST || !total.known || was_free(m, event))
        return;
    if (total.value == 0 && is_mostly_anonymous(incident))
        tell(m, &incident->why, "The host has no swap: anonymous memory had nowhere to go.{@}",
             ref_of(F_oom_events_mem_swap_total, event));
    else if (total.value > 0)
        tell(m, &incident->why, "Of {} swap, {} was free.",
             ref_of(F_oom_events_mem_swap_total, event), ref_of(F_oom_events_mem_swap_free, event));
}

void why_victim(struct maker *m, struct incident *incident)
{
    for (size_t i = 0; i < incident->victim.why.n; i++)
        *statements_add(m, &incident->why) = incident->victim.why.items[i];
}

void why_make(struct maker *m, struct incident *incident)
{
    if (incident->series.n == 0) {
        why_without_event(m, incident);
        return;
    }
    why_limit(m, incident);
    why_filled(m, incident);
    why_held(m, incident);
    why_victim(m, incident);
    why_holder_cgroup(m, incident);
    why_swap(m, incident);
    why_first_signal(m, incident);
    why_findings(m, incident);
}
