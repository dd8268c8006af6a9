/* SPDX-License-Identifier: MIT */
#include "fact/store_parts.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

enum { OBSERVED_MEMBERS = 100, OBSERVED_OF_A_KIND = 2000 };

static void key_write(uint32_t member, enum observation_kind kind, struct span text,
                      struct buf *key)
{
    key->n = 0;
    buf_fmt(key, "%u %d ", member, (int)kind);
    buf_add(key, text);
}

/* Whether as many members as are told have an observation of this kind and text already; counts
 * this new one. */
static bool is_common(struct store *store, struct span key)
{
    uint32_t n = 1 + map_get(&store->observed_members, key, 0);
    if (n == 1)
        key = arena_copy(store->arena, key);
    if (n <= OBSERVED_MEMBERS)
        map_set(&store->observed_members, key, n);
    return n > OBSERVED_MEMBERS;
}

static uint32_t add(struct store *store, enum observation_kind kind, struct where where,
                    struct span key, struct span text)
{
    uint32_t at = store->n_observations;
    store->observations = store_room(store->observations, at, &store->room_observations,
                                     sizeof(*store->observations));
    store->observations[at] = (struct observation){kind, where, arena_copy(store->arena, text), 0};
    map_set(&store->observation_ids, arena_copy(store->arena, key), at);
    store->observed_kinds[kind]++;
    return store->n_observations++;
}

/* Index of the observation of this kind, text and member, added when it is new. A million odd
 * members make no million observations: those beyond the first share one for their text, and
 * texts beyond the first one for all. */
static uint32_t find_or_add(struct store *store, enum observation_kind kind, struct where where,
                            struct span text)
{
    struct buf key = {0};
    key_write(where.member, kind, text, &key);
    uint32_t at = map_get(&store->observation_ids, buf_span(&key), UINT32_MAX);
    if (at == UINT32_MAX) {
        bool is_flood = store->observed_kinds[kind] >= OBSERVED_OF_A_KIND;
        if (is_flood)
            text = SPAN_LIT("more of this kind than are listed");
        key_write(UINT32_MAX, kind, text, &key);
        if (is_flood || is_common(store, buf_span(&key)))
            at = map_get(&store->observation_ids, buf_span(&key), UINT32_MAX);
        else
            key_write(where.member, kind, text, &key);
    }
    if (at == UINT32_MAX)
        at = add(store, kind, where, buf_span(&key), text);
    buf_free(&key);
    return at;
}

struct observation *store_observe(struct store *store, enum observation_kind kind,
                                  struct where where, const char *fmt, ...)
{
    char text[512];
    struct buf visible = {0};
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    utf8_visible(span_of(text), &visible);
    uint32_t at = find_or_add(store, kind, where, buf_span(&visible));
    buf_free(&visible);
    store->observations[at].count++;
    return &store->observations[at];
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
