/* SPDX-License-Identifier: MIT */
#include "largest.h"

#include <stddef.h>

/* A bit for each pid that is kept: the walk over the others asks for it. */
#define PID_LIMIT (4u << 20)

static unsigned char kept_bits[PID_LIMIT / 8];

bool largest_has(int32_t pid)
{
    return (uint32_t)pid < PID_LIMIT && kept_bits[pid / 8] >> (pid % 8) & 1;
}

static void set_kept(int32_t pid, bool kept)
{
    unsigned char bit = (unsigned char)(1u << (pid % 8));

    if ((uint32_t)pid >= PID_LIMIT)
        return;
    if (kept)
        kept_bits[pid / 8] |= bit;
    else
        kept_bits[pid / 8] &= (unsigned char)~bit;
}

/* Is a to be read after b? Smaller first, then younger. */
static bool is_less(const struct proc *a, const struct proc *b)
{
    return a->rss_kib != b->rss_kib ? a->rss_kib < b->rss_kib : a->pid > b->pid;
}

static void swap(struct proc *a, struct proc *b)
{
    struct proc t = *a;

    *a = *b;
    *b = t;
}

static void sift_down(struct proc *heap, uint32_t n, uint32_t at)
{
    for (;;) {
        uint32_t least = at;

        for (uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < n; child++)
            if (is_less(&heap[child], &heap[least]))
                least = child;
        if (least == at)
            return;
        swap(&heap[at], &heap[least]);
        at = least;
    }
}

static void sift_up(struct proc *heap, uint32_t at)
{
    while (at && is_less(&heap[at], &heap[(at - 1) / 2])) {
        swap(&heap[at], &heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

void largest_keep(struct largest *l, const struct proc *proc)
{
    if (l->count == LARGEST_KEPT) {
        if (is_less(proc, &l->top[0]))
            return;
        set_kept(l->top[0].pid, false);
        l->top[0] = *proc;
        set_kept(proc->pid, true);
        sift_down(l->top, l->count, 0);
        return;
    }
    set_kept(proc->pid, true);
    l->top[l->count] = *proc;
    sift_up(l->top, l->count++);
}

/* Largest first: takes the smallest off the heap, again and again. */
void largest_sort(struct largest *l)
{
    for (uint32_t n = l->count; n > 1; n--) {
        swap(&l->top[0], &l->top[n - 1]);
        sift_down(l->top, n - 1, 0);
    }
}

struct proc *largest_find(struct largest *l, int32_t pid)
{
    for (uint32_t i = 0; largest_has(pid) && i < l->count; i++)
        if (l->top[i].pid == pid)
            return &l->top[i];
    return NULL;
}
