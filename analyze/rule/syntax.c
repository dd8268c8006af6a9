/* SPDX-License-Identifier: MIT */
/* Recursive descent over the grammar in rules/GRAMMAR.md. */
#include "rule/syntax.h"

#include "base/arena.h"

struct parser {
    struct expr *expr;
    const struct script *script;
    struct token token; /* the one to look at */
    size_t before;      /* end of the token before it */
    uint32_t depth;
};

static bool parse_expr(struct parser *p, struct node **ret);

static bool advance(struct parser *p)
{
    p->before = p->token.end;
    return lex_next(p->script, p->token.end, &p->token);
}

static bool wrong(struct parser *p, const char *expected)
{
    if (p->token.kind == TOKEN_END)
        return script_error(p->script, p->before, "the expression ends; expected %s", expected);
    if (p->token.kind == TOKEN_TEXT)
        return script_error(p->script, p->token.begin, "a text; expected %s", expected);
    return script_error(p->script, p->token.begin, "'" SPAN_FMT "'; expected %s",
                        SPAN_ARG(p->token.text), expected);
}

static bool expect(struct parser *p, const char *word)
{
    char quoted[16] = "'";
    if (token_is(&p->token, word))
        return advance(p);
    size_t n = span_of(word).n;
    for (size_t i = 0; i < n && i < 8; i++)
        quoted[1 + i] = word[i];
    quoted[1 + (n < 8 ? n : 8)] = '\'';
    return wrong(p, quoted);
}

static struct node *node_new(struct parser *p, enum node_kind kind, size_t begin)
{
    if (++p->expr->n_nodes > p->script->limits->nodes) {
        script_error(p->script, begin, "more than %u operators, literals and names",
                     p->script->limits->nodes);
        return NULL;
    }
    struct node *node = arena_alloc(p->script->arena, sizeof(*node));
    node->kind = kind;
    node->begin = (uint32_t)begin;
    node->end = (uint32_t)p->token.end;
    node->slot = node->parent_slot = SLOT_OBJECT;
    node->table = TABLE_NONE;
    node->field_id = FIELD_NONE;
    return node;
}

static bool binary(struct parser *p, enum node_kind kind, struct node *a, struct node *b,
                   struct node **ret)
{
    *ret = node_new(p, kind, a->begin);
    if (!*ret)
        return false;
    (*ret)->a = a;
    (*ret)->b = b;
    (*ret)->end = (uint32_t)p->before;
    return true;
}

static bool parse_name(struct parser *p, const char *what, struct span *ret_name)
{
    if (p->token.kind != TOKEN_NAME)
        return wrong(p, what);
    *ret_name = p->token.text;
    return advance(p);
}

/* name "in" table, into node */
static bool parse_binding(struct parser *p, struct node *node)
{
    node->name_at = (uint32_t)p->token.begin;
    if (!parse_name(p, "a name for the row", &node->name))
        return false;
    if (syntax_is_reserved(node->name))
        return script_error(p->script, node->name_at, "'" SPAN_FMT "' cannot name a row",
                            SPAN_ARG(node->name));
    if (!expect(p, "in"))
        return false;
    node->field_at = (uint32_t)p->token.begin;
    if (!parse_name(p, "a table", &node->field))
        return false;
    if (!token_is(&p->token, "."))
        return true;
    node->first = node->field;
    return advance(p) && parse_name(p, "a table below the row", &node->field);
}

/* ("any" | "all" | "count") binding ":" "(" expr ")" */
static bool parse_quantifier(struct parser *p, enum node_kind kind, struct node **ret)
{
    struct node *node = *ret = node_new(p, kind, p->token.begin);
    if (!node || !advance(p) || !parse_binding(p, node) || !expect(p, ":") || !expect(p, "(") ||
        !parse_expr(p, &node->a) || !expect(p, ")"))
        return false;
    node->end = (uint32_t)p->before;
    return true;
}

/* ("sum" | "min" | "max") "(" expr "for" binding ["if" expr] ")" */
static bool parse_fold(struct parser *p, enum node_kind kind, struct node **ret)
{
    struct node *node = *ret = node_new(p, kind, p->token.begin);
    if (!node || !advance(p) || !expect(p, "(") || !parse_expr(p, &node->a) || !expect(p, "for") ||
        !parse_binding(p, node))
        return false;
    if (token_is(&p->token, "if") && (!advance(p) || !parse_expr(p, &node->b)))
        return false;
    if (!expect(p, ")"))
        return false;
    node->end = (uint32_t)p->before;
    return true;
}

static bool parse_path(struct parser *p, struct node **ret)
{
    struct node *node = *ret = node_new(p, NODE_PATH, p->token.begin);
    if (!node)
        return false;
    node->name_at = node->begin;
    if (syntax_is_reserved(p->token.text))
        return wrong(p, "a value");
    if (!parse_name(p, "a value", &node->name))
        return false;
    if (token_is(&p->token, ".")) {
        if (!advance(p))
            return false;
        node->field_at = (uint32_t)p->token.begin;
        if (!parse_name(p, "a field", &node->field))
            return false;
    }
    if (token_is(&p->token, "."))
        return script_error(p->script, p->token.begin, "a path has two parts at most");
    node->end = (uint32_t)p->before;
    return true;
}

static bool parse_known(struct parser *p, struct node **ret)
{
    struct node *node = *ret = node_new(p, NODE_KNOWN, p->token.begin);
    if (!node || !advance(p) || !expect(p, "(") || !parse_path(p, &node->a) || !expect(p, ")"))
        return false;
    node->end = (uint32_t)p->before;
    return true;
}

static bool parse_atom(struct parser *p, struct node **ret);

/* [ "-" ] number, or percent "of" atom */
static bool parse_number(struct parser *p, struct node **ret)
{
    size_t begin = p->token.begin;
    bool negative = token_is(&p->token, "-");
    if (negative && (!advance(p) || p->token.kind != TOKEN_NUMBER || p->token.begin != begin + 1))
        return p->script->err->code ? false : wrong(p, "a number right behind '-'");
    struct node *node = *ret = node_new(p, NODE_NUMBER, begin);
    if (!node)
        return false;
    node->type = p->token.type;
    node->number = negative ? -p->token.number : p->token.number;
    if (!advance(p))
        return false;
    if (node->type != FACT_RATIO || !token_is(&p->token, "of")) {
        if (p->token.kind == TOKEN_NAME && !syntax_is_reserved(p->token.text))
            return script_error(p->script, p->token.begin,
                                "a unit stands right behind its number, without a blank");
        return true;
    }
    node->kind = NODE_PERCENT;
    if (!advance(p) || !parse_atom(p, &node->a))
        return false;
    node->end = (uint32_t)p->before;
    return true;
}

static bool parse_constant(struct parser *p, enum node_kind kind, int64_t number, struct node **ret)
{
    *ret = node_new(p, kind, p->token.begin);
    if (!*ret)
        return false;
    (*ret)->number = number;
    (*ret)->text = p->token.text;
    return advance(p);
}

static bool parse_group(struct parser *p, struct node **ret)
{
    size_t begin = p->token.begin;
    if (!advance(p) || !parse_expr(p, ret) || !expect(p, ")"))
        return false;
    (*ret)->begin = (uint32_t)begin;
    (*ret)->end = (uint32_t)p->before;
    return true;
}

static bool parse_word(struct parser *p, struct node **ret)
{
    static const struct {
        const char *word;
        enum node_kind kind;
    } words[] = {{"any", NODE_ANY}, {"all", NODE_ALL}, {"count", NODE_COUNT},
                 {"sum", NODE_SUM}, {"min", NODE_MIN}, {"max", NODE_MAX}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (token_is(&p->token, words[i].word))
            return words[i].kind <= NODE_COUNT ? parse_quantifier(p, words[i].kind, ret)
                                               : parse_fold(p, words[i].kind, ret);
    if (token_is(&p->token, "known"))
        return parse_known(p, ret);
    if (token_is(&p->token, "true"))
        return parse_constant(p, NODE_BOOL, 1, ret);
    if (token_is(&p->token, "false"))
        return parse_constant(p, NODE_BOOL, 0, ret);
    if (token_is(&p->token, "unlimited"))
        return parse_constant(p, NODE_UNLIMITED, 0, ret);
    return parse_path(p, ret);
}

static bool parse_atom_inner(struct parser *p, struct node **ret)
{
    if (p->token.kind == TOKEN_NUMBER || token_is(&p->token, "-"))
        return parse_number(p, ret);
    if (p->token.kind == TOKEN_TEXT)
        return parse_constant(p, NODE_TEXT, 0, ret);
    if (token_is(&p->token, "("))
        return parse_group(p, ret);
    if (p->token.kind == TOKEN_NAME)
        return parse_word(p, ret);
    return wrong(p, "a value");
}

/* Every nesting goes through here, so that the depth of the recursion is bounded here. */
static bool parse_atom(struct parser *p, struct node **ret)
{
    if (++p->depth > p->script->limits->depth)
        return script_error(p->script, p->token.begin, "nested deeper than %u",
                            p->script->limits->depth);
    bool ok = parse_atom_inner(p, ret);
    p->depth--;
    return ok;
}

struct level_sign {
    const char *word;
    enum node_kind kind;
};

static const struct level_sign *sign_of(const struct parser *p, const struct level_sign *signs)
{
    for (; signs->word; signs++)
        if (token_is(&p->token, signs->word))
            return signs;
    return NULL;
}

/* operand { sign operand }, to the left */
static bool parse_level(struct parser *p, const struct level_sign *signs,
                        bool (*operand)(struct parser *, struct node **), struct node **ret)
{
    if (!operand(p, ret))
        return false;
    for (const struct level_sign *sign; (sign = sign_of(p, signs)) != NULL;) {
        struct node *right;
        if (!advance(p) || !operand(p, &right) || !binary(p, sign->kind, *ret, right, ret))
            return false;
    }
    return true;
}

static bool parse_product(struct parser *p, struct node **ret)
{
    static const struct level_sign signs[] = {{"*", NODE_MUL}, {NULL, NODE_MUL}};
    return parse_level(p, signs, parse_atom, ret);
}

static bool parse_sum(struct parser *p, struct node **ret)
{
    static const struct level_sign signs[] = {{"+", NODE_ADD}, {"-", NODE_SUB}, {NULL, NODE_ADD}};
    return parse_level(p, signs, parse_product, ret);
}

static bool parse_comparison(struct parser *p, struct node **ret)
{
    static const struct level_sign signs[] = {
        {"==", NODE_EQ},     {"!=", NODE_NE},       {"<", NODE_LT},
        {"<=", NODE_LE},     {">", NODE_GT},        {">=", NODE_GE},
        {"like", NODE_LIKE}, {"under", NODE_UNDER}, {NULL, NODE_EQ}};
    if (!parse_sum(p, ret))
        return false;
    const struct level_sign *sign = sign_of(p, signs);
    if (!sign)
        return true;
    struct node *right;
    if (!advance(p) || !parse_sum(p, &right) || !binary(p, sign->kind, *ret, right, ret))
        return false;
    if (sign_of(p, signs))
        return script_error(p->script, p->token.begin,
                            "comparisons do not chain; join two of them with 'and'");
    return true;
}

static bool parse_not(struct parser *p, struct node **ret)
{
    if (!token_is(&p->token, "not"))
        return parse_comparison(p, ret);
    if (++p->depth > p->script->limits->depth)
        return script_error(p->script, p->token.begin, "nested deeper than %u",
                            p->script->limits->depth);
    struct node *node = *ret = node_new(p, NODE_NOT, p->token.begin);
    if (!node || !advance(p) || !parse_not(p, &node->a))
        return false;
    node->end = (uint32_t)p->before;
    p->depth--;
    return true;
}

static bool parse_and(struct parser *p, struct node **ret)
{
    static const struct level_sign signs[] = {{"and", NODE_AND}, {NULL, NODE_AND}};
    return parse_level(p, signs, parse_not, ret);
}

static bool parse_expr(struct parser *p, struct node **ret)
{
    static const struct level_sign signs[] = {{"or", NODE_OR}, {NULL, NODE_OR}};
    return parse_level(p, signs, parse_and, ret);
}

static bool parse_begin(struct parser *p, struct expr *expr)
{
    *p = (struct parser){.expr = expr, .script = &expr->script};
    if (expr->script.text.n > expr->script.limits->expression_bytes)
        return script_error(p->script, 0, "the expression has %zu bytes; %u are allowed",
                            expr->script.text.n, expr->script.limits->expression_bytes);
    return lex_next(p->script, 0, &p->token);
}

bool syntax_parse(struct expr *expr)
{
    struct parser p;
    if (!parse_begin(&p, expr) || !parse_expr(&p, &expr->root))
        return false;
    return p.token.kind == TOKEN_END || wrong(&p, "an operator or the end");
}

bool syntax_binding(struct expr *expr)
{
    struct parser p;
    if (!parse_begin(&p, expr))
        return false;
    struct node *node = expr->root = node_new(&p, NODE_ANY, p.token.begin);
    if (!node || !parse_binding(&p, node))
        return false;
    return p.token.kind == TOKEN_END || wrong(&p, "the end");
}

bool syntax_top(struct expr *expr)
{
    struct parser p;
    if (!parse_begin(&p, expr))
        return false;
    struct node *node = expr->root = node_new(&p, NODE_MAX, p.token.begin);
    if (!node || !expect(&p, "top") || !expect(&p, "("))
        return false;
    if (p.token.kind != TOKEN_NUMBER || p.token.type != FACT_COUNT || p.token.number < 1)
        return wrong(&p, "a number of rows");
    node->number = p.token.number;
    if (!advance(&p) || !expect(&p, ",") || !parse_binding(&p, node) || !expect(&p, "by") ||
        !parse_sum(&p, &node->a))
        return false;
    if (token_is(&p.token, "if") && (!advance(&p) || !parse_expr(&p, &node->b)))
        return false;
    if (!expect(&p, ")"))
        return false;
    return p.token.kind == TOKEN_END || wrong(&p, "the end");
}
