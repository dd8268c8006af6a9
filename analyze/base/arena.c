/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A run that needs much takes it in large chunks of huge pages: a fault for each small page would
 * be a tenth of the time of reading a bundle. */
enum {
    CHUNK_BYTES = 256 * 1024,
    HUGE_PAGE_BYTES = 2 << 20,
    LARGE_CHUNK_BYTES = 2 * HUGE_PAGE_BYTES,
    SMALL_ARENA_BYTES = 8 << 20, /* until then the chunks are small */
    ALIGN_BYTES = 16
};

struct chunk {
    struct chunk *before;
    size_t size, used;
    alignas(ALIGN_BYTES) char bytes[];
};

struct arena {
    struct chunk *last;
    size_t total;
};

void base_no_memory(void)
{
    fputs("analyze: out of memory\n", stderr);
    exit(2);
}

void *base_realloc(void *p, size_t n, size_t size_bytes)
{
    void *grown = reallocarray(p, n, size_bytes);
    if (!grown && n && size_bytes)
        base_no_memory();
    return grown;
}

struct arena *arena_new(void)
{
    struct arena *arena = calloc(1, sizeof(*arena));
    if (!arena)
        base_no_memory();
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    arena_reset(arena, (struct arena_mark){NULL, 0});
    free(arena);
}

/* Where the kernel has no huge page to spare, it gives small ones. */
static struct chunk *chunk_large(void)
{
    struct chunk *chunk = aligned_alloc(HUGE_PAGE_BYTES, LARGE_CHUNK_BYTES);
    if (chunk)
        madvise(chunk, LARGE_CHUNK_BYTES, MADV_HUGEPAGE);
    return chunk;
}

static struct chunk *chunk_add(struct arena *arena, size_t need)
{
    size_t size = need > CHUNK_BYTES / 4 ? need : CHUNK_BYTES;
    bool is_large = need <= CHUNK_BYTES / 4 && arena->total >= SMALL_ARENA_BYTES;
    if (is_large)
        size = LARGE_CHUNK_BYTES - sizeof(struct chunk);
    if (size > SIZE_MAX - sizeof(struct chunk))
        base_no_memory();
    struct chunk *chunk = is_large ? chunk_large() : malloc(sizeof(*chunk) + size);
    if (!chunk)
        base_no_memory();
    chunk->before = arena->last;
    chunk->size = size;
    chunk->used = 0;
    arena->last = chunk;
    arena->total += size;
    return chunk;
}

static void *take(struct arena *arena, size_t n_bytes)
{
    if (n_bytes > SIZE_MAX - ALIGN_BYTES)
        base_no_memory();
    size_t need = (n_bytes + ALIGN_BYTES - 1) & ~(size_t)(ALIGN_BYTES - 1);
    struct chunk *chunk = arena->last;
    if (!chunk || chunk->size - chunk->used < need)
        chunk = chunk_add(arena, need);
    void *p = chunk->bytes + chunk->used;
    chunk->used += need;
    return p;
}

void *arena_alloc(struct arena *arena, size_t n_bytes)
{
    void *p = take(arena, n_bytes);
    memset(p, 0, n_bytes);
    return p;
}

void *arena_array(struct arena *arena, size_t n, size_t size_bytes)
{
    size_t total;
    if (__builtin_mul_overflow(n, size_bytes, &total))
        base_no_memory();
    return arena_alloc(arena, total);
}

struct span arena_copy(struct arena *arena, struct span s)
{
    char *p = take(arena, s.n);
    if (s.n)
        memcpy(p, s.p, s.n);
    return (struct span){p, s.n};
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *p = take(arena, n < 0 ? 1 : (size_t)n + 1);
    p[0] = '\0';
    if (n >= 0)
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p;
}

struct arena_mark arena_mark(struct arena *arena)
{
    return (struct arena_mark){arena->last, arena->last ? arena->last->used : 0};
}

void arena_reset(struct arena *arena, struct arena_mark mark)
{
    while (arena->last && arena->last != mark.chunk) {
        struct chunk *chunk = arena->last;
        arena->last = chunk->before;
        arena->total -= chunk->size;
        free(chunk);
    }
    if (arena->last)
        arena->last->used = mark.used;
}
