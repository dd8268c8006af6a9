/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_SPAN_H
#define OOMSCOPE_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

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

struct span span_of(const char *cstr); /* our own text only, never evidence */
struct span span_slice(struct span s, size_t from,
                       size_t to);              /* clamped to s; empty if from >= to */
struct span span_skip(struct span s, size_t n); /* without its first n bytes; clamped */

bool span_eq(struct span a, struct span b);
bool span_is(struct span s, const char *cstr); /* s equals cstr */
bool span_starts(struct span s, const char *cstr);
bool span_ends(struct span s, const char *cstr);
int span_cmp(struct span a, struct span b); /* bytewise order, as memcmp; shorter first */

/* Offset of the first (last) c or needle, or s.n when there is none. */
size_t span_find_char(struct span s, char c);
size_t span_rfind_char(struct span s, char c);
size_t span_find(struct span s, struct span needle);
size_t span_rfind(struct span s, struct span needle);
bool span_has(struct span s, const char *cstr);

bool span_eat(struct span *s, const char *cstr); /* if s starts with cstr, drop it; else false */
/* Cuts s at the first c into head and tail (without c). False, and head = s, when there is no c. */
bool span_cut(struct span s, char c, struct span *ret_head, struct span *ret_tail);
bool span_cut_str(struct span s, const char *sep, struct span *ret_head, struct span *ret_tail);

struct span span_trim(struct span s);      /* without blanks, tabs, CR and LF at both ends */
struct span span_trim_left(struct span s); /* without leading blanks and tabs */
struct span
span_word(struct span *s); /* eats and returns the next blank-separated word; empty at the end */

#endif
