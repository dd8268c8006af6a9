/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_COMMANDS_H
#define OOMSCOPE_DERIVE_COMMANDS_H

#include "fact/store.h"

/* The table `commands`: processes of the same name taken together; kernel threads are left out.
 * Made only when all processes are there. A sum is absent when one of the processes lacks its part.
 * Comes after derive_growth. */
void derive_commands(struct store *store);

#endif
