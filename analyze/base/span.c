/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/span.h"

#include <string.h>

int span_cmp(struct span a, struct span b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order != 0)
        return order;
    return (a.n > b.n) - (a.n < b.n);
}

size_t span_rfind_char(struct span s, char c)
{
    const char *hit = s.n ? memrchr(s.p, c, s.n) : NULL;
    return hit ? (size_t)(hit - s.p) : s.n;
}

size_t span_find(struct span s, struct span needle)
{
    if (needle.n == 0)
        return 0;
    const char *hit = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
    return hit ? (size_t)(hit - s.p) : s.n;
}

size_t span_rfind(struct span s, struct span needle)
{
    if (needle.n > s.n || needle.n == 0)
        return s.n;
    for (size_t at = s.n - needle.n + 1; at-- > 0;)
        if (memcmp(s.p + at, needle.p, needle.n) == 0)
            return at;
    return s.n;
}

bool span_has(struct span s, const char *cstr)
{
    return cstr[0] == '\0' || span_find(s, span_of(cstr)) < s.n;
}

bool span_cut_str(struct span s, const char *sep, struct span *ret_head, struct span *ret_tail)
{
    size_t at = span_find(s, span_of(sep));
    *ret_head = span_slice(s, 0, at);
    *ret_tail = span_skip(s, at + strlen(sep));
    return at < s.n;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct span span_trim_left(struct span s)
{
    while (s.n > 0 && is_blank(s.p[0]))
        s = span_skip(s, 1);
    return s;
}

struct span span_trim(struct span s)
{
    while (s.n > 0 && (is_blank(s.p[0]) || s.p[0] == '\r' || s.p[0] == '\n'))
        s = span_skip(s, 1);
    while (s.n > 0 && (is_blank(s.p[s.n - 1]) || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == '\n'))
        s.n--;
    return s;
}

struct span span_word(struct span *s)
{
    *s = span_trim_left(*s);
    size_t n = 0;
    while (n < s->n && !is_blank(s->p[n]))
        n++;
    struct span word = span_slice(*s, 0, n);
    *s = span_skip(*s, n);
    return word;
}
