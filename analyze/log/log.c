/* SPDX-License-Identifier: MIT */
#include "log/log.h"
#include "log/decode.h"
#include "log/dump.h"
#include "log/intake.h"
#include "log/scan.h"

#include "base/arena.h"
#include "fact/store.h"

#include <stdlib.h>
#include <string.h>

/* The window over the text. In the quiet parts of a log only anchor words are looked for and line
 * feeds counted; near an anchor every line is read, from a little before it (the head of a report
 * may be gone) until QUIET_LINES lines in a row said nothing. */
enum {
    WINDOW_BYTES = 1 << 16, /* with the pieces read, it stays in the processor's cache */
    LOOK_BACK_BYTES = 1 << 13,
    ANCHOR_BYTES = 64,
    LINE_BYTES = 1 << 16,
    QUIET_LINES = 512,
};

struct log {
    struct intake intake;
    struct decoder decoder;
    struct dump dump;     /* of the files of pstore, read behind all others */
    struct buf part;      /* of such a file, or a text that is a dump: kept whole */
    bool is_dump, is_cut; /* of the log being read; cut: some part of the dumps was */
    bool has_text;
    struct span member;
    enum log_hint hint;
    char *window;
    size_t room, line_bytes;     /* of the window; a longer line is read up to line_bytes */
    size_t n, position, scanned; /* in the window: bytes there, first not consumed, first unseen */
    uint64_t line;               /* number of the line before position */
    bool is_reading, was_skipped;
    bool is_skipping; /* position is inside a line of which no more is read */
    bool line_cut;
};

struct log *log_new(struct store *store)
{
    struct log *log = base_realloc(NULL, 1, sizeof(*log));
    memset(log, 0, sizeof(*log));
    log_limit_line(log, LINE_BYTES);
    intake_init(&log->intake, store);
    scan_init();
    return log;
}

void log_limit_line(struct log *log, int64_t line_bytes)
{
    log->line_bytes = (size_t)line_bytes;
    log->room = WINDOW_BYTES + LOOK_BACK_BYTES + log->line_bytes;
    log->window = base_realloc(log->window, log->room, 1);
}

void log_begin(struct log *log, struct span member_path, enum log_hint hint)
{
    log->hint = hint;
    log->n = log->position = log->scanned = 0;
    log->line = 0;
    log->is_reading = true;
    log->is_skipping = log->was_skipped = log->line_cut = false;
    log->member = arena_copy(store_arena(log->intake.store), member_path);
    log->is_dump = span_starts(member_path, "sys/fs/pstore/dmesg-");
    log->has_text = false;
    log->part.n = 0;
    if (!log->is_dump)
        intake_begin(&log->intake, member_path, hint == LOG_KMSG);
    decode_begin(&log->decoder);
}

static struct span rest_of(const struct log *log)
{
    return (struct span){log->window + log->position, log->n - log->position};
}

static void consume(struct log *log, size_t n)
{
    log->line += scan_count_feeds(span_slice(rest_of(log), 0, n));
    log->position += n;
}

static void cut_line(struct log *log)
{
    store_observe(log->intake.store, OBS_OVER_LIMIT,
                  (struct where){log->intake.member, (uint32_t)(log->line + 1)},
                  "over the limit line_bytes=%zu: the rest of the line is dropped",
                  log->line_bytes);
    log->line_cut = true;
}

/* Reads the line at the position, `n` bytes without its line feed. */
static void read_line_at(struct log *log, size_t n, bool has_feed)
{
    struct span line = span_slice(rest_of(log), 0, n);
    if (!log->is_skipping && n > log->line_bytes)
        cut_line(log);
    if (!log->is_skipping)
        intake_line(&log->intake, span_slice(line, 0, log->line_bytes), (uint32_t)(log->line + 1));
    log->is_skipping = !has_feed;
    log->position += n + has_feed;
    log->line += has_feed;
    if (log->position > log->scanned)
        log->scanned = log->position;
    if (log->intake.quiet_lines > QUIET_LINES && log->hint != LOG_KMSG && !log->is_skipping) {
        log->is_reading = false;
        log->was_skipped = true;
    }
}

/* Reads the complete lines of the window. False when there is none left. */
static bool read_lines(struct log *log, bool is_end)
{
    while (log->is_reading) {
        struct span rest = rest_of(log);
        const char *end = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
        if (end)
            read_line_at(log, (size_t)(end - rest.p), true);
        else if (rest.n > log->line_bytes || (is_end && rest.n > 0))
            read_line_at(log, rest.n, false);
        else
            return false;
    }
    return true;
}

/* Goes on to the last start of a line at or before `from`. One that is further away than the limit
 * is not read from: what follows must not be read as if it began a line. Whether the window still
 * holds it makes no difference, for how much that is depends on the pieces in which the text comes.
 */
static void skip_to(struct log *log, size_t from, bool found)
{
    size_t start = from;
    while (start > log->position && log->window[start - 1] != '\n')
        start--;
    if (start > log->position) {
        consume(log, start - log->position);
        log->is_skipping = false;
    }
    if (!log->is_skipping && from <= log->position + log->line_bytes)
        return;
    if (found)
        cut_line(log);
    consume(log, from - log->position);
    log->is_skipping = true;
}

/* Skips to the lines before the next anchor. False when the window has none: then as far as any
 * anchor that is still to come, or to end, leaves no choice. */
static bool skip_to_anchor(struct log *log)
{
    struct span unseen = {log->window + log->scanned, log->n - log->scanned};
    size_t at = log->scanned + scan_anchor(unseen);
    bool found = at < log->n;
    size_t back = found ? LOOK_BACK_BYTES : LOOK_BACK_BYTES + ANCHOR_BYTES;
    size_t from = at > back ? at - back : 0;
    if (from >= log->position)
        skip_to(log, from, found);
    if (!found) {
        log->scanned = log->n > ANCHOR_BYTES ? log->n - ANCHOR_BYTES : 0;
        if (log->scanned < log->position)
            log->scanned = log->position;
        return false;
    }
    log->scanned = at;
    log->is_reading = true;
    log->intake.quiet_lines = 0;
    return true;
}

static void work(struct log *log, bool is_end)
{
    for (;;) {
        if (log->is_reading && !read_lines(log, is_end))
            return;
        if (!skip_to_anchor(log))
            return;
    }
}

static void feed(struct log *log, struct span chunk)
{
    while (chunk.n > 0) {
        if (log->position > 0) {
            memmove(log->window, log->window + log->position, log->n - log->position);
            log->n -= log->position;
            log->scanned -= log->position;
            log->position = 0;
        }
        struct span part = span_slice(chunk, 0, log->room - log->n);
        memcpy(log->window + log->n, part.p, part.n);
        log->n += part.n;
        chunk = span_skip(chunk, part.n);
        work(log, false);
    }
}

/* What is decoded goes to the window, or is kept where its parts must be put in order first. */
static void take(struct log *log, struct span text)
{
    if (text.n == 0)
        return;
    if (!log->has_text && log->hint != LOG_KMSG && dump_is_one(text))
        log->is_dump = true;
    log->has_text = true;
    if (!log->is_dump)
        feed(log, text);
    else if (log->part.n + text.n <= DUMP_BYTES)
        buf_add(&log->part, text);
    else
        log->is_cut = true;
}

void log_feed(struct log *log, struct span chunk)
{
    take(log, decode_piece(&log->decoder, chunk));
}

/* The parts one after the other, each cited at its own place. */
static void read_dump(struct log *log)
{
    dump_sort(&log->dump);
    for (size_t i = 0; i < log->dump.n; i++) {
        const struct dump_part *part = &log->dump.parts[i];
        log->n = log->position = log->scanned = 0;
        log->line = part->first_line - 1;
        log->is_reading = true;
        log->is_skipping = false;
        intake_turn(&log->intake, part->member);
        feed(log, span_slice(buf_span(&log->dump.text), part->at, part->at + part->n));
        work(log, true);
    }
    dump_free(&log->dump);
}

static void end_text(struct log *log, bool truncated)
{
    work(log, true);
    intake_end(&log->intake, truncated, log->line_cut, log->was_skipped);
}

void log_end(struct log *log, bool truncated)
{
    bool is_file = span_starts(log->member, "sys/fs/pstore/dmesg-");
    take(log, decode_end(&log->decoder));
    const char *note = decode_note(&log->decoder);
    if (note)
        store_observe(log->intake.store, OBS_NOTE,
                      (struct where){store_member(log->intake.store, log->member), 1}, "%s", note);
    if (log->is_dump)
        log->is_cut |= !dump_add(&log->dump, log->member, buf_span(&log->part)) || truncated;
    if (is_file)
        return;
    if (log->is_dump)
        read_dump(log);
    end_text(log, truncated || (log->is_dump && log->is_cut));
}

/* The files of pstore, together one log. */
static void read_pstore(struct log *log)
{
    if (log->dump.n == 0)
        return;
    log->line_cut = log->was_skipped = false;
    intake_begin(&log->intake, log->dump.parts[0].member, false);
    read_dump(log);
    end_text(log, log->is_cut);
}

void log_distrust(struct log *log)
{
    log->intake.complete = (struct where){0};
}

void log_finish(struct log *log)
{
    read_pstore(log);
    intake_finish(&log->intake);
    dump_free(&log->dump);
    buf_free(&log->part);
    decode_free(&log->decoder);
    free(log->window);
    free(log);
}

bool log_recognises(struct span head)
{
    struct peeler peeler = {0};
    struct decoder decoder = {0};
    struct record record;
    struct span line;
    bool again, found = false;
    decode_piece(&decoder, span_slice(head, 0, DECODE_HEAD_BYTES - 1));
    head = decode_end(&decoder);
    for (uint32_t n = 1; n <= 40 && head.n > 0 && !found; n++) {
        span_cut(head, '\n', &line, &head);
        enum peeled peeled = peel_line(&peeler, span_slice(line, 0, 4096), n, &record, &again);
        found = peeled == PEELED_RECORD ||
                (peeled == PEELED_BARE && line_classify(record.text) != LINE_OTHER &&
                 line_classify(record.text) != LINE_STAT);
    }
    peel_free(&peeler);
    decode_free(&decoder);
    return found;
}
