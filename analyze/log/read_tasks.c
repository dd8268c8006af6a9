/* SPDX-License-Identifier: MIT */
#include "log/read.h"

#include "base/arena.h"
#include "base/num.h"

/* Columns by the names of the header: they moved and multiplied in most releases. */
static const struct {
    const char *name;
    enum field_id field;
    bool is_pages;
} columns[] = {
    {"uid", F_oom_tasks_uid, false},
    {"tgid", F_oom_tasks_tgid, false},
    {"total_vm", F_oom_tasks_total_vm, true},
    {"rss", F_oom_tasks_rss, true},
    {"rss_anon", F_oom_tasks_rss_anon, true},
    {"rss_file", F_oom_tasks_rss_file, true},
    {"rss_shmem", F_oom_tasks_rss_shmem, true},
    {"nr_ptes", F_oom_tasks_pgtables, true},
    {"nr_pmds", F_oom_tasks_pgtables, true}, /* adds to nr_ptes */
    {"nr_puds", F_oom_tasks_pgtables, true},
    {"pgtables_bytes", F_oom_tasks_pgtables, false},
    {"swapents", F_oom_tasks_swap, true},
    {"oom_score_adj", F_oom_tasks_oom_score_adj, false},
    {"cpu", FIELD_NONE, false}, /* the CPU it ran on last: says nothing of memory */
    {"oom_adj", F_oom_tasks_oom_adj, false},
};
enum { N_COLUMNS = sizeof(columns) / sizeof(*columns) };

/* "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name" */
static void read_header(struct reading *in)
{
    struct report *r = in->report;
    struct span rest, word;
    if (!span_cut(in->text, ']', &word, &rest))
        return;
    r->n_columns = 0;
    while ((word = span_word(&rest)).n > 0 && !span_is(word, "name")) {
        size_t c = 0;
        while (c < N_COLUMNS && !span_is(word, columns[c].name))
            c++;
        if (c == N_COLUMNS)
            store_observe(in->store, OBS_UNKNOWN, in->where,
                          "the task table has a column that this version does not know");
        if (r->n_columns == sizeof(r->columns) / sizeof(*r->columns))
            return;
        r->columns[r->n_columns] = c < N_COLUMNS ? columns[c].field : FIELD_NONE;
        r->columns_are_pages[r->n_columns++] = c < N_COLUMNS && columns[c].is_pages;
    }
    r->has_tasks_head = true;
}

/* A table whose header was cut off or dropped: the columns up to rss and the last one are the same
 * in every release since 2.6.36; those between are not read. */
static uint32_t guess_columns(struct reading *in, struct span row)
{
    static const char *const first[] = {"uid", "tgid", "total_vm", "rss"};
    struct report *r = in->report;
    uint32_t n = 0;
    uint64_t v;
    for (struct span word; (word = span_word(&row)).n > 0; n++) {
        span_eat(&word, "-");
        if (!num_u64(word, &v) || n == 12)
            break;
    }
    r->n_columns = 0;
    if (n < 7)
        return 0;
    for (uint32_t i = 0; i < n; i++)
        r->columns[i] = FIELD_NONE;
    for (uint32_t i = 0; i < 4; i++)
        for (size_t c = 0; c < N_COLUMNS; c++)
            if (span_is(span_of(first[i]), columns[c].name)) {
                r->columns[i] = columns[c].field;
                r->columns_are_pages[i] = columns[c].is_pages;
            }
    r->columns[n - 1] = F_oom_tasks_oom_score_adj;
    r->columns_are_pages[n - 1] = false;
    store_observe(in->store, OBS_TRUNCATED, in->where,
                  "a task table lost its header: only the columns that every kernel has are read");
    return n;
}

/* %lu in dump_task(); uid and the adjustments are %d. */
static bool is_amount(const struct report *r, uint32_t column)
{
    return r->columns_are_pages[column] || r->columns[column] == F_oom_tasks_pgtables;
}

static void set_column(struct reading *in, struct child *row, uint32_t column, int64_t number)
{
    enum field_id field = in->report->columns[column];
    if (field == FIELD_NONE)
        return;
    struct value *v = child_value(row, field);
    bool is_more = v->kind == VALUE_PAGES; /* nr_pmds and nr_puds behind nr_ptes */
    if (is_more && __builtin_add_overflow(v->number, number, &v->number))
        v->number = INT64_MAX; /* which no number of bytes holds: unreadable */
    else if (is_more)
        return;
    else if (in->report->columns_are_pages[column])
        child_set_pages(row, field, number, in->where);
    else
        child_set(row, field, number, in->where);
}

/* "[   4321]  1000  4321   660000   262000   540   0   0 java": the name is what is left, and may
 * hold anything */
static void read_row(struct reading *in)
{
    struct report *r = in->report;
    struct span rest = in->text, word;
    uint64_t pid;
    int64_t n;
    struct arena_mark mark = arena_mark(r->arena);
    span_cut(rest, ']', &word, &rest);
    word = span_trim(span_skip(word, 1));
    if (!num_u64(word, &pid) || pid > INT32_MAX)
        return;
    uint32_t n_columns = r->n_columns ? r->n_columns : guess_columns(in, rest);
    struct span cells = rest;
    for (uint32_t i = 0; i < n_columns; i++)
        if (!num_i64(span_word(&cells), &n) || (n < 0 && is_amount(r, i)))
            n_columns = 0;
    if (n_columns == 0) {
        arena_reset(r->arena, mark);
        store_observe(in->store, OBS_MALFORMED, in->where,
                      "a row of a task table does not have the columns of its header");
        return;
    }
    struct child *row = report_child(r, T_oom_tasks);
    child_set(row, F_oom_tasks_pid, (int64_t)pid, in->where);
    for (uint32_t i = 0; i < n_columns; i++)
        if (num_i64(span_word(&rest), &n))
            set_column(in, row, i, n);
    if (span_eat(&rest, " "))
        child_set_text(r, row, F_oom_tasks_comm, rest, in->where);
    r->n_tasks++;
}

void read_tasks(struct reading *in, enum line_kind kind)
{
    in->report->block = LINE_TASKS;
    if (kind == LINE_TASKS)
        read_header(in);
    else
        read_row(in);
}
