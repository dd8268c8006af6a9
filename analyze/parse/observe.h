/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_OBSERVE_H
#define OOMSCOPE_PARSE_OBSERVE_H

#include "fact/store.h"

/* store_observe with our words and, behind them, evidence made visible and cut to a sensible
 * length; no evidence when it is empty. */
void observe(struct store *store, enum observation_kind kind, struct where where, const char *words,
             struct span evidence);

#endif
