/* SPDX-License-Identifier: MIT */
/* The first line: whose limit was hit, or what else happened. */
#include "verdict/say.h"

#include "base/amount.h"

/* Scope rules that say more than the constraint does: where one matches, its title is the headline.
 */
static const char *const refining[] = {"low-zone-oom", "fragmentation-oom", "false-global",
                                       "oom-panic", "no-killable-process"};

const struct ranked *first_alarm(const struct incident *incident)
{
    for (size_t i = 0; i < incident->ranking.n; i++)
        if (incident->ranking.items[i].finding->rule->severity >= SEVERITY_WARNING)
            return &incident->ranking.items[i];
    return NULL;
}

static const struct ranked *ranked_by_id(const struct incident *incident, const char *id)
{
    for (size_t i = 0; i < incident->ranking.n; i++)
        if (span_is(incident->ranking.items[i].finding->rule->id, id))
            return &incident->ranking.items[i];
    return NULL;
}

static const struct ranked *refinement(const struct incident *incident)
{
    for (size_t i = 0; i < incident->ranking.n; i++)
        for (size_t k = 0; k < sizeof(refining) / sizeof(*refining); k++)
            if (incident->ranking.items[i].role == ROLE_SCOPE &&
                span_is(incident->ranking.items[i].finding->rule->id, refining[k]))
                return &incident->ranking.items[i];
    return NULL;
}

/* Rules about how it ended, not about why. */
static bool tells_the_end(const struct ranked *ranked)
{
    return ranked && (span_is(ranked->finding->rule->id, "oom-panic") ||
                      span_is(ranked->finding->rule->id, "no-killable-process"));
}

/* So much memory was free that it is the zones' minimum, not its amount, that refused it. */
static bool is_free_kept(const struct maker *m, const struct incident *incident)
{
    uint32_t event = incident->series.detail;
    struct quantity free = quantity_of(m, F_oom_events_mem_free, event);
    struct quantity all = quantity_of(m, F_oom_events_mem_managed, event);
    return incident->scope == SCOPE_HOST && free.known && all.known &&
           free.value >= all.value / 10 && number_or(m, F_oom_events_zones_below_min, event, 0) > 0;
}

/* A cause that the classes and the holder alone would hide: a balloon, beside which the guest's own
 * share comes second, the copies of a fork, which look like growth, and data that waits for its
 * disk, which looks like cache that can go. And locks on half of memory: the pages are anonymous
 * too, as many bytes, and the locks are why none went to swap. */
static const struct ranked *hidden_cause(const struct incident *incident)
{
    static const char *const hidden[] = {"balloon-inflated", "cow-in-tight-cgroup",
                                         "dirty-writeback-oom"};
    for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++) {
        const struct ranked *cause = ranked_by_id(incident, hidden[i]);
        if (cause && cause->role == ROLE_CAUSE)
            return cause;
    }
    const struct ranked *locked = ranked_by_id(incident, "mlocked-unevictable");
    return locked && locked->share >= 5000 ? locked : NULL;
}

/* What made a host short that had memory: a setting, found among mistakes and risks, or a
 * cause that does not show. */
static const struct ranked *setting_to_blame(const struct maker *m, const struct incident *incident)
{
    const struct class_share *dominant = incident->event.known ? incident->event.dominant : NULL;
    if (is_free_kept(m, incident))
        return ranked_by_id(incident, "swappiness-or-min-free-extremes");
    if (incident->scope == SCOPE_HOST && dominant && span_is(span_of(dominant->name), "file"))
        return ranked_by_id(incident, "memory-min-overprotection");
    return hidden_cause(incident);
}

/* The cgroup or the process that a finding is about. */
static void title_subject(struct maker *m, struct statement *title, const struct finding *finding)
{
    bool has_row = finding->rule->for_each && finding->row != ROW_NONE;
    if (has_row && finding->rule->table == T_cgroups)
        tell_into(m, title, ": {p}", text_of(m, F_cgroups_path, finding->row));
    else if (has_row && finding->rule->table == T_processes)
        tell_into(m, title, ": {} (pid {})", ref_of(F_processes_comm, finding->row),
                  ref_of(F_processes_pid, finding->row));
    else if (has_row && finding->rule->table == T_commands)
        tell_into(m, title, ": {}", ref_of(F_commands_comm, finding->row));
}

static void title_rule(struct maker *m, struct incident *incident, const struct ranked *ranked)
{
    struct statement *title = &incident->title;
    phrase_add(&title->text, m->arena, PIECE_PROSE, title_within(m, ranked->finding->rule->title));
    title_subject(m, title, ranked->finding);
    statement_cite_all(m, title, &ranked->evidence);
}

/* A BPF program or a daemon may call the killer for a cgroup that has no limit. */
static void title_unlimited(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    tell_into(m, &incident->title, "the OOM killer ran in {w}{p}{@}, which has no memory limit{@}",
              path_words(incident->limit.owner), incident->limit.owner,
              ref_of(F_oom_events_cgroup, event), ref_of(F_oom_events_limit, event));
}

static void title_limit(struct maker *m, struct incident *incident)
{
    const struct limit *limit = &incident->limit;
    uint32_t event = incident->series.detail;
    if (limit->owner.n && quantity_of(m, F_oom_events_limit, event).unlimited) {
        title_unlimited(m, incident);
        return;
    }
    if (limit->owner.n == 0)
        tell_into(m, &incident->title, "a cgroup that the log does not name");
    else
        tell_into(m, &incident->title, "{w}{p}", path_words(limit->owner), limit->owner);
    tell_into(m, &incident->title, "{@}{w} hit its {w}", ref_of(F_oom_events_cgroup, event),
              incident->scope == SCOPE_ANCESTOR ? ", an ancestor of the victim's cgroup," : "",
              incident->scope == SCOPE_CGROUP && incident->limit.owner.n ? "own " : "");
    if (limit->bytes.known)
        tell_into(m, &incident->title, "{b} limit", limit->bytes.value);
    else
        tell_into(m, &incident->title, "memory limit");
    statement_cite_fact(m, &incident->title, F_oom_events_limit, event);
    int64_t owners = owners_of(m, &incident->series);
    if (owners > 1)
        tell_into(m, &incident->title,
                  ", one of {n} cgroups of the same kind that hit theirs {n} times in all", owners,
                  (int64_t)incident->series.n);
    else if (incident->series.n > 1)
        tell_into(m, &incident->title, " {n} times", (int64_t)incident->series.n);
}

static void title_cgroup(struct maker *m, struct incident *incident)
{
    title_limit(m, incident);
    if (is_known(m, F_meminfo_available, 0))
        tell_into(m, &incident->title, "; the host had {} of {} available at the capture",
                  ref_of(F_meminfo_available, 0), ref_of(F_meminfo_total, 0));
}

/* A tenth of the host was free, and yet a request could not be met: the largest class is not why.
 */
static bool title_much_free(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    struct quantity free = quantity_of(m, F_oom_events_mem_free, event);
    struct quantity all = quantity_of(m, F_oom_events_mem_managed, event);
    if (!free.known || !all.known || free.value < all.value / 10)
        return false;
    tell_into(m, &incident->title, "the host-wide OOM killer ran although {} of {} was free{@}",
              ref_of(F_oom_events_mem_free, event), ref_of(F_oom_events_mem_managed, event),
              ref_of(F_oom_events_scope, event));
    if (number_or(m, F_oom_events_order, event, 0) > 0)
        tell_into(m, &incident->title, "; the request was for {} in one piece (order {})",
                  ref_of(F_oom_events_request, event), ref_of(F_oom_events_order, event));
    return true;
}

static void title_host(struct maker *m, struct incident *incident)
{
    const struct attribution *a = &incident->event;
    uint32_t event = incident->series.detail;
    if (!is_free_kept(m, incident) && title_much_free(m, incident))
        return;
    tell_into(m, &incident->title, "the host ran out of memory");
    statement_cite_fact(m, &incident->title, F_oom_events_constraint, event);
    if (is_free_kept(m, incident)) {
        tell_into(m, &incident->title,
                  " that it may hand out: {} of {} was free, below the minimum that its zones "
                  "keep{@}",
                  ref_of(F_oom_events_mem_free, event), ref_of(F_oom_events_mem_managed, event),
                  ref_of(F_oom_events_zones_below_min, event));
        return;
    }
    if (!a->known || !a->dominant)
        return;
    tell_into(m, &incident->title, ": {r} of its {b} was {w}",
              amount_share(a->dominant->bytes, a->total_bytes), a->total_bytes,
              class_words(a->dominant->name));
    statement_cite_all(m, &incident->title, &a->dominant->note);
    statement_cite_all(m, &incident->title, &a->whole);
}

static void title_nodes(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    bool by_policy = incident->scope == SCOPE_MEMPOLICY;
    struct span nodes =
        text_of(m, by_policy ? F_oom_events_nodemask : F_oom_events_mems_allowed, event);
    bool is_one = span_find_char(nodes, '-') == nodes.n && span_find_char(nodes, ',') == nodes.n;
    tell_into(m, &incident->title, "memory node{w} {}, all that a {w} allows, {w} full",
              is_one ? "" : "s",
              ref_of(by_policy ? F_oom_events_nodemask : F_oom_events_mems_allowed, event),
              by_policy ? "memory policy" : "cpuset", is_one ? "was" : "were");
    if (is_known(m, F_oom_events_mem_free, event))
        tell_into(m, &incident->title, "; the host had {} free in all",
                  ref_of(F_oom_events_mem_free, event));
}

static void title_scope(struct maker *m, struct incident *incident)
{
    uint32_t event = incident->series.detail;
    switch (incident->scope) {
    case SCOPE_CGROUP:
    case SCOPE_ANCESTOR:
        title_cgroup(m, incident);
        break;
    case SCOPE_HOST:
        title_host(m, incident);
        break;
    case SCOPE_CPUSET:
    case SCOPE_MEMPOLICY:
        title_nodes(m, incident);
        break;
    case SCOPE_MANUAL:
        tell_into(m, &incident->title, "the OOM killer was called by sysrq-f{@}",
                  ref_of(F_oom_events_order, event));
        if (is_known(m, F_oom_events_mem_free, event) &&
            is_known(m, F_oom_events_mem_managed, event))
            tell_into(m, &incident->title, "; {} of {} was free",
                      ref_of(F_oom_events_mem_free, event),
                      ref_of(F_oom_events_mem_managed, event));
        break;
    case SCOPE_UNKNOWN:
    case SCOPE_NONE:
        tell_into(m, &incident->title,
                  "the kernel killed {}; the log does not say whose limit was "
                  "hit",
                  ref_of(F_oom_events_victim_comm, event));
        break;
    }
}

static void title_no_kill(struct maker *m, struct incident *incident, const struct ranked *refined)
{
    uint32_t event = incident->series.detail;
    bool panicked = flag_of(m, F_oom_events_panic, event);
    bool unkillable = flag_of(m, F_oom_events_no_killable, event);
    bool ended = panicked || unkillable, is_refined = refined && !tells_the_end(refined);
    if (!ended && incident->scope != SCOPE_UNKNOWN)
        title_scope(m, incident);
    else if (incident->scope == SCOPE_CGROUP || incident->scope == SCOPE_ANCESTOR)
        title_limit(m, incident);
    else if (ended && is_refined)
        title_rule(m, incident, refined);
    else if (ended)
        tell_into(m, &incident->title,
                  incident->scope == SCOPE_HOST ? "the host ran out of memory" : "memory ran out");
    if (unkillable)
        tell_into(m, &incident->title, "{w} nothing could be killed{@}", panicked ? "," : ", and",
                  ref_of(F_oom_events_no_killable, event));
    if (panicked)
        tell_into(m, &incident->title, ", and the kernel panicked{@}",
                  ref_of(F_oom_events_panic, event));
    const char *ran = incident->scope == SCOPE_UNKNOWN ? "the OOM killer ran; " : "; ";
    if (flag_of(m, F_oom_events_exiting, event))
        tell_into(m, &incident->title, "{w}{} was chosen but was exiting already{@}", ran,
                  ref_of(F_oom_events_chosen_comm, event), ref_of(F_oom_events_exiting, event));
    else if (flag_of(m, F_oom_events_let_live, event))
        tell_into(m, &incident->title, "{w}{} was chosen but let live{@}", ran,
                  ref_of(F_oom_events_chosen_comm, event), ref_of(F_oom_events_let_live, event));
    else if (!ended)
        tell_into(m, &incident->title, "{w}the log does not show whom the kernel killed", ran);
    if (is_refined && !ended) {
        tell_into(m, &incident->title, ": ");
        title_rule(m, incident, refined);
    }
}

/* Whether any kernel log is in the bundle that could have held the report. */
static bool has_log(const struct maker *m)
{
    return store_row_next(m->store, T_logs, 0, ROW_NONE) != ROW_NONE;
}

static void title_lost(struct maker *m, struct incident *incident)
{
    uint32_t row = incident->limit.cgroup;
    if (row != ROW_NONE) {
        tell_into(m, &incident->title, "{w}{p} has hit its ", path_words(incident->limit.owner),
                  incident->limit.owner);
        if (incident->limit.bytes.known)
            tell_into(m, &incident->title, "{} limit", ref_of(F_cgroups_max, row));
        else
            tell_into(m, &incident->title, "memory limit");
        tell_into(m, &incident->title, " and processes were killed; ");
        statement_cite_fact(m, &incident->title, F_cgroups_local_oom, row);
        statement_cite_fact(m, &incident->title, F_cgroups_events_oom_kill, row);
    } else {
        tell_into(m, &incident->title, "the kernel has killed {c} since boot; {@}",
                  number_or(m, F_vmstat_oom_kill, 0, 0), "process", "processes",
                  ref_of(F_vmstat_oom_kill, 0));
    }
    tell_into(m, &incident->title, "{w}",
              has_log(m) ? "the report is no longer in the log"
                         : "no kernel log with the report is in the bundle");
}

/* No report and no proof that there was none; but the log may show that memory ran short. */
static void title_unknown(struct maker *m, struct incident *incident)
{
    const struct tick *signal = &incident->first_signal;
    if (!signal->what.text.n) {
        tell_into(m, &incident->title,
                  "the evidence cannot say whether there was a memory incident");
        return;
    }
    if (incident->failure != ROW_NONE)
        failure_title(m, incident, &incident->title);
    else
        tell_into(m, &incident->title, "the log shows memory running short");
    tell_into(m, &incident->title, "; whether anything was killed the evidence cannot say");
    statement_cite_all(m, &incident->title, &signal->what);
}

static void title_without_event(struct maker *m, struct incident *incident)
{
    const struct ranked *alarm = first_alarm(incident);
    switch (incident->kind) {
    case INCIDENT_LOST:
        title_lost(m, incident);
        break;
    case INCIDENT_PRESSURE:
        title_rule(m, incident, &incident->ranking.items[0]);
        break;
    case INCIDENT_NONE:
        tell_into(m, &incident->title, "no memory incident in this bundle");
        if (alarm) {
            tell_into(m, &incident->title, ", but a warning: ");
            title_rule(m, incident, alarm);
        }
        break;
    case INCIDENT_UNKNOWN:
    case INCIDENT_KILL:
    case INCIDENT_NO_KILL:
        title_unknown(m, incident);
        break;
    }
}

const struct ranked *title_finding(const struct maker *m, const struct incident *incident)
{
    const struct ranked *refined = refinement(incident);
    if (incident->series.n == 0)
        return NULL;
    return refined && !tells_the_end(refined) ? refined : setting_to_blame(m, incident);
}

void title_make(struct maker *m, struct incident *incident)
{
    const struct ranked *refined = refinement(incident), *setting = NULL;
    if (incident->series.n == 0)
        title_without_event(m, incident);
    else if (incident->kind == INCIDENT_NO_KILL)
        title_no_kill(m, incident, refined);
    else if (refined && !tells_the_end(refined))
        title_rule(m, incident, refined);
    else
        title_scope(m, incident);
    if (incident->series.n && !refined)
        setting = setting_to_blame(m, incident);
    else if (incident->kind == INCIDENT_KILL && tells_the_end(refined))
        setting = refined; /* some were killed before it ended so */
    if (setting) {
        tell_into(m, &incident->title, "; ");
        title_rule(m, incident, setting);
    }
}
