/* SPDX-License-Identifier: MIT */
#include "log/lookup.h"

#include "base/arena.h"

/* MOST_ALIKE bounds the work that events of one name without a victim can cause. */
enum { CLOCK_SLACK_US = 2000000, TIME_SLACK_US = 1000000, MOST_ALIKE = 64 };

/* A journal that is flushed late, or a clock set after the boot; clocks of all zones; stamps
 * without a year are read as of 1972. */
static const int64_t CLOCK_STEP_US = INT64_C(3600) * 1000000,
                     ZONES_US = INT64_C(27) * 3600 * 1000000,
                     YEAR_1980_US = INT64_C(10) * 366 * 86400 * 1000000;

bool report_is_event(const struct report *report)
{
    return report->has_header || report->n_victims > 0 || report->has_oom_kill ||
           report->has_chosen || report->has_tasks_head || report->is_memcg ||
           report_is_decided(report);
}

static uint64_t hash(struct span s)
{
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h;
}

static int64_t number(const struct report *r, enum field_id field)
{
    const struct value *v = report_get(r, field);
    return v->kind == VALUE_NUMBER ? v->number : INT64_MIN;
}

static struct seen seen_of(const struct report *r)
{
    const struct value *name = report_get(r, F_oom_events_victim_comm);
    if (name->kind != VALUE_TEXT)
        name = report_get(r, F_oom_events_trigger_comm);
    return (struct seen){
        .member = r->member,
        .boot = r->boot,
        .boot_hash = r->has_boot_id ? r->boot_hash : 0,
        .has_time = r->has_time,
        .has_clock = r->has_clock,
        .has_wall = r->has_wall,
        .time_us = r->time_us,
        .clock_us = r->clock_us,
        .wall_us = r->wall_us,
        .victim_pid = number(r, F_oom_events_victim_pid),
        .victim_vm = number(r, F_oom_events_victim_total_vm),
        .order = number(r, F_oom_events_order),
        .gfp = number(r, F_oom_events_gfp_mask),
        .name_hash = name->kind == VALUE_TEXT ? hash(name->text) : 0,
    };
}

static bool differs(int64_t a, int64_t b, int64_t slack)
{
    return a > b ? a - b > slack : b - a > slack;
}

/* Boots are counted by log; of two logs, a boot id or clocks tell them apart. Two boots of one
 * machine may run out of memory at the same uptime with the same pid. */
static bool is_other_boot(const struct seen *a, const struct seen *b)
{
    if (a->boot_hash && b->boot_hash && a->boot_hash != b->boot_hash)
        return true;
    if (a->has_wall && b->has_wall)
        return differs(a->wall_us, b->wall_us, CLOCK_STEP_US);
    bool have_years = a->clock_us > YEAR_1980_US && b->clock_us > YEAR_1980_US;
    bool lack_years = a->clock_us < YEAR_1980_US && b->clock_us < YEAR_1980_US;
    return a->has_clock && b->has_clock && (have_years || lack_years) &&
           differs(a->clock_us, b->clock_us, ZONES_US);
}

/* The times contradict that these are one event. */
static bool is_apart(const struct seen *a, const struct seen *b, int64_t slack_us)
{
    if (a->has_time && b->has_time)
        return differs(a->time_us, b->time_us, slack_us);
    if (a->has_wall && b->has_wall)
        return differs(a->wall_us, b->wall_us, CLOCK_SLACK_US + slack_us);
    return false;
}

static bool is_same(const struct seen *a, const struct seen *b)
{
    /* one log says an event twice only when it holds the same lines twice, times included */
    if (a->member == b->member && (!a->has_time || !b->has_time || a->boot != b->boot))
        return false;
    if (is_other_boot(a, b))
        return false;
    if (a->name_hash != b->name_hash || a->victim_pid != b->victim_pid ||
        a->victim_vm != b->victim_vm)
        return false;
    if (a->victim_pid != INT64_MIN) /* a cut report begins later than the whole one */
        return !is_apart(a, b, a->member == b->member ? 1000 : 30 * TIME_SLACK_US);
    return a->order == b->order && a->gfp == b->gfp && a->has_time && b->has_time &&
           !is_apart(a, b, 1000);
}

uint32_t lookup_row(struct assembler *a, const struct report *report)
{
    struct seen seen = seen_of(report);
    uint64_t key = seen.name_hash ^ ((uint64_t)seen.victim_pid * 0x9e3779b97f4a7c15u);
    seen.next = map_get_number(&a->by_victim, key, 0);
    for (uint32_t i = seen.next, n = 0; i > 0 && n < MOST_ALIKE; i = a->seen[i - 1].next, n++)
        if (is_same(&a->seen[i - 1], &seen))
            return a->seen[i - 1].row;
    seen.row = store_row_add(a->store, T_oom_events, 0);
    if (a->n_seen == a->room_seen) {
        a->room_seen = a->room_seen ? a->room_seen * 2 : 64;
        a->seen = base_realloc(a->seen, a->room_seen, sizeof(*a->seen));
    }
    a->seen[a->n_seen++] = seen;
    map_set_number(&a->by_victim, key, a->n_seen);
    map_set_number(&a->by_pid, (uint64_t)seen.victim_pid, a->n_seen);
    return seen.row;
}
