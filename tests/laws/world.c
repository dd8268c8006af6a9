/* SPDX-License-Identifier: MIT */
#include "world.h"

#include "base/arena.h"
#include "base/buf.h"

/* The facts that random worlds have and random expressions name. */
static const enum field_id object_bytes[] = {F_meminfo_total, F_meminfo_free, F_meminfo_cached,
                                             F_host_use_unaccounted};
static const struct subject {
    enum table_id table;
    enum field_id bytes[2], count, text, flag;
    const char *child; /* as in x.child, or NULL */
    enum table_id child_table;
} subjects[] = {
    {T_processes,
     {F_processes_rss, F_processes_pss},
     F_processes_oom_score_adj,
     F_processes_comm,
     F_processes_kernel_thread,
     "samples",
     T_process_samples},
    {T_slabs,
     {F_slabs_bytes, F_slabs_objsize},
     F_slabs_num_objs,
     F_slabs_name,
     F_slabs_reclaimable,
     NULL,
     TABLE_NONE},
    {T_oom_events,
     {F_oom_events_usage, F_oom_events_limit},
     F_oom_events_order,
     F_oom_events_constraint,
     F_oom_events_panic,
     "tasks",
     T_oom_tasks},
};
static const struct subject children[] = {
    {T_process_samples,
     {F_process_samples_rss, F_process_samples_rss},
     F_process_samples_sample,
     FIELD_NONE,
     FIELD_NONE,
     NULL,
     TABLE_NONE},
    {T_oom_tasks,
     {F_oom_tasks_rss, F_oom_tasks_swap},
     F_oom_tasks_oom_score_adj,
     F_oom_tasks_comm,
     FIELD_NONE,
     NULL,
     TABLE_NONE},
};
enum { SUBJECTS = 3, CHILDREN = 2, BINDINGS = 3 };

/* ---- stores */

static struct where place(struct store *store, struct rng *rng)
{
    static const char *const members[] = {"proc/meminfo", "proc/slabinfo", "dev/kmsg",
                                          "proc/1/status", "proc/2/status"};
    return (struct where){store_member(store, span_of(members[rng_below(rng, 5)])),
                          1 + rng_below(rng, 50)};
}

static void put_amount(struct store *store, struct rng *rng, enum field_id field, uint32_t row)
{
    struct ref sources[] = {ref_of(F_meminfo_buffers, 0), ref_of(F_meminfo_slab, 0)};
    uint32_t choice = rng_below(rng, 20);
    int64_t number = (int64_t)rng_below(rng, 7) - (choice == 5);
    if (choice < 3)
        return;
    if (choice == 3)
        store_set_unlimited(store, field, row, place(store, rng));
    else if (choice == 4)
        store_set_unreadable(store, field, row, place(store, rng));
    else if (choice == 6)
        store_compute(store, field, row, number, sources, 2);
    else
        store_set(store, field, row, choice == 7 ? INT64_MAX - number : number, place(store, rng));
}

static void put_row(struct store *store, struct rng *rng, const struct subject *s, uint32_t row)
{
    static const char *const texts[] = {"a", "b", "/a/b", "/a"};
    put_amount(store, rng, s->bytes[0], row);
    put_amount(store, rng, s->bytes[1], row);
    put_amount(store, rng, s->count, row);
    if (s->text != FIELD_NONE && rng_chance(rng, 85))
        store_set_text(store, s->text, row, span_of(texts[rng_below(rng, 4)]), place(store, rng));
    if (s->flag != FIELD_NONE && rng_chance(rng, 85))
        store_set(store, s->flag, row, rng_below(rng, 2), place(store, rng));
}

static void put_complete(struct store *store, struct rng *rng, enum table_id table, uint32_t parent)
{
    if (rng_chance(rng, 80))
        store_set_complete(store, table, parent, rng_chance(rng, 85), place(store, rng));
}

static void put_table(struct store *store, struct rng *rng, const struct subject *s)
{
    for (uint32_t n = rng_below(rng, 5); n > 0; n--) {
        uint32_t row = store_row_add(store, s->table, 0);
        enum field_id key = (enum field_id)schema_table(s->table)->first_field;
        if (schema_field(key)->type == FACT_COUNT)
            store_set(store, key, row, row, place(store, rng));
        put_row(store, rng, s, row);
        if (!s->child)
            continue;
        const struct subject *child = &children[s->child_table == T_oom_tasks];
        for (uint32_t k = rng_below(rng, 4); k > 0; k--)
            put_row(store, rng, child, store_row_add(store, child->table, row));
        put_complete(store, rng, child->table, row);
    }
    put_complete(store, rng, s->table, 0);
}

struct store *world_new(struct rng *rng, struct arena *arena)
{
    struct store *store = store_new(arena);
    store_set(store, F_meminfo_buffers, 0, 1, place(store, rng));
    store_set(store, F_meminfo_slab, 0, 2, place(store, rng));
    for (size_t i = 0; i < sizeof(object_bytes) / sizeof(object_bytes[0]); i++)
        put_amount(store, rng, object_bytes[i], 0);
    for (size_t i = 0; i < SUBJECTS; i++)
        put_table(store, rng, &subjects[i]);
    return store;
}

/* ---- expressions */

struct writer {
    struct rng *rng;
    struct buf *out;
    const struct subject *bound[BINDINGS];
    uint32_t n_bound, n_lets;
};

static void boolean(struct writer *w, int depth);

static const char *name_of(uint32_t binding)
{
    static const char *const names[] = {"x", "y", "z"};
    return names[binding];
}

static void bound_field(struct writer *w, uint32_t binding, enum field_id field)
{
    buf_fmt(w->out, "%s.%s", name_of(binding), schema_field(field)->name);
}

/* Binds a random table, or the children of a bound row, and writes it: "y in x.tasks". */
static void bind(struct writer *w)
{
    const struct subject *parent = w->n_bound ? w->bound[w->n_bound - 1] : NULL;
    const struct subject *subject = &subjects[rng_below(w->rng, SUBJECTS)];
    if (parent && parent->child && rng_chance(w->rng, 60)) {
        subject = &children[parent->child_table == T_oom_tasks];
        buf_fmt(w->out, "%s in %s.%s", name_of(w->n_bound), name_of(w->n_bound - 1), parent->child);
    } else {
        buf_fmt(w->out, "%s in %s", name_of(w->n_bound), schema_table(subject->table)->name);
    }
    w->bound[w->n_bound++] = subject;
}

static void amount(struct writer *w, bool bytes, int depth);

/* The bound name is known only after `for`: the table is chosen first, its text written later. */
static void fold(struct writer *w, bool bytes, int depth)
{
    static const char *const words[] = {"sum", "min", "max"};
    struct buf head = {0}, *out = w->out;
    buf_fmt(out, "%s(", words[rng_below(w->rng, 3)]);
    w->out = &head;
    bind(w);
    w->out = out;
    amount(w, bytes, depth - 1);
    buf_str(out, " for ");
    buf_add(out, buf_span(&head));
    if (rng_chance(w->rng, 50)) {
        buf_str(out, " if ");
        boolean(w, depth - 1);
    }
    buf_char(out, ')');
    w->n_bound--;
    buf_free(&head);
}

static void quantifier(struct writer *w, const char *word, int depth)
{
    buf_fmt(w->out, "%s ", word);
    bind(w);
    buf_str(w->out, ": (");
    boolean(w, depth - 1);
    buf_char(w->out, ')');
    w->n_bound--;
}

static void leaf_amount(struct writer *w, bool bytes)
{
    uint32_t choice = rng_below(w->rng, 6);
    if (w->n_bound && choice < 3) {
        uint32_t binding = rng_below(w->rng, w->n_bound);
        const struct subject *s = w->bound[binding];
        bound_field(w, binding, bytes ? s->bytes[rng_below(w->rng, 2)] : s->count);
    } else if (bytes && choice < 5) {
        enum field_id field = object_bytes[rng_below(w->rng, 4)];
        buf_fmt(w->out, "%s.%s", schema_table(schema_field(field)->table)->name,
                schema_field(field)->name);
    } else {
        buf_fmt(w->out, "%u%s", rng_below(w->rng, 7), bytes ? "B" : "");
    }
}

static void amount(struct writer *w, bool bytes, int depth)
{
    uint32_t choice = depth > 0 ? rng_below(w->rng, 10) : 0;
    switch (choice) {
    case 5:
    case 6:
        buf_char(w->out, '(');
        amount(w, bytes, depth - 1);
        buf_str(w->out, choice == 5 ? " + " : " - ");
        amount(w, bytes, depth - 1);
        buf_char(w->out, ')');
        break;
    case 7:
        buf_fmt(w->out, "%u%% of ", rng_below(w->rng, 4) * 50);
        leaf_amount(w, bytes);
        break;
    case 8:
        buf_char(w->out, '(');
        amount(w, bytes, depth - 1);
        buf_str(w->out, " * ");
        amount(w, false, depth - 1);
        buf_char(w->out, ')');
        break;
    case 9:
        if (w->n_bound == BINDINGS)
            leaf_amount(w, bytes);
        else if (!bytes && rng_chance(w->rng, 50))
            quantifier(w, "count", depth);
        else
            fold(w, bytes, depth);
        break;
    default:
        leaf_amount(w, bytes);
    }
}

static void comparison(struct writer *w, int depth)
{
    static const char *const signs[] = {" == ", " != ", " < ", " <= ", " > ", " >= "};
    bool bytes = rng_chance(w->rng, 70);
    amount(w, bytes, depth - 1);
    buf_str(w->out, signs[rng_below(w->rng, 6)]);
    if (bytes && rng_chance(w->rng, 10))
        buf_str(w->out, "unlimited");
    else
        amount(w, bytes, depth - 1);
}

/* A text or a flag of a bound row, where it has one. */
static void row_condition(struct writer *w, int depth)
{
    static const char *const tests[] = {" == \"a\"", " like \"*b\"", " under \"/a\"",
                                        " != \"/a/b\""};
    uint32_t binding = rng_below(w->rng, w->n_bound);
    const struct subject *s = w->bound[binding];
    if (s->flag != FIELD_NONE && rng_chance(w->rng, 50)) {
        bound_field(w, binding, s->flag);
    } else if (s->text != FIELD_NONE) {
        bound_field(w, binding, s->text);
        buf_str(w->out, tests[rng_below(w->rng, 4)]);
    } else {
        comparison(w, depth);
    }
}

static void boolean(struct writer *w, int depth)
{
    uint32_t choice = depth > 0 ? rng_below(w->rng, 12) : 0;
    if (choice < 2 && w->n_bound) {
        row_condition(w, depth);
    } else if (choice < 4) {
        comparison(w, depth);
    } else if (choice < 7) {
        buf_char(w->out, '(');
        boolean(w, depth - 1);
        buf_str(w->out, choice == 4 ? " or " : " and ");
        boolean(w, depth - 1);
        buf_char(w->out, ')');
    } else if (choice == 7) {
        buf_str(w->out, "not (");
        boolean(w, depth - 1);
        buf_char(w->out, ')');
    } else if (choice < 11 && w->n_bound < BINDINGS) {
        quantifier(w, choice == 8 ? "all" : "any", depth);
    } else if (w->n_lets && choice == 11) {
        buf_fmt(w->out, "l%u", rng_below(w->rng, w->n_lets));
    } else {
        buf_str(w->out, rng_chance(w->rng, 50) ? "true" : "1 == 2");
    }
}

void world_rule(struct rng *rng, struct buf *out)
{
    struct writer w = {.rng = rng, .out = out};
    buf_str(out, "format: 1\nid: random\ntitle: t\nkind: cause\nseverity: notice\nstatus: draft\n"
                 "say: s\nbecause: b\ndo: [d]\ndont: [d]\nrefs: [r]\ntests: []\n");
    if (rng_chance(rng, 20)) {
        buf_str(out, "applies: |\n  ");
        boolean(&w, 2);
        buf_char(out, '\n');
    }
    if (rng_chance(rng, 40)) {
        buf_str(out, "for_each: ");
        bind(&w);
        buf_char(out, '\n');
    }
    if (rng_chance(rng, 40)) {
        buf_str(out, "let:\n  l0: |\n    ");
        boolean(&w, 2);
        buf_str(out, "\n  l1: |\n    ");
        w.n_lets = 1;
        boolean(&w, 2);
        buf_char(out, '\n');
        w.n_lets = 2;
    }
    buf_str(out, "when: |\n  ");
    boolean(&w, 4);
    buf_char(out, '\n');
}
