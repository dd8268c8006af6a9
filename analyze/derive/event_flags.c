/* SPDX-License-Identifier: MIT */
#include "derive/event_flags.h"

#define E(name) F_oom_events_##name

/* Says no to `field` because `reason` is known. A fact that was read stays. */
static void deny(struct store *store, enum field_id field, enum field_id reason, uint32_t event)
{
    const struct ref source = ref_of(reason, event);

    if (store_get(store, source).state == FACT_KNOWN)
        store_compute(store, field, event, 0, &source, 1);
}

void derive_event_flags(struct store *store)
{
    for (uint32_t event = ROW_NONE;
         (event = store_row_next(store, T_oom_events, 0, event)) != ROW_NONE;) {
        deny(store, E(manual), E(order), event);
        deny(store, E(panic), E(victim_pid), event);
        deny(store, E(no_killable), E(victim_pid), event);
        deny(store, E(group_kill), E(victim_pid), event);
    }
}
