/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RENDER_RENDER_H
#define OOMSCOPE_RENDER_RENDER_H

#include "base/buf.h"
#include "verdict/verdict.h"

struct render_options {
    bool full;           /* all parts of the report, not only what fits on a screen */
    bool color;          /* text only: ANSI colours for our own words, never around evidence */
    size_t budget_bytes; /* markdown: whole sections are dropped above it; 0 = no limit */
};
enum { RENDER_BUDGET_DEFAULT = 32000 }; /* fits a Jira field and half a GitHub comment */

/* Each appends a whole report to out. Same verdict, same bytes, on every machine. */
void render_json(const struct verdict *verdict, const struct render_options *options,
                 struct buf *out);
void render_markdown(const struct verdict *verdict, const struct render_options *options,
                     struct buf *out);
void render_text(const struct verdict *verdict, const struct render_options *options,
                 struct buf *out);

#endif
