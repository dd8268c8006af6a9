/* SPDX-License-Identifier: MIT */
#include "log/peel.h"

#include "base/num.h"

static int digit_of(char c, int base)
{
    int d = c >= '0' && c <= '9'                 ? c - '0'
            : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                 : 99;
    return d < base ? d : -1;
}

/* kernel/printk/printk.c msg_add_ext_text: bytes below 0x20, from 0x7f, and the backslash */
void peel_unescape_kmsg(struct span s, struct buf *out)
{
    while (s.n > 0) {
        size_t plain = span_find_char(s, '\\');
        buf_add(out, span_slice(s, 0, plain));
        s = span_skip(s, plain);
        if (s.n >= 4 && s.p[1] == 'x' && digit_of(s.p[2], 16) >= 0 && digit_of(s.p[3], 16) >= 0) {
            buf_char(out, (char)(digit_of(s.p[2], 16) << 4 | digit_of(s.p[3], 16)));
            s = span_skip(s, 4);
        } else if (s.n > 0) {
            buf_char(out, s.p[0]);
            s = span_skip(s, 1);
        }
    }
}

/* "#012": control characters only, as three octal digits */
void peel_unescape_rsyslog(struct span s, struct buf *out)
{
    while (s.n > 0) {
        size_t plain = span_find_char(s, '#');
        buf_add(out, span_slice(s, 0, plain));
        s = span_skip(s, plain);
        int high = s.n >= 4 && s.p[1] == '0' ? digit_of(s.p[2], 4) : -1;
        int low = high >= 0 ? digit_of(s.p[3], 8) : -1;
        if (low >= 0) {
            buf_char(out, (char)(high * 8 + low));
            s = span_skip(s, 4);
        } else if (s.n > 0) {
            buf_char(out, s.p[0]);
            s = span_skip(s, 1);
        }
    }
}

/* "&#40;", "&#x28;": those of ASCII */
static bool eat_number_entity(struct span *s, struct buf *out)
{
    struct span t = *s, digits;
    uint64_t c;
    if (!span_eat(&t, "&#") || !span_cut(t, ';', &digits, &t) || digits.n == 0 || digits.n > 5)
        return false;
    bool is_hex = digits.p[0] == 'x' || digits.p[0] == 'X';
    if (is_hex ? !num_hex(span_skip(digits, 1), &c) : !num_u64(digits, &c))
        return false;
    if (c == 0xa0)
        c = ' ';
    if (c < 0x20 || c > 0x7e)
        return false;
    buf_char(out, (char)c);
    *s = t;
    return true;
}

void peel_unescape_html(struct span s, struct buf *out)
{
    static const struct {
        const char *name;
        char c;
    } entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&nbsp;", ' '}};
    while (s.n > 0) {
        size_t plain = span_find_char(s, '&'), e;
        buf_add(out, span_slice(s, 0, plain));
        s = span_skip(s, plain);
        for (e = 0; e < sizeof(entities) / sizeof(*entities); e++)
            if (span_eat(&s, entities[e].name))
                break;
        if (e < sizeof(entities) / sizeof(*entities)) {
            buf_char(out, entities[e].c);
        } else if (eat_number_entity(&s, out)) {
            ;
        } else if (s.n > 0) {
            buf_char(out, s.p[0]);
            s = span_skip(s, 1);
        }
    }
}
