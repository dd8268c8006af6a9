/* SPDX-License-Identifier: MIT */
#include "parse/waiting.h"

#include "base/arena.h"
#include "parse/logs.h"

#include <stdlib.h>

enum { WAITING_BYTES = 64 << 20 }; /* of all logs together; a kernel's own is 16 MiB at most */

static void stream(struct parse *parse, struct bundle *bundle, struct span piece)
{
    do
        logs_feed(parse, piece);
    while (bundle_read(bundle, &piece));
    logs_end(parse, bundle_member_cut(bundle));
}

static struct waiting_log *add(struct waiting *waiting)
{
    if (waiting->n == waiting->room) {
        waiting->room = waiting->room ? waiting->room * 2 : 8;
        waiting->logs = base_realloc(waiting->logs, waiting->room, sizeof(*waiting->logs));
    }
    return &waiting->logs[waiting->n++];
}

void waiting_take(struct waiting *waiting, struct parse *parse, struct bundle *bundle,
                  struct span path, struct span name, struct span piece)
{
    struct buf text = {0};
    bool may_wait = bundle_form(bundle) != BUNDLE_TEXT, more = true;
    while (more && may_wait && waiting->n_bytes + text.n + piece.n <= WAITING_BYTES) {
        buf_add(&text, piece);
        more = bundle_read(bundle, &piece);
    }
    if (!more) {
        waiting->n_bytes += text.n;
        *add(waiting) = (struct waiting_log){path, name, text, bundle_member_cut(bundle)};
        return;
    }
    logs_begin(parse, name);
    if (text.n)
        logs_feed(parse, buf_span(&text));
    buf_free(&text);
    stream(parse, bundle, piece);
}

static int by_path(const void *a, const void *b)
{
    const struct waiting_log *x = a, *y = b;
    return span_cmp(x->path, y->path);
}

void waiting_read(struct waiting *waiting, struct parse *parse)
{
    if (waiting->n)
        qsort(waiting->logs, waiting->n, sizeof(*waiting->logs), by_path);
    for (uint32_t i = 0; i < waiting->n; i++) {
        struct waiting_log *log = &waiting->logs[i];
        logs_begin(parse, log->name);
        logs_feed(parse, buf_span(&log->text));
        logs_end(parse, log->cut);
        buf_free(&log->text);
    }
    free(waiting->logs);
    *waiting = (struct waiting){0};
}
