/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_EXITED_H
#define OOMSCOPE_PARSE_EXITED_H

#include "fact/store.h"

/* Sets processes.exited where the manifest says that a process ended while it was captured: what
 * is missing of it is not unknown, there is none of it any more. After all files were read. */
void processes_exited(struct store *store);

#endif
