/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_YAML_H
#define OOMSCOPE_RULE_YAML_H

#include "rule/script.h"

/* A strict subset of YAML as a tree: one document, no anchors, aliases, tags, directives, tabs
 * (but in literal blocks) or flow maps (but {}), no duplicate, null or empty keys, no null values.
 * Every scalar is text. */

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };
enum yaml_style { STYLE_PLAIN, STYLE_QUOTED, STYLE_LITERAL, STYLE_FOLDED };

struct yaml {
    enum yaml_kind kind;
    enum yaml_style style;
    uint32_t line, column;     /* of the first character, or of the | of a block; from 1 */
    uint32_t end_line;         /* of the last character */
    struct span text;          /* scalar */
    const struct yaml *key;    /* entry of a map: its key */
    struct yaml *first, *next; /* entries of a list or map; next in the list or map */
};

/* The whole text as a tree in the arena, or NULL with err. The top is a map. */
struct yaml *yaml_parse(const char *file, struct span text, struct arena *arena, struct err *err);
struct yaml *yaml_find(const struct yaml *map, const char *key); /* value, or NULL */

/* The script of a scalar that holds an expression: a literal block or one line. False with err. */
bool yaml_script(const struct yaml *scalar, struct span file_text, struct script *script);

#endif
