/* SPDX-License-Identifier: MIT */
#include "parse/formats.h"

#include "base/lines.h"
#include "base/num.h"
#include "parse/parse_parts.h"
#include "parse/observe.h"
#include "parse/tables.h"
#include "parse/value.h"

/* fs/proc/task_mmu.c show_map_vma and show_smap:
 *   55d0c4a00000-55d0c4a21000 rw-p 00000000 00:00 0                          [heap]
 *   Size:                132 kB
 *   Rss:                   8 kB
 * Sums by kind of mapping. */
enum kind { HEAP, STACK, ANONYMOUS, FILE_BACKED, SHARED, DELETED, HUGE, OTHER, KINDS };

static const char *const kind_names[KINDS] = {"heap",   "stack",   "anonymous", "file",
                                              "shared", "deleted", "huge",      "other"};

struct sums {
    uint32_t first_line;
    int64_t count, rss, pss, swap, locked, huge;
    bool bad;
};

static bool is_hex_word(struct span word)
{
    uint64_t value;
    return num_hex(word, &value) && !span_starts(word, "0x");
}

/* Splits a header line. False for the lines of keys below it. */
static bool header_of(struct span line, struct span *ret_rights, struct span *ret_path)
{
    struct span range = span_word(&line), from, to;
    if (!span_cut(range, '-', &from, &to) || !is_hex_word(from) || !is_hex_word(to))
        return false;
    *ret_rights = span_word(&line);
    for (int i = 0; i < 3; i++) /* offset, device, inode */
        if (span_word(&line).n == 0)
            return false;
    *ret_path = span_trim_left(line);
    return ret_rights->n == 4;
}

static enum kind kind_of(struct span rights, struct span path)
{
    if (span_is(path, "[heap]"))
        return HEAP;
    if (span_starts(path, "[stack"))
        return STACK;
    if (span_starts(path, "/anon_hugepage") || span_starts(path, "/dev/hugepages/"))
        return HUGE;
    if (rights.p[3] == 's' || span_starts(path, "/SYSV") || span_starts(path, "/memfd:") ||
        span_starts(path, "/dev/shm/") || span_starts(path, "/dev/zero") ||
        span_starts(path, "[anon_shmem"))
        return SHARED;
    if (span_ends(path, " (deleted)"))
        return DELETED;
    if (path.n == 0 || span_starts(path, "[anon"))
        return ANONYMOUS;
    return path.p[0] == '/' ? FILE_BACKED : OTHER;
}

static int64_t *sum_of(struct sums *sums, struct span key)
{
    if (span_is(key, "Rss"))
        return &sums->rss;
    if (span_is(key, "Pss"))
        return &sums->pss;
    if (span_is(key, "Swap"))
        return &sums->swap;
    if (span_is(key, "AnonHugePages") || span_is(key, "ShmemPmdMapped") ||
        span_is(key, "FilePmdMapped"))
        return &sums->huge;
    return span_is(key, "Locked") ? &sums->locked : NULL;
}

static void add_line(const struct reading *r, struct sums *sums, struct span line, uint32_t at)
{
    struct span key, rest;
    int64_t *sum = span_cut(line, ':', &key, &rest) ? sum_of(sums, key) : NULL;
    if (!sum)
        return;
    struct value value = value_read(r->parse, UNIT_KIB, span_trim(rest), true);
    if (value.state != VALUE_OK || value.number < 0 ||
        __builtin_add_overflow(*sum, value.number, sum)) {
        sums->bad = true;
        observe(r->store, OBS_MALFORMED, place(r, at), "not a size of a mapping", SPAN_NONE);
    }
}

static void put_sums(struct reading *r, const struct sums *sums, const char *name)
{
    uint32_t row = store_row_add(r->store, T_process_mappings, r->row);
    struct where where = place(r, sums->first_line);
    store_set_text(r->store, F_process_mappings_kind, row, span_of(name), where);
    store_set(r->store, F_process_mappings_count, row, sums->count, where);
    if (sums->bad)
        return;
    store_set(r->store, F_process_mappings_rss, row, sums->rss, where);
    store_set(r->store, F_process_mappings_pss, row, sums->pss, where);
    store_set(r->store, F_process_mappings_swap, row, sums->swap, where);
    store_set(r->store, F_process_mappings_locked, row, sums->locked, where);
    store_set(r->store, F_process_mappings_huge, row, sums->huge, where);
}

void smaps_read(struct reading *r, const struct group *group)
{
    (void)group;
    struct sums sums[KINDS] = {0};
    struct lines lines = lines_of(r->file->text);
    struct span line, rights, path;
    struct sums *now = NULL;
    bool whole = true;
    while (lines_next(&lines, &line)) {
        if (!lines.terminated) {
            whole = false;
        } else if (header_of(line, &rights, &path)) {
            now = &sums[kind_of(rights, path)];
            now->first_line = now->count++ ? now->first_line : lines.number;
        } else if (now) {
            add_line(r, now, line, lines.number);
        } else {
            whole = false;
            observe(r->store, OBS_MALFORMED, place(r, lines.number), "not a mapping", SPAN_NONE);
        }
    }
    for (int k = 0; k < KINDS; k++)
        if (sums[k].count) {
            sums[k].bad = sums[k].bad || !file_is_whole(r->file);
            whole = whole && !sums[k].bad;
            put_sums(r, &sums[k], kind_names[k]);
        }
    table_done(r, T_process_mappings, r->row, whole);
}
