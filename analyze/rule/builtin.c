/* SPDX-License-Identifier: MIT */
/* The rules of the program itself. */
#include "rule/embedded.h"
#include "rule/image.h"

struct ruleset *ruleset_builtin(struct arena *arena, bool with_tests, struct err *err)
{
    struct ruleset *set = ruleset_new(arena);
    for (size_t i = 0; i < embedded_rule_count; i++) {
        const struct embedded_rule *item = &embedded_rules[i];
        const struct rule_limits *limits = ruleset_limits(set);
        struct rule *rule =
            with_tests ? rule_load(item->file, item->yaml, limits, arena, err)
                       : rule_image_read(item->image, item->file, item->yaml, limits, arena);
        if (!rule)
            return NULL;
        ruleset_put(set, rule);
    }
    if (!with_tests)
        ruleset_know_digest(set, embedded_digest);
    return set;
}
