/* SPDX-License-Identifier: MIT */
#include "budget.h"
#include "clock.h"

#include <stdbool.h>
#include <stddef.h>

/* One process may hold no more than this part of the whole lock budget. */
#define LOCK_SHARE 4

static uint64_t default_slab(uint64_t memory_bytes)
{
    const uint64_t least = 16ull << 20, most = 1ull << 30;
    uint64_t part = memory_bytes / 64;

    return part < least ? least : part > most ? most : part;
}

void budget_start(struct budget *b, const struct options *o, uint64_t memory_bytes)
{
    uint64_t slab = o->slab_bytes ? o->slab_bytes : default_slab(memory_bytes);

    *b = (struct budget){.start_ns = clock_now_ns(),
                         .wall_ns = o->wall_ms * NS_PER_MS,
                         .tar_bytes = o->bytes,
                         .inodes_max = slab / BUDGET_INODE_BYTES,
                         .share = BUDGET_WHOLE,
                         .lock_max_us = o->lock_ms * 1000};
}

static bool is_used(const struct budget *b, uint64_t used, uint64_t budget)
{
    return used >= budget - budget / BUDGET_WHOLE * (BUDGET_WHOLE - b->share);
}

const char *budget_spent(const struct budget *b, uint64_t tar_bytes)
{
    if (is_used(b, clock_now_ns() - b->start_ns - b->waited_ns, b->wall_ns))
        return "the time is used up: --wall";
    if (is_used(b, tar_bytes, b->tar_bytes))
        return "the bytes are used up: --bytes";
    if (is_used(b, b->inodes, b->inodes_max))
        return "the inodes are used up: --slab";
    return NULL;
}

void budget_grace(struct budget *b)
{
    b->share = BUDGET_WHOLE;
    b->waited_ns = clock_now_ns() - b->start_ns;
    b->wall_ns = 2 * NS_PER_S;
    b->tar_bytes = UINT64_MAX;
    b->inodes_max = b->inodes + 64;
}

const char *budget_lock(struct budget *b, uint64_t rss_kib, uint64_t *ret_us)
{
    uint64_t us = rss_kib / 1024 * BUDGET_LOCK_US_PER_MIB;

    *ret_us = us;
    if (us > b->lock_max_us / LOCK_SHARE)
        return "it would hold the mmap lock too long: --lock";
    if (b->lock_us + us > b->lock_max_us)
        return "the mmap lock budget is used up: --lock";
    b->lock_us += us;
    return NULL;
}
