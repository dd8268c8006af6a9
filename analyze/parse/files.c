/* SPDX-License-Identifier: MIT */
#include "parse/files.h"

#include "base/arena.h"
#include "parse/path.h"
#include "parse/observe.h"

#include <stdlib.h>
#include <string.h>

void files_add(struct parse *parse, struct span path, struct span text, enum file_from from)
{
    if (parse->n_files == parse->room_files) {
        parse->room_files = parse->room_files ? parse->room_files * 2 : 256;
        parse->files = base_realloc(parse->files, parse->room_files, sizeof(*parse->files));
    }
    parse->files[parse->n_files++] =
        (struct file){.name = path, .text = text, .from = (uint8_t)from};
}

static size_t depth_of(struct span folder)
{
    size_t n = 0;
    for (size_t i = 0; i < folder.n; i++)
        n += folder.p[i] == '/';
    return n;
}

static bool is_better(struct span folder, struct span than)
{
    size_t a = depth_of(folder), b = depth_of(than);
    return a != b ? a < b : span_cmp(folder, than) < 0;
}

/* The tree that is read is the one that stands highest: a copy of /proc deeper inside, such as
 * var/lib/lxcfs/proc in a sosreport, is not the host's. */
static struct span choose_folder(const struct parse *parse, bool is_old)
{
    struct span best = SPAN_NONE, folder, name;
    bool any = false;
    for (uint32_t i = 0; i < parse->n_files; i++) {
        if ((parse->files[i].from == FROM_OLD_BUNDLE) != is_old ||
            !path_split(parse->files[i].name, &folder, &name))
            continue;
        if (!any || is_better(folder, best))
            best = folder;
        any = true;
    }
    return best;
}

/* Splits samples/N/ and before/N/ off. In an old bundle only its root is taken. */
static void locate(struct file *file, struct span name)
{
    file->name = file->path = name;
    if (path_sample(name, "samples/", &file->sample, &file->path))
        file->from = file->from == FROM_ROOT ? FROM_SAMPLES : file->from;
    else if (path_sample(name, "before/", &file->sample, &file->path))
        file->from = file->from == FROM_ROOT ? FROM_WATCH : file->from;
}

static struct span old_name(struct parse *parse, struct span name)
{
    size_t n = sizeof(OLD_PREFIX) - 1;
    char *p = arena_alloc(store_arena(parse->store), name.n + n);
    memcpy(p, OLD_PREFIX, n);
    memcpy(p + n, name.p, name.n);
    return (struct span){p, name.n + n};
}

/* Keeps the files of the chosen trees; counts the others. */
static void keep_tree(struct parse *parse)
{
    struct span folders[2] = {choose_folder(parse, false), choose_folder(parse, true)};
    uint32_t n = 0;
    for (uint32_t i = 0; i < parse->n_files; i++) {
        struct file file = parse->files[i];
        bool is_old = file.from == FROM_OLD_BUNDLE;
        struct span folder, name;
        if (!path_split(file.name, &folder, &name) || !span_eq(folder, folders[is_old]))
            continue;
        locate(&file, name);
        if (is_old && !span_eq(file.name, file.path))
            continue; /* the old bundle is one earlier point; its own samples are not needed */
        if (is_old)
            file.name = old_name(parse, file.name);
        parse->files[n++] = file;
    }
    parse->n_files = n;
}

/* before/1 is the oldest: of K of them it gets -K, and the root of an older bundle -K - 1. */
static void number_samples(struct parse *parse)
{
    int32_t n_watch = 0;
    for (uint32_t i = 0; i < parse->n_files; i++)
        if (parse->files[i].from == FROM_WATCH && parse->files[i].sample > n_watch)
            n_watch = parse->files[i].sample;
    for (uint32_t i = 0; i < parse->n_files; i++) {
        struct file *file = &parse->files[i];
        if (file->from == FROM_WATCH)
            file->sample = file->sample - n_watch - 1;
        else if (file->from == FROM_OLD_BUNDLE)
            file->sample = -n_watch - 1;
    }
}

/* Root files; then what only adds to rows that are there (trees of other v1 controllers) or gives
 * way to what collect measured (mounts); then samples. */
static uint8_t pass_of(const struct file *file)
{
    if (file->sample != SAMPLE_ROOT)
        return 2;
    return span_starts(file->path, "sys/fs/cgroup/pids/") ||
           span_starts(file->path, "sys/fs/cgroup/cpuset/") ||
           span_starts(file->path, "sys/fs/cgroup/unified/") ||
           span_starts(file->path, "collect/") || span_is(file->path, "proc/mounts");
}

static int compare(const void *a, const void *b)
{
    const struct file *x = a, *y = b;
    if (x->pass != y->pass)
        return x->pass - y->pass;
    if (x->sample != y->sample)
        return x->sample < y->sample ? -1 : 1;
    int order = span_cmp(x->path, y->path);
    if (order == 0 && x->from != y->from)
        order = x->from - y->from; /* samples/0 says the same as the root */
    if (order == 0)
        order = span_cmp(x->name, y->name); /* samples/01, samples/1 */
    if (order != 0)
        return order;
    return x->member < y->member ? -1 : x->member > y->member; /* here: order of arrival */
}

static void sort_files(struct parse *parse)
{
    for (uint32_t i = 0; i < parse->n_files; i++) {
        parse->files[i].member = i;
        parse->files[i].pass = pass_of(&parse->files[i]);
    }
    if (parse->n_files)
        qsort(parse->files, parse->n_files, sizeof(*parse->files), compare);
}

/* Makes room for one more member. */
static void room_for(struct parse *parse, uint32_t member)
{
    uint32_t n = parse->n_file_of;
    if (member < n)
        return;
    parse->n_file_of = member < 128 ? 256 : member * 2;
    parse->file_of = base_realloc(parse->file_of, parse->n_file_of, sizeof(*parse->file_of));
    memset(parse->file_of + n, 0, (parse->n_file_of - n) * sizeof(*parse->file_of));
}

static void enter_files(struct parse *parse)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < parse->n_files; i++) {
        struct file file = parse->files[i];
        file.member = store_member_borrow(parse->store, file.name);
        room_for(parse, file.member);
        if (parse->file_of[file.member]) {
            observe(parse->store, OBS_DUPLICATE, (struct where){file.member, 0},
                    "the bundle holds this member twice; the first is used", SPAN_NONE);
            continue;
        }
        store_member_text(parse->store, file.member, file.text);
        parse->files[n++] = file;
        parse->file_of[file.member] = n;
    }
    parse->n_files = n;
}

void files_arrange(struct parse *parse)
{
    keep_tree(parse);
    number_samples(parse);
    sort_files(parse);
    enter_files(parse);
}

struct file *files_of_member(const struct parse *parse, uint32_t member)
{
    uint32_t at = member < parse->n_file_of ? parse->file_of[member] : 0;
    return at ? &parse->files[at - 1] : NULL;
}

struct file *files_find(const struct parse *parse, struct span name)
{
    return files_of_member(parse, store_member_find(parse->store, name));
}

const struct file *parse_file(const struct parse *parse, const char *name)
{
    const struct file *file = files_find(parse, span_of(name));
    return file && !file->distrusted ? file : NULL;
}

void parse_cut(struct parse *parse, struct span path)
{
    struct span folder, name;
    for (uint32_t i = parse->n_files; path.n && i-- > 0;)
        if (span_eq(parse->files[i].name, path)) {
            parse->files[i].cut = true;
            return;
        }
    /* a log says itself that it was cut; of what else is not there, nobody knows what it held */
    if (!path_split(path, &folder, &name) || !path_is_log(name))
        parse->is_cut = true;
}

void files_free(struct parse *parse)
{
    free(parse->files);
    free(parse->clocks);
    free(parse->logs);
    map_free(&parse->unused);
    map_free(&parse->log_of);
    free(parse->file_of);
    map_free(&parse->sample_row);
    map_free(&parse->sample_of);
    map_free(&parse->foreign);
    parse->files = NULL;
    parse->clocks = NULL;
    parse->logs = NULL;
    parse->n_files = parse->room_files = 0;
}
