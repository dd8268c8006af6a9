/* SPDX-License-Identifier: MIT */
/* The facts that a rule wants shown beside its finding: "processes by threads: tomcat 9 001, ...".
 * They decided nothing. */
#include "verdict/say.h"

#include "base/buf.h"

/* Rows of one table and field are a list; of rows without a value worth a word nothing is shown. */
struct listing {
    struct maker *m;
    struct statement *out;
    const struct finding *finding;
    enum field_id of; /* FIELD_NONE: none begun */
    int64_t first;    /* number of its first row */
    size_t shown, most;
    bool rows_only, is_begun;
};

static const char *words_of(struct maker *m, const char *name, bool is_first)
{
    char *words = arena_printf(m->arena, "%s", name);
    if (is_first && *words >= 'a' && *words <= 'z')
        *words = (char)(*words - 'a' + 'A');
    for (char *c = words; *c; c++)
        if (*c == '_')
            *c = ' ';
    return words;
}

/* The field that names the row: rows of children have no key, but begin with their name. */
static bool is_key(struct ref ref)
{
    const struct table_def *table = schema_table((enum table_id)ref.table);
    const struct field_def *field = schema_field(ref_field(ref));
    return table->key ? span_is(span_of(table->key), field->name) : field->column == 0;
}

/* What names a row of a table whose key does not. */
static enum field_id name_of(enum table_id table)
{
    static const enum field_id names[] = {
        [T_processes] = F_processes_comm,   [T_oom_tasks] = F_oom_tasks_comm,
        [T_oom_slabs] = F_oom_slabs_name,   [T_oom_allocations] = F_oom_allocations_site,
        [T_log_events] = F_log_events_text, [T_shmem_files] = F_shmem_files_name};
    return table < sizeof(names) / sizeof(*names) ? names[table] : 0;
}

static void row_tell(struct maker *m, struct statement *out, struct ref ref)
{
    enum table_id table = (enum table_id)ref.table;
    enum field_id name = name_of(table);
    struct span key = name ? text_of(m, name, ref.row) : store_row_key(m->store, table, ref.row);
    int64_t pid = table == T_processes   ? number_or(m, F_processes_pid, ref.row, 0)
                  : table == T_oom_tasks ? number_or(m, F_oom_tasks_pid, ref.row, 0)
                                         : 0;
    if (pid)
        tell_into(m, out, "{s} (pid {n}) ", key, pid);
    else if (key.n && key.p[0] >= '0' && key.p[0] <= '9')
        tell_into(m, out, "{w} {s} ", schema_table(table)->key, key);
    else
        tell_into(m, out, "{p} ", key);
}

/* Beside what was at an event stands what was counted later, when it may be over. */
static bool is_of_capture(const struct listing *l, enum table_id table)
{
    const struct rule *rule = l->finding->rule;
    bool is_event =
        rule->for_each && (rule->table == T_oom_events || rule->table == T_alloc_failures);
    return is_event && schema_table(table)->parent == TABLE_NONE && table != T_oom_events &&
           table != T_alloc_failures && table != T_log_events;
}

static void begin(struct listing *l, struct ref ref, bool has_rows)
{
    const struct field_def *field = schema_field(ref_field(ref));
    const struct table_def *table = schema_table((enum table_id)ref.table);
    const char *name = table->parent == TABLE_NONE ? table->name : table->parent_field;
    bool is_first = l->rows_only && !l->is_begun;
    tell_into(l->m, l->out, "{w}", l->is_begun ? "; " : l->rows_only ? " " : "Beside it: ");
    l->is_begun = true;
    if (has_rows)
        tell_into(l->m, l->out, "{w} by {w}{w}: ", words_of(l->m, name, is_first),
                  words_of(l->m, field->name, false),
                  is_of_capture(l, (enum table_id)ref.table) ? " at the capture" : "");
    else
        tell_into(l->m, l->out, "{w}.{w} ", table->name, field->name);
}

/* A parent holds what its children hold: the child that has most of it is named instead. */
static bool is_parent_of_other(const struct listing *l, struct ref ref, int64_t number)
{
    struct span path = store_row_key(l->m->store, (enum table_id)ref.table, ref.row);
    for (size_t i = 0; ref.table == T_cgroups && i < l->finding->n_context; i++) {
        struct ref other = l->finding->context[i];
        if (other.table == ref.table && other.column == ref.column && other.row != ref.row &&
            path_is_under(store_row_key(l->m->store, T_cgroups, other.row), path) &&
            number_or(l->m, ref_field(other), other.row, 0) >= number - number / 10)
            return true;
    }
    return false;
}

/* In a short list: next to nothing beside the first, or beside what is to be explained. */
static bool is_too_little(const struct listing *l, struct ref ref, int64_t number)
{
    const struct finding *finding = l->finding;
    if (number == 0)
        return true;
    if (!l->rows_only)
        return false;
    if (finding->explains_known && schema_field(ref_field(ref))->type == FACT_BYTES &&
        number < finding->explains_bytes / 20)
        return true;
    return l->of == ref_field(ref) && number < l->first / 20;
}

static bool is_listed(const struct listing *l, struct ref ref, bool has_rows, int64_t number)
{
    if (!is_known(l->m, ref_field(ref), ref.row))
        return false;
    if (!has_rows)
        return !l->rows_only;
    return !is_key(ref) && !is_too_little(l, ref, number) && !is_parent_of_other(l, ref, number) &&
           !(l->rows_only && ref.table == T_log_events);
}

static void list_ref(struct listing *l, struct ref ref)
{
    bool has_rows = !schema_table((enum table_id)ref.table)->is_object;
    int64_t number = number_or(l->m, ref_field(ref), ref.row, 0);
    if (!is_listed(l, ref, has_rows, number))
        return;
    if (l->of != ref_field(ref)) {
        begin(l, ref, has_rows);
        l->of = ref_field(ref);
        l->first = number;
        l->shown = 0;
    } else if (l->shown >= l->most) {
        return;
    } else {
        tell_into(l->m, l->out, ", ");
    }
    l->shown++;
    if (has_rows)
        row_tell(l->m, l->out, ref);
    tell_into(l->m, l->out, "{}", ref);
}

static bool is_said(const struct finding *finding, struct ref ref)
{
    for (size_t i = 0; i < finding->n_said; i++)
        if (ref_pack(finding->said[i]) == ref_pack(ref))
            return true;
    return false;
}

/* The row of for_each is what the sentence is about. */
static bool is_own_row(const struct finding *finding, struct ref ref)
{
    return finding->rule->for_each && ref.table == (uint16_t)finding->rule->table &&
           ref.row == finding->row;
}

static void list_own(struct listing *l, struct ref ref)
{
    const struct field_def *field = schema_field(ref_field(ref));
    if (l->rows_only || !is_known(l->m, ref_field(ref), ref.row))
        return;
    tell_into(l->m, l->out, "{w}{w} {}",
              l->is_begun ? "; " : "Beside it: ", words_of(l->m, field->name, false), ref);
    l->of = FIELD_NONE;
    l->is_begun = true;
}

void context_tell(struct maker *m, struct statement *out, const struct finding *finding,
                  bool rows_only)
{
    struct listing l = {.m = m,
                        .out = out,
                        .finding = finding,
                        .of = FIELD_NONE,
                        .most = rows_only ? 3 : 5,
                        .rows_only = rows_only};
    for (size_t i = 0; i < finding->n_context; i++) {
        struct ref ref = finding->context[i];
        if (ref.column == REF_COMPLETE || is_said(finding, ref))
            continue;
        if (is_own_row(finding, ref))
            list_own(&l, ref);
        else
            list_ref(&l, ref);
    }
    if (l.is_begun)
        tell_into(m, out, ".");
}
