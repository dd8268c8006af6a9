/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_TESTS_LAWS_H
#define OOMSCOPE_TESTS_LAWS_H

#include "rule/body.h"

/* The two laws of rules. Each trial hides a part of a store, judges again and shows all. */

struct law_count {
    uint64_t trials, decided,
        unknown; /* findings looked at; that stayed decided; that turned unknown */
    uint64_t violations;
};

/* xorshift64*: the same numbers on every machine. */
struct rng {
    uint64_t state;
};
uint64_t rng_next(struct rng *rng);
uint32_t rng_below(struct rng *rng, uint32_t n); /* 0 .. n-1 */
bool rng_chance(struct rng *rng, uint32_t percent);

/* Erasure: whatever is hidden, a decision may turn unknown and never flips, and nothing unknown
 * becomes known. One trial hides one random part of the evidence, half of the time a part of what a
 * finding cites. `facts` are all facts of the store (law_facts). */
void law_erase(struct store *store, const struct rule *rule, struct rng *rng,
               struct law_count *count);

/* Sufficiency: with everything hidden that a finding does not cite, the finding stands. */
void law_suffice(struct store *store, const struct rule *rule, struct law_count *count);

/* The laws must be able to fail. With a mistake of this kind made in every judgement, as an engine
 * would make it, they are expected to notice: */
enum law_mistake {
    MISTAKE_NONE,
    MISTAKE_CITATION, /* a finding forgets one place that it rests on */
    MISTAKE_LOGIC     /* what is missing counts as false */
};
extern enum law_mistake law_mistake;
/* Reads `citation` or `logic`; false for another word. */
bool law_mistake_of(const char *word);
/* 0 where the laws hold without a mistake, or where the one made was noticed. */
int law_exit(bool ok, const struct law_count *erase, const struct law_count *suffice);

/* What the two share. */
struct finding_list law_judge(const struct rule *rule, struct store *store, struct arena *arena);
struct refs_list {
    struct ref *items;
    size_t n;
};
struct refs_list law_facts(const struct store *store, struct arena *arena);
void law_violation(const struct rule *rule, struct store *store, const char *law, const char *what);

#endif
