/* SPDX-License-Identifier: MIT */
#include "log/decode.h"

enum { REPLACEMENT = 0xfffd };

void decode_begin(struct decoder *decoder)
{
    struct buf head = decoder->head, out = decoder->out;
    head.n = out.n = 0;
    *decoder = (struct decoder){.head = head, .out = out};
}

void decode_free(struct decoder *decoder)
{
    buf_free(&decoder->head);
    buf_free(&decoder->out);
}

static void decide(struct decoder *d, struct span head)
{
    struct span first = span_trim(head);
    bool has_feed = span_find_char(first, '\n') < first.n;
    d->is_decided = true;
    d->is_big_endian = span_starts(head, "\xfe\xff");
    d->is_utf16 = d->is_big_endian || span_starts(head, "\xff\xfe");
    d->cr_only = !d->is_utf16 && !has_feed && span_find_char(first, '\r') < first.n;
    d->one_line = !d->is_utf16 && !has_feed && !d->cr_only && first.n >= 2 &&
                  ((first.p[0] == '[' && first.p[1] == '{') || span_starts(first, "{\"dmesg\""));
    d->is_plain = !d->is_utf16 && !d->cr_only && !d->one_line;
}

static void add_utf8(struct buf *out, uint32_t c)
{
    if (c < 0x80) {
        buf_char(out, (char)c);
    } else if (c < 0x800) {
        buf_char(out, (char)(0xc0 | c >> 6));
        buf_char(out, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buf_char(out, (char)(0xe0 | c >> 12));
        buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_char(out, (char)(0x80 | (c & 0x3f)));
    } else {
        buf_char(out, (char)(0xf0 | c >> 18));
        buf_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
        buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_char(out, (char)(0x80 | (c & 0x3f)));
    }
}

static void add_unit(struct decoder *d, uint32_t unit)
{
    bool is_low = unit >= 0xdc00 && unit < 0xe000;
    if (d->high && is_low) {
        add_utf8(&d->out, 0x10000 + ((d->high - 0xd800) << 10) + (unit - 0xdc00));
        d->high = 0;
        return;
    }
    if (d->high)
        add_utf8(&d->out, REPLACEMENT);
    d->high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
    if (!d->high && unit != 0xfeff)
        add_utf8(&d->out, is_low ? REPLACEMENT : unit);
}

static void add_utf16(struct decoder *d, struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (d->has_odd)
            add_unit(d, d->is_big_endian ? (uint32_t)d->odd << 8 | c : (uint32_t)c << 8 | d->odd);
        d->odd = c;
        d->has_odd = !d->has_odd;
    }
}

/* A line feed before each object, outside of strings. */
static void add_objects(struct decoder *d, struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '{' && !d->in_string && d->has_begun)
            buf_char(&d->out, '\n');
        d->has_begun = true;
        buf_char(&d->out, c);
        if (c == '"' && !d->is_escaped)
            d->in_string = !d->in_string;
        d->is_escaped = c == '\\' && !d->is_escaped;
    }
}

static struct span decode(struct decoder *d, struct span text)
{
    if (d->is_plain)
        return text;
    d->out.n = 0;
    if (d->is_utf16)
        add_utf16(d, text);
    else if (d->one_line)
        add_objects(d, text);
    else
        for (size_t i = 0; i < text.n; i++)
            buf_char(&d->out, text.p[i] == '\r' ? '\n' : text.p[i]);
    return buf_span(&d->out);
}

struct span decode_piece(struct decoder *d, struct span piece)
{
    if (d->is_decided)
        return decode(d, piece);
    if (d->head.n == 0 && piece.n >= DECODE_HEAD_BYTES) { /* nothing needs to be kept back */
        decide(d, span_slice(piece, 0, DECODE_HEAD_BYTES));
        return decode(d, piece);
    }
    buf_add(&d->head, piece);
    if (d->head.n < DECODE_HEAD_BYTES)
        return SPAN_NONE;
    decide(d, span_slice(buf_span(&d->head), 0, DECODE_HEAD_BYTES));
    return decode(d, buf_span(&d->head));
}

struct span decode_end(struct decoder *d)
{
    if (d->is_decided)
        return SPAN_NONE;
    decide(d, buf_span(&d->head));
    return decode(d, buf_span(&d->head));
}

const char *decode_note(const struct decoder *d)
{
    return d->is_utf16   ? "a UTF-16 text: read as UTF-8"
           : d->cr_only  ? "its lines end in CR alone: they are counted by CR"
           : d->one_line ? "it has many records on one line: each record is counted as a line"
                         : NULL;
}
