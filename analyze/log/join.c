/* SPDX-License-Identifier: MIT */
#include "log/join.h"

enum { MOST_LINES = 96, MOST_BYTES = 16384 };

void join_reset(struct joiner *joiner)
{
    joiner->open = false;
}

void join_begin(struct joiner *joiner, bool has_prefixes)
{
    join_reset(joiner);
    joiner->has_prefixes = has_prefixes;
    joiner->wrap = (struct wrap){0};
}

void join_free(struct joiner *joiner)
{
    buf_free(&joiner->text);
    buf_free(&joiner->ident);
    buf_free(&joiner->stamp);
    buf_free(&joiner->raw);
}

static void point(struct joiner *joiner)
{
    joiner->record.text = buf_span(&joiner->text);
    joiner->record.ident = buf_span(&joiner->ident);
    joiner->record.stamp = buf_span(&joiner->stamp);
}

static void begin(struct joiner *joiner, const struct record *record, struct span raw)
{
    joiner->text.n = joiner->ident.n = joiner->stamp.n = joiner->raw.n = 0;
    buf_add(&joiner->text, record->text);
    buf_add(&joiner->ident, record->ident);
    buf_add(&joiner->stamp, record->stamp);
    buf_add(&joiner->raw, raw);
    buf_char(&joiner->raw, '\n');
    joiner->record = *record;
    joiner->kind = line_classify(record->text);
    joiner->open = true;
    joiner->has_prefixes |= record->has_prefix;
    point(joiner);
}

/* A terminal breaks each line at the same column, inside words too; what was a blank there begins
 * the next line. The usual widths are known at the first break, others by the third. */
static bool is_hard_break(struct wrap *wrap, struct span raw)
{
    static const size_t widths[] = {80, 100, 120, 132, 160, 200};
    enum { SURE = 3, NARROWEST = 40 };
    bool is_usual = false;
    if (wrap->n_alike > 0 && wrap->last_bytes != wrap->width)
        wrap->is_soft = true;
    wrap->n_alike = wrap->last_bytes == wrap->width ? wrap->n_alike + 1 : 1;
    wrap->width = wrap->last_bytes;
    for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++)
        is_usual |= wrap->width == widths[i];
    return !wrap->is_soft && wrap->width >= NARROWEST && (is_usual || wrap->n_alike >= SURE) &&
           !wrap->ends_blank && raw.n > 0 && raw.p[0] != ' ';
}

static void append(struct joiner *joiner, const struct record *record, struct span raw)
{
    bool is_rest_of_line = !record->has_prefix && joiner->kind != LINE_STATS;
    bool is_in_word = joiner->kind == LINE_OOM_KILL || span_starts(record->text, ":") ||
                      joiner->record.goes_on ||
                      (is_rest_of_line && is_hard_break(&joiner->wrap, raw));
    joiner->record.goes_on = record->goes_on;
    bool is_block = joiner->kind == LINE_STATS || joiner->kind == LINE_COUNTERS;
    if (!is_in_word) /* a summary has no blanks but in names: some mailers wrap it anywhere */
        buf_char(&joiner->text, is_block ? '\n' : ' ');
    buf_add(&joiner->text, record->text);
    buf_add(&joiner->raw, raw);
    buf_char(&joiner->raw, '\n');
    joiner->record.last_line = record->last_line;
    if (joiner->kind == LINE_OTHER)
        joiner->kind = line_classify(buf_span(&joiner->text));
    point(joiner);
}

static bool is_numbers(struct span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != ' ' && (text.p[i] < '0' || text.p[i] > '9'))
            return false;
    return text.n > 0;
}

/* The line goes on with the open message. */
static bool continues(struct joiner *joiner, const struct record *record)
{
    uint32_t n_lines = record->line - joiner->record.line;
    if (joiner->record.goes_on && record->is_rest && joiner->text.n <= MOST_BYTES)
        return true;
    if (record->has_prefix || n_lines > MOST_LINES || joiner->text.n > MOST_BYTES)
        return false;
    bool wants = line_wants_more(joiner->kind, buf_span(&joiner->text));
    if (joiner->kind == LINE_RESERVE)
        return is_numbers(record->text);
    if (wants)
        return joiner->has_prefixes || line_classify(record->text) == LINE_OTHER ||
               (joiner->kind == LINE_COUNTERS && line_classify(record->text) != LINE_NODE);
    /* "mkfs.ext4 invoked" wrapped before "oom-killer:" */
    return joiner->kind == LINE_OTHER && joiner->record.has_prefix && n_lines <= 2 &&
           joiner->text.n < 256;
}

static bool take_line(struct joiner *joiner, const struct record *record, struct span raw)
{
    if (!joiner->open) {
        if (!record->has_prefix && joiner->has_prefixes &&
            line_is_verdict(line_classify(record->text))) {
            joiner->n_forged++;
            return false;
        }
        begin(joiner, record, raw);
        return false;
    }
    if (continues(joiner, record)) {
        append(joiner, record, raw);
        return false;
    }
    joiner->open = false;
    return true;
}

static void note_width(struct wrap *wrap, struct span raw)
{
    if (span_ends(raw, "\r"))
        raw.n--;
    wrap->last_bytes = raw.n;
    wrap->ends_blank = span_ends(raw, " ");
}

bool join_line(struct joiner *joiner, const struct record *record, struct span raw)
{
    bool is_finished = take_line(joiner, record, raw);
    if (!is_finished) /* else the line comes once more */
        note_width(&joiner->wrap, raw);
    return is_finished;
}
