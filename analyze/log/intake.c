/* SPDX-License-Identifier: MIT */
#include "log/intake.h"
#include "log/scan.h"

#include "base/arena.h"

enum { BACKWARDS_US = 10 * 1000000 };

void intake_init(struct intake *intake, struct store *store)
{
    *intake = (struct intake){.store = store};
    intake->assembler.store = store;
}

void intake_begin(struct intake *intake, struct span member_path, bool only_kmsg)
{
    intake->member = intake->assembler.member = store_member(intake->store, member_path);
    intake->boot = intake->assembler.boot = 0;
    intake->peeler.only_kmsg = only_kmsg;
    intake->peeler.entry.open = false;
    join_begin(&intake->joiner, only_kmsg);
    intake->carrier = NULL;
    intake->eviction = EVICTION_UNKNOWN;
    intake->quiet_lines = 0;
    intake->records = intake->kernel_records = intake->user_records = intake->lost = 0;
    intake->has_clock = intake->has_time = intake->has_seq = intake->has_boot = intake->from_boot =
        false;
}

static void next_boot(struct intake *intake)
{
    assemble_flush(&intake->assembler);
    intake->boot = ++intake->assembler.boot;
    if (intake->boot > intake->most_boot)
        intake->most_boot = intake->boot;
    intake->has_time = false;
}

/* "Linux version 6.1.0-18-amd64 (builder@host) (gcc ...) #1 SMP ...", init/version.c */
static bool note_version(struct intake *intake, const struct record *record)
{
    struct span text = record->text;
    if (record->writer == WRITER_USER || !span_eat(&text, "Linux version "))
        return false;
    intake->version.n = 0;
    buf_add(&intake->version, span_word(&text));
    intake->version_where = (struct where){intake->member, record->line};
    return true;
}

/* The time since boot went back while the clock went on: not the same lines once more. */
static bool is_later(const struct intake *intake, const struct record *record)
{
    return record->has_clock && intake->has_clock && record->clock_us > intake->last_clock_us;
}

static void note_boot(struct intake *intake, const struct record *record)
{
    bool is_first = intake->records == 0, is_banner = note_version(intake, record);
    if (record->has_boot) {
        if (intake->has_boot && intake->boot_hash != record->boot_hash)
            next_boot(intake);
        intake->has_boot = true;
        intake->boot_hash = record->boot_hash;
    } else if (is_banner && !is_first) {
        next_boot(intake);
    } else if (record->has_time && intake->has_time && record->writer != WRITER_USER &&
               record->time_us + BACKWARDS_US < intake->last_time_us &&
               (record->has_seq || is_later(intake, record))) {
        next_boot(intake);
    }
    if (is_first)
        intake->from_boot = is_banner || (record->has_seq && record->seq == 0);
}

static void count(struct intake *intake, const struct record *record)
{
    if (record->has_seq) {
        if (intake->has_seq && record->seq > intake->last_seq + 1)
            intake->lost += record->seq - intake->last_seq - 1;
        intake->has_seq = true;
        intake->last_seq = record->seq;
    }
    note_boot(intake, record);
    intake->records++;
    intake->kernel_records += record->writer == WRITER_KERNEL;
    intake->user_records += record->writer == WRITER_USER;
    if (record->has_time) {
        if (!intake->has_time && intake->boot == 0)
            intake->first_time_us = record->time_us;
        intake->has_time = true;
        intake->last_time_us = record->time_us;
    }
    if (record->has_clock && record->writer != WRITER_USER) {
        intake->has_clock = true;
        intake->last_clock_us = record->clock_us;
    }
    if (!intake->carrier || (record->carrier && record->writer != WRITER_USER))
        intake->carrier = record->carrier ? record->carrier : intake->carrier;
}

/* A finished message. */
static void take(struct intake *intake)
{
    const struct record *record = &intake->joiner.record;
    enum line_kind kind = intake->joiner.kind;
    struct where where = {intake->member, record->line};
    count(intake, record);
    bool is_used = false;
    if (kind != LINE_OTHER && record->writer != WRITER_USER)
        is_used = assemble(&intake->assembler, kind, record, buf_span(&intake->joiner.raw));
    else if (line_is_verdict(kind))
        store_observe(intake->store, OBS_DISTRUSTED, where,
                      "a program wrote what looks like a line of the OOM killer: not taken as one");
    /* the same words as in the fast pass, so that it makes no difference which way a line is read
     */
    bool may_be_other = scan_anchor(record->text) < record->text.n;
    if (!is_used && may_be_other &&
        other_read(intake->store, intake->member, intake->boot, record, &intake->eviction)) {
        store_keep_line(intake->store, where,
                        span_slice(buf_span(&intake->joiner.raw), 0,
                                   span_find_char(buf_span(&intake->joiner.raw), '\n')));
        is_used = true;
    }
    intake->quiet_lines = is_used ? 0 : intake->quiet_lines + 1;
}

static void push(struct intake *intake, const struct record *record, struct span raw)
{
    uint32_t n_forged = intake->joiner.n_forged;
    if (join_line(&intake->joiner, record, raw)) {
        take(intake);
        join_line(&intake->joiner, record, raw);
    }
    if (intake->joiner.n_forged > n_forged)
        store_observe(intake->store, OBS_DISTRUSTED, (struct where){intake->member, record->line},
                      "a line without a prefix looks like one of the OOM killer, in a log whose "
                      "records have prefixes: not taken as one");
}

static bool is_boot_mark(struct span line)
{
    return span_starts(line, "-- Reboot --") || span_starts(line, "-- Boot ");
}

static void finish_open(struct intake *intake)
{
    if (intake->joiner.open) {
        take(intake);
        join_reset(&intake->joiner);
    }
}

void intake_turn(struct intake *intake, struct span member_path)
{
    finish_open(intake);
    intake->member = intake->assembler.member = store_member(intake->store, member_path);
}

void intake_line(struct intake *intake, struct span line, uint32_t number)
{
    struct record record;
    bool again = true;
    intake->quiet_lines++;
    if (is_boot_mark(line)) {
        finish_open(intake);
        if (intake->records > 0)
            next_boot(intake);
        return;
    }
    while (again) {
        enum peeled peeled = peel_line(&intake->peeler, line, number, &record, &again);
        if (peeled != PEELED_NOTHING)
            push(intake, &record, line);
    }
}

static void write_log(struct intake *intake, bool was_skipped)
{
    struct store *store = intake->store;
    struct where where = {intake->member, 1};
    uint32_t row = store_row_by_key(store, T_logs, store_member_path(store, intake->member), where);
    bool is_trusted = intake->kernel_records > 0;
    store_set_text(store, F_logs_carrier, row, span_of(intake->carrier ? intake->carrier : "text"),
                   where);
    if (!was_skipped)
        store_set(store, F_logs_records, row, (int64_t)intake->records, where);
    if (!was_skipped && is_trusted)
        store_set(store, F_logs_kernel_records, row, (int64_t)intake->kernel_records, where);
    if (intake->has_time) {
        store_set(store, F_logs_first_time, row, intake->first_time_us, where);
        if (!was_skipped)
            store_set(store, F_logs_last_time, row, intake->last_time_us, where);
    }
    store_set(store, F_logs_from_boot, row, intake->from_boot, where);
    if (intake->has_seq)
        store_set(store, F_logs_lost, row, (int64_t)intake->lost, where);
    store_set(store, F_logs_trusted, row, is_trusted, where);
}

void intake_end(struct intake *intake, bool truncated, bool line_cut, bool was_skipped)
{
    struct record record;
    if (peel_rest(&intake->peeler, &record))
        push(intake, &record, SPAN_NONE);
    finish_open(intake);
    assemble_flush(&intake->assembler);
    write_log(intake, was_skipped);
    if (truncated)
        store_observe(intake->store, OBS_TRUNCATED, (struct where){intake->member, 0},
                      "the log was cut: events behind the cut are not known");
    if (intake->from_boot && intake->boot == 0 && intake->lost == 0 && !truncated && !line_cut)
        intake->complete = (struct where){intake->member, 1};
}
