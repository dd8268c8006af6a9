/* SPDX-License-Identifier: MIT */
#include "parse/parse.h"

#include "base/arena.h"
#include "base/lines.h"
#include "parse/files.h"
#include "parse/group.h"
#include "parse/header.h"
#include "parse/logs.h"
#include "parse/manifest.h"
#include "parse/page_size.h"
#include "parse/path.h"
#include "parse/rows.h"
#include "parse/samples.h"
#include "parse/observe.h"
#include "parse/tables.h"

struct where place(const struct reading *r, uint32_t line)
{
    return (struct where){r->file->member, line};
}

bool file_cut_at(const struct reading *r, const struct lines *lines)
{
    return !lines->terminated || (r->file->cut && lines->rest.n == 0);
}

bool file_is_whole(const struct file *file)
{
    return !file->cut && (file->text.n == 0 || file->text.p[file->text.n - 1] == '\n');
}

/* sys/fs/cgroup/memory/... is a controller's tree on v1 and hybrid hosts, and a cgroup of the name
 * "memory" on v2. Without bundle.json the file itself tells: v1 prints "cache 0" first. */
static bool is_v1_tree(const struct parse *parse, const struct file *file)
{
    static const char *const trees[] = {"memory/", "pids/", "cpuset/", "hugetlb/", "unified/"};
    struct span path = file->path;
    if (!span_eat(&path, "sys/fs/cgroup/") || parse->mode == CGROUP_MODE_V2)
        return false;
    if (parse->mode == CGROUP_MODE_UNKNOWN && span_starts(path, "memory/") &&
        span_ends(path, "/memory.stat"))
        return span_starts(file->text, "cache ");
    for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++)
        if (span_starts(path, trees[i]))
            return true;
    return false;
}

static void read_file(struct parse *parse, struct file *file)
{
    struct span key;
    if (file->distrusted)
        return;
    const struct group *group = group_find(file->path, is_v1_tree(parse, file), &key);
    if (!group)
        return;
    struct reading r = {.parse = parse, .store = parse->store, .file = file, .key = key};
    if (!rows_open(&r, group))
        return;
    if (!file_is_whole(file) && group->table != T_processes)
        observe(
            parse->store, OBS_TRUNCATED, place(&r, 0),
            "the file ends in the middle of a line, or not all of it was captured: its last line "
            "is not used",
            SPAN_NONE);
    group->read(&r, group);
}

/* The files are sorted: the root first, then trees that only add to rows which are there, then
 * samples. */
static void read_files(struct parse *parse)
{
    for (uint32_t i = 0; i < parse->n_files; i++)
        read_file(parse, &parse->files[i]);
}

struct parse *parse_new(struct store *store)
{
    struct parse *parse = arena_alloc(store_arena(store), sizeof(*parse));
    parse->store = store;
    return parse;
}

void parse_member(struct parse *parse, struct span path, struct span text)
{
    struct span name;
    if (!logs_take(parse, path, text, &name)) {
        files_add(parse, path, text, FROM_ROOT);
        return;
    }
    logs_begin(parse, name);
    logs_feed(parse, text);
    logs_end(parse, false);
}

void parse_member_unused(struct parse *parse, struct span path)
{
    struct span folder, name;
    if (path_split(path, &folder, &name))
        map_set(&parse->unused, name, 1);
}

void parse_member_before(struct parse *parse, struct span path, struct span text)
{
    files_add(parse, path, text, FROM_OLD_BUNDLE);
}

void parse_finish(struct parse *parse)
{
    files_arrange(parse);
    manifest_read(parse);
    header_read(parse);
    page_size_find(parse);
    samples_clocks(parse);
    read_files(parse);
    samples_finish(parse);
    tables_finish(parse);
    logs_finish(parse);
    files_free(parse);
}
