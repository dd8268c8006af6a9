/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_INTAKE_H
#define OOMSCOPE_LOG_INTAKE_H

#include "log/assemble.h"
#include "log/join.h"
#include "log/other.h"
#include "log/peel.h"

/* Takes the lines of the logs, one after the other, to the reports: peel, join, assemble. Keeps the
 * account of each log for the table logs. */
struct intake {
    struct store *store;
    struct assembler assembler;
    struct peeler peeler;
    struct joiner joiner;
    uint64_t quiet_lines; /* since the last line of interest */
    /* of the log being read */
    uint32_t member, boot;
    const char *carrier;
    enum eviction eviction;
    uint64_t records, kernel_records, user_records, lost, last_seq, boot_hash;
    bool has_clock, has_time, has_seq, has_boot, from_boot;
    int64_t first_time_us, last_time_us, last_clock_us;
    /* of all logs */
    struct where complete; /* a log from boot without losses; member 0 = none */
    uint32_t most_boot;
    struct buf version; /* of the last "Linux version" line */
    struct where version_where;
};

void intake_init(struct intake *intake, struct store *store);
void intake_begin(struct intake *intake, struct span member_path, bool only_kmsg);
/* The log goes on in another member, or at another line of this one. */
void intake_turn(struct intake *intake, struct span member_path);
void intake_line(struct intake *intake, struct span line, uint32_t number);
/* line_cut: of some line only the head was read; was_skipped: lines without interest were passed
 * over unread, so records are not counted. */
void intake_end(struct intake *intake, bool truncated, bool line_cut, bool was_skipped);
void intake_finish(struct intake *intake);

#endif
