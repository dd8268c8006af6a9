/* SPDX-License-Identifier: MIT */
#include "cli/expect.h"

#include "base/arena.h"
#include "base/num.h"
#include "base/utf8.h"
#include "rule/yaml.h"

const char *const expect_fields[EXPECT_FIELDS] = {"kind",   "scope",  "cgroup",
                                                  "victim", "holder", "cause"};

struct reader {
    struct expect *expect;
    const char *file;
    struct arena *arena;
    struct err *err;
};

static bool wrong(struct reader *r, const struct yaml *at, const char *what)
{
    return err_at(r->err, r->file, at->line, at->column, "%s", what);
}

static bool read_text(struct reader *r, const struct yaml *value, struct span *ret)
{
    if (value->kind != YAML_SCALAR)
        return wrong(r, value, "a text is expected here");
    *ret = value->text;
    return true;
}

static bool wrong_key(struct reader *r, const struct yaml *key, const char *said, const char *keys)
{
    struct buf visible = {0};
    utf8_visible(span_slice(key->text, 0, 40), &visible);
    wrong(r, key, arena_printf(r->arena, "%s: no such key; %s %s", buf_cstr(&visible), said, keys));
    buf_free(&visible);
    return false;
}

static size_t entries(const struct yaml *value)
{
    size_t n = 0;
    for (const struct yaml *item = value->first; item; item = item->next)
        n++;
    return n;
}

static bool read_list(struct reader *r, const struct yaml *value, struct text_list *ret)
{
    if (value->kind != YAML_LIST)
        return wrong(r, value, "a list of rule ids is expected here");
    struct span *items = arena_array(r->arena, entries(value), sizeof(*items));
    ret->items = items;
    ret->n = 0;
    for (const struct yaml *item = value->first; item; item = item->next)
        if (!read_text(r, item, &items[ret->n++]))
            return false;
    return true;
}

static bool read_incident(struct reader *r, const struct yaml *map, struct expect_incident *ret)
{
    if (map->kind != YAML_MAP)
        return wrong(r, map, "an incident has keys: kind, scope, cgroup, victim, holder, cause");
    ret->line = map->line;
    for (const struct yaml *item = map->first; item; item = item->next) {
        int field = 0;
        while (field < EXPECT_FIELDS && !span_is(item->key->text, expect_fields[field]))
            field++;
        if (field == EXPECT_FIELDS)
            return wrong_key(r, item->key, "an incident has",
                             "kind, scope, cgroup, victim, holder, cause");
        if (!read_text(r, item, &ret->field[field]))
            return false;
    }
    return true;
}

static bool read_incidents(struct reader *r, const struct yaml *list)
{
    struct expect *expect = r->expect;
    if (list->kind != YAML_LIST)
        return wrong(r, list, "a list of incidents is expected here");
    expect->has_incidents = true;
    expect->incidents = arena_array(r->arena, entries(list), sizeof(*expect->incidents));
    for (const struct yaml *item = list->first; item; item = item->next)
        if (!read_incident(r, item, &expect->incidents[expect->n_incidents++]))
            return false;
    return true;
}

static bool read_exit(struct reader *r, const struct yaml *value)
{
    uint64_t number;
    if (value->kind != YAML_SCALAR || !num_u64(value->text, &number) || number > 2)
        return wrong(r, value, "exit is 0, 1 or 2");
    r->expect->has_exit = true;
    r->expect->exit = (int)number;
    return true;
}

static bool read_format(struct reader *r, const struct yaml *value)
{
    return (value->kind == YAML_SCALAR && span_is(value->text, "1")) ||
           wrong(r, value, "format is 1");
}

static bool read_key(struct reader *r, const struct yaml *item)
{
    struct span key = item->key->text;
    if (span_is(key, "format"))
        return read_format(r, item);
    if (span_is(key, "bundle"))
        return read_text(r, item, &r->expect->bundle);
    if (span_is(key, "before"))
        return read_text(r, item, &r->expect->before);
    if (span_is(key, "exit"))
        return read_exit(r, item);
    if (span_is(key, "incidents"))
        return read_incidents(r, item);
    if (span_is(key, "match"))
        return read_list(r, item, &r->expect->match);
    if (span_is(key, "silent"))
        return read_list(r, item, &r->expect->silent);
    if (!span_is(key, "may_be_unknown"))
        return wrong_key(r, item->key, "keys are",
                         "format, bundle, before, exit, incidents, match, silent, may_be_unknown");
    r->expect->has_unknown = true;
    return read_list(r, item, &r->expect->may_be_unknown);
}

/* A bundle lies in the folder of its case, so that a case cannot point elsewhere. */
static bool is_plain_name(struct span name)
{
    return name.n && span_find_char(name, '/') == name.n && span_find_char(name, '\0') == name.n &&
           !span_is(name, "..") && !span_is(name, ".");
}

bool expect_read(struct expect *expect, const char *file, struct span text, struct arena *arena,
                 struct err *err)
{
    struct reader r = {expect, file, arena, err};
    *expect = (struct expect){0};
    const struct yaml *top = yaml_parse(file, text, arena, err);
    if (!top)
        return false;
    for (const struct yaml *item = top->first; item; item = item->next)
        if (!read_key(&r, item))
            return false;
    if (!yaml_find(top, "format"))
        return wrong(&r, top, "format: 1 is missing");
    if (!yaml_find(top, "bundle"))
        return wrong(&r, top, "bundle: NAME is missing, of a file or folder beside this one");
    if (!is_plain_name(expect->bundle))
        return wrong(&r, yaml_find(top, "bundle"),
                     "bundle: names a file or folder beside this one");
    return !yaml_find(top, "before") || is_plain_name(expect->before) ||
           wrong(&r, yaml_find(top, "before"), "before: names a file or folder beside this one");
}

bool expect_is_empty(const struct expect *expect)
{
    return !expect->has_exit && !expect->has_incidents && !expect->has_unknown &&
           !expect->match.n && !expect->silent.n;
}
