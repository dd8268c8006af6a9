/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_OTHER_H
#define OOMSCOPE_LOG_OTHER_H

#include "fact/store.h"
#include "log/record.h"

/* For want of what the kubelet last said that it evicts. */
enum eviction { EVICTION_UNKNOWN, EVICTION_MEMORY, EVICTION_OTHER };

/* Events that are no OOM report: what user-space killers, runtimes and other parts of the kernel
 * say of memory. Adds a row of log_events. False when the message is none. *eviction
 * is kept from line to line of one log. */
bool other_read(struct store *store, uint32_t member, uint32_t boot, const struct record *record,
                enum eviction *eviction);

#endif
