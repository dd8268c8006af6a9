/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BUNDLE_LIMITS_H
#define OOMSCOPE_BUNDLE_LIMITS_H

#include "base/span.h"

#include <stdint.h>

/* The one table of limits: bundle/limits.def. */
enum limit_id {
#define LIMIT(name, value, doc) LIMIT_##name,
#include "bundle/limits.def"
#undef LIMIT
    LIMIT_COUNT,
};

struct limits {
    int64_t value[LIMIT_COUNT];
};

struct limit_def {
    const char *name, *doc;
    int64_t value;
};

struct limits limits_default(void);
const struct limit_def *limit_def(enum limit_id id);
/* The limit cpu_s was hit: whoever reads input stops. For the handler of a signal. */
void limits_time_is_up(void);
bool limits_is_time_up(void);
/* "name=N", N a number with KiB, MiB or GiB behind it or nothing. False when there is no such limit
 * or N is not a number from 1 up. */
bool limits_set(struct limits *limits, struct span name_and_value);

#endif
