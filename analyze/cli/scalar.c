/* SPDX-License-Identifier: MIT */
#include "cli/scalar.h"

#include "base/utf8.h"

/* What YAML takes for a control, a line break or a mark, and not for itself. */
static bool is_special(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff ||
           (c & 0xfffe) == 0xfffe;
}

/* In double quotes, where any character can be written by its number. */
static void escaped_write(struct span text, struct buf *out)
{
    uint32_t c;
    buf_char(out, '"');
    for (size_t n; text.n; text = span_skip(text, n ? n : 1)) {
        n = utf8_decode(text, &c);
        if (!n || is_special(c))
            buf_fmt(out, "\\U%08X", n ? (unsigned)c : 0xfffdu);
        else if (c == '"' || c == '\\')
            buf_fmt(out, "\\%c", (char)c);
        else
            buf_add(out, span_slice(text, 0, n));
    }
    buf_char(out, '"');
}

void scalar_write(struct span text, struct buf *out)
{
    uint32_t c;
    for (struct span rest = text; rest.n;) {
        size_t n = utf8_decode(rest, &c);
        if (!n || is_special(c)) {
            escaped_write(text, out);
            return;
        }
        rest = span_skip(rest, n);
    }
    buf_char(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'')
            buf_char(out, '\'');
        buf_char(out, text.p[i]);
    }
    buf_char(out, '\'');
}
