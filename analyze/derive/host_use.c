/* SPDX-License-Identifier: MIT */
#include "derive/host_use.h"

#include "derive/cites.h"
#include "derive/sum.h"

/* What meminfo names but does not overlap, key by key of fs/proc/meminfo.c:
 * - Shmem is in Cached, and Buffers is not: file pages are Cached + Buffers - Shmem. SwapCached is
 * in neither.
 * - AnonHugePages, ShmemHugePages, Mapped, Dirty, Writeback, Mlocked, Unevictable, Active and
 *   Inactive are views of AnonPages, Cached and Buffers: they are no classes.
 * - KReclaimable holds SReclaimable; Slab is the sum of the two slab keys.
 * - CmaFree and Unaccepted are in MemFree.
 * - Zswap is pages of zsmalloc or z3fold, in no other key; Zswapped is what they hold.
 * - A swap cache page that is mapped is in AnonPages as well: this small overlap is left. */
#define U(name) F_host_use_##name
#define M(name) F_meminfo_##name
static const struct sum_def classes[] = {
    {U(free), {{M(free), 1, false}}},
    {U(anon), {{M(anon_pages), 1, false}}},
    {U(file), {{M(cached), 1, false}, {M(buffers), 1, false}, {M(shmem), -1, false}}},
    {U(shmem), {{M(shmem), 1, false}}},
    {U(swap_cache), {{M(swap_cached), 1, false}}},
    {U(slab_reclaimable), {{M(s_reclaimable), 1, false}}},
    {U(slab_unreclaimable), {{M(s_unreclaim), 1, false}}},
    {U(kernel_stack), {{M(kernel_stack), 1, false}}},
    {U(page_tables), {{M(page_tables), 1, false}, {M(sec_page_tables), 1, true}}},
    {U(percpu), {{M(percpu), 1, false}}},
    {U(zswap), {{M(zswap), 1, false}}},
    {U(balloon), {{M(balloon), 1, false}}},
    {U(gpu), {{M(gpu_active), 1, false}, {M(gpu_reclaim), 1, true}}},
};

/* Classes that every kernel prints; without one of them no rest can be named. The others are of
 * newer kernels: what an older one does not print is in the rest. */
static const enum field_id needed[] = {U(free),
                                       U(anon),
                                       U(file),
                                       U(shmem),
                                       U(swap_cache),
                                       U(slab_reclaimable),
                                       U(slab_unreclaimable),
                                       U(kernel_stack),
                                       U(page_tables)};
static const enum field_id extra[] = {U(percpu), U(vmalloc), U(hugetlb), U(zswap),
                                      U(zram),   U(balloon), U(gpu)};

/* VmallocUsed is pages since 5.3 only: 0 from 4.4 on, and before that address space, ioremap
 * included. KReclaimable (4.20) with a VmallocUsed above 0 tells 5.3. Kernel stacks are vmalloc'ed
 * (VMAP_STACK) where VmallocUsed has room for them, and are a class of their own. */
static void vmalloc(struct store *store)
{
    struct cites cites = {0};
    int64_t used, marker, stacks;
    if (cites_number(&cites, store, M(vmalloc_used), 0, &used) && used > 0 &&
        cites_number(&cites, store, M(k_reclaimable), 0, &marker) &&
        cites_number(&cites, store, M(kernel_stack), 0, &stacks))
        cites_compute(&cites, store, U(vmalloc), 0, used >= stacks ? used - stacks : used);
    cites_free(&cites);
}

/* Hugetlb (4.16) is all pools; before, HugePages_Total is the pool of the default size. */
static void hugetlb(struct store *store)
{
    struct cites cites = {0};
    int64_t bytes, pages, size;
    if (cites_number(&cites, store, M(hugetlb), 0, &bytes))
        cites_compute(&cites, store, U(hugetlb), 0, bytes);
    else if (cites_number(&cites, store, M(hugepages_total), 0, &pages) &&
             cites_number(&cites, store, M(hugepage_size), 0, &size) &&
             !__builtin_mul_overflow(pages, size, &bytes))
        cites_compute(&cites, store, U(hugetlb), 0, bytes);
    cites_free(&cites);
}

/* The compressed pages of zram devices are in no key of meminfo. */
static void zram(struct store *store)
{
    struct cites cites = {0};
    int64_t sum = 0, bytes;
    bool known = store_is_complete(store, T_zrams, 0);
    cites_add(&cites, ref_complete(T_zrams, 0));
    for (uint32_t row = ROW_NONE;
         known && (row = store_row_next(store, T_zrams, 0, row)) != ROW_NONE;)
        known = cites_number(&cites, store, F_zrams_mem_used_total, row, &bytes) &&
                !__builtin_add_overflow(sum, bytes, &sum);
    if (known)
        cites_compute(&cites, store, U(zram), 0, sum);
    cites_free(&cites);
}

/* MemTotal less the classes that are known, with all of them cited; false when one that is needed
 * is not. */
static bool rest_of(const struct store *store, struct cites *cites, int64_t *ret_rest)
{
    int64_t bytes;
    if (!cites_number(cites, store, M(total), 0, ret_rest))
        return false;
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (!cites_number(cites, store, needed[i], 0, &bytes) ||
            __builtin_sub_overflow(*ret_rest, bytes, ret_rest))
            return false;
    }
    for (size_t i = 0; i < sizeof(extra) / sizeof(extra[0]); i++)
        if (cites_number(cites, store, extra[i], 0, &bytes) &&
            __builtin_sub_overflow(*ret_rest, bytes, ret_rest))
            return false;
    return true;
}

/* Small packets live in slab, large ones in pages of no other class: no more than the rest can be
 * theirs. */
static void sockets_and_rest(struct store *store)
{
    struct cites cites = {0}, sockets = {0};
    int64_t rest, tcp, udp, bytes = 0;
    if (rest_of(store, &cites, &rest)) {
        rest = rest < 0 ? 0 : rest;
        if (cites_number(&sockets, store, F_sockets_tcp_mem, 0, &tcp) &&
            cites_number(&sockets, store, F_sockets_udp_mem, 0, &udp) &&
            !__builtin_add_overflow(tcp, udp, &bytes)) {
            bytes = bytes > rest ? rest : bytes;
            cites_all(&cites, &sockets);
            store_compute(store, U(sockets), 0, bytes, cites.refs, cites.n);
            rest -= bytes;
        }
        store_compute(store, U(unaccounted), 0, rest, cites.refs, cites.n);
    }
    cites_free(&cites);
    cites_free(&sockets);
}

/* Sums over all processes need all of them, and of each that has memory of its own the size. One
 * that ended while it was captured has none, of both sizes alike. */
static void sum_processes(struct store *store, enum field_id result, enum field_id size)
{
    struct cites cites = {0};
    int64_t sum = 0, bytes;
    bool known = store_is_complete(store, T_processes, 0);
    cites_add(&cites, ref_complete(T_processes, 0));
    for (uint32_t row = ROW_NONE;
         known && (row = store_row_next(store, T_processes, 0, row)) != ROW_NONE;) {
        if (cites_flag(&cites, store, F_processes_exited, row))
            continue;
        if (cites_number(&cites, store, size, row, &bytes))
            known = !__builtin_add_overflow(sum, bytes, &sum);
        else
            known = cites_flag(&cites, store, F_processes_kernel_thread, row);
    }
    if (known)
        cites_compute(&cites, store, result, 0, sum);
    cites_free(&cites);
}

void derive_host_use(struct store *store)
{
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        sum_row(store, &classes[i], 0);
    vmalloc(store);
    hugetlb(store);
    zram(store);
    sockets_and_rest(store);
    sum_processes(store, U(processes_pss), F_processes_pss);
    sum_processes(store, U(processes_rss), F_processes_rss);
}
