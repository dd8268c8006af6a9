/* SPDX-License-Identifier: MIT */
/* Each struct is described once, for both ways: x = word(im, x) writes x and leaves it, or reads
 * it. Places in the file, and names as written, are left out: only errors of loading need them. */
#include "rule/image.h"

#include "base/arena.h"

struct image {
    struct buf *const out; /* NULL when reading */
    struct span rest;      /* what is not yet read */
    struct arena *arena;
    const char *file;
    const struct rule_limits *limits;
};

/* ---- numbers and texts */

static void put(struct image *im, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        buf_char(im->out, (char)(value | 0x80));
    buf_char(im->out, (char)value);
}

static uint64_t get(struct image *im)
{
    uint64_t value = 0;
    for (unsigned shift = 0; im->rest.n && shift < 64; shift += 7) {
        unsigned char byte = (unsigned char)*im->rest.p;
        im->rest = span_skip(im->rest, 1);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return value;
}

/* Seven bits a byte, the lowest first. */
static uint64_t word(struct image *im, uint64_t value)
{
    if (!im->out)
        return get(im);
    put(im, value);
    return value;
}

static uint32_t word32(struct image *im, uint32_t value)
{
    return (uint32_t)word(im, value);
}

static void text(struct image *im, struct span *s)
{
    s->n = word(im, s->n);
    if (im->out) {
        buf_add(im->out, *s);
        return;
    }
    *s = span_slice(im->rest, 0, s->n);
    im->rest = span_skip(im->rest, s->n);
}

/* How many follow; never more than there are bytes to read them from. */
static size_t count(struct image *im, size_t n)
{
    n = word(im, n);
    return im->out || n <= im->rest.n ? n : im->rest.n;
}

/* The array itself when writing; a new one when reading. */
static void *array(struct image *im, void *items, size_t n, size_t size_bytes)
{
    return im->out || n == 0 ? items : arena_array(im->arena, n, size_bytes);
}

static void texts(struct image *im, struct text_list *list)
{
    list->n = count(im, list->n);
    struct span *items = array(im, (void *)list->items, list->n, sizeof(*items));
    for (size_t i = 0; i < list->n; i++)
        text(im, &items[i]);
    list->items = items;
}

/* ---- expressions */

/* What a node has; most have little. */
enum { HAS_A = 1, HAS_B = 2, HAS_NUMBER = 4, HAS_TEXT = 8, HAS_NAMES = 16 };

static unsigned parts_of(const struct node *node)
{
    bool names = node->name.n || node->field_id || node->slot || node->table || node->parent_slot ||
                 node->let;
    return (node->a ? HAS_A : 0) | (node->b ? HAS_B : 0) | (node->number ? HAS_NUMBER : 0) |
           (node->text.n ? HAS_TEXT : 0) | (names ? HAS_NAMES : 0);
}

static void node_names(struct image *im, struct node *node)
{
    text(im, &node->name);
    node->field_id = (enum field_id)word32(im, (uint32_t)node->field_id);
    node->slot = (int)word32(im, (uint32_t)node->slot);
    node->table = (enum table_id)word32(im, (uint32_t)node->table);
    node->parent_slot = (int)word32(im, (uint32_t)node->parent_slot);
    node->let = word32(im, node->let);
}

/* Recursion is as deep as the expression, which the limits of a rule bound. */
static struct node *tree(struct image *im, struct node *node)
{
    if (!im->out)
        node = arena_alloc(im->arena, sizeof(*node));
    unsigned parts = word32(im, im->out ? parts_of(node) : 0);
    node->kind = (enum node_kind)word32(im, (uint32_t)node->kind);
    node->type = (enum fact_type)word32(im, (uint32_t)node->type);
    node->begin = word32(im, node->begin);
    node->end = word32(im, node->end);
    if (parts & HAS_NUMBER)
        node->number = (int64_t)word(im, (uint64_t)node->number);
    if (parts & HAS_TEXT)
        text(im, &node->text);
    if (parts & HAS_NAMES)
        node_names(im, node);
    if (parts & HAS_A)
        node->a = tree(im, node->a);
    if (parts & HAS_B)
        node->b = tree(im, node->b);
    return node;
}

static void expression(struct image *im, struct expr *expr)
{
    struct script *script = &expr->script;
    if (!word(im, expr->root != NULL))
        return;
    text(im, &script->text);
    if (!im->out) {
        script->file = im->file;
        script->limits = im->limits;
        script->arena = im->arena;
    }
    expr->root = tree(im, expr->root);
}

/* ---- the rule */

static void lets(struct image *im, struct rule_body *body)
{
    body->n_lets = (uint32_t)count(im, body->n_lets);
    body->lets = array(im, body->lets, body->n_lets, sizeof(*body->lets));
    body->scope_lets = array(im, body->scope_lets, body->n_lets, sizeof(*body->scope_lets));
    for (uint32_t i = 0; i < body->n_lets; i++) {
        text(im, &body->lets[i].name);
        expression(im, &body->lets[i].expr);
        body->scope_lets[i].uses_row = word(im, body->scope_lets[i].uses_row);
    }
}

static void say(struct image *im, struct rule_body *body)
{
    body->n_say = count(im, body->n_say);
    body->say = array(im, body->say, body->n_say, sizeof(*body->say));
    for (size_t i = 0; i < body->n_say; i++) {
        struct say_piece *piece = &body->say[i];
        piece->mark = (enum say_mark)word32(im, (uint32_t)piece->mark);
        text(im, &piece->text);
        if (!word(im, piece->expr != NULL))
            continue;
        piece->expr = array(im, piece->expr, 1, sizeof(*piece->expr));
        expression(im, piece->expr);
    }
}

static void context(struct image *im, struct rule_body *body)
{
    body->n_context = count(im, body->n_context);
    body->context = array(im, body->context, body->n_context, sizeof(*body->context));
    for (size_t i = 0; i < body->n_context; i++)
        expression(im, &body->context[i]);
}

static void head(struct image *im, struct rule *rule)
{
    struct span *const items[] = {&rule->id, &rule->title, &rule->thresholds, &rule->because,
                                  &rule->status};
    for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
        text(im, items[i]);
    rule->kind = (enum rule_kind)word32(im, (uint32_t)rule->kind);
    rule->severity = (enum rule_severity)word32(im, (uint32_t)rule->severity);
    rule->for_each = word(im, rule->for_each);
    rule->table = (enum table_id)word32(im, (uint32_t)rule->table);
    struct text_list *const lists[] = {&rule->do_list, &rule->dont_list,  &rule->false_positives,
                                       &rule->refs,    &rule->supersedes, &rule->related,
                                       &rule->coverage};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        texts(im, lists[i]);
}

static void whole(struct image *im, struct rule *rule, struct rule_body *body)
{
    head(im, rule);
    expression(im, &body->applies);
    expression(im, &body->binding);
    lets(im, body);
    expression(im, &body->when);
    expression(im, &body->explains);
    say(im, body);
    context(im, body);
}

void rule_image_write(const struct rule *rule, struct buf *out)
{
    struct image im = {.out = out};
    struct rule copy = *rule;
    struct rule_body body = *rule->body;
    whole(&im, &copy, &body);
}

struct rule *rule_image_read(struct span image, const char *file, struct span yaml,
                             const struct rule_limits *limits, struct arena *arena)
{
    struct image im = {.rest = image, .arena = arena, .file = file, .limits = limits};
    struct rule *rule = arena_alloc(arena, sizeof(*rule));
    struct rule_body *body = arena_alloc(arena, sizeof(*body));
    body->file = file;
    body->yaml = yaml;
    rule->body = body;
    whole(&im, rule, body);
    return rule;
}
