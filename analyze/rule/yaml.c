/* SPDX-License-Identifier: MIT */
/* libyaml's events, read strictly. libyaml counts lines and columns from 0. */
#include "rule/yaml.h"

#include "base/arena.h"
#include "base/lines.h"
#include "base/map.h"

#include <yaml.h>

enum { YAML_DEPTH = 8, TAB_RANGES = 1024 };

struct reader {
    yaml_parser_t parser;
    const char *file;
    struct span text;
    struct arena *arena;
    struct err *err;
    struct {
        uint32_t from, to; /* lines of a literal block: tabs are evidence there */
    } literal[TAB_RANGES];
    size_t n_literal;
};

static bool fail(struct reader *r, yaml_mark_t mark, const char *text)
{
    return err_at(r->err, r->file, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1, "%s", text);
}

static bool fail_at(struct reader *r, const struct yaml *node, const char *text)
{
    return err_at(r->err, r->file, node->line, node->column, "%s", text);
}

/* ---- tabs */

static bool in_literal(const struct reader *r, uint32_t line)
{
    for (size_t i = 0; i < r->n_literal; i++)
        if (line > r->literal[i].from && line <= r->literal[i].to)
            return true;
    return false;
}

/* A tab outside literal blocks, in the first `n_lines` lines. */
static bool refuse_tabs(struct reader *r, uint32_t n_lines)
{
    struct lines lines = lines_of(r->text);
    for (struct span line; lines_next(&lines, &line) && lines.number <= n_lines;) {
        size_t at = span_find_char(line, '\t');
        if (at < line.n && !in_literal(r, lines.number))
            return err_at(r->err, r->file, lines.number, (uint32_t)at + 1,
                          "a tab; indent and separate with blanks");
    }
    return true;
}

/* libyaml's own complaint. Where the line has a tab, the tab is what is wrong. */
static bool fail_libyaml(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    yaml_mark_t mark = p->problem_mark;
    if (p->error == YAML_MEMORY_ERROR)
        base_no_memory();
    if (p->error == YAML_READER_ERROR) {
        struct lines lines = lines_of(span_slice(r->text, 0, p->problem_offset));
        struct span line = SPAN_NONE;
        while (lines_next(&lines, &line))
            ;
        return err_at(r->err, r->file, lines.number ? lines.number : 1, (uint32_t)line.n + 1, "%s",
                      p->problem ? p->problem : "not UTF-8");
    }
    if (!refuse_tabs(r, (uint32_t)mark.line + 1))
        return false;
    return fail(r, mark, p->problem ? p->problem : "not YAML");
}

/* ---- events */

static bool next_event(struct reader *r, yaml_event_t *event)
{
    return yaml_parser_parse(&r->parser, event) || fail_libyaml(r);
}

static bool refuse(struct reader *r, yaml_mark_t mark, const yaml_char_t *anchor,
                   const yaml_char_t *tag)
{
    if (anchor)
        return fail(r, mark, "anchors are not used here");
    if (tag)
        return fail(r, mark, "tags are not used here");
    return true;
}

static struct yaml *node_new(struct reader *r, enum yaml_kind kind, const yaml_event_t *event)
{
    struct yaml *node = arena_alloc(r->arena, sizeof(*node));
    node->kind = kind;
    node->line = (uint32_t)event->start_mark.line + 1;
    node->column = (uint32_t)event->start_mark.column + 1;
    node->end_line = (uint32_t)event->end_mark.line + 1;
    return node;
}

static bool read_scalar(struct reader *r, const yaml_event_t *event, struct yaml **ret)
{
    struct yaml *node = *ret = node_new(r, YAML_SCALAR, event);
    if (!refuse(r, event->start_mark, event->data.scalar.anchor, event->data.scalar.tag))
        return false;
    node->text = arena_copy(
        r->arena, (struct span){(const char *)event->data.scalar.value, event->data.scalar.length});
    switch (event->data.scalar.style) {
    case YAML_LITERAL_SCALAR_STYLE:
        node->style = STYLE_LITERAL;
        if (r->n_literal == TAB_RANGES)
            return fail_at(r, node, "too many literal blocks");
        r->literal[r->n_literal].from = node->line;
        r->literal[r->n_literal++].to = (uint32_t)event->end_mark.line;
        break;
    case YAML_FOLDED_SCALAR_STYLE:
        node->style = STYLE_FOLDED;
        break;
    case YAML_PLAIN_SCALAR_STYLE:
        node->style = STYLE_PLAIN;
        if (node->text.n == 0 || span_is(node->text, "~") || span_is(node->text, "null"))
            return fail_at(r, node, "null: a value is missing");
        break;
    default:
        node->style = STYLE_QUOTED;
    }
    return true;
}

static bool read_node(struct reader *r, const yaml_event_t *event, unsigned depth,
                      struct yaml **ret);

static bool read_list(struct reader *r, unsigned depth, struct yaml *list)
{
    struct yaml **tail = &list->first;
    for (;;) {
        yaml_event_t event;
        if (!next_event(r, &event))
            return false;
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        bool ok = end || read_node(r, &event, depth, tail);
        yaml_event_delete(&event);
        if (end || !ok)
            return ok;
        tail = &(*tail)->next;
    }
}

static bool check_key(struct reader *r, const struct yaml *key, struct map *seen)
{
    if (key->kind != YAML_SCALAR)
        return fail_at(r, key, "a key is one word");
    if (key->text.n == 0)
        return fail_at(r, key, "an empty key");
    uint32_t before = map_get(seen, key->text, 0);
    if (before)
        return err_at(r->err, r->file, key->line, key->column,
                      "duplicate key " SPAN_FMT "; the first is in line %u", SPAN_ARG(key->text),
                      before);
    map_set(seen, key->text, key->line);
    return true;
}

static bool read_value(struct reader *r, unsigned depth, const struct yaml *key, struct yaml **ret)
{
    yaml_event_t event;
    if (!next_event(r, &event))
        return false;
    bool ok = read_node(r, &event, depth, ret);
    yaml_event_delete(&event);
    if (ok)
        (*ret)->key = key;
    return ok;
}

/* One entry; *ret stays NULL at the end of the map. */
static bool read_entry(struct reader *r, unsigned depth, struct map *seen, struct yaml **ret)
{
    yaml_event_t event;
    struct yaml *key = NULL;
    if (!next_event(r, &event))
        return false;
    bool end = event.type == YAML_MAPPING_END_EVENT;
    bool ok = end || (read_node(r, &event, depth, &key) && key && check_key(r, key, seen));
    yaml_event_delete(&event);
    return ok && (end || read_value(r, depth, key, ret));
}

static bool read_map(struct reader *r, unsigned depth, bool flow, struct yaml *map)
{
    struct map seen = {0};
    struct yaml **tail = &map->first;
    bool ok = true;
    while ((ok = read_entry(r, depth, &seen, tail)) && *tail)
        tail = &(*tail)->next;
    map_free(&seen);
    if (ok && flow && map->first)
        return fail_at(r, map, "a map in braces; write one key a line");
    return ok;
}

static bool read_node(struct reader *r, const yaml_event_t *event, unsigned depth,
                      struct yaml **ret)
{
    if (depth == 0)
        return fail(r, event->start_mark, "nested too deep");
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(r, event, ret);
    case YAML_SEQUENCE_START_EVENT:
        *ret = node_new(r, YAML_LIST, event);
        return refuse(r, event->start_mark, event->data.sequence_start.anchor,
                      event->data.sequence_start.tag) &&
               read_list(r, depth - 1, *ret);
    case YAML_MAPPING_START_EVENT:
        *ret = node_new(r, YAML_MAP, event);
        return refuse(r, event->start_mark, event->data.mapping_start.anchor,
                      event->data.mapping_start.tag) &&
               read_map(r, depth - 1, event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE,
                        *ret);
    case YAML_ALIAS_EVENT:
        return fail(r, event->start_mark, "aliases are not used here");
    default:
        return fail(r, event->start_mark, "the file is empty");
    }
}

/* The events in front of the document, and the one of its top node. */
static bool read_head(struct reader *r, yaml_event_t *event)
{
    for (;;) {
        if (!next_event(r, event))
            return false;
        if (event->type == YAML_DOCUMENT_START_EVENT &&
            (event->data.document_start.version_directive ||
             event->data.document_start.tag_directives.start !=
                 event->data.document_start.tag_directives.end)) {
            fail(r, event->start_mark, "directives are not used here");
            yaml_event_delete(event);
            return false;
        }
        if (event->type != YAML_STREAM_START_EVENT && event->type != YAML_DOCUMENT_START_EVENT)
            return true;
        yaml_event_delete(event);
    }
}

static bool read_tail(struct reader *r)
{
    for (;;) {
        yaml_event_t event;
        if (!next_event(r, &event))
            return false;
        yaml_event_type_t type = event.type;
        yaml_mark_t mark = event.start_mark;
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT)
            return true;
        if (type != YAML_DOCUMENT_END_EVENT)
            return fail(r, mark, "a second document; a file holds one");
    }
}

static struct yaml *read_file(struct reader *r)
{
    yaml_event_t event;
    struct yaml *top = NULL;
    if (!read_head(r, &event))
        return NULL;
    bool ok = read_node(r, &event, YAML_DEPTH, &top);
    yaml_event_delete(&event);
    if (!ok || !top || !read_tail(r) || !refuse_tabs(r, UINT32_MAX))
        return NULL;
    if (top->kind != YAML_MAP) {
        fail_at(r, top, "the file is no map of keys");
        return NULL;
    }
    return top;
}

struct yaml *yaml_parse(const char *file, struct span text, struct arena *arena, struct err *err)
{
    struct reader r = {.file = file, .text = text, .arena = arena, .err = err};
    if (!yaml_parser_initialize(&r.parser))
        base_no_memory();
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.p, text.n);
    struct yaml *top = read_file(&r);
    yaml_parser_delete(&r.parser);
    return top;
}

struct yaml *yaml_find(const struct yaml *map, const char *key)
{
    for (struct yaml *entry = map->first; entry; entry = entry->next)
        if (span_is(entry->key->text, key))
            return entry;
    return NULL;
}

/* ---- scripts */

static uint32_t leading_blanks(struct span line)
{
    uint32_t n = 0;
    while (n < line.n && line.p[n] == ' ')
        n++;
    return n;
}

/* How far a literal block is indented: its first line that is not blank, in the file less in the
 * text. */
static uint32_t block_indent(const struct yaml *scalar, struct span file_text)
{
    struct lines lines = lines_of(scalar->text);
    for (struct span line; lines_next(&lines, &line);) {
        if (leading_blanks(line) == line.n)
            continue;
        struct span written = lines_at(file_text, scalar->line + lines.number);
        return leading_blanks(written) - leading_blanks(line);
    }
    return 0;
}

bool yaml_script(const struct yaml *scalar, struct span file_text, struct script *script)
{
    script->text = scalar->text;
    script->line = scalar->line;
    script->column = scalar->column;
    if (scalar->kind != YAML_SCALAR)
        return err_at(script->err, script->file, scalar->line, scalar->column,
                      "an expression is a text");
    if (scalar->style == STYLE_LITERAL) {
        script->indent = block_indent(scalar, file_text);
        script->line++;
        script->column = script->indent + 1;
        return true;
    }
    if (scalar->style == STYLE_QUOTED)
        script->column++;
    if (scalar->style == STYLE_FOLDED || scalar->line != scalar->end_line)
        return err_at(script->err, script->file, scalar->line, scalar->column,
                      "an expression of several lines is a literal block: |");
    return true;
}
