/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <stdint.h>

static size_t sequence_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    if (lead >= 0xf0 && lead <= 0xf4)
        return 4;
    return 0;
}

size_t utf8_decode(struct span s, uint32_t *ret_char)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s.n ? sequence_length((unsigned char)s.p[0]) : 0;
    if (n == 0 || n > s.n)
        return 0;
    uint32_t c = (unsigned char)s.p[0];
    if (n > 1)
        c &= 0x7fu >> n;
    for (size_t i = 1; i < n; i++) {
        unsigned char byte = (unsigned char)s.p[i];
        if ((byte & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (byte & 0x3f);
    }
    if (c < smallest[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *ret_char = c;
    return n;
}

bool utf8_is_valid(struct span s)
{
    uint32_t c;
    for (size_t n; s.n; s = span_skip(s, n))
        if (!(n = utf8_decode(s, &c)))
            return false;
    return true;
}

static bool is_hidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || c == 0x180e ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe007f);
}

static void escape(uint32_t c, struct buf *out)
{
    if (c == '\n')
        buf_str(out, "\\n");
    else if (c == '\t')
        buf_str(out, "\\t");
    else if (c < 0x100)
        buf_fmt(out, "\\x%02x", (unsigned)c);
    else
        buf_fmt(out, "\\u{%04x}", (unsigned)c);
}

/* How many bytes at the front are printable ASCII. */
static size_t plain_length(struct span s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] >= ' ' && s.p[n] <= '~')
        n++;
    return n;
}

bool utf8_visible(struct span s, struct buf *out)
{
    bool lossy = false;
    while (s.n > 0) {
        size_t plain = plain_length(s);
        buf_add(out, span_slice(s, 0, plain));
        s = span_skip(s, plain);
        if (!s.n)
            break;
        uint32_t c;
        size_t n = utf8_decode(s, &c);
        if (n == 0) {
            buf_fmt(out, "\\x%02x", (unsigned)(unsigned char)s.p[0]);
            n = 1;
            lossy = true;
        } else if (is_hidden(c)) {
            escape(c, out);
            lossy = true;
        } else {
            buf_add(out, span_slice(s, 0, n));
        }
        s = span_skip(s, n);
    }
    return lossy;
}
