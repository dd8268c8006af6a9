/* SPDX-License-Identifier: MIT */
#include "laws.h"

#include "base/arena.h"
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t rng_next(struct rng *rng)
{
    rng->state ^= rng->state >> 12;
    rng->state ^= rng->state << 25;
    rng->state ^= rng->state >> 27;
    return rng->state * UINT64_C(0x2545F4914F6CDD1D);
}

uint32_t rng_below(struct rng *rng, uint32_t n)
{
    return (uint32_t)(rng_next(rng) >> 33) % n;
}

bool rng_chance(struct rng *rng, uint32_t percent)
{
    return rng_below(rng, 100) < percent;
}

enum law_mistake law_mistake;

bool law_mistake_of(const char *word)
{
    law_mistake = !strcmp(word, "citation") ? MISTAKE_CITATION
                  : !strcmp(word, "logic")  ? MISTAKE_LOGIC
                                            : MISTAKE_NONE;
    return law_mistake != MISTAKE_NONE;
}

int law_exit(bool ok, const struct law_count *erase, const struct law_count *suffice)
{
    uint64_t noticed = law_mistake == MISTAKE_LOGIC ? erase->violations : suffice->violations;
    if (law_mistake == MISTAKE_NONE)
        return ok && erase->violations + suffice->violations == 0 ? 0 : 1;
    printf("the mistake was noticed %llu times\n", (unsigned long long)noticed);
    return ok && noticed > 0 ? 0 : 1;
}

static void make_mistake(struct finding *finding)
{
    if (law_mistake == MISTAKE_CITATION && finding->outcome != OUTCOME_UNKNOWN && finding->n_cites)
        finding->n_cites--;
    if (law_mistake == MISTAKE_LOGIC && finding->outcome == OUTCOME_UNKNOWN)
        finding->outcome = OUTCOME_CLEAR;
}

struct finding_list law_judge(const struct rule *rule, struct store *store, struct arena *arena)
{
    struct rule_limits limits = rule_limits_default();
    struct finding_list list = {0}, copy;
    rule_judge(rule, store, &limits, arena, &list);
    copy = (struct finding_list){arena_array(arena, list.n + 1, sizeof(*copy.items)), list.n, 0};
    if (list.n)
        memcpy(copy.items, list.items, list.n * sizeof(*copy.items));
    free(list.items);
    for (size_t i = 0; i < copy.n; i++)
        make_mistake(&copy.items[i]);
    return copy;
}

struct gather {
    struct ref *items;
    size_t n, room;
};

static void gather(void *context, struct ref ref)
{
    struct gather *g = context;
    if (g->n == g->room) {
        g->room = g->room ? g->room * 2 : 256;
        g->items = base_realloc(g->items, g->room, sizeof(*g->items));
    }
    g->items[g->n++] = ref;
}

struct refs_list law_facts(const struct store *store, struct arena *arena)
{
    struct gather g = {0};
    store_each_fact(store, gather, &g);
    struct refs_list list = {arena_array(arena, g.n + 1, sizeof(*list.items)), g.n};
    if (g.n)
        memcpy(list.items, g.items, g.n * sizeof(*list.items));
    free(g.items);
    return list;
}

void law_violation(const struct rule *rule, struct store *store, const char *law, const char *what)
{
    struct buf buf = {0};
    if (law_mistake != MISTAKE_NONE)
        return store_show_all(store);
    fprintf(stderr, "%s: " SPAN_FMT ": %s\nwith the part hidden:\n", law, SPAN_ARG(rule->id), what);
    rule_explain_to(rule, store, "  ", &buf);
    store_show_all(store);
    buf_str(&buf, "with all shown:\n");
    rule_explain_to(rule, store, "  ", &buf);
    fprintf(stderr, "when: " SPAN_FMT "\n%s", SPAN_ARG(rule->body->when.script.text),
            buf_cstr(&buf));
    buf_free(&buf);
}
