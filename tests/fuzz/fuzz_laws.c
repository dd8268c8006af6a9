/* SPDX-License-Identifier: MIT */
/* Bundles with many members (evidence.h): both laws hold for every rule, whatever the evidence
 * says. The first bytes choose what is hidden. */
#include "base/arena.h"
#include "chain.h"
#include "evidence.h"
#include "laws.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void try_rules(struct store *store, uint64_t seed)
{
    struct law_count count = {0};
    struct rng rng = {seed | 1};
    const struct ruleset *rules = chain_rules();
    for (size_t i = 0; i < ruleset_count(rules); i++) {
        law_erase(store, ruleset_at(rules, i), &rng, &count);
        law_suffice(store, ruleset_at(rules, i), &count);
    }
    if (count.violations)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buf tar = {0}, older = {0};
    struct limits limits = chain_limits(0);
    struct arena *arena = arena_new();
    uint64_t seed = 20261128;
    for (size_t i = 0; i < n && i < 4; i++)
        seed = (seed ^ data[i]) * 1099511628211u;
    evidence_tars((struct span){(const char *)data, n}, false, &tar, &older);
    struct store *store = chain_read(buf_span(&tar), buf_span(&older), &limits, arena);
    if (store)
        try_rules(store, seed);
    if (store)
        store_free(store);
    arena_free(arena);
    buf_free(&tar);
    buf_free(&older);
    return 0;
}
