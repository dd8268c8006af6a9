/* SPDX-License-Identifier: MIT */
#include "rule/explain_line.h"

#include "base/utf8.h"
#include "rule/say.h"

enum { VALUE_COLUMN = 60 };

void explain_line(struct explainer *x, unsigned indent, struct span left, struct span right)
{
    struct buf shown = {0};
    size_t n = indent;
    bool blank = false;
    buf_fmt(x->out, "%s%*s", x->prefix, (int)indent, "");
    for (size_t i = 0; i < left.n; i++) { /* an expression of several lines becomes one */
        bool is_blank = left.p[i] == ' ' || left.p[i] == '\n';
        if (!(is_blank && blank))
            buf_char(&shown, is_blank ? ' ' : left.p[i]);
        blank = is_blank;
    }
    buf_add(x->out, buf_span(&shown));
    n += shown.n;
    if (right.n) {
        buf_fmt(x->out, "%*s", n < VALUE_COLUMN ? (int)(VALUE_COLUMN - n) : 2, "");
        buf_add(x->out, right);
    }
    buf_char(x->out, '\n');
    buf_free(&shown);
}

static void add_place(const struct explainer *x, struct where where, struct buf *out)
{
    utf8_visible(store_member_path(x->store, where.member), out);
    if (where.line)
        buf_fmt(out, ":%u", where.line);
}

static void add_places(const struct explainer *x, struct ref ref, struct buf *out)
{
    struct where places[4];
    size_t n = store_places(x->store, ref, places, 4);
    for (size_t i = 0; i < n; i++) {
        buf_str(out, i ? ", " : "");
        add_place(x, places[i], out);
    }
}

static void explain_lack(const struct explainer *x, struct ref ref, struct buf *out)
{
    struct lack lack = store_lack(x->store, ref);
    switch (lack.reason) {
    case LACK_NOT_CAPTURED:
        buf_fmt(out, SPAN_FMT " was not captured: " SPAN_FMT, SPAN_ARG(lack.member),
                SPAN_ARG(lack.status));
        break;
    case LACK_NO_MEMBER:
        buf_fmt(out, "no " SPAN_FMT, SPAN_ARG(lack.member));
        break;
    case LACK_NO_KEY:
        buf_fmt(out, SPAN_FMT " does not say it", SPAN_ARG(lack.member));
        break;
    case LACK_UNREADABLE:
        buf_str(out, "unreadable");
        break;
    case LACK_INCOMPLETE:
        buf_str(out, "not known to be complete");
        break;
    case LACK_COMPUTED:
        buf_str(out, "made from facts of which some are missing");
        break;
    }
    if (lack.where.member) {
        buf_str(out, " (");
        add_place(x, lack.where, out);
        buf_char(out, ')');
    }
}

struct source_list {
    const struct explainer *x;
    struct buf *out;
    unsigned n;
};

static void add_source(void *context, struct ref ref)
{
    struct source_list *c = context;
    if (c->n < 3) {
        buf_str(c->out, c->n ? ", " : "from ");
        add_places(c->x, ref, c->out);
    } else if (c->n == 3) {
        buf_str(c->out, ", ...");
    }
    c->n++;
}

/* "e.limit = 256.0 MiB     dev/kmsg:870" */
void explain_fact(struct explainer *x, const struct node *node, unsigned indent)
{
    struct value value = eval_node(&x->eval, node);
    uint32_t row = node->slot == SLOT_OBJECT ? 0 : x->eval.rows[node->slot];
    struct ref ref = ref_of(node->field_id, row);
    struct buf left = {0}, right = {0};
    buf_add(&left, node_source(x->expr, node));
    buf_str(&left, " = ");
    if (node->type == FACT_TEXT && value.state == VALUE_KNOWN)
        buf_char(&left, '"');
    say_value(node->type, value, &left);
    if (node->type == FACT_TEXT && value.state == VALUE_KNOWN)
        buf_char(&left, '"');
    if (value.state == VALUE_UNKNOWN) {
        explain_lack(x, ref, &right);
    } else {
        struct source_list context = {x, &right, 0};
        if (store_get(x->store, ref).is_computed)
            store_sources(x->store, ref, add_source, &context);
        else
            add_places(x, ref, &right);
    }
    explain_line(x, indent, buf_span(&left), buf_span(&right));
    buf_free(&left);
    buf_free(&right);
}

void explain_value(struct explainer *x, const struct node *node, struct span text, unsigned indent)
{
    struct buf right = {0};
    struct value value = eval_node(&x->eval, node);
    if (node->type == FACT_BOOL && value.state == VALUE_KNOWN)
        buf_str(&right, value.number ? "true" : "false");
    else
        say_value(node->type, value, &right);
    explain_line(x, indent, text, buf_span(&right));
    buf_free(&right);
}

/* "214 rows, complete (manifest.jsonl:8)" */
void explain_rows(struct explainer *x, const struct node *node, unsigned indent)
{
    struct buf left = {0}, right = {0};
    uint32_t parent = eval_parent_row(&x->eval, node), n = 0;
    struct ref ref = ref_complete(node->table, parent);
    uint32_t row = ROW_NONE;
    while ((row = store_row_next(x->store, node->table, parent, row)) != ROW_NONE)
        n++;
    buf_fmt(&left, "%u rows of %s", n, schema_table(node->table)->name);
    if (store_is_complete(x->store, node->table, parent)) {
        buf_str(&right, "complete");
        if (store_get(x->store, ref).where.member)
            buf_char(&right, ' ');
        add_places(x, ref, &right);
    } else {
        explain_lack(x, ref, &right);
    }
    explain_line(x, indent, buf_span(&left), buf_span(&right));
    buf_free(&left);
    buf_free(&right);
}
