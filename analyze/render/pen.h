/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RENDER_PEN_H
#define OOMSCOPE_RENDER_PEN_H

#include "render/render.h"

/* What markdown and text write differently: how evidence is kept apart from our words, headings,
 * items, fences. Everything above it is the same report. */
enum pen_kind { PEN_MARKDOWN, PEN_TEXT };
struct pen {
    enum pen_kind kind;
    bool color, full;
    struct store *store;
    struct buf *out;
};

/* ---- inline, appended to `out` */
/* Evidence on one line, in a code span that it cannot close; in text too, so that a name cannot
 * pass for our words. At most 200 bytes of it, the cut is said. */
void pen_evidence(struct span evidence, struct buf *out);
void pen_phrase(const struct phrase *phrase, struct buf *out);
/* " [`dev/kmsg:889-890`, `proc/meminfo:3`]": runs of lines taken together; nothing without places.
 */
void pen_places(const struct pen *pen, const struct statement *statement, struct buf *out);
void pen_sentence(const struct pen *pen, const struct statement *statement, struct buf *out);

/* Our own words in bold, as far as the kind of report has it. */
void pen_strong(const struct pen *pen, const char *text, struct buf *out);

/* ---- blocks */
void pen_heading(const struct pen *pen, unsigned level, struct span title);
void pen_paragraph(const struct pen *pen, struct span line);
void pen_item(const struct pen *pen, const char *marker, struct span line);
void pen_fence(const struct pen *pen, struct span lines); /* evidence in it must be visible */
void pen_blank(const struct pen *pen);

/* A statement as an item of a list, with its places; n of them. */
void pen_statement(const struct pen *pen, const char *marker, const struct statement *statement);
void pen_statements(const struct pen *pen, const struct statements *list, size_t n);
/* "3 more with --full." as the last item, where not all are shown. */
void pen_left(const struct pen *pen, size_t all, size_t shown);

#endif
