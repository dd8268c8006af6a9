/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_VERDICT_SUSPECT_H
#define OOMSCOPE_VERDICT_SUSPECT_H

#include "verdict/say.h"

/* Below this share, in ten-thousandths, a holder is no place to start. */
static const int64_t start_share = 2000;

/* The holder to look at first: what grew, where growth is known, else what held most; NULL when
 * none is known. */
const struct holder *suspect_of(const struct incident *incident);
/* Too small to be named beside a victim that held more, or where nothing can be held to account. */
bool is_too_small(const struct incident *incident, const struct holder *top);
/* Whether processes, mounts or caches can be held to account for the class that filled the limit.
 */
bool has_holders(const struct incident *incident);
/* What the evidence counts for the host alone: a cache or a mount need not be the cgroup's. */
bool is_counted_on_host(const struct incident *incident, const struct holder *holder);

const char *whole_words(const struct incident *incident); /* what a share is a share of */
const char *holder_words(enum holder_kind kind);          /* "the slab cache " ... */

#endif
