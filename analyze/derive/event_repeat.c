/* SPDX-License-Identifier: MIT */
#include "derive/event_repeat.h"

#include "base/arena.h"
#include "base/map.h"

#define E(name) F_oom_events_##name

enum { NO_EVENT = 0xffffffff };

/* "0 memcg /a/b": one limit in one boot. Without a place when the report does not say whose limit
 * it was. */
static struct span limit_key(struct store *store, uint32_t event)
{
    struct fact scope = store_fact(store, E(scope), event);
    struct fact cgroup = store_fact(store, E(cgroup), event);
    int64_t boot = 0;

    store_number(store, E(boot), event, &boot);
    if (scope.state != FACT_KNOWN || (span_is(scope.text, "memcg") && cgroup.state != FACT_KNOWN))
        return SPAN_NONE;
    return span_of(arena_printf(store_arena(store), "%lld " SPAN_FMT " " SPAN_FMT, (long long)boot,
                                SPAN_ARG(scope.text), SPAN_ARG(cgroup.text)));
}

static size_t name_sources(const struct store *store, uint32_t event, struct ref *sources)
{
    size_t n = 0;

    sources[n++] = ref_of(E(scope), event);
    if (store_fact(store, E(cgroup), event).state == FACT_KNOWN)
        sources[n++] = ref_of(E(cgroup), event);
    if (store_fact(store, E(boot), event).state == FACT_KNOWN)
        sources[n++] = ref_of(E(boot), event);
    return n;
}

static void set_repeat(struct store *store, uint32_t event, uint32_t previous)
{
    struct ref sources[8];
    size_t n = name_sources(store, event, sources);
    int64_t repeat = 0, now, then;

    if (previous == NO_EVENT) {
        store_compute(store, E(repeat), event, 0, sources, n);
        return;
    }
    n += name_sources(store, previous, sources + n);
    store_number(store, E(repeat), previous, &repeat);
    store_compute(store, E(repeat), event, repeat + 1, sources, n);
    if (!store_number(store, E(time), event, &now) ||
        !store_number(store, E(time), previous, &then) || now < then)
        return;
    sources[n++] = ref_of(E(time), event);
    sources[n++] = ref_of(E(time), previous);
    store_compute(store, E(previous_gap), event, now - then, sources, n);
}

void derive_event_repeat(struct store *store)
{
    struct map last = {0};

    for (uint32_t event = ROW_NONE;
         (event = store_row_next(store, T_oom_events, 0, event)) != ROW_NONE;) {
        struct span key = limit_key(store, event);

        if (!key.p)
            continue;
        set_repeat(store, event, map_get(&last, key, NO_EVENT));
        map_set(&last, key, event);
    }
    map_free(&last);
}
