/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_TESTS_PARSE_SCENE_H
#define OOMSCOPE_TESTS_PARSE_SCENE_H

/* A store filled from members given as texts. */

#include "base/arena.h"
#include "parse/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct scene {
    struct arena *arena;
    struct store *store;
    struct parse *parse;
};

static inline struct scene scene_new(void)
{
    struct scene s = {.arena = arena_new()};
    s.store = store_new(s.arena);
    s.parse = parse_new(s.store);
    return s;
}

static inline void scene_add(struct scene *s, const char *path, const char *text)
{
    parse_member(s->parse, span_of(path), span_of(text));
}

static inline void scene_read(struct scene *s)
{
    parse_finish(s->parse);
}

static inline void scene_end(struct scene *s)
{
    store_free(s->store);
    arena_free(s->arena);
}

static inline uint32_t scene_observed(const struct scene *s, enum observation_kind kind)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < store_observation_count(s->store); i++)
        if (store_observation(s->store, i)->kind == kind)
            n += store_observation(s->store, i)->count;
    return n;
}

static inline void assert_number(const struct scene *s, enum field_id field, uint32_t row,
                                 int64_t number)
{
    struct fact fact = store_fact(s->store, field, row);
    assert_int_equal(fact.state, FACT_KNOWN);
    assert_int_equal(fact.number, number);
}

static inline void assert_text(const struct scene *s, enum field_id field, uint32_t row,
                               const char *text)
{
    struct fact fact = store_fact(s->store, field, row);
    assert_int_equal(fact.state, FACT_KNOWN);
    assert_true(span_is(fact.text, text));
}

static inline void assert_state(const struct scene *s, enum field_id field, uint32_t row,
                                enum fact_state state)
{
    assert_int_equal(store_fact(s->store, field, row).state, state);
}

static inline void assert_absent(const struct scene *s, enum field_id field, uint32_t row)
{
    assert_state(s, field, row, FACT_ABSENT);
}

#endif
