/* SPDX-License-Identifier: MIT */
#include "derive/process.h"

#include "derive/sum.h"

static const struct sum_def uss = {
    F_processes_uss,
    {{F_processes_private_clean, 1, false}, {F_processes_private_dirty, 1, false}}};

void derive_process(struct store *store)
{
    for (uint32_t row = ROW_NONE; (row = store_row_next(store, T_processes, 0, row)) != ROW_NONE;)
        sum_row(store, &uss, row);
}
