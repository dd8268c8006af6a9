/* SPDX-License-Identifier: MIT */
#include "parse/formats.h"

#include "base/lines.h"
#include "parse/parse_parts.h"
#include "parse/observe.h"
#include "parse/tables.h"
#include "parse/value.h"

/* ipc/shm.c sysvipc_shm_proc_show; columns by the names of the header, sizes in bytes:
 *        key      shmid perms                  size  cpid  lpid nattch   uid ...   rss   swap
 *          0          3  1600              67108864  4711  4711      1  1000 ...   ...   ... */
static const struct {
    const char *name;
    enum field_id field;
    enum source_unit unit;
} columns[] = {
    {"size", F_shm_size, UNIT_BYTES}, {"rss", F_shm_rss, UNIT_BYTES},
    {"swap", F_shm_swap, UNIT_BYTES}, {"nattch", F_shm_nattch, UNIT_ONE},
    {"cpid", F_shm_cpid, UNIT_ONE},   {"lpid", F_shm_lpid, UNIT_ONE},
    {"uid", F_shm_uid, UNIT_ONE},
};

static struct span column(struct span header, struct span line, const char *name)
{
    for (struct span title = span_word(&header); title.n; title = span_word(&header)) {
        struct span word = span_word(&line);
        if (span_is(title, name))
            return word;
    }
    return SPAN_NONE;
}

static bool read_row(struct reading *r, struct span header, struct span line, uint32_t at)
{
    struct span id = column(header, line, "shmid");
    struct value number = value_read(r->parse, UNIT_ONE, id, false);
    bool good = true;
    if (number.state != VALUE_OK || store_row_find(r->store, T_shm, id) != ROW_NONE)
        return false;
    uint32_t row = store_row_by_key(r->store, T_shm, id, place(r, at));
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        struct span word = column(header, line, columns[i].name);
        struct value value = value_read(r->parse, columns[i].unit, word, false);
        if (word.n)
            value_put_row(r, columns[i].field, row, value, at);
        good = good && (word.n == 0 || value.state == VALUE_OK);
    }
    return good;
}

void shm_read(struct reading *r, const struct group *group)
{
    (void)group;
    struct lines lines = lines_of(r->file->text);
    struct span header = SPAN_NONE, line;
    bool whole = lines_next(&lines, &header) && span_has(header, "shmid") && lines.terminated;
    if (!whole)
        observe(r->store, OBS_MALFORMED, place(r, 1), "not the header of sysvipc/shm", SPAN_NONE);
    while (whole && lines_next(&lines, &line))
        if (!lines.terminated || !read_row(r, header, line, lines.number)) {
            whole = false;
            observe(r->store, OBS_MALFORMED, place(r, lines.number), "not a row of sysvipc/shm",
                    SPAN_NONE);
        }
    table_done(r, T_shm, 0, whole);
}
