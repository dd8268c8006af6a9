/* SPDX-License-Identifier: MIT */
#include "parse/samples.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/num.h"
#include "collect/bundle.h"
#include "parse/files.h"
#include "parse/header.h"
#include "parse/pairs.h"
#include "parse/path.h"
#include "parse/observe.h"

enum { SAMPLE_BIAS = 1 << 16, SAME_PROCESS = 1, OTHER_PROCESS = 2 };

static const enum table_id subjects[] = {T_meminfo, T_vmstat, T_psi, T_processes, T_cgroups};
enum { SUBJECTS = sizeof(subjects) / sizeof(subjects[0]) };

/* ---- clocks */

static uint64_t sample_key(int32_t sample)
{
    return (uint64_t)((int64_t)sample + SAMPLE_BIAS);
}

static struct sample_clock *clock_of(struct parse *parse, int32_t sample)
{
    uint32_t at = map_get_number(&parse->sample_of, sample_key(sample), UINT32_MAX);
    if (at != UINT32_MAX)
        return &parse->clocks[at];
    if (parse->n_clocks == parse->room_clocks) {
        parse->room_clocks = parse->room_clocks ? parse->room_clocks * 2 : 16;
        parse->clocks = base_realloc(parse->clocks, parse->room_clocks, sizeof(*parse->clocks));
    }
    map_set_number(&parse->sample_of, sample_key(sample), parse->n_clocks);
    parse->clocks[parse->n_clocks] = (struct sample_clock){.sample = sample};
    return &parse->clocks[parse->n_clocks++];
}

/* Of another boot, the wall clocks tell how much earlier it was. */
static int64_t old_time(const struct parse *parse, const struct clocks *clocks)
{
    int64_t now, wall;
    if (parse->same_boot || !store_number(parse->store, F_capture_time, 0, &now) ||
        !store_number(parse->store, F_capture_wall, 0, &wall))
        return clocks->boottime_us;
    return now - (wall - clocks->realtime_us);
}

static void read_clock(struct parse *parse, const struct file *file)
{
    struct sample_clock *clock = clock_of(parse, file->sample);
    struct json_object object, sub;
    struct clocks clocks;
    bool is_old = file->from == FROM_OLD_BUNDLE;
    if (!span_is(file->path, is_old ? BUNDLE_JSON : BUNDLE_CLOCKS) || file->distrusted)
        return;
    struct where where = {file->member, 1};
    if (!object_of(file->text, &object) ||
        !clocks_read(is_old && object_sub(&object, "clocks", &sub) ? &sub : &object, &clocks)) {
        observe(parse->store, OBS_MALFORMED, where, "not the clocks of a sample", SPAN_NONE);
        return;
    }
    *clock =
        (struct sample_clock){.sample = file->sample,
                              .is_known = true,
                              .time_us = is_old ? old_time(parse, &clocks) : clocks.boottime_us,
                              .where = where};
}

static void set_span(struct parse *parse, const struct sample_clock *root)
{
    const struct sample_clock *first = root, *last = root;
    for (uint32_t i = 0; i < parse->n_clocks; i++) {
        const struct sample_clock *clock = &parse->clocks[i];
        if (!clock->is_known)
            return;
        first = clock->sample < first->sample ? clock : first;
        last = clock->sample > last->sample ? clock : last;
    }
    if (root->is_known)
        store_set(parse->store, F_capture_span, 0, last->time_us - first->time_us, last->where);
    store_set(parse->store, F_capture_samples, 0, parse->n_clocks, last->where);
}

void samples_clocks(struct parse *parse)
{
    struct fact time = store_fact(parse->store, F_capture_time, 0);
    struct sample_clock *root = clock_of(parse, SAMPLE_ROOT);
    *root = (struct sample_clock){.sample = SAMPLE_ROOT,
                                  .is_known = time.state == FACT_KNOWN,
                                  .time_us = time.number,
                                  .where = time.where};
    for (uint32_t i = 0; i < parse->n_files; i++)
        if (parse->files[i].sample != SAMPLE_ROOT)
            read_clock(parse, &parse->files[i]);
    set_span(parse, clock_of(parse, SAMPLE_ROOT));
}

/* ---- rows */

static void copy_root(struct parse *parse, enum table_id table, uint32_t row, uint32_t to)
{
    const struct table_def *def = schema_table(table);
    for (uint32_t i = 0; i < def->n_fields; i++) {
        enum field_id field = (enum field_id)(def->first_field + i);
        enum field_id sample = schema_field(field)->sample;
        struct fact fact = store_fact(parse->store, field, row);
        if (sample == FIELD_NONE || fact.state == FACT_ABSENT)
            continue;
        if (fact.state == FACT_UNLIMITED)
            store_set_unlimited(parse->store, sample, to, fact.where);
        else if (fact.state == FACT_UNREADABLE)
            store_set_unreadable(parse->store, sample, to, fact.where);
        else
            store_set(parse->store, sample, to, fact.number, fact.where);
    }
}

static uint64_t row_key(enum table_id table, uint32_t row, int32_t sample)
{
    return (uint64_t)table << 52 | (uint64_t)row << 20 | sample_key(sample);
}

static bool has_row(const struct parse *parse, enum table_id table, uint32_t row, int32_t sample)
{
    return map_get_number(&parse->sample_row, row_key(table, row, sample), ROW_NONE) != ROW_NONE;
}

static uint32_t make_row(struct parse *parse, enum table_id table, uint32_t row, int32_t sample)
{
    enum table_id samples = schema_samples_of(table);
    const struct table_def *def = schema_table(samples);
    const struct sample_clock *clock = clock_of(parse, sample);
    enum field_id nth = (enum field_id)def->first_field, time = (enum field_id)(nth + 1);
    uint32_t made = store_row_add(parse->store, samples, def->parent == TABLE_NONE ? 0 : row);
    store_set(parse->store, nth, made, sample, clock->where);
    if (clock->is_known)
        store_set(parse->store, time, made, clock->time_us, clock->where);
    map_set_number(&parse->sample_row, row_key(table, row, sample), made);
    if (sample == SAMPLE_ROOT)
        copy_root(parse, table, row, made);
    return made;
}

uint32_t samples_row(struct parse *parse, enum table_id table, uint32_t row, int32_t sample)
{
    if (sample != SAMPLE_ROOT && !has_row(parse, table, row, SAMPLE_ROOT))
        make_row(parse, table, row, SAMPLE_ROOT);
    uint32_t at = map_get_number(&parse->sample_row, row_key(table, row, sample), ROW_NONE);
    return at != ROW_NONE ? at : make_row(parse, table, row, sample);
}

/* ---- the same process */

/* Field 22 of the stat file beside `file`. */
static bool starttime_beside(const struct parse *parse, const struct file *file, int64_t *ret_ticks)
{
    struct buf name = {0};
    buf_add(&name, span_slice(file->name, 0, file->name.n - path_last(file->name).n));
    buf_str(&name, "stat");
    const struct file *stat = files_find(parse, buf_span(&name));
    buf_free(&name);
    if (!stat || stat->distrusted)
        return false;
    struct span rest = stat->text;
    struct pair pair;
    for (pair.index = 0; pair_stat(&rest, &pair); pair.index++)
        if (span_is(pair.key, "22"))
            return num_i64(pair.value, ret_ticks);
    return false;
}

static bool is_same_process(const struct reading *r)
{
    int64_t ticks, start_us;
    bool is_old = r->file->from == FROM_OLD_BUNDLE;
    if (is_old && !r->parse->same_boot)
        return false;
    if (!starttime_beside(r->parse, r->file, &ticks) ||
        !store_number(r->store, F_processes_starttime, r->row, &start_us))
        return !is_old;
    return num_muldiv(start_us, 1, 10000) == ticks;
}

bool samples_same(const struct reading *r, enum table_id table)
{
    if (table != T_processes)
        return true;
    uint64_t key = row_key(table, r->row, r->file->sample);
    uint32_t known = map_get_number(&r->parse->foreign, key, 0);
    if (known == 0) {
        known = is_same_process(r) ? SAME_PROCESS : OTHER_PROCESS;
        map_set_number(&r->parse->foreign, key, known);
    }
    return known == SAME_PROCESS;
}

/* ---- the end */

static bool earlier(const struct store *store, enum field_id number, uint32_t a, uint32_t b)
{
    int64_t x = 0, y = 0;
    store_number(store, number, a, &x);
    store_number(store, number, b, &y);
    return x < y;
}

static bool meminfo_earlier(const struct store *store, uint32_t a, uint32_t b)
{
    return earlier(store, F_meminfo_samples_sample, a, b);
}

static bool vmstat_earlier(const struct store *store, uint32_t a, uint32_t b)
{
    return earlier(store, F_vmstat_samples_sample, a, b);
}

static bool psi_earlier(const struct store *store, uint32_t a, uint32_t b)
{
    return earlier(store, F_psi_samples_sample, a, b);
}

static bool process_earlier(const struct store *store, uint32_t a, uint32_t b)
{
    return earlier(store, F_process_samples_sample, a, b);
}

static bool cgroup_earlier(const struct store *store, uint32_t a, uint32_t b)
{
    return earlier(store, F_cgroup_samples_sample, a, b);
}

static const struct sample_clock *last_clock(const struct parse *parse)
{
    const struct sample_clock *last = &parse->clocks[0];
    for (uint32_t i = 0; i < parse->n_clocks; i++)
        if (parse->clocks[i].sample > last->sample)
            last = &parse->clocks[i];
    return last;
}

/* All rows of a subject are there when each sample of the capture holds it. */
static void finish_row(struct parse *parse, size_t subject, uint32_t row)
{
    static bool (*const less[SUBJECTS])(const struct store *, uint32_t, uint32_t) = {
        meminfo_earlier, vmstat_earlier, psi_earlier, process_earlier, cgroup_earlier};
    enum table_id table = subjects[subject], samples = schema_samples_of(table);
    uint32_t parent = schema_table(samples)->parent == TABLE_NONE ? 0 : row;
    bool complete = !parse->is_cut;
    if (!has_row(parse, table, row, SAMPLE_ROOT))
        return;
    store_rows_sort(parse->store, samples, parent, less[subject]);
    for (uint32_t i = 0; i < parse->n_clocks; i++)
        complete = complete && has_row(parse, table, row, parse->clocks[i].sample);
    if (last_clock(parse)->is_known)
        store_set_complete(parse->store, samples, parent, complete, last_clock(parse)->where);
}

void samples_finish(struct parse *parse)
{
    static const char *const files[] = {"proc/meminfo", "proc/vmstat", "proc/pressure/memory"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (parse_file(parse, files[i]))
            samples_row(parse, subjects[i], 0, SAMPLE_ROOT);
    for (size_t s = 0; s < SUBJECTS; s++)
        for (uint32_t row = 0; row < store_row_count(parse->store, subjects[s]); row++)
            finish_row(parse, s, row);
}
