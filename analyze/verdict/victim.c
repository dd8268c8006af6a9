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
 * adjustment, or by being root's in a kernel that counts 3 % off for root. */
struct rivals {
    uint32_t next, spared;
    int64_t next_badness, spared_rss;
};

static int64_t adj_of(const struct maker *m, uint32_t task)
{
    return number_or(m, F_oom_tasks_oom_score_adj, task, 0);
}

static int64_t held_by(const struct maker *m, uint32_t task)
{
    return number_or(m, F_oom_tasks_rss, task, 0) + number_or(m, F_oom_tasks_pgtables, task, 0) +
           number_or(m, F_oom_tasks_swap, task, 0);
}

static bool is_spared_as_root(const struct maker *m, uint32_t task, uint32_t victim)
{
    struct quantity own = quantity_of(m, F_oom_tasks_badness, task);
    struct quantity other = quantity_of(m, F_oom_tasks_badness, victim);
    return number_or(m, F_oom_tasks_uid, task, -1) == 0 &&
           number_or(m, F_oom_tasks_uid, victim, 0) != 0 && adj_of(m, task) == adj_of(m, victim) &&
           held_by(m, task) > held_by(m, victim) && own.known && other.known &&
           own.value < other.value;
}

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
            (adj_of(m, row) < adj_of(m, victim) || is_spared_as_root(m, row, victim))) {
            rivals.spared = row;
            rivals.spared_rss = rss;
        }
    }
    return rivals;
}

static const char badness_note[] = " (recomputed from the task table: pages held, moved by "
                                   "oom_score_adj; growth does not count)";

/* What the score printed has above what is recomputed is page tables and swap. */
static void say_difference(struct maker *m, struct statement *why, uint32_t event, uint32_t row,
                           const char *lacks)
{
    int64_t score = number_or(m, F_oom_events_chosen_score, event, 0);
    int64_t rest = score - number_or(m, F_oom_tasks_badness, row, score);
    int64_t base = number_or(m, F_oom_events_badness_base, event, 0);
    if (rest > 1 && base > 0)
        tell_into(m, why, "; the other {n} are {w} of it, about {b}", rest, lacks,
                  base / 1000 * rest);
}

/* To 3.4 the report does not print all that the kernel weighed: the score printed is the kernel's,
 * what can be recomputed is a part of it. */
static void say_badness_in_part(struct maker *m, struct victim *victim, uint32_t event,
                                uint32_t row, const struct rivals *rivals)
{
    bool is_old = span_is(text_of(m, F_oom_events_badness_unit, event), "pages of address space");
    const char *lacks =
        is_old ? "children, processor time, age, niceness and capabilities"
        : span_is(text_of(m, F_oom_events_badness_lacks, event), "page tables of a task")
            ? "page tables"
            : "page tables and swap";
    struct statement *why = tell(m, &victim->why, "The kernel chose {} (pid {})",
                                 ref_of(F_oom_tasks_comm, row), ref_of(F_oom_tasks_pid, row));
    if (is_known(m, F_oom_events_chosen_score, event) && victim->rank.known)
        tell_into(m, why, " for its score of {}{w}, the highest",
                  ref_of(F_oom_events_chosen_score, event), is_old ? "" : " in 1 000");
    tell_into(m, why,
              ". By what the report prints ({w}; not printed{@}: {w} of a task) it has {}{w}",
              is_old ? "address space, a quarter of it for root, moved by oom_adj"
                     : "memory resident, less 30 for root, moved by oom_score_adj",
              ref_of(F_oom_events_badness_lacks, event), lacks, ref_of(F_oom_tasks_badness, row),
              is_old ? " pages" : "");
    if (!is_old)
        say_difference(m, why, event, row, lacks);
    if (rivals->next != ROW_NONE)
        tell_into(m, why, "; the most of the others has {} (pid {}), {}",
                  ref_of(F_oom_tasks_comm, rivals->next), ref_of(F_oom_tasks_pid, rivals->next),
                  ref_of(F_oom_tasks_badness, rivals->next));
    tell_into(m, why, ".{w}", is_old ? " Memory held did not count." : "");
}

/* With vm.oom_kill_allocating_task the kernel does not choose at all. */
static bool is_allocating_task(const struct maker *m, const struct victim *victim, uint32_t event)
{
    if (is_known(m, F_oom_events_allocating_task, event))
        return flag_of(m, F_oom_events_allocating_task, event);
    struct quantity trigger = quantity_of(m, F_oom_events_trigger_pid, event);
    return number_or(m, F_vm_oom_kill_allocating_task, 0, 0) != 0 && trigger.known &&
           trigger.value == victim->pid.value;
}

static struct statement *say_asked(struct maker *m, struct victim *victim, uint32_t event,
                                   uint32_t row)
{
    struct statement *why = tell(m, &victim->why, "{} (pid {}) was killed because it asked: ",
                                 ref_of(F_oom_tasks_comm, row), ref_of(F_oom_tasks_pid, row));
    if (is_known(m, F_vm_oom_kill_allocating_task, 0))
        tell_into(m, why, "vm.oom_kill_allocating_task is {}",
                  ref_of(F_vm_oom_kill_allocating_task, 0));
    else
        tell_into(m, why, "the kill line says so{@}", ref_of(F_oom_events_allocating_task, event));
    return why;
}

static void say_badness(struct maker *m, struct victim *victim, uint32_t event, uint32_t row,
                        const struct rivals *rivals)
{
    bool is_highest = !victim->rank.known || victim->rank.value == 1;
    struct statement *why = NULL;
    if (is_allocating_task(m, victim, event) && !is_highest) {
        why = say_asked(m, victim, event, row);
        tell_into(m, why, ". By badness it ranked {n} with {} points", victim->rank.value,
                  ref_of(F_oom_tasks_badness, row));
    }
    if (!why)
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
    if (adj_of(m, spared) == adj_of(m, row)) {
        tell(m, &victim->why,
             "{} (pid {}) was larger, {} against {}, and was spared: it is root's (uid {}), and "
             "this kernel counts 3 % off for root.",
             ref_of(F_oom_tasks_comm, spared), ref_of(F_oom_tasks_pid, spared),
             ref_of(F_oom_tasks_rss, spared), ref_of(F_oom_tasks_rss, row),
             ref_of(F_oom_tasks_uid, spared));
        return;
    }
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
    if (victim->badness.known && is_allocating_task(m, victim, event) &&
        is_known(m, F_oom_events_badness_lacks, event))
        tell_into(m, say_asked(m, victim, event, row), ".");
    else if (victim->badness.known && is_known(m, F_oom_events_badness_lacks, event))
        say_badness_in_part(m, victim, event, row, &rivals);
    else if (victim->badness.known)
        say_badness(m, victim, event, row, &rivals);
    /* the field of the JSON is in pages */
    if (!span_is(text_of(m, F_oom_events_badness_unit, event), "pages"))
        victim->badness.known = false;
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
         "{} (pid {}) asked for memory and could not get it: it was the trigger, not the victim.",
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
        tell_into(m, why, ", {c}{@}", number_or(m, F_oom_events_victims, event, 0), "process",
                  "processes", ref_of(F_oom_events_victims, event));
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
