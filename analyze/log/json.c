/* SPDX-License-Identifier: MIT */
#include "log/json.h"

#include "base/num.h"

static void skip_blanks(struct span *s)
{
    while (s->n > 0 && (s->p[0] == ' ' || s->p[0] == '\t' || s->p[0] == '\n' || s->p[0] == '\r'))
        *s = span_skip(*s, 1);
}

/* Length of the string at the front of s, quotes included; 0 when it does not end. */
static size_t string_length(struct span s)
{
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == '"')
            return i + 1;
    }
    return 0;
}

static size_t value_length(struct span s)
{
    if (s.n == 0)
        return 0;
    if (s.p[0] == '"')
        return string_length(s);
    if (s.p[0] == '[') {
        size_t end = span_find_char(s, ']');
        return end < s.n ? end + 1 : 0;
    }
    size_t n = 0;
    while (n < s.n && s.p[n] != ',' && s.p[n] != '}' && s.p[n] != ' ')
        n++;
    return n;
}

bool json_member(struct span *s, struct span *ret_key, struct span *ret_value)
{
    skip_blanks(s);
    while (s->n > 0 && (s->p[0] == '{' || s->p[0] == ',')) {
        *s = span_skip(*s, 1);
        skip_blanks(s);
    }
    size_t n = s->n > 0 && s->p[0] == '"' ? string_length(*s) : 0;
    if (n < 2)
        return false;
    *ret_key = span_slice(*s, 1, n - 1);
    *s = span_skip(*s, n);
    skip_blanks(s);
    if (!span_eat(s, ":"))
        return false;
    skip_blanks(s);
    n = value_length(*s);
    if (n == 0)
        return false;
    *ret_value = span_slice(*s, 0, n);
    *s = span_skip(*s, n);
    return true;
}

static void add_utf8(struct buf *out, unsigned c)
{
    if (c < 0x80) {
        buf_char(out, (char)c);
    } else if (c < 0x800) {
        buf_char(out, (char)(0xc0 | c >> 6));
        buf_char(out, (char)(0x80 | (c & 63)));
    } else if (c < 0x10000) {
        buf_char(out, (char)(0xe0 | c >> 12));
        buf_char(out, (char)(0x80 | (c >> 6 & 63)));
        buf_char(out, (char)(0x80 | (c & 63)));
    } else {
        buf_char(out, (char)(0xf0 | c >> 18));
        buf_char(out, (char)(0x80 | (c >> 12 & 63)));
        buf_char(out, (char)(0x80 | (c >> 6 & 63)));
        buf_char(out, (char)(0x80 | (c & 63)));
    }
}

/* "uXXXX" after the backslash, with the second half of a surrogate pair where there is one. */
static bool add_unicode(struct span *s, struct buf *out)
{
    uint64_t c, low;
    if (s->n < 5 || !num_hex(span_slice(*s, 1, 5), &c))
        return false;
    *s = span_skip(*s, 5);
    if (c >= 0xd800 && c < 0xdc00 && s->n >= 6 && s->p[0] == '\\' && s->p[1] == 'u' &&
        num_hex(span_slice(*s, 2, 6), &low) && low >= 0xdc00 && low < 0xe000) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        *s = span_skip(*s, 6);
    }
    add_utf8(out, (unsigned)c);
    return true;
}

static bool string_text(struct span s, struct buf *out)
{
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    while (s.n > 0) {
        size_t plain = span_find_char(s, '\\');
        buf_add(out, span_slice(s, 0, plain));
        s = span_skip(s, plain);
        if (s.n < 2)
            return s.n == 0;
        s = span_skip(s, 1);
        if (s.p[0] == 'u') {
            if (!add_unicode(&s, out))
                return false;
            continue;
        }
        size_t at = span_find_char(SPAN_LIT("nrtbf"), s.p[0]);
        buf_char(out, at < sizeof(from) - 1 ? to[at] : s.p[0]);
        s = span_skip(s, 1);
    }
    return true;
}

/* journald writes a message that is not UTF-8 as [79,117,116] */
static bool array_text(struct span s, struct buf *out)
{
    struct span item;
    uint64_t byte;
    while (s.n > 0) {
        span_cut(s, ',', &item, &s);
        if (!num_u64(span_trim(item), &byte) || byte > 255)
            return false;
        buf_char(out, (char)byte);
    }
    return true;
}

bool json_text(struct span value, struct buf *out)
{
    size_t before = out->n;
    bool ok = true;
    if (value.n >= 2 && value.p[0] == '"')
        ok = string_text(span_slice(value, 1, value.n - 1), out);
    else if (value.n >= 2 && value.p[0] == '[')
        ok = array_text(span_slice(value, 1, value.n - 1), out);
    else
        buf_add(out, value);
    if (!ok)
        out->n = before;
    return ok;
}
