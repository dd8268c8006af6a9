/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_CHANGE_H
#define OOMSCOPE_DERIVE_CHANGE_H

#include "derive/cites.h"

/* The change of one sampled number from the first sample to the last. */
struct change {
    int64_t amount, span_us;
    struct cites cites; /* both numbers and both times; to be freed */
};

/* Reads the change of a field of a table of samples (F_vmstat_samples_pswpin) under parent_row (0
 * at top level). False, with nothing to free, unless there are two samples apart in time that both
 * know it. */
bool change_read(const struct store *store, enum field_id sample_field, uint32_t parent_row,
                 struct change *ret_change);

/* Sets a fact to the change as it is, and frees the change. */
void change_set_amount(struct change *change, struct store *store, enum field_id result,
                       uint32_t row);
/* Sets a RATE: the change times unit_bytes per second. A counter that went back sets nothing. */
void change_set_rate(struct change *change, struct store *store, enum field_id result, uint32_t row,
                     int64_t unit_bytes);
/* Sets a RATIO: the change, a duration, as a share of the span. */
void change_set_share(struct change *change, struct store *store, enum field_id result,
                      uint32_t row);

#endif
