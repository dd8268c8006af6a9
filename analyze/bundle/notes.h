/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BUNDLE_NOTES_H
#define OOMSCOPE_BUNDLE_NOTES_H

#include "bundle/bundle.h"

/* The notes of a bundle. The first 100 of a kind and text name their member each; more are counted
 * on the last of them, so that a million bad members cannot fill the memory. */
struct notes {
    struct note *items;
    uint32_t n, room;
    bool loses; /* some note does */
};

/* member and text are copied into the arena; text is made printable. */
void notes_add(struct notes *notes, struct arena *arena, struct note note);
/* For what is common and harmless (links): one note for all of the same kind and text. */
void notes_fold(struct notes *notes, struct arena *arena, struct note note);
void notes_free(struct notes *notes);

#endif
