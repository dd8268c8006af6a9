/* SPDX-License-Identifier: MIT */
/* Any bytes as a rule file. What does not load has an error with a place; what loads is judged over
 * an empty store, explained and listed. */
#include "base/arena.h"
#include "base/buf.h"
#include "rule/rule.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void use(const struct ruleset *set, struct arena *arena)
{
    struct buf out = {0};
    struct store *store = store_new(arena);
    struct findings findings = ruleset_eval(set, store, arena);
    for (size_t i = 0; i < findings.n; i++)
        if (findings.items[i].outcome == OUTCOME_UNKNOWN && findings.items[i].n_cites)
            abort();
    rule_explain(ruleset_at(set, 0), store, &out);
    rule_manual(ruleset_at(set, 0), &out);
    ruleset_needs(set, &out);
    ruleset_catalogue(set, &out);
    buf_free(&out);
    store_free(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *arena = arena_new();
    struct ruleset *set = ruleset_new(arena);
    struct err err = {0};
    if (ruleset_add(set, "rules/t.yaml", (struct span){(const char *)data, n}, &err))
        use(set, arena);
    else if (err.code != ERR_RULE || !err.text[0] || !err.source[0] || err.line == 0)
        abort();
    arena_free(arena);
    return 0;
}
