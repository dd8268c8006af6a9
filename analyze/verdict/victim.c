/* SPDX-License-Identifier: MIT */
/* Who was killed, and why the kernel chose it: apart from who held the memory. */
#include "verdict/say.h"

#include "base/amount.h"

static uint32_t victim_task(const struct maker *m, uint32_t event, int64_t pid)
{
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(m->store, T_oom_tasks, event, row)) != ROW_NONE;)
        if (number_or(m, F_oom_tasks_pid, row, -1) == pid)
            return row;
    return ROW_NONE;
}

static int64_t sum_of(const struct maker *m, const struct series *series, enum field_id field)
{
    int64_t sum = 0;
    for (size_t i = 0; i < series->n; i++) {
        uint32_t event = series->events[i];
        bool has_victim = is_known(m, F_oom_events_victim_pid, event);
        sum += number_or(m, field, event, has_victim);
    }
    return sum;
}

/* The task with the highest badness that is not the victim, and the largest that was spared by its
 * adjustment. */
struct rivals {
    uint32_t next, spared;
    int64_t next_badness, spared_rss;
};

static struct rivals rivals_find(const struct maker *m, uint32_t event, uint32_t victim)
{
    struct rivals rivals = {ROW_NONE, ROW_NONE, INT64_MIN, 0};
    int64_t victim_rss = number_or(m, F_oom_tasks_rss, victim, 0);
    for (uint32_t row = ROW_NONE;
         (row = store_row_next(m->store, T_oom_tasks, event, row)) != ROW_NONE;) {
        if (row == victim)
            continue;
        struct quantity badness = quantity_of(m, F_oom_tasks_badness, row);
        int64_t rss = number_or(m, F_oom_tasks_rss, row, 0);
        if (badness.known && badness.value > rivals.next_badness) {
            rivals.next = row;
            rivals.next_badness = badness.value;
        }
        if (rss > victim_rss && rss > rivals.spared_rss &&
            number_or(m, F_oom_tasks_oom_score_adj, row, 0) <
                number_or(m, F_oom_tasks_oom_score_adj, victim, 0)) {
            rivals.spared = row;
            rivals.spared_rss = rss;
        }
    }
    return rivals;
}

static const char badness_note[] = " (recomputed from the task table: pages held, moved by "
                                   "oom_score_adj; growth does not count)";

/* With vm.oom_kill_allocating_task the kernel does not choose at all. */
static bool is_allocating_task(const struct maker *m, const struct victim *victim, uint32_t event)
{
    struct quantity trigger = quantity_of(m, F_oom_events_trigger_pid, event);
    return number_or(m, F_vm_oom_kill_allocating_task, 0, 0) != 0 && trigger.known &&
           trigger.value == victim->pid.value;
}

static void say_badness(struct maker *m, struct victim *victim, uint32_t event, uint32_t row,
                        const struct rivals *rivals)
{
    bool is_highest = !victim->rank.known || victim->rank.value == 1;
    struct statement *why;
    if (is_allocating_task(m, victim, event) && !is_highest)
        why = tell(m, &victim->why,
                   "{} (pid {}) was killed because it asked: vm.oom_kill_allocating_task is {}. "
                   "By badness it came {n}. with {} points",
                   ref_of(F_oom_tasks_comm, row), ref_of(F_oom_tasks_pid, row),
                   ref_of(F_vm_oom_kill_allocating_task, 0), victim->rank.value,
                   ref_of(F_oom_tasks_badness, row));
    else
        why = tell(m, &victim->why, "The kernel chose {} (pid {}){w} badness {w}{} points",
                   ref_of(F_oom_tasks_comm, row), ref_of(F_oom_tasks_pid, row),
                   is_highest ? " for its" : ", which had", is_highest ? "of " : "",
                   ref_of(F_oom_tasks_badness, row));
    if (!is_highest && rivals->next != ROW_NONE)
        tell_into(m, why, "; {} (pid {}) had more, {}", ref_of(F_oom_tasks_comm, rivals->next),
                  ref_of(F_oom_tasks_pid, rivals->next), ref_of(F_oom_tasks_badness, rivals->next));
    else if (rivals->next != ROW_NONE)
        tell_into(m, why, ", the highest; next is {} (pid {}) with {}",
                  ref_of(F_oom_tasks_comm, rivals->next), ref_of(F_oom_tasks_pid, rivals->next),
                  ref_of(F_oom_tasks_badness, rivals->next));
    else
        tell_into(m, why, ", the only one in reach that could be killed");
    tell_into(m, why, "{w}.", badness_note);
}

static void say_spared(struct maker *m, struct victim *victim, uint32_t row, uint32_t spared)
{
    tell(m, &victim->why,
         "{} (pid {}) was larger, {} against {}, and was spared: its oom_score_adj "
         "is {}, the victim's {}.",
         ref_of(F_oom_tasks_comm, spared), ref_of(F_oom_tasks_pid, spared),
         ref_of(F_oom_tasks_rss, spared), ref_of(F_oom_tasks_rss, row),
         ref_of(F_oom_tasks_oom_score_adj, spared), ref_of(F_oom_tasks_oom_score_adj, row));
}

static void why_this_victim(struct maker *m, struct victim *victim, uint32_t event, uint32_t row)
{
    if (row == ROW_NONE)
        return;
    struct rivals rivals = rivals_find(m, event, row);
    victim->badness = quantity_of(m, F_oom_tasks_badness, row);
    victim->rank = quantity_of(m, F_oom_tasks_rank, row);
    if (!victim->rank.known)
        victim->rank = quantity_of(m, F_oom_events_victim_rank, event);
    if (victim->badness.known)
        say_badness(m, victim, event, row, &rivals);
    if (rivals.spared != ROW_NONE)
        say_spared(m, victim, row, rivals.spared);
}

static void why_not_the_trigger(struct maker *m, struct victim *victim, uint32_t event)
{
    struct quantity trigger = quantity_of(m, F_oom_events_trigger_pid, event);
    if (!trigger.known || !victim->pid.known || trigger.value == victim->pid.value)
        return;
    if (!is_known(m, F_oom_events_trigger_comm, event) || flag_of(m, F_oom_events_manual, event))
        return;
    tell(m, &victim->why,
         "{} (pid {}) only asked for memory when there was none: it was the trigger, not the "
         "victim.",
         ref_of(F_oom_events_trigger_comm, event), ref_of(F_oom_events_trigger_pid, event));
}

static void group_killed(struct maker *m, struct victim *victim, uint32_t event)
{
    if (!flag_of(m, F_oom_events_group_kill, event))
        return;
    struct statement *why =
        tell(m, &victim->why, "memory.oom.group is set{@}", ref_of(F_oom_events_group_kill, event));
    if (is_known(m, F_oom_events_group, event))
        tell_into(m, why, " on {}", ref_of(F_oom_events_group, event));
    tell_into(m, why, ": the kernel killed the whole group");
    if (is_known(m, F_oom_events_victims, event))
        tell_into(m, why, ", {} processes", ref_of(F_oom_events_victims, event));
    tell_into(m, why, ".");
}

void victim_make(struct maker *m, struct incident *incident)
{
    struct victim *victim = &incident->victim;
    uint32_t event = incident->series.detail;
    if (event == ROW_NONE)
        return;
    victim->killed = sum_of(m, &incident->series, F_oom_events_victims);
    victim->kills = sum_of(m, &incident->series, F_oom_events_kills);
    victim->comm = text_of(m, F_oom_events_victim_comm, event);
    victim->pid = quantity_of(m, F_oom_events_victim_pid, event);
    victim->known = victim->comm.n || victim->pid.known;
    victim->bytes = quantity_of(m, F_oom_events_victim_rss, event);
    victim->adj = quantity_of(m, F_oom_events_victim_adj, event);
    uint32_t task = victim->pid.known ? victim_task(m, event, victim->pid.value) : ROW_NONE;
    if (!victim->bytes.known)
        victim->bytes = quantity_of(m, F_oom_tasks_rss, task);
    if (incident->event.known && victim->bytes.known)
        victim->share = amount_share(victim->bytes.value, incident->event.total_bytes);
    why_this_victim(m, victim, event, task);
    why_not_the_trigger(m, victim, event);
    group_killed(m, victim, event);
}
