/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_HOST_USE_H
#define OOMSCOPE_DERIVE_HOST_USE_H

#include "fact/store.h"

/* host_use.*: MemTotal in classes that do not overlap, and the rest that no class names. */
void derive_host_use(struct store *store);

#endif
