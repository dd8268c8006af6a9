/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_PROCESS_H
#define OOMSCOPE_DERIVE_PROCESS_H

#include "fact/store.h"

/* processes.uss: what would be free if the process went, shared pages left out. */
void derive_process(struct store *store);

#endif
