/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_RATES_H
#define OOMSCOPE_DERIVE_RATES_H

#include "fact/store.h"

/* rates.*: how the counters of the host moved from the first sample to the last. Absent with one
 * sample. */
void derive_rates(struct store *store);

#endif
