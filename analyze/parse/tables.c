/* SPDX-License-Identifier: MIT */
#include "parse/tables.h"

#include "base/num.h"
#include "parse/exited.h"
#include "parse/manifest.h"

void table_done(const struct reading *r, enum table_id table, uint32_t parent_row,
                bool all_understood)
{
    store_set_complete(r->store, table, parent_row,
                       all_understood && file_is_whole(r->file) && !r->parse->is_cut, place(r, 0));
}

static bool pid_less(const struct store *store, uint32_t a, uint32_t b)
{
    int64_t x = 0, y = 0;
    store_number(store, F_processes_pid, a, &x);
    store_number(store, F_processes_pid, b, &y);
    return x < y;
}

/* How many numbers "0-1,3" names. */
static bool list_counts(struct span list, int64_t *ret_count)
{
    struct span part;
    *ret_count = 0;
    for (bool more = true; more;) {
        more = span_cut(list, ',', &part, &list);
        uint64_t first, last;
        if (!num_eat_u64(&part, &first))
            return false;
        last = first;
        if (span_eat(&part, "-") && !num_eat_u64(&part, &last))
            return false;
        if (part.n || last < first || last - first > 4096)
            return false;
        *ret_count += (int64_t)(last - first + 1);
    }
    return true;
}

/* sys/devices/system/node/online names all nodes, each of which has a folder: the kernel's own word
 * goes before what collect counted. False where that file is not there or not whole. */
static bool nodes_finish(struct parse *parse)
{
    const struct file *file = parse_file(parse, "sys/devices/system/node/online");
    int64_t count;
    if (!file || !file_is_whole(file) || !list_counts(span_trim(file->text), &count))
        return false;
    store_set_complete(parse->store, T_nodes, 0,
                       count == (int64_t)store_row_count(parse->store, T_nodes) && !parse->is_cut,
                       (struct where){file->member, 1});
    return true;
}

void tables_finish(struct parse *parse)
{
    manifest_tables(parse, !nodes_finish(parse));
    /* the capture ran to its end: it looked into every folder of these */
    if (parse->end.member && !parse->is_cut) {
        store_set_complete(parse->store, T_zrams, 0, true, parse->end);
        store_set_complete(parse->store, T_hugepages, 0, true, parse->end);
    }
    store_rows_sort(parse->store, T_processes, 0, pid_less);
    processes_exited(parse->store);
}
