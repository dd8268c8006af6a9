/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_LOAD_H
#define OOMSCOPE_RULE_LOAD_H

#include "rule/body.h"
#include "rule/yaml.h"

/* Loading of a rule file: file.c has the keys, say.c the sentence, tests.c the inline tests. */

struct loader {
    struct rule *rule;
    struct rule_body *body;
    struct scope scope; /* row of for_each and lets, as they are loaded */
    const struct rule_limits *limits;
    struct arena *arena;
    struct err *err;
};

/* Each reads one value; false with l->err. */
bool load_text(struct loader *l, const struct yaml *value, struct span *ret); /* never empty */
bool load_texts(struct loader *l, const struct yaml *value, struct text_list *ret);
/* Index of the value in the NULL-terminated words. */
bool load_word(struct loader *l, const struct yaml *value, const char *const *words, int *ret);
bool load_say(struct loader *l, const struct yaml *value);
bool load_tests(struct loader *l, const struct yaml *value);
bool load_error(struct loader *l, const struct yaml *at, const char *text); /* false */
void load_script(struct loader *l, struct expr *expr); /* an empty script of this file */

#endif
