/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_EMBEDDED_H
#define OOMSCOPE_RULE_EMBEDDED_H

#include "base/span.h"

/* The files of rules/, in order of name, and what they load as (rule/image.h). The build makes
 * embedded.c of them with analyze/embed.c. */
struct embedded_rule {
    const char *file; /* rules/x.yaml */
    struct span yaml, image;
};
extern const struct embedded_rule embedded_rules[];
extern const size_t embedded_rule_count;
extern const struct span embedded_digest; /* of them all, as ruleset_digest */

#endif
