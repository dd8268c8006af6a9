/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_TESTS_BARE_STORE_H
#define OOMSCOPE_TESTS_BARE_STORE_H

#include "base/arena.h"
#include "fact/store.h"

/* Of each test: an empty store of its own. Tests of verdict/ and render/ need more: scene.h. */
static inline int bare_store_set_up(void **state)
{
    *state = store_new(arena_new());
    return 0;
}

static inline int bare_store_tear_down(void **state)
{
    struct store *store = *state;
    struct arena *arena = store_arena(store);
    store_free(store);
    arena_free(arena);
    return 0;
}

/* The first line of the kernel's log. */
static inline struct where bare_store_here(struct store *store)
{
    return (struct where){store_member(store, SPAN_LIT("dev/kmsg")), 1};
}

#endif
