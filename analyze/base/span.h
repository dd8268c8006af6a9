/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_SPAN_H
#define OOMSCOPE_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A run of evidence bytes. Never NUL-terminated; may hold NULs; the bytes belong to someone else.
 */
struct span {
    const char *p;
    size_t n;
};

#define SPAN_LIT(s) ((struct span){(s), sizeof(s) - 1})
#define SPAN_NONE   ((struct span){NULL, 0})
#define SPAN_FMT    "%.*s"
#define SPAN_ARG(s) (int)(s).n, (s).p

static inline struct span span_of(const char *cstr); /* our own text only, never evidence */
static inline struct span span_slice(struct span s, size_t from,
                                     size_t to); /* clamped to s; empty if from >= to */
static inline struct span span_skip(struct span s,
                                    size_t n); /* without its first n bytes; clamped */

static inline bool span_eq(struct span a, struct span b);
static inline bool span_is(struct span s, const char *cstr); /* s equals cstr */
static inline bool span_starts(struct span s, const char *cstr);
static inline bool span_ends(struct span s, const char *cstr);
int span_cmp(struct span a, struct span b); /* bytewise order, as memcmp; shorter first */

/* Offset of the first (last) c or needle, or s.n when there is none. */
static inline size_t span_find_char(struct span s, char c);
size_t span_rfind_char(struct span s, char c);
size_t span_find(struct span s, struct span needle);
size_t span_rfind(struct span s, struct span needle);
bool span_has(struct span s, const char *cstr);

static inline bool span_eat(struct span *s,
                            const char *cstr); /* if s starts with cstr, drop it; else false */
/* Cuts s at the first c into head and tail (without c). False, and head = s, when there is no c. */
static inline bool span_cut(struct span s, char c, struct span *ret_head, struct span *ret_tail);
bool span_cut_str(struct span s, const char *sep, struct span *ret_head, struct span *ret_tail);

struct span span_trim(struct span s);      /* without blanks, tabs, CR and LF at both ends */
struct span span_trim_left(struct span s); /* without leading blanks and tabs */
struct span
span_word(struct span *s); /* eats and returns the next blank-separated word; empty at the end */

/* ---- the small ones, where the compiler sees them: most calls are with a literal of a few bytes
 */

static inline struct span span_of(const char *cstr)
{
    return (struct span){cstr, strlen(cstr)};
}

static inline struct span span_slice(struct span s, size_t from, size_t to)
{
    if (to > s.n)
        to = s.n;
    if (from >= to)
        return (struct span){s.p, 0};
    return (struct span){s.p + from, to - from};
}

static inline struct span span_skip(struct span s, size_t n)
{
    if (s.n == 0)
        return s;
    if (n > s.n)
        n = s.n;
    return (struct span){s.p + n, s.n - n};
}

static inline bool span_eq(struct span a, struct span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool span_is(struct span s, const char *cstr)
{
    return span_eq(s, span_of(cstr));
}

static inline bool span_starts(struct span s, const char *cstr)
{
    size_t n = strlen(cstr);
    return s.n >= n && (n == 0 || memcmp(s.p, cstr, n) == 0);
}

static inline bool span_ends(struct span s, const char *cstr)
{
    size_t n = strlen(cstr);
    return s.n >= n && (n == 0 || memcmp(s.p + s.n - n, cstr, n) == 0);
}

static inline bool span_eat(struct span *s, const char *cstr)
{
    if (!span_starts(*s, cstr))
        return false;
    *s = span_skip(*s, strlen(cstr));
    return true;
}

static inline size_t span_find_char(struct span s, char c)
{
    const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;
    return hit ? (size_t)(hit - s.p) : s.n;
}

static inline bool span_cut(struct span s, char c, struct span *ret_head, struct span *ret_tail)
{
    size_t until = span_find_char(s, c);
    *ret_head = span_slice(s, 0, until);
    *ret_tail = span_skip(s, until + 1);
    return until < s.n;
}

#endif
