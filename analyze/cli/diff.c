/* SPDX-License-Identifier: MIT */
#include "cli/diff.h"

#include "base/arena.h"
#include "base/lines.h"

#include <stdlib.h>

enum {
    MOST_LINES = 24,
    WINDOW = 400, /* how far the next line that both have is looked for */
};

struct side {
    struct span *lines;
    size_t n, at;
};

static struct side side_of(struct span text)
{
    struct lines lines = lines_of(text);
    struct span line;
    struct side side = {0};
    size_t room = 0;
    while (lines_next(&lines, &line)) {
        if (side.n == room) {
            room = room ? 2 * room : 256;
            side.lines = base_realloc(side.lines, room, sizeof(*side.lines));
        }
        side.lines[side.n++] = line;
    }
    return side;
}

static bool same(const struct side *a, size_t i, const struct side *b, size_t j)
{
    i += a->at;
    j += b->at;
    if (i >= a->n || j >= b->n)
        return i >= a->n && j >= b->n;
    return span_eq(a->lines[i], b->lines[j]);
}

/* The fewest lines to leave out on both sides until two lines in a row are the same. */
static void next_common(const struct side *a, const struct side *b, size_t *ret_i, size_t *ret_j)
{
    for (size_t both = 1; both <= WINDOW; both++)
        for (size_t i = 0; i <= both; i++) {
            size_t j = both - i;
            if (a->at + i > a->n || b->at + j > b->n)
                continue;
            if (same(a, i, b, j) && same(a, i + 1, b, j + 1)) {
                *ret_i = i;
                *ret_j = j;
                return;
            }
        }
    *ret_i = a->n - a->at;
    *ret_j = b->n - b->at;
}

static size_t leave(struct side *side, size_t n, const char *mark, size_t room, struct buf *out)
{
    for (size_t i = 0; i < n && i < room; i++)
        buf_fmt(out, "%s" SPAN_FMT "\n", mark, SPAN_ARG(side->lines[side->at + i]));
    side->at += n;
    return n;
}

static void differences(const char *name, struct side *a, struct side *b, struct buf *out)
{
    size_t shown = 0, i, j;
    while (a->at < a->n || b->at < b->n) {
        if (same(a, 0, b, 0)) {
            a->at++;
            b->at++;
            continue;
        }
        if (shown >= MOST_LINES) {
            buf_fmt(out, "@@ %s: more differs from line %zu on\n", name, a->at + 1);
            return;
        }
        next_common(a, b, &i, &j);
        buf_fmt(out, "@@ %s:%zu\n", name, a->at + 1);
        shown += leave(a, i, "- ", MOST_LINES, out);
        shown += leave(b, j, "+ ", MOST_LINES, out);
    }
}

void diff_write(const char *name, struct span old, struct span new, struct buf *out)
{
    if (span_eq(old, new))
        return;
    struct side a = side_of(old), b = side_of(new);
    size_t before = out->n;
    differences(name, &a, &b, out);
    if (out->n == before)
        buf_fmt(out, "@@ %s: only the end of the last line differs\n", name);
    free(a.lines);
    free(b.lines);
}
