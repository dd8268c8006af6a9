/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_READ_H
#define OOMSCOPE_LOG_READ_H

#include "log/report.h"

/* One message on its way into a report. */
struct reading {
    struct store *store; /* for observations only */
    struct report *report;
    struct span text;
    struct where where; /* of the first line of the message */
    uint32_t
        last_line; /* of the message, where its line feeds are those of the file; else as where */
};

/* The line of the file that `at`, within the text, stands on. */
struct where read_place(const struct reading *in, const char *at);

/* Reads a message of the kind into the report. */
void read_line(struct reading *in, enum line_kind kind);

/* By block of the report; called by read_line. */
void read_head(struct reading *in, enum line_kind kind);    /* invoked, CPU, cpuset, failure */
void read_memcg(struct reading *in, enum line_kind kind);   /* Task in, usage, stats */
void read_meminfo(struct reading *in, enum line_kind kind); /* counters, totals, hugepages */
void read_zone(struct reading *in, enum line_kind kind);    /* nodes, zones, reserve, buddy */
void read_tasks(struct reading *in, enum line_kind kind);   /* header and rows */
void read_slabs(struct reading *in, enum line_kind kind);   /* slab info, allocations */
void read_kill(struct reading *in, enum line_kind kind);    /* oom-kill:, Kill, Killed, reaper */

/* The next `key:value` of a line; "key: value", "kB", "KB" and no unit alike. */
struct pair {
    struct span key;
    int64_t value;
    bool has_unit; /* kB */
};
bool pair_next(struct span *s, struct pair *ret);

/* The number behind `key` in the text: decimal, or hex behind 0x. */
bool read_after(struct span text, const char *key, int64_t *ret);
/* The text behind `key` up to `end`, or to the end of the text when there is none. */
bool read_between(struct span text, const char *key, const char *end, struct span *ret);

/* "Killed process 4321 (java) total-vm:...", "... 4321, UID 0, (java) total-vm:...": pid and name.
 * The name may hold blanks, parentheses and line feeds: it ends at the last ')' that is followed by
 * one of the texts that the kernel prints there. *ret_rest is what follows. */
bool read_pid_and_name(struct span text, int64_t *ret_pid, struct span *ret_name,
                       struct span *ret_rest);

#endif
