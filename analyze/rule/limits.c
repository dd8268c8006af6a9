/* SPDX-License-Identifier: MIT */
#include "rule/limits.h"

struct rule_limits rule_limits_default(void)
{
    return (struct rule_limits){
#define LIMIT(name, value, largest, sentence) .name = (value),
        RULE_LIMITS(LIMIT)
#undef LIMIT
    };
}

bool rule_limits_set(struct rule_limits *limits, struct span name, uint64_t value)
{
    const struct {
        const char *name;
        uint32_t *limit;
        uint64_t largest;
    } table[] = {
#define LIMIT(name, value, largest, sentence) {#name, &limits->name, (largest)},
        RULE_LIMITS(LIMIT)
#undef LIMIT
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (span_is(name, table[i].name)) {
            if (value == 0 || value > table[i].largest)
                return false;
            *table[i].limit = (uint32_t)value;
            return true;
        }
    return false;
}
