/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_OTHER_VICTIM_H
#define OOMSCOPE_LOG_OTHER_VICTIM_H

#include "fact/store.h"

/* The process or cgroup that a message names, of a row whose kind and source are set; for a killer
 * in user space also its size and whose memory was short. */
void other_victim(struct store *store, uint32_t row, struct span text, struct where where);

#endif
