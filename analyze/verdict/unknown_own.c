/* SPDX-License-Identifier: MIT */
/* What the verdict itself asks and the evidence does not say. */
#include "verdict/say.h"

static const char how_log[] = "the kernel log from before the event: collect takes dev/kmsg, "
                              "journalctl -k -o export keeps more";

struct unknown *unknown_add(struct maker *m, struct unknowns *unknowns, size_t *room)
{
    unknowns->items = maker_room(m, unknowns->items, unknowns->n, room, sizeof(*unknowns->items));
    struct unknown *unknown = &unknowns->items[unknowns->n++];
    *unknown = (struct unknown){0};
    return unknown;
}

/* The log that holds the reports: of a bundle dev/kmsg, else the file that was given. */
struct span log_member(const struct maker *m)
{
    struct span member = text_of(m, F_logs_member, 0);
    return member.n ? member : SPAN_LIT("dev/kmsg");
}

/* The manifest's word for why there is no kernel log. */
static struct span lack_of_log(struct maker *m, struct statement *note)
{
    const struct attempt *attempt = store_attempt_find(m->store, SPAN_LIT("dev/kmsg"));
    if (!attempt)
        return SPAN_LIT("no such file in the bundle");
    statement_cite_place(m, note, attempt->where);
    return attempt->status;
}

static const char *how_holder(const char *class_name)
{
    struct span name = span_of(class_name);
    if (span_is(name, "sockets"))
        return "ss -tmp before the kill names the connections and their owners";
    if (span_is(name, "shmem"))
        return "ls -l /proc/*/fd shows memfd files, du the files of a tmpfs in another mount "
               "namespace";
    return "collect watch, which captures before the kill";
}

/* The report has no task table, or not the amounts of each class, or its tasks do not hold the
 * class that filled the limit. */
static void unknown_holder(struct maker *m, struct incident *incident, size_t *room)
{
    uint32_t event = incident->series.detail;
    bool has_tasks = store_row_next(m->store, T_oom_tasks, event, ROW_NONE) != ROW_NONE;
    const struct class_share *dominant = incident->event.known ? incident->event.dominant : NULL;
    struct unknown *unknown = unknown_add(m, &incident->unknowns, room);
    unknown->question = SPAN_LIT("Who held the memory");
    unknown->member = log_member(m);
    if (!has_tasks) {
        unknown->reason = SPAN_LIT("the report has no task table");
        unknown->how = "sysctl vm.oom_dump_tasks=1, and the whole report from the log";
        return;
    }
    if (!dominant) {
        unknown->reason = SPAN_LIT("what is left of the report does not say what filled the limit");
        unknown->how = "the whole report from the log";
        return;
    }
    unknown->reason =
        span_of(arena_printf(m->arena, "no process shows %s", class_words(dominant->name)));
    unknown->how = how_holder(dominant->name);
}

void unknowns_of_verdict(struct maker *m, struct incident *incident, size_t *room)
{
    uint32_t event = incident->series.detail;
    if (incident->kind == INCIDENT_LOST) {
        struct unknown *unknown = unknown_add(m, &incident->unknowns, room);
        unknown->question = SPAN_LIT("Whose limit was hit, who was killed and when");
        unknown->member = SPAN_LIT("dev/kmsg");
        bool has_log = store_row_next(m->store, T_logs, 0, ROW_NONE) != ROW_NONE;
        unknown->reason = has_log ? SPAN_LIT("the log in the bundle holds no report")
                                  : lack_of_log(m, &unknown->note);
        unknown->how = has_log ? how_log : "run collect as root: the kernel log is for root only";
    }
    if (event == ROW_NONE || incident->scope == SCOPE_MANUAL)
        return;
    if (!incident->holders.n)
        unknown_holder(m, incident, room);
    if (incident->kind == INCIDENT_NO_KILL && !flag_of(m, F_oom_events_panic, event) &&
        !flag_of(m, F_oom_events_no_killable, event) && !flag_of(m, F_oom_events_exiting, event) &&
        !flag_of(m, F_oom_events_let_live, event)) {
        struct unknown *unknown = unknown_add(m, &incident->unknowns, room);
        unknown->question = SPAN_LIT("Who was killed, if anybody");
        unknown->member = SPAN_LIT("dev/kmsg");
        unknown->reason = SPAN_LIT("the report has no kill line: the log is cut there");
        unknown->how = how_log;
    }
}
