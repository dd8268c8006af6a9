/* SPDX-License-Identifier: MIT */
#include "render/pen.h"

#include "base/utf8.h"

#include <string.h>

enum {
    EVIDENCE_MAX_BYTES = 200,
    PLACES_SHOWN = 4,
    PLACES_FULL = 16,
    MEMBER_SHOWN_BYTES = 60,
    TEXT_COLUMNS = 80
};

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

void pen_evidence(struct span evidence, struct buf *out)
{
    struct buf visible = {0};
    size_t keep = evidence.n;
    while (keep > EVIDENCE_MAX_BYTES || /* never cut inside a character */
           (keep < evidence.n && keep > 0 && (evidence.p[keep] & 0xc0) == 0x80))
        keep = keep > EVIDENCE_MAX_BYTES ? EVIDENCE_MAX_BYTES : keep - 1;
    utf8_visible(span_slice(evidence, 0, keep), &visible);
    if (visible.n == 0)
        buf_str(out, "(empty)");
    else
        code_span(buf_span(&visible), out);
    if (keep < evidence.n)
        buf_fmt(out, " (%zu bytes cut)", evidence.n - keep);
    buf_free(&visible);
}

void pen_phrase(const struct phrase *phrase, struct buf *out)
{
    for (size_t i = 0; i < phrase->n; i++) {
        if (phrase->pieces[i].kind == PIECE_EVIDENCE)
            pen_evidence(phrase->pieces[i].text, out);
        else
            buf_add(out, phrase->pieces[i].text);
    }
}

/* The end of a long path, .../pod7f3c.slice/memory.events: the full report and JSON have it whole.
 */
static void member_short(const struct pen *pen, uint32_t member, struct buf *out)
{
    struct span path = store_member_path(pen->store, member);
    if (path.n > MEMBER_SHOWN_BYTES && !pen->full) {
        size_t last = span_rfind_char(path, '/');
        size_t before = span_rfind_char(span_slice(path, 0, last), '/');
        if (last < path.n && before < last) {
            buf_str(out, "\xe2\x80\xa6");
            path = span_skip(path, before);
        }
    }
    buf_add(out, path);
}

/* Writes `member:3-7,9` for the places of one member and returns the place after them. */
static size_t member_places(const struct pen *pen, const struct statement *statement, size_t from,
                            struct buf *out)
{
    const struct where *places = statement->places;
    struct buf text = {0};
    member_short(pen, places[from].member, &text);
    size_t i = from;
    char mark = ':';
    while (i < statement->n_places && places[i].member == places[from].member) {
        size_t end = i + 1;
        while (places[i].line && end < statement->n_places &&
               places[end].member == places[i].member &&
               places[end].line == places[end - 1].line + 1)
            end++;
        if (places[i].line)
            buf_fmt(&text, "%c%u", mark, places[i].line);
        if (end - i > 1)
            buf_fmt(&text, "-%u", places[end - 1].line);
        mark = ',';
        i = end;
    }
    if (pen->kind == PEN_MARKDOWN)
        pen_evidence(buf_span(&text), out);
    else
        utf8_visible(buf_span(&text), out);
    buf_free(&text);
    return i;
}

void pen_places(const struct pen *pen, const struct statement *statement, struct buf *out)
{
    size_t shown = 0, i = 0, most = pen->full ? PLACES_FULL : PLACES_SHOWN;
    if (statement->n_places == 0)
        return;
    buf_str(out, " [");
    while (i < statement->n_places && shown < most) {
        if (shown++)
            buf_str(out, ", ");
        i = member_places(pen, statement, i, out);
    }
    if (i < statement->n_places)
        buf_fmt(out, ", and %zu more", statement->n_places - i);
    buf_char(out, ']');
}

void pen_sentence(const struct pen *pen, const struct statement *statement, struct buf *out)
{
    pen_phrase(&statement->text, out);
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

void pen_statement(const struct pen *pen, const char *marker, const struct statement *statement)
{
    struct buf line = {0};
    pen_sentence(pen, statement, &line);
    pen_item(pen, marker, buf_span(&line));
    buf_free(&line);
}

void pen_statements(const struct pen *pen, const struct statements *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pen_statement(pen, "- ", &list->items[i]);
}

void pen_left(const struct pen *pen, size_t all, size_t shown)
{
    if (all <= shown)
        return;
    struct buf line = {0};
    buf_fmt(&line, "%zu more%s.", all - shown, pen->full ? "" : " with --full");
    pen_item(pen, "- ", buf_span(&line));
    buf_free(&line);
}

void pen_strong(const struct pen *pen, const char *text, struct buf *out)
{
    bool color = pen->kind == PEN_TEXT && pen->color;
    buf_str(out, pen->kind == PEN_MARKDOWN ? "**" : color ? "\x1b[1m" : "");
    buf_str(out, text);
    buf_str(out, pen->kind == PEN_MARKDOWN ? "**" : color ? "\x1b[0m" : "");
}
