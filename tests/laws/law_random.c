/* SPDX-License-Identifier: MIT */
/* law_random [--mistake=KIND] [RULES [SEED]]: both laws over random rules and random small stores;
 * and a rule read back from its image comes to the same by the same way. */
#include "world.h"

#include "base/arena.h"
#include "base/buf.h"
#include "rule/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RULES_PER_WORLD = 10, ERASURES_PER_RULE = 8 };

struct total {
    struct law_count erase, suffice;
    uint64_t rules, too_large, outcomes[4];
};

/* All that people can see of the rule and of what it found. */
static void show(const struct rule *rule, struct store *store, struct buf *out)
{
    rule_image_write(rule, out);
    rule_manual(rule, out);
    rule_explain(rule, store, out);
}

static bool image_is_the_rule(const struct rule *rule, struct store *store, struct arena *arena)
{
    struct buf image = {0}, parsed = {0}, read = {0};
    struct rule_limits limits = rule_limits_default();
    rule_image_write(rule, &image);
    show(rule, store, &parsed);
    show(rule_image_read(buf_span(&image), rule->body->file, rule->body->yaml, &limits, arena),
         store, &read);
    bool ok = span_eq(buf_span(&parsed), buf_span(&read));
    if (!ok)
        fprintf(stderr, "parsed:\n%s\nfrom the image:\n%s\n", buf_cstr(&parsed), buf_cstr(&read));
    buf_free(&image);
    buf_free(&parsed);
    buf_free(&read);
    return ok;
}

/* False when the rule does not load for a reason that is not a limit. */
static bool try_rule(struct store *store, struct rng *rng, struct total *total)
{
    struct buf text = {0};
    struct err err = {0};
    struct arena *arena = arena_new();
    struct rule_limits limits = rule_limits_default();
    world_rule(rng, &text);
    const struct rule *rule = rule_load("random.yaml", buf_span(&text), &limits, arena, &err);
    bool ok = rule || span_starts(span_of(err.text), "more than") ||
              span_starts(span_of(err.text), "the expression has");
    if (!ok)
        fprintf(stderr, "%u:%u: %s\n%s", err.line, err.column, err.text, buf_cstr(&text));
    total->too_large += !rule;
    if (rule) {
        struct finding_list list = law_judge(rule, store, arena);
        total->rules++;
        total->outcomes[list.items[0].outcome]++;
        for (unsigned i = 0; i < ERASURES_PER_RULE; i++)
            law_erase(store, rule, rng, &total->erase);
        law_suffice(store, rule, &total->suffice);
        ok = image_is_the_rule(rule, store, arena);
    }
    buf_free(&text);
    arena_free(arena);
    return ok;
}

int main(int argc, char **argv)
{
    int at = argc > 1 && strncmp(argv[1], "--mistake=", 10) == 0 ? 2 : 1;
    unsigned long rules = argc > at ? strtoul(argv[at], NULL, 10) : 3000;
    struct rng rng = {argc > at + 1 ? strtoull(argv[at + 1], NULL, 10) : 20261124};
    if (at == 2 && !law_mistake_of(argv[1] + 10))
        return 3;
    struct total total = {0};
    bool ok = true;
    for (unsigned long i = 0; i < rules && ok; i += RULES_PER_WORLD) {
        struct arena *arena = arena_new();
        struct store *store = world_new(&rng, arena);
        for (unsigned k = 0; k < RULES_PER_WORLD; k++)
            ok = try_rule(store, &rng, &total) && ok;
        store_free(store);
        arena_free(arena);
        if (law_mistake == MISTAKE_NONE)
            ok = ok && total.erase.violations + total.suffice.violations < 5;
    }
    printf("%llu rules (%llu more too large): match %llu, clear %llu, unknown %llu, "
           "not-applicable %llu\n",
           (unsigned long long)total.rules, (unsigned long long)total.too_large,
           (unsigned long long)total.outcomes[0], (unsigned long long)total.outcomes[1],
           (unsigned long long)total.outcomes[2], (unsigned long long)total.outcomes[3]);
    printf("erasure: %llu trials, %llu stayed, %llu turned unknown, %llu violations\n",
           (unsigned long long)total.erase.trials, (unsigned long long)total.erase.decided,
           (unsigned long long)total.erase.unknown, (unsigned long long)total.erase.violations);
    printf("sufficiency: %llu findings, %llu stand, %llu unknown, %llu violations\n",
           (unsigned long long)total.suffice.trials, (unsigned long long)total.suffice.decided,
           (unsigned long long)total.suffice.unknown, (unsigned long long)total.suffice.violations);
    return law_exit(ok, &total.erase, &total.suffice);
}
