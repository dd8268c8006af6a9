/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_LIMITS_H
#define OOMSCOPE_RULE_LIMITS_H

#include "base/span.h"

#include <stdint.h>

/* What a rule may cost. LIMIT(name, default, largest, sentence) */
#define RULE_LIMITS(LIMIT)                                                                         \
    LIMIT(bytes, 65536, 1 << 24, "bytes of a rule file")                                           \
    LIMIT(expression_bytes, 4096, 1 << 20, "bytes of an expression")                               \
    LIMIT(nodes, 256, 4096, "operators, literals and names in an expression")                      \
    LIMIT(depth, 32, 128, "nesting of an expression")                                              \
    LIMIT(bindings, 4, 16,                                                                         \
          "names bound in each other by for_each, any, all, count, sum, min, max")                 \
    LIMIT(lets, 16, 256, "named expressions of a rule")                                            \
    LIMIT(steps, 10000000, 1000000000, "steps of the evaluation of a rule")

enum { RULE_BINDINGS_MAX = 16 };

struct rule_limits {
#define LIMIT(name, value, largest, sentence) uint32_t name;
    RULE_LIMITS(LIMIT)
#undef LIMIT
};

struct rule_limits rule_limits_default(void);
/* False when there is no such limit or the value is 0 or above its largest. */
bool rule_limits_set(struct rule_limits *limits, struct span name, uint64_t value);

#endif
