/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_OTHER_H
#define OOMSCOPE_LOG_OTHER_H

#include "fact/store.h"
#include "log/record.h"

/* Events that are no OOM report: what user-space killers, runtimes and other parts of the kernel
 * say of memory. Adds a row of log_events. False when the message is none. */
bool other_read(struct store *store, uint32_t member, uint32_t boot, const struct record *record);

#endif
