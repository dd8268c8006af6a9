/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_BUF_H
#define OOMSCOPE_BASE_BUF_H

#include "base/span.h"

/* A growing byte buffer on the heap. Zero-initialise it; buf_free it. */
struct buf {
    char *p;
    size_t n, room;
};

void buf_add(struct buf *buf, struct span s);
void buf_str(struct buf *buf, const char *cstr);
void buf_char(struct buf *buf, char c);
void buf_fmt(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct span buf_span(const struct buf *buf);
const char *buf_cstr(struct buf *buf); /* NUL-terminated view; valid until the next change */
void buf_free(struct buf *buf);

#endif
