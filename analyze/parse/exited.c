/* SPDX-License-Identifier: MIT */
#include "parse/exited.h"

#include "base/arena.h"
#include "collect/bundle.h"

/* Whether the manifest says that this file of the process could not be had because it ended. */
static bool note_exit(struct store *store, uint32_t row, const char *file)
{
    struct span key = store_row_key(store, T_processes, row);
    const char *name =
        arena_printf(store_arena(store), "proc/" SPAN_FMT "/%s", SPAN_ARG(key), file);
    const struct attempt *attempt = store_attempt_find(store, span_of(name));
    if (!attempt || !span_is(attempt->status, STATUS_EXITED))
        return false;
    store_set(store, F_processes_exited, row, true, attempt->where);
    return true;
}

void processes_exited(struct store *store)
{
    int64_t is_thread;
    for (uint32_t row = ROW_NONE; (row = store_row_next(store, T_processes, 0, row)) != ROW_NONE;) {
        if (store_number(store, F_processes_kernel_thread, row, &is_thread) && is_thread)
            continue;
        if (store_fact(store, F_processes_pss, row).state != FACT_KNOWN &&
            !note_exit(store, row, "status"))
            note_exit(store, row, "smaps_rollup");
    }
}
