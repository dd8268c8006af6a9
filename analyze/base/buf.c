/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(struct buf *buf, size_t more)
{
    if (buf->room - buf->n > more)
        return;
    size_t room = buf->room ? buf->room : 256;
    while (room - buf->n <= more)
        room *= 2;
    buf->p = base_realloc(buf->p, room, 1);
    buf->room = room;
}

void buf_add(struct buf *buf, struct span s)
{
    need(buf, s.n);
    if (s.n)
        memcpy(buf->p + buf->n, s.p, s.n);
    buf->n += s.n;
}

void buf_str(struct buf *buf, const char *cstr)
{
    buf_add(buf, span_of(cstr));
}

void buf_char(struct buf *buf, char c)
{
    buf_add(buf, (struct span){&c, 1});
}

void buf_fmt(struct buf *buf, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n > 0) {
        need(buf, (size_t)n + 1);
        vsnprintf(buf->p + buf->n, (size_t)n + 1, fmt, again);
        buf->n += (size_t)n;
    }
    va_end(again);
}

struct span buf_span(const struct buf *buf)
{
    return (struct span){buf->p, buf->n};
}

const char *buf_cstr(struct buf *buf)
{
    need(buf, 1);
    buf->p[buf->n] = '\0';
    return buf->p;
}

void buf_free(struct buf *buf)
{
    free(buf->p);
    *buf = (struct buf){0};
}
