/* SPDX-License-Identifier: MIT */
#include "parse/formats.h"

#include "base/lines.h"
#include "base/num.h"
#include "parse/parse_parts.h"
#include "parse/observe.h"
#include "parse/tables.h"
#include "parse/value.h"

/* mm/slab_common.c cache_show:
 *   # name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables ...
 *   dentry             21210  21210    192   21    1 : tunables    0    0    0 : slabdata   1010
 * 1010      0 The name may hold blanks and parentheses (per-cgroup caches of 3.10 to 5.8), so that
 * the numbers are taken from the right, from " : tunables" on. */
struct slab {
    struct span name;
    int64_t active_objs, num_objs, objsize, objperslab, pagesperslab, num_slabs;
};

/* Eats the last word of *s, a number. */
static bool last_number(struct span *s, int64_t *ret_number)
{
    *s = span_trim(*s);
    size_t at = s->n;
    while (at > 0 && s->p[at - 1] != ' ')
        at--;
    struct span word = span_skip(*s, at);
    *s = span_slice(*s, 0, at);
    return num_i64(word, ret_number) && *ret_number >= 0;
}

static bool slab_of(struct span line, struct slab *slab)
{
    size_t at = span_rfind(line, SPAN_LIT(" : tunables"));
    if (at == line.n)
        return false;
    struct span head = span_slice(line, 0, at), tail = span_skip(line, at), data;
    if (!span_cut_str(tail, " : slabdata", &tail, &data))
        return false;
    span_word(&data);
    if (!last_number(&head, &slab->pagesperslab) || !last_number(&head, &slab->objperslab) ||
        !last_number(&head, &slab->objsize) || !last_number(&head, &slab->num_objs) ||
        !last_number(&head, &slab->active_objs) || !num_i64(span_word(&data), &slab->num_slabs))
        return false;
    slab->name = span_trim(head);
    return slab->name.n != 0 && slab->num_slabs >= 0;
}

static bool is_one_of(struct span name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (span_is(name, names[i]))
            return true;
    return false;
}

/* Whether a cache is made with SLAB_RECLAIM_ACCOUNT is not printed; these are on every kernel. The
 * inodes of shmem, hugetlbfs and mqueue hold what cannot be dropped. */
static bool is_reclaimable(struct span name)
{
    static const char *const yes[] = {
        "dentry",    "inode_cache", "radix_tree_node",   "buffer_head",
        "xfs_inode", "btrfs_inode", "ext4_extent_status"};
    static const char *const no[] = {"shmem_inode_cache", "hugetlbfs_inode_cache",
                                     "mqueue_inode_cache"};
    return is_one_of(name, yes, sizeof(yes) / sizeof(yes[0])) ||
           span_starts(name, "kmalloc-rcl-") ||
           (span_ends(name, "_inode_cache") && !is_one_of(name, no, sizeof(no) / sizeof(no[0])));
}

static bool is_unreclaimable(struct span name)
{
    static const char *const yes[] = {"task_struct",    "vm_area_struct", "anon_vma",
                                      "anon_vma_chain", "filp",           "skbuff_head_cache",
                                      "mm_struct",      "cred_jar",       "signal_cache",
                                      "sighand_cache",  "names_cache",    "shmem_inode_cache"};
    return is_one_of(name, yes, sizeof(yes) / sizeof(yes[0])) ||
           (span_starts(name, "kmalloc-") && !span_starts(name, "kmalloc-rcl-"));
}

static void put_reclaimable(struct reading *r, uint32_t row, struct span name, struct where where)
{
    name = span_slice(name, 0, span_find_char(name, '('));
    if (is_reclaimable(name) || is_unreclaimable(name))
        store_set(r->store, F_slabs_reclaimable, row, is_reclaimable(name), where);
}

static void put_bytes(struct reading *r, uint32_t row, const struct slab *slab, uint32_t line)
{
    int64_t pages;
    if (!num_mul(slab->num_slabs, slab->pagesperslab, &pages))
        return;
    value_put_row(r, F_slabs_bytes, row, value_pages(r->parse, (uint64_t)pages), line);
}

static bool read_row(struct reading *r, struct span line, uint32_t at)
{
    struct slab slab;
    struct where where = place(r, at);
    if (!slab_of(line, &slab) || store_row_find(r->store, T_slabs, slab.name) != ROW_NONE)
        return false;
    uint32_t row = store_row_by_key(r->store, T_slabs, slab.name, where);
    store_set(r->store, F_slabs_active_objs, row, slab.active_objs, where);
    store_set(r->store, F_slabs_num_objs, row, slab.num_objs, where);
    store_set(r->store, F_slabs_objsize, row, slab.objsize, where);
    put_bytes(r, row, &slab, at);
    put_reclaimable(r, row, slab.name, where);
    return true;
}

void slabinfo_read(struct reading *r, const struct group *group)
{
    (void)group;
    struct lines lines = lines_of(r->file->text);
    struct span line;
    bool whole = lines_next(&lines, &line) && span_starts(line, "slabinfo - version: 2.");
    if (!whole)
        observe(r->store, OBS_MALFORMED, place(r, 1), "not the header of slabinfo", SPAN_NONE);
    while (lines_next(&lines, &line)) {
        if (span_starts(line, "#"))
            continue;
        if (lines.terminated && read_row(r, line, lines.number))
            continue;
        whole = false;
        observe(r->store, OBS_MALFORMED, place(r, lines.number), "not a row of slabinfo",
                SPAN_NONE);
    }
    table_done(r, T_slabs, 0, whole);
}
