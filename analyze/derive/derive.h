/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_DERIVE_H
#define OOMSCOPE_DERIVE_DERIVE_H

#include "fact/store.h"

/* All facts that are computed from facts: call once, after everything was parsed. Each computed
 * fact cites exactly what it was made from, so that hiding any of it makes the computed one absent.
 */
void derive_all(struct store *store);

#endif
