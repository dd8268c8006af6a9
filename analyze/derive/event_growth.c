/* SPDX-License-Identifier: MIT */
#include "derive/event_growth.h"

#include "base/map.h"

#define T(name) F_oom_tasks_##name

enum { NO_TASK = 0xffffffff };

static int64_t boot_of(const struct store *store, uint32_t task)
{
    int64_t boot = 0;
    store_number(store, F_oom_events_boot, store_row_parent(store, T_oom_tasks, task), &boot);
    return boot;
}

static bool is_same_process(const struct store *store, uint32_t a, uint32_t b)
{
    int64_t uid_a = -1, uid_b = -1;
    store_number(store, T(uid), a, &uid_a);
    store_number(store, T(uid), b, &uid_b);
    return uid_a == uid_b && boot_of(store, a) == boot_of(store, b) &&
           span_eq(store_fact(store, T(comm), a).text, store_fact(store, T(comm), b).text);
}

static void set_growth(struct store *store, uint32_t before, uint32_t now)
{
    static const enum field_id fields[] = {T(rss), T(tgid), T(comm), T(uid)};
    struct ref sources[8];
    size_t n = 0;
    int64_t old, new;
    if (!store_number(store, T(rss), before, &old) || !store_number(store, T(rss), now, &new))
        return;
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        if (store_fact(store, fields[i], before).state != FACT_KNOWN ||
            store_fact(store, fields[i], now).state != FACT_KNOWN)
            continue;
        sources[n++] = ref_of(fields[i], before);
        sources[n++] = ref_of(fields[i], now);
    }
    store_compute(store, T(growth), now, new - old, sources, n);
}

void derive_event_growth(struct store *store)
{
    struct map last = {0};
    for (uint32_t event = ROW_NONE;
         (event = store_row_next(store, T_oom_events, 0, event)) != ROW_NONE;)
        for (uint32_t task = ROW_NONE;
             (task = store_row_next(store, T_oom_tasks, event, task)) != ROW_NONE;) {
            int64_t tgid;
            if (!store_number(store, T(tgid), task, &tgid))
                continue;
            uint32_t before = map_get_number(&last, (uint64_t)tgid, NO_TASK);
            if (before != NO_TASK && is_same_process(store, before, task))
                set_growth(store, before, task);
            map_set_number(&last, (uint64_t)tgid, task);
        }
    map_free(&last);
}
