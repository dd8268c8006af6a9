/* SPDX-License-Identifier: MIT */
#include "parse/escape.h"

#include "base/arena.h"

static bool is_octal(struct span s)
{
    if (s.n < 4 || s.p[0] != '\\' || s.p[1] < '0' || s.p[1] > '3')
        return false;
    return s.p[2] >= '0' && s.p[2] <= '7' && s.p[3] >= '0' && s.p[3] <= '7';
}

static char octal_char(struct span s)
{
    return (char)(unsigned char)((s.p[1] - '0') * 64 + (s.p[2] - '0') * 8 + (s.p[3] - '0'));
}

struct span octal_decode(struct span s, struct arena *arena)
{
    if (span_find_char(s, '\\') == s.n)
        return s;
    char *out = arena_alloc(arena, s.n);
    size_t n = 0;
    while (s.n) {
        bool escaped = is_octal(s);
        out[n++] = escaped ? octal_char(s) : s.p[0];
        s = span_skip(s, escaped ? 4 : 1);
    }
    return (struct span){out, n};
}
