/* SPDX-License-Identifier: MIT */
#include "parse/formats.h"

#include "base/arena.h"
#include "base/lines.h"
#include "base/num.h"
#include "parse/escape.h"
#include "parse/json.h"
#include "parse/parse_parts.h"
#include "parse/observe.h"
#include "parse/tables.h"
#include "parse/value.h"

/* {"mount":"/dev/shm","size_bytes":N,"used_bytes":N,"inodes":N,"inodes_used":N} */
static bool read_usage(struct reading *r, struct span line, uint32_t at)
{
    struct json_object object;
    struct span mount;
    int64_t size, used, inodes;
    if (!object_of(line, &object) ||
        !object_text(&object, "mount", store_arena(r->store), &mount) || mount.n == 0)
        return false;
    struct where where = place(r, at);
    mount = octal_decode(mount, store_arena(r->store));
    uint32_t row = store_row_by_key(r->store, T_tmpfs, mount, where);
    /* 0 of 0: a tmpfs without a limit, mounted with size=0 */
    if (object_number(&object, "size_bytes", &size) && size > 0)
        store_set(r->store, F_tmpfs_size, row, size, where);
    else
        store_set_unlimited(r->store, F_tmpfs_size, row, where);
    if (object_number(&object, "used_bytes", &used))
        store_set(r->store, F_tmpfs_used, row, used, where);
    if (object_number(&object, "inodes_used", &inodes))
        store_set(r->store, F_tmpfs_inodes_used, row, inodes, where);
    return true;
}

void tmpfs_read(struct reading *r, const struct group *group)
{
    (void)group;
    struct lines lines = lines_of(r->file->text);
    struct span line;
    bool whole = true;
    while (lines_next(&lines, &line))
        if (!lines.terminated || !read_usage(r, line, lines.number)) {
            whole = false;
            observe(r->store, OBS_MALFORMED, place(r, lines.number), "not a line of this list",
                    SPAN_NONE);
        }
    table_done(r, T_tmpfs, 0, whole);
}

/* mm/shmem.c shmem_show_options prints size in KiB: "rw,nosuid,size=1632668k,mode=755" */
static bool size_option(struct span options, int64_t *ret_bytes)
{
    struct span one;
    for (bool more = true; more;) {
        more = span_cut(options, ',', &one, &options);
        if (span_eat(&one, "size=") && span_ends(one, "k"))
            return num_i64(span_slice(one, 0, one.n - 1), ret_bytes) &&
                   num_mul(*ret_bytes, 1024, ret_bytes);
    }
    return false;
}

/* fs/proc_namespace.c show_vfsmnt: "tmpfs /dev/shm tmpfs rw,nosuid,size=8152340k 0 0". What collect
 * measured comes first; this names the mounts where it did not. */
static bool read_mount(struct reading *r, struct span line, uint32_t at)
{
    span_word(&line);
    struct span mount = octal_decode(span_word(&line), store_arena(r->store));
    struct span type = span_word(&line), options = span_word(&line);
    int64_t bytes;
    if (options.n == 0)
        return false;
    if (!span_is(type, "tmpfs") || store_row_find(r->store, T_tmpfs, mount) != ROW_NONE)
        return true;
    uint32_t row = store_row_by_key(r->store, T_tmpfs, mount, place(r, at));
    if (size_option(options, &bytes))
        store_set(r->store, F_tmpfs_size, row, bytes, place(r, at));
    return true;
}

void mounts_read(struct reading *r, const struct group *group)
{
    (void)group;
    struct lines lines = lines_of(r->file->text);
    struct span line;
    bool whole = true;
    while (lines_next(&lines, &line))
        if (!lines.terminated || !read_mount(r, line, lines.number)) {
            whole = false;
            observe(r->store, OBS_MALFORMED, place(r, lines.number), "not a line of mounts",
                    SPAN_NONE);
        }
    table_done(r, T_tmpfs, 0, whole && r->file->text.n);
}
