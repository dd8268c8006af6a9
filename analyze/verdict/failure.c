/* SPDX-License-Identifier: MIT */
/* An allocation that was refused, mm/page_alloc.c warn_alloc: what was asked for, why no zone gave
 * it, what filled memory. */
#include "verdict/why.h"

#include "base/amount.h"

#define A(name) F_alloc_failures_##name
#define Z(name) F_failure_zones_##name

enum { COSTLY_ORDER = 3 }; /* PAGE_ALLOC_COSTLY_ORDER */

uint32_t failure_pick(const struct maker *m)
{
    uint32_t row = ROW_NONE, first = ROW_NONE;
    while ((row = store_row_next(m->store, T_alloc_failures, 0, row)) != ROW_NONE) {
        if (is_known(m, A(zones_eligible), row))
            return row;
        first = first == ROW_NONE ? row : first;
    }
    return first;
}

static bool is_kind(const struct maker *m, uint32_t row, const char *kind)
{
    return span_is(text_of(m, A(kind), row), kind);
}

/* "64.0 KiB (order 4)"; of vmalloc what the caller wanted, not the pieces. */
static void say_amount(struct maker *m, struct statement *statement, uint32_t row)
{
    if (is_known(m, A(bytes), row) && number_or(m, A(bytes), row, 0) > 0)
        tell_into(m, statement, "{} of vmalloc memory", ref_of(A(bytes), row));
    else if (is_kind(m, row, "vmalloc_failure"))
        tell_into(m, statement, "vmalloc memory");
    else if (is_known(m, A(request), row))
        tell_into(m, statement, "{}", ref_of(A(request), row));
    else
        tell_into(m, statement, "memory");
    if (is_known(m, A(order), row))
        tell_into(m, statement, " (order {})", ref_of(A(order), row));
}

const struct ranked *failure_finding(const struct incident *incident)
{
    for (size_t i = 0; incident->failure != ROW_NONE && i < incident->ranking.n; i++) {
        const struct finding *finding = incident->ranking.items[i].finding;
        if (finding->rule->for_each && finding->rule->table == T_alloc_failures &&
            finding->row == incident->failure)
            return &incident->ranking.items[i];
    }
    return NULL;
}

/* The rest of the host's memory was no help: which zones may serve it then leads. */
static const struct ranked *zone_finding(const struct incident *incident)
{
    const struct ranked *found = failure_finding(incident);
    return found && span_is(found->finding->rule->id, "alloc-failure-zone") ? found : NULL;
}

void failure_title(struct maker *m, const struct incident *incident, struct statement *title)
{
    uint32_t row = incident->failure;
    const char *what = is_kind(m, row, "alloc_stall")       ? "a page allocation stalled"
                       : is_kind(m, row, "vmalloc_failure") ? "a vmalloc allocation failed"
                                                            : "a page allocation failed";
    tell_into(m, title, "{w}: {} ", what, ref_of(A(trigger_comm), row));
    if (is_known(m, A(stall), row))
        tell_into(m, title, "waited {} for ", ref_of(A(stall), row));
    else
        tell_into(m, title, "was refused ");
    say_amount(m, title, row);
    if (zone_finding(incident))
        tell_into(m, title, " that only zone {} or lower can serve", ref_of(A(highest_zone), row));
}

static bool has_flag(struct span flags, const char *name)
{
    struct span word;
    for (bool more = flags.n > 0; more;) {
        more = span_cut(flags, '|', &word, &flags);
        if (span_is(word, name))
            return true;
    }
    return false;
}

static void say_zone(struct maker *m, const struct incident *incident, struct statement *summary)
{
    const struct ranked *zone = zone_finding(incident);
    if (!zone)
        return;
    tell_into(m, summary, " ");
    for (size_t i = 0; i < zone->evidence.text.n; i++)
        phrase_add(&summary->text, m->arena, zone->evidence.text.pieces[i].kind,
                   zone->evidence.text.pieces[i].text);
    statement_cite_all(m, summary, &zone->evidence);
}

void failure_summary(struct maker *m, const struct incident *incident, struct statement *summary)
{
    uint32_t row = incident->failure;
    struct span flags = text_of(m, A(gfp_flags), row);
    tell_into(m, summary, "{}", ref_of(A(trigger_comm), row));
    if (is_known(m, A(trigger_pid), row))
        tell_into(m, summary, " (pid {})", ref_of(A(trigger_pid), row));
    tell_into(m, summary, " asked for ");
    say_amount(m, summary, row);
    if (flags.n)
        tell_into(m, summary, " with {}", ref_of(A(gfp_flags), row));
    if (is_known(m, A(stall), row))
        tell_into(m, summary, " and had waited {} by then.", ref_of(A(stall), row));
    else
        tell_into(m, summary, " and was refused.");
    if (is_known(m, A(may_wait), row) && !flag_of(m, A(may_wait), row))
        tell_into(m, summary, " By its flags it must not wait for reclaim.{@}",
                  ref_of(A(may_wait), row));
    else if (has_flag(flags, "__GFP_NORETRY"))
        tell_into(m, summary, " By its flags the kernel gives up early.");
    else if (is_kind(m, row, "alloc_failure") && number_or(m, A(order), row, 0) > COSTLY_ORDER)
        tell_into(m, summary, " Above order {n} the kernel gives up and kills nobody for it.",
                  (int64_t)COSTLY_ORDER);
    say_zone(m, incident, summary);
}

/* Which of the zones that it could use might have given it, by the report. */
static struct statement *say_zones(struct maker *m, struct incident *incident, uint32_t row)
{
    struct ref eligible = ref_of(A(zones_eligible), row), below = ref_of(A(zones_below_min), row);
    struct ref fit = ref_of(A(zones_fit), row), request = ref_of(A(request), row);
    int64_t n = number_or(m, A(zones_eligible), row, 0);
    int64_t n_below = number_or(m, A(zones_below_min), row, 0);
    if (n_below == n && n == 1)
        return tell(m, &incident->why,
                    "The one zone that it could use (none above {}) was below its minimum{@}{@}",
                    ref_of(A(highest_zone), row), eligible, below);
    if (n_below == n)
        return tell(m, &incident->why,
                    "{w} that it could use (none above {}) were below their minimum{@}{@}",
                    n == 2 ? "Both zones" : "All zones", ref_of(A(highest_zone), row), eligible,
                    below);
    if (!is_known(m, A(zones_fit), row))
        return tell(m, &incident->why, "Of the {} zones that it could use {} {w} below the minimum",
                    eligible, below, n_below == 1 ? "was" : "were");
    if (number_or(m, A(zones_fit), row, 0) > 0)
        return tell(m, &incident->why,
                    "By the time of the report {} of the {} zones that it could use had room for "
                    "it: the shortage was over, or something else refused it",
                    fit, eligible);
    if (n_below == 0)
        return tell(m, &incident->why,
                    "No zone that it could use ({}) was below its minimum, but none had a free "
                    "block of {}: memory was free in smaller pieces{@}{@}",
                    eligible, request, below, fit);
    return tell(
        m, &incident->why,
        "Of the {} zones that it could use {} {w} below the minimum, and no other had a free "
        "block of {}: memory was free in smaller pieces{@}",
        eligible, below, n_below == 1 ? "was" : "were", request, fit);
}

static void why_zones(struct maker *m, struct incident *incident, uint32_t row)
{
    if (!is_known(m, A(zones_below_min), row) || number_or(m, A(zones_eligible), row, 0) == 0)
        return;
    struct statement *why = say_zones(m, incident, row);
    if (is_known(m, A(mem_free), row) && is_known(m, A(mem_managed), row))
        tell_into(m, why, "; {} of the host's {} was free", ref_of(A(mem_free), row),
                  ref_of(A(mem_managed), row));
    tell_into(m, why, ".");
}

/* min as printed holds the boost, which is set for a while when a block of another migrate type had
 * to be taken: mm/page_alloc.c boost_watermark(). */
static void why_boost(struct maker *m, struct incident *incident, uint32_t row)
{
    uint32_t zone = ROW_NONE;
    while ((zone = store_row_next(m->store, T_failure_zones, row, zone)) != ROW_NONE) {
        struct quantity boost = quantity_of(m, Z(boost), zone), min = quantity_of(m, Z(min), zone);
        struct quantity free = quantity_of(m, Z(free), zone);
        struct quantity reserve = quantity_of(m, Z(reserve), zone);
        if (!flag_of(m, Z(eligible), zone) || !flag_of(m, Z(below_min), zone) || !boost.known ||
            boost.value == 0 || !min.known || !free.known || !reserve.known ||
            free.value - reserve.value <= min.value - boost.value)
            continue;
        tell(m, &incident->why,
             "Zone {} had {} free; its minimum of {} holds {} of boost, which the kernel adds for "
             "a while after fragmentation, and would be met without it.{@}",
             ref_of(Z(name), zone), ref_of(Z(free), zone), ref_of(Z(min), zone),
             ref_of(Z(boost), zone), ref_of(Z(below_min), zone));
        return;
    }
}

static void why_swap(struct maker *m, struct incident *incident, uint32_t row)
{
    if (!is_known(m, A(mem_swap_total), row))
        return;
    if (number_or(m, A(mem_swap_total), row, 0) > 0)
        tell(m, &incident->why, "Of {} swap, {} was free.", ref_of(A(mem_swap_total), row),
             ref_of(A(mem_swap_free), row));
}

static void why_others(struct maker *m, struct incident *incident, uint32_t row)
{
    uint32_t n = store_row_count(m->store, T_alloc_failures), other = ROW_NONE;
    int64_t least = INT64_MAX, most = -1, order;
    uint32_t low = row, high = row;
    while ((other = store_row_next(m->store, T_alloc_failures, 0, other)) != ROW_NONE) {
        if (!store_number(m->store, A(order), other, &order))
            continue;
        if (order < least) {
            least = order;
            low = other;
        }
        if (order > most) {
            most = order;
            high = other;
        }
    }
    if (n < 2)
        return;
    struct statement *why = tell(m, &incident->why, "The log has {n} such warnings{@}", (int64_t)n,
                                 ref_complete(T_alloc_failures, 0));
    if (least < most)
        tell_into(m, why, ", of orders {} to {}", ref_of(A(order), low), ref_of(A(order), high));
    tell_into(m, why, "; this is number {} of them.", ref_of(A(failure), row));
}

void failure_why(struct maker *m, struct incident *incident)
{
    uint32_t row = incident->failure;
    if (row == ROW_NONE)
        return;
    if (incident->kind != INCIDENT_UNKNOWN) /* there it is the summary */
        failure_summary(m, incident, statements_add(m, &incident->why));
    why_zones(m, incident, row);
    why_boost(m, incident, row);
    why_filled(m, incident);
    why_swap(m, incident, row);
    why_others(m, incident, row);
}
