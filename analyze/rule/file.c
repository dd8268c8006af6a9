/* SPDX-License-Identifier: MIT */
/* The keys of a rule file, one table: rules/GRAMMAR.md, "The keys of a rule". */
#include "rule/body.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "rule/near.h"
#include "rule/load.h"
#include "rule/yaml.h"

#include <string.h>

const char *const rule_kind_names[] = {"scope", "cause", "pressure", "mistake", "risk", NULL};
const char *const rule_severity_names[] = {"notice", "warning", "critical", NULL};
const char *const rule_outcome_names[] = {"match", "clear", "unknown", "not-applicable", NULL};
static const char *const status_names[] = {"draft", "stable", "retired", NULL};

bool load_error(struct loader *l, const struct yaml *at, const char *text)
{
    return err_at(l->err, l->body->file, at->line, at->column, "%s", text);
}

/* ---- values of keys */

/* Reports print it as it is. */
static bool is_printable(struct span text)
{
    struct buf visible = {0};
    bool is_changed = utf8_visible(text, &visible);
    buf_free(&visible);
    return !is_changed;
}

bool load_text(struct loader *l, const struct yaml *value, struct span *ret)
{
    if (value->kind != YAML_SCALAR)
        return load_error(l, value, "a text is wanted here");
    *ret = span_trim(value->text);
    if (ret->n == 0)
        return load_error(l, value, "an empty text");
    return is_printable(*ret) ||
           load_error(l, value, "a text has no line feeds, control or invisible characters");
}

bool load_texts(struct loader *l, const struct yaml *value, struct text_list *ret)
{
    if (value->kind != YAML_LIST)
        return load_error(l, value, "a list is wanted here");
    size_t n = 0;
    for (const struct yaml *item = value->first; item; item = item->next)
        n++;
    struct span *items = arena_array(l->arena, n ? n : 1, sizeof(*items));
    n = 0;
    for (const struct yaml *item = value->first; item; item = item->next)
        if (!load_text(l, item, &items[n++]))
            return false;
    *ret = (struct text_list){items, n};
    return true;
}

bool load_word(struct loader *l, const struct yaml *value, const char *const *words, int *ret)
{
    struct span text = SPAN_NONE;
    if (!load_text(l, value, &text))
        return false;
    for (int i = 0; words[i]; i++)
        if (span_is(text, words[i])) {
            *ret = i;
            return true;
        }
    struct near near = near_name(text);
    for (int i = 0; words[i]; i++)
        near_offer(&near, span_of(words[i]));
    return err_at(l->err, l->body->file, value->line, value->column, "unknown word " SPAN_FMT "%s",
                  SPAN_ARG(text), near_hint(&near));
}

static bool is_id(struct span s)
{
    bool dash = true;
    for (size_t i = 0; i < s.n; i++) {
        bool word = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9');
        if (!word && (s.p[i] != '-' || dash))
            return false;
        dash = !word;
    }
    return s.n > 0 && !dash;
}

static struct span file_stem(const char *file)
{
    struct span name = span_of(file);
    size_t slash = span_rfind_char(name, '/');
    if (slash < name.n)
        name = span_skip(name, slash + 1);
    return span_slice(name, 0, span_rfind_char(name, '.'));
}

static bool load_id(struct loader *l, const struct yaml *value)
{
    if (!load_text(l, value, &l->rule->id))
        return false;
    if (!is_id(l->rule->id))
        return load_error(l, value, "an id is lower-case words joined by '-'");
    struct span stem = file_stem(l->body->file);
    return span_eq(stem, l->rule->id) ||
           err_at(l->err, l->body->file, value->line, value->column,
                  "the id is " SPAN_FMT " and the file is named " SPAN_FMT, SPAN_ARG(l->rule->id),
                  SPAN_ARG(stem));
}

static bool load_format(struct loader *l, const struct yaml *value)
{
    struct span text = SPAN_NONE;
    if (!load_text(l, value, &text))
        return false;
    return span_is(text, "1") || load_error(l, value, "this program reads format 1");
}

static bool load_kind(struct loader *l, const struct yaml *value)
{
    int word = 0;
    bool ok = load_word(l, value, rule_kind_names, &word);
    l->rule->kind = (enum rule_kind)word;
    return ok;
}

static bool load_severity(struct loader *l, const struct yaml *value)
{
    int word = 0;
    bool ok = load_word(l, value, rule_severity_names, &word);
    l->rule->severity = (enum rule_severity)word;
    return ok;
}

static bool load_status(struct loader *l, const struct yaml *value)
{
    int word;
    return load_word(l, value, status_names, &word) && load_text(l, value, &l->rule->status);
}

/* ---- expressions */

void load_script(struct loader *l, struct expr *expr)
{
    expr->script = (struct script){
        .file = l->body->file, .limits = l->limits, .arena = l->arena, .err = l->err};
}

static bool load_expr(struct loader *l, const struct yaml *value, struct expr *expr)
{
    load_script(l, expr);
    return yaml_script(value, l->body->yaml, &expr->script) && syntax_parse(expr);
}

static bool load_applies(struct loader *l, const struct yaml *value)
{
    struct scope scope = {.known_allowed = true};
    return load_expr(l, value, &l->body->applies) &&
           check_expr_type(&l->body->applies, &scope, FACT_BOOL, "applies");
}

static bool load_for_each(struct loader *l, const struct yaml *value)
{
    struct expr *expr = &l->body->binding;
    load_script(l, expr);
    if (!yaml_script(value, l->body->yaml, &expr->script) || !syntax_binding(expr) ||
        !check_binding(expr, &l->scope))
        return false;
    l->rule->for_each = true;
    l->rule->table = expr->root->table;
    return true;
}

static bool load_let(struct loader *l, const struct yaml *value)
{
    struct rule_let *let = &l->body->lets[l->body->n_lets];
    let->name = value->key->text;
    struct expr name = {0};
    load_script(l, &name);
    struct token token;
    name.script.text = let->name;
    name.script.line = value->key->line;
    name.script.column = value->key->column;
    if (!lex_next(&name.script, 0, &token))
        return false;
    if (token.kind != TOKEN_NAME || token.end != let->name.n || syntax_is_reserved(let->name))
        return load_error(l, value->key, "not a name for an expression: letters, digits and _");
    for (uint32_t i = 0; i < l->scope.n_rows; i++)
        if (span_eq(l->scope.rows[i].name, let->name))
            return load_error(l, value->key, "the name is taken by the row of for_each");
    if (schema_find_table(let->name) != TABLE_NONE)
        return load_error(l, value->key, "the name is taken by a table");
    if (!load_expr(l, value, &let->expr) || !check_expr(&let->expr, &l->scope))
        return false;
    l->body->scope_lets[l->body->n_lets] =
        (struct scope_let){let->name, let->expr.root->type,
                           l->rule->for_each && check_uses_row(let->expr.root, &l->scope)};
    l->scope.n_lets = ++l->body->n_lets;
    return true;
}

static bool load_lets(struct loader *l, const struct yaml *value)
{
    if (value->kind != YAML_MAP)
        return load_error(l, value, "let is a map of names and expressions");
    uint32_t n = 0;
    for (const struct yaml *entry = value->first; entry; entry = entry->next)
        if (++n > l->limits->lets)
            return load_error(l, entry->key, "too many named expressions");
    l->body->lets = arena_array(l->arena, n + 1, sizeof(*l->body->lets));
    l->body->scope_lets = arena_array(l->arena, n + 1, sizeof(*l->body->scope_lets));
    l->scope.lets = l->body->scope_lets;
    for (const struct yaml *entry = value->first; entry; entry = entry->next)
        if (!load_let(l, entry))
            return false;
    return true;
}

static bool load_when(struct loader *l, const struct yaml *value)
{
    return load_expr(l, value, &l->body->when) &&
           check_expr_type(&l->body->when, &l->scope, FACT_BOOL, "when");
}

static bool load_explains(struct loader *l, const struct yaml *value)
{
    return load_expr(l, value, &l->body->explains) &&
           check_expr_type(&l->body->explains, &l->scope, FACT_BYTES, "explains");
}

static bool load_context_item(struct loader *l, const struct yaml *item, struct expr *expr)
{
    load_script(l, expr);
    if (!yaml_script(item, l->body->yaml, &expr->script))
        return false;
    if (syntax_is_top(expr))
        return syntax_top(expr) && check_top(expr, &l->scope);
    if (!syntax_parse(expr))
        return false;
    if (expr->root->kind != NODE_PATH)
        return load_error(l, item, "context shows a path, a let or top(N, x in TABLE by EXPR)");
    return check_expr(expr, &l->scope);
}

static bool load_context(struct loader *l, const struct yaml *value)
{
    if (value->kind != YAML_LIST)
        return load_error(l, value, "a list is wanted here");
    size_t n = 0;
    for (const struct yaml *item = value->first; item; item = item->next)
        n++;
    l->body->context = arena_array(l->arena, n ? n : 1, sizeof(*l->body->context));
    for (const struct yaml *item = value->first; item; item = item->next)
        if (!load_context_item(l, item, &l->body->context[l->body->n_context++]))
            return false;
    return true;
}

/* ---- texts and lists */

#define LOAD_TEXT(name, member)                                                                    \
    static bool name(struct loader *l, const struct yaml *value)                                   \
    {                                                                                              \
        return load_text(l, value, &l->rule->member);                                              \
    }
#define LOAD_LIST(name, member)                                                                    \
    static bool name(struct loader *l, const struct yaml *value)                                   \
    {                                                                                              \
        return load_texts(l, value, &l->rule->member);                                             \
    }
LOAD_TEXT(load_title, title)
LOAD_TEXT(load_thresholds, thresholds)
LOAD_TEXT(load_because, because)
LOAD_LIST(load_do, do_list)
LOAD_LIST(load_dont, dont_list)
LOAD_LIST(load_false_positives, false_positives)
LOAD_LIST(load_refs, refs)
LOAD_LIST(load_supersedes, supersedes)
LOAD_LIST(load_related, related)
LOAD_LIST(load_coverage, coverage)

/* In the order in which they are loaded: names before what uses them. */
static const struct rule_key {
    const char *name;
    bool required;
    bool (*load)(struct loader *l, const struct yaml *value);
} keys[] = {
    {"format", true, load_format},
    {"id", true, load_id},
    {"title", true, load_title},
    {"kind", true, load_kind},
    {"severity", true, load_severity},
    {"status", true, load_status},
    {"coverage", false, load_coverage},
    {"applies", false, load_applies},
    {"for_each", false, load_for_each},
    {"let", false, load_lets},
    {"thresholds", false, load_thresholds},
    {"when", true, load_when},
    {"explains", false, load_explains},
    {"say", true, load_say},
    {"because", true, load_because},
    {"do", true, load_do},
    {"dont", true, load_dont},
    {"context", false, load_context},
    {"false_positives", false, load_false_positives},
    {"refs", true, load_refs},
    {"supersedes", false, load_supersedes},
    {"related", false, load_related},
    {"tests", true, load_tests},
};

enum { KEY_COUNT = sizeof(keys) / sizeof(keys[0]) };

static bool is_key(struct span name)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (span_is(name, keys[i].name))
            return true;
    return false;
}

static bool unknown_key(struct loader *l, const struct yaml *key)
{
    struct near near = near_name(key->text);
    for (size_t i = 0; i < KEY_COUNT; i++)
        near_offer(&near, span_of(keys[i].name));
    return err_at(l->err, l->body->file, key->line, key->column, "unknown key " SPAN_FMT "%s",
                  SPAN_ARG(key->text), near_hint(&near));
}

static bool check_keys(struct loader *l, const struct yaml *top)
{
    for (const struct yaml *entry = top->first; entry; entry = entry->next)
        if (!is_key(entry->key->text))
            return unknown_key(l, entry->key);
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].required && !yaml_find(top, keys[i].name))
            return err_at(l->err, l->body->file, 1, 1, "the key %s is missing", keys[i].name);
    return true;
}

struct rule *rule_load(const char *file, struct span yaml, const struct rule_limits *limits,
                       struct arena *arena, struct err *err)
{
    struct loader l = {.rule = arena_alloc(arena, sizeof(*l.rule)),
                       .body = arena_alloc(arena, sizeof(*l.body)),
                       .limits = limits,
                       .arena = arena,
                       .err = err};
    struct span name = arena_copy(arena, (struct span){file, strlen(file) + 1});
    l.body->file = name.p;
    l.body->yaml = yaml;
    l.rule->body = l.body;
    l.rule->table = TABLE_NONE;
    if (yaml.n > limits->bytes) {
        err_at(err, file, 1, 1, "the file has %zu bytes; %u are allowed", yaml.n, limits->bytes);
        return NULL;
    }
    struct yaml *top = yaml_parse(l.body->file, yaml, arena, err);
    if (!top || !check_keys(&l, top))
        return NULL;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        const struct yaml *value = yaml_find(top, keys[i].name);
        if (value && !keys[i].load(&l, value))
            return NULL;
    }
    return l.rule;
}
