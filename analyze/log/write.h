/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_WRITE_H
#define OOMSCOPE_LOG_WRITE_H

#include "log/report.h"

/* Private to what writes reports into the store. */

/* Bytes: as the report shows it, else as the host says, else 4 KiB with an observation. */
int64_t report_page_size(struct report *report, struct store *store);
/* Sets `request`, in pages, from the order. */
void report_infer_request(struct report *report);
/* A value into a field of any table; pages become bytes. Values: one per field of the table. */
void report_write_value(struct store *store, enum field_id field, uint32_t row,
                        const struct value *value, int64_t page_size);
void report_write_columns(struct store *store, enum table_id table, uint32_t row,
                          const struct value *values, int64_t page_size);

#endif
