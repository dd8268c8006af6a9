/* SPDX-License-Identifier: MIT */
#include "render/pen.h"

#include "base/utf8.h"

#include <string.h>

enum { EVIDENCE_MAX_BYTES = 200, PLACES_SHOWN = 4, TEXT_COLUMNS = 80 };

static size_t backtick_run(struct span s)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < s.n; i++) {
        run = s.p[i] == '`' ? run + 1 : 0;
        if (run > longest)
            longest = run;
    }
    return longest;
}

static void repeat(struct buf *out, char c, size_t n)
{
    while (n--)
        buf_char(out, c);
}

/* CommonMark: a code span ends at a run of as many backticks as it began with, and one blank is
 * stripped at both ends when both are there and the text is not all blanks. */
static void code_span(struct span s, struct buf *out)
{
    size_t ticks = backtick_run(s) + 1;
    bool pad = s.p[0] == '`' || s.p[s.n - 1] == '`' || (s.p[0] == ' ' && s.p[s.n - 1] == ' ');
    repeat(out, '`', ticks);
    if (pad)
        buf_char(out, ' ');
    buf_add(out, s);
    if (pad)
        buf_char(out, ' ');
    repeat(out, '`', ticks);
}

void pen_evidence(const struct pen *pen, struct span evidence, struct buf *out)
{
    struct buf visible = {0};
    size_t keep = evidence.n;
    while (keep > EVIDENCE_MAX_BYTES || /* never cut inside a character */
           (keep < evidence.n && keep > 0 && (evidence.p[keep] & 0xc0) == 0x80))
        keep = keep > EVIDENCE_MAX_BYTES ? EVIDENCE_MAX_BYTES : keep - 1;
    utf8_visible(span_slice(evidence, 0, keep), &visible);
    if (visible.n == 0)
        buf_str(out, "(empty)");
    else if (pen->kind == PEN_MARKDOWN)
        code_span(buf_span(&visible), out);
    else
        buf_add(out, buf_span(&visible));
    if (keep < evidence.n)
        buf_fmt(out, " (%zu bytes cut)", evidence.n - keep);
    buf_free(&visible);
}

void pen_phrase(const struct pen *pen, const struct phrase *phrase, struct buf *out)
{
    for (size_t i = 0; i < phrase->n; i++) {
        if (phrase->pieces[i].kind == PIECE_EVIDENCE)
            pen_evidence(pen, phrase->pieces[i].text, out);
        else
            buf_add(out, phrase->pieces[i].text);
    }
}

static void place_write(const struct pen *pen, uint32_t member, uint32_t from, uint32_t to,
                        struct buf *out)
{
    struct buf text = {0};
    buf_add(&text, store_member_path(pen->store, member));
    if (from)
        buf_fmt(&text, ":%u", from);
    if (to > from)
        buf_fmt(&text, "-%u", to);
    pen_evidence(pen, buf_span(&text), out);
    buf_free(&text);
}

void pen_places(const struct pen *pen, const struct statement *statement, struct buf *out)
{
    size_t shown = 0, i = 0;
    if (statement->n_places == 0)
        return;
    buf_str(out, " [");
    while (i < statement->n_places && (shown < PLACES_SHOWN || pen->full)) {
        const struct where *first = &statement->places[i];
        size_t end = i + 1;
        while (end < statement->n_places && statement->places[end].member == first->member &&
               statement->places[end].line == statement->places[end - 1].line + 1)
            end++;
        if (shown++)
            buf_str(out, ", ");
        place_write(pen, first->member, first->line, statement->places[end - 1].line, out);
        i = end;
        if (shown == 4 * PLACES_SHOWN)
            break;
    }
    if (i < statement->n_places)
        buf_fmt(out, ", and %zu more", statement->n_places - i);
    buf_char(out, ']');
}

void pen_sentence(const struct pen *pen, const struct statement *statement, struct buf *out)
{
    pen_phrase(pen, &statement->text, out);
    pen_places(pen, statement, out);
}

/* Columns of a text on a terminal: characters, as near as a report needs it. */
static size_t columns_of(struct span s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += (s.p[i] & 0xc0) != 0x80;
    return n;
}

/* Breaks at blanks; what has no blank is longer than the line. */
static void wrap(struct buf *out, const char *marker, struct span line)
{
    size_t indent = strlen(marker), column = indent;
    buf_str(out, marker);
    for (size_t from = 0; from <= line.n;) {
        struct span word = span_skip(line, from);
        word.n = span_find_char(word, ' ');
        size_t width = columns_of(word);
        if (from && column + 1 + width > TEXT_COLUMNS) {
            buf_char(out, '\n');
            repeat(out, ' ', indent);
            column = indent;
        } else if (from) {
            buf_char(out, ' ');
            column++;
        }
        buf_add(out, word);
        column += width;
        from += word.n + 1;
    }
    buf_char(out, '\n');
}

void pen_blank(const struct pen *pen)
{
    if (pen->out->n && !(pen->out->n >= 2 && pen->out->p[pen->out->n - 2] == '\n'))
        buf_char(pen->out, '\n');
}

void pen_heading(const struct pen *pen, unsigned level, struct span title)
{
    pen_blank(pen);
    if (pen->kind == PEN_MARKDOWN) {
        repeat(pen->out, '#', level);
        buf_char(pen->out, ' ');
        buf_add(pen->out, title);
        buf_str(pen->out, "\n\n");
        return;
    }
    if (pen->color)
        buf_str(pen->out, "\x1b[1m");
    wrap(pen->out, "", title);
    if (pen->color)
        buf_str(pen->out, "\x1b[0m");
    if (level == 1)
        buf_char(pen->out, '\n');
}

void pen_paragraph(const struct pen *pen, struct span line)
{
    if (pen->kind == PEN_MARKDOWN) {
        buf_add(pen->out, line);
        buf_char(pen->out, '\n');
    } else {
        wrap(pen->out, "", line);
    }
}

void pen_item(const struct pen *pen, const char *marker, struct span line)
{
    if (pen->kind == PEN_TEXT) {
        wrap(pen->out, marker, line);
        return;
    }
    buf_str(pen->out, marker);
    buf_add(pen->out, line);
    buf_char(pen->out, '\n');
}

void pen_fence(const struct pen *pen, struct span lines)
{
    if (pen->kind == PEN_TEXT) {
        buf_add(pen->out, lines);
        return;
    }
    size_t ticks = backtick_run(lines) + 1;
    if (ticks < 3)
        ticks = 3;
    repeat(pen->out, '`', ticks);
    buf_char(pen->out, '\n');
    buf_add(pen->out, lines);
    repeat(pen->out, '`', ticks);
    buf_char(pen->out, '\n');
}
