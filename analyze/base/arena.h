/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_ARENA_H
#define OOMSCOPE_BASE_ARENA_H

#include "base/span.h"

/* One non-moving arena for a run: what it hands out stays where it is until arena_free. Running out
 * of memory ends the program with a message: the limits of bundle/limits.h keep that from happening
 * on hostile input. */
struct arena;

/* Says so and ends the program with status 2. */
__attribute__((noreturn)) void base_no_memory(void);

struct arena *arena_new(void);
void arena_free(struct arena *arena);                   /* NULL is fine */
void *arena_alloc(struct arena *arena, size_t n_bytes); /* zeroed, aligned to 16; never NULL */
void *arena_array(struct arena *arena, size_t n, size_t size_bytes); /* as calloc; never NULL */
struct span arena_copy(struct arena *arena, struct span s);          /* own copy of the bytes */
char *arena_printf(struct arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Scratch use: everything allocated after the mark is given back. */
struct arena_mark {
    void *chunk;
    size_t used;
};
struct arena_mark arena_mark(struct arena *arena);
void arena_reset(struct arena *arena, struct arena_mark mark);

/* realloc that ends the program when memory is out; for growing index arrays outside the arena. */
void *base_realloc(void *p, size_t n, size_t size_bytes);

#endif
