/* SPDX-License-Identifier: MIT */
#include "parse/formats.h"

#include "base/arena.h"
#include "base/lines.h"
#include "parse/json.h"
#include "parse/observe.h"
#include "parse/parse_parts.h"
#include "parse/tables.h"

/* {"pid":N,"starttime_ticks":N,"inode":N,"used_bytes":N,"name":"/memfd:x (deleted)"}: one line for
 * each process that holds the file. */
static bool read_holder(struct reading *r, struct span line, uint32_t at)
{
    struct json_object object;
    struct span name;
    int64_t inode, pid, used;
    if (!object_of(line, &object) || !object_number(&object, "inode", &inode) ||
        !object_number(&object, "pid", &pid) || !object_number(&object, "used_bytes", &used) ||
        !object_text(&object, "name", store_arena(r->store), &name))
        return false;
    struct where where = place(r, at);
    struct span key = span_of(arena_printf(store_arena(r->store), "%lld", (long long)inode));
    uint32_t row = store_row_by_key(r->store, T_shmem_files, key, where);
    store_set(r->store, F_shmem_files_inode, row, inode, where);
    store_set_text(r->store, F_shmem_files_name, row, name, where);
    store_set(r->store, F_shmem_files_used, row, used, where);
    store_set(r->store, F_shmem_files_pid, row, pid, where);
    return true;
}

void shmem_files_read(struct reading *r, const struct group *group)
{
    (void)group;
    struct lines lines = lines_of(r->file->text);
    struct span line;
    bool whole = true;
    while (lines_next(&lines, &line))
        if (!lines.terminated || !read_holder(r, line, lines.number)) {
            whole = false;
            observe(r->store, OBS_MALFORMED, place(r, lines.number), "not a line of this list",
                    SPAN_NONE);
        }
    table_done(r, T_shmem_files, 0, whole);
}
