/* SPDX-License-Identifier: MIT */
#include "fact/store_parts.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

struct observation *store_observe(struct store *store, enum observation_kind kind,
                                  struct where where, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    struct buf key = {0};
    buf_fmt(&key, "%d %u ", (int)kind, where.member);
    size_t prefix = key.n;
    utf8_visible(span_of(text), &key);
    uint32_t at = map_get(&store->observation_ids, buf_span(&key), UINT32_MAX);
    if (at != UINT32_MAX) {
        store->observations[at].count++;
        buf_free(&key);
        return &store->observations[at];
    }
    struct span kept = arena_copy(store->arena, buf_span(&key));
    buf_free(&key);
    store->observations = store_room(store->observations, store->n_observations,
                                     &store->room_observations, sizeof(*store->observations));
    store->observations[store->n_observations] =
        (struct observation){kind, where, span_skip(kept, prefix), 1};
    map_set(&store->observation_ids, kept, store->n_observations);
    return &store->observations[store->n_observations++];
}

uint32_t store_observation_count(const struct store *store)
{
    return store->n_observations;
}

const struct observation *store_observation(const struct store *store, uint32_t index)
{
    return &store->observations[index];
}

const char *observation_kind_name(enum observation_kind kind)
{
    static const char *const names[] = {"truncated",    "malformed",  "over-limit", "duplicate",
                                        "disagreement", "distrusted", "unknown",    "note"};
    return names[kind];
}
