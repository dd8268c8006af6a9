/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_EMBEDDED_H
#define OOMSCOPE_RULE_EMBEDDED_H

#include <stddef.h>

/* The files of rules/ as bytes; the build makes embedded.c of them (embed.cmake). */
struct embedded_rule {
    const char *file; /* rules/x.yaml */
    const unsigned char *text;
    size_t n;
};
extern const struct embedded_rule embedded_rules[];
extern const size_t embedded_rule_count;

#endif
