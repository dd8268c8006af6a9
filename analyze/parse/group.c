/* SPDX-License-Identifier: MIT */
#include "parse/group.h"

#include "base/glob.h"
#include "base/map.h"
#include "parse/formats.h"
#include "parse/path.h"

#include <stdlib.h>

enum { GROUPS_MAX = 256, SOURCES_MAX = 1024 };

static struct group list[GROUPS_MAX];
static uint32_t next_same_name[GROUPS_MAX]; /* index + 1 of the next with the same last component */
static const struct source_def *by_group[SOURCES_MAX]; /* sources in the order of their groups */
static struct map keys[GROUPS_MAX];
static uint64_t key_bits[GROUPS_MAX]; /* key_bit of each: most that a file holds are nobody's */
static struct map by_name;            /* last component -> index of the first group */
static uint32_t n_list;

static uint32_t find_pattern(struct span pattern)
{
    for (uint32_t i = 0; i < n_list; i++)
        if (span_eq(list[i].pattern, pattern))
            return i;
    return n_list;
}

static struct group *add(const char *pattern, enum table_id table)
{
    uint32_t at = find_pattern(span_of(pattern));
    if (at == GROUPS_MAX)
        abort(); /* schema.def outgrew the table */
    if (at == n_list)
        list[n_list++] = (struct group){
            .pattern = span_of(pattern), .table = table, .shape = pair_single, .read = keyed_read};
    return &list[at];
}

static uint64_t key_bit(struct span key)
{
    if (key.n == 0)
        return 1;
    size_t first = (unsigned char)key.p[0], last = (unsigned char)key.p[key.n - 1];
    return UINT64_C(1) << (key.n * 7 + first * 3 + last) % 64;
}

static void add_sources(void)
{
    uint32_t n, n_used = 0;
    const struct source_def *sources = schema_sources(&n);
    if (n > SOURCES_MAX)
        abort();
    for (uint32_t i = 0; i < n; i++)
        add(sources[i].pattern, schema_field(sources[i].field)->table)->n_sources++;
    for (uint32_t g = 0; g < n_list; g++) {
        list[g].first_source = n_used;
        n_used += list[g].n_sources;
        list[g].n_sources = 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t g = find_pattern(span_of(sources[i].pattern));
        map_set(&keys[g], span_of(sources[i].key), list[g].n_sources);
        key_bits[g] |= key_bit(span_of(sources[i].key));
        by_group[list[g].first_source + list[g].n_sources++] = &sources[i];
    }
}

/* Once; the tables are constant from then on. */
static void groups_build(void)
{
    if (n_list)
        return;
    add_sources();
    for (const struct format *f = formats; f->pattern; f++) {
        struct group *group = add(f->pattern, f->table);
        group->shape = f->shape;
        group->needs_unit = f->needs_unit;
        group->read = f->read ? f->read : keyed_read;
    }
    for (uint32_t g = 0; g < n_list; g++) {
        struct span name = path_last(list[g].pattern);
        next_same_name[g] = map_get(&by_name, name, 0);
        map_set(&by_name, name, g + 1);
    }
}

/* sys/fs/cgroup/memory/... and not sys/fs/cgroup/... with two stars */
static bool is_v1_pattern(struct span pattern)
{
    return span_eat(&pattern, "sys/fs/cgroup/") && !span_starts(pattern, "*");
}

const struct group *group_find(struct span path, bool is_v1, struct span *ret_key)
{
    groups_build();
    for (uint32_t g = map_get(&by_name, path_last(path), 0); g != 0; g = next_same_name[g - 1])
        if (is_v1_pattern(list[g - 1].pattern) == is_v1 &&
            glob_path(path, list[g - 1].pattern, ret_key))
            return &list[g - 1];
    return NULL;
}

const struct source_def *group_source(const struct group *group, struct span key,
                                      uint32_t *ret_index)
{
    bool maybe = key_bits[group - list] & key_bit(key);
    *ret_index = maybe ? map_get(&keys[group - list], key, UINT32_MAX) : UINT32_MAX;
    return *ret_index == UINT32_MAX ? NULL : by_group[group->first_source + *ret_index];
}
