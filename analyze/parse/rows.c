/* SPDX-License-Identifier: MIT */
#include "parse/rows.h"

#include "base/num.h"
#include "parse/samples.h"

/* "123", not "0123" and not "self": proc/123/status. */
static bool is_number(struct span key)
{
    uint64_t number;
    return num_u64(key, &number) && number <= INT64_MAX && (key.n == 1 || key.p[0] != '0');
}

static bool is_key(enum table_id table, struct span key)
{
    if (table == T_cgroups)
        return key.n > 0;
    return is_number(key);
}

static uint32_t add_row(struct reading *r, enum table_id table)
{
    struct store *store = r->store;
    uint32_t row = store_row_by_key(store, table, r->key, place(r, 0));
    int64_t kib;
    if (table == T_hugepages && num_i64(r->key, &kib) && num_mul(kib, 1024, &kib) &&
        store_fact(store, F_hugepages_size, row).state == FACT_ABSENT)
        store_set(store, F_hugepages_size, row, kib, place(r, 0));
    if (table == T_cgroups && store_fact(store, F_cgroups_version, row).state == FACT_ABSENT)
        store_set(store, F_cgroups_version, row,
                  span_starts(r->file->path, "sys/fs/cgroup/memory/") &&
                          r->parse->mode != CGROUP_MODE_V2
                      ? 1
                      : 2,
                  place(r, 0));
    return row;
}

/* Trees of controllers other than memory say more of cgroups that are known; they add none. */
static bool only_adds(struct span pattern)
{
    return span_eat(&pattern, "sys/fs/cgroup/") && !span_starts(pattern, "*") &&
           !span_starts(pattern, "memory/");
}

bool rows_open(struct reading *r, const struct group *group)
{
    const struct table_def *table = schema_table(group->table);
    bool is_root = r->file->sample == SAMPLE_ROOT;
    r->sample_row = ROW_NONE;
    if (span_find_char(group->pattern, '*') == group->pattern.n) {
        r->row = 0;
    } else if (!is_key(group->table, r->key)) {
        return false;
    } else if (is_root && !only_adds(group->pattern)) {
        r->row = add_row(r, group->table);
    } else {
        r->row = store_row_find(r->store, group->table, r->key);
        if (r->row == ROW_NONE)
            return false;
    }
    if (is_root)
        return true;
    enum table_id samples = schema_samples_of(group->table);
    if (samples == TABLE_NONE || (!table->is_object && !samples_same(r, group->table)))
        return false;
    r->sample_row = samples_row(r->parse, group->table, r->row, r->file->sample);
    return true;
}
