/* SPDX-License-Identifier: MIT */
#include "bundle/notes.h"

#include "base/arena.h"
#include "base/utf8.h"

#include <stdlib.h>

static void add(struct notes *notes, struct arena *arena, struct note note, uint32_t most)
{
    struct buf text = {0};
    struct note *last = NULL;
    uint32_t same = 0;
    utf8_visible(note.text, &text);
    notes->loses |= note.loses != LOSES_NOTHING;
    for (uint32_t i = 0; i < notes->n; i++)
        if (notes->items[i].kind == note.kind && span_eq(notes->items[i].text, buf_span(&text))) {
            last = &notes->items[i];
            same++;
        }
    if (same >= most) {
        last->count++;
        if (most == 1 && span_cmp(note.member, last->member) < 0)
            last->member = arena_copy(arena, note.member);
        buf_free(&text);
        return;
    }
    if (notes->n == notes->room) {
        notes->room = notes->room ? 2 * notes->room : 16;
        notes->items = base_realloc(notes->items, notes->room, sizeof(*notes->items));
    }
    note.member = arena_copy(arena, note.member);
    note.text = arena_copy(arena, buf_span(&text));
    note.count = 1;
    notes->items[notes->n++] = note;
    buf_free(&text);
}

void notes_add(struct notes *notes, struct arena *arena, struct note note)
{
    add(notes, arena, note, 100);
}

void notes_fold(struct notes *notes, struct arena *arena, struct note note)
{
    add(notes, arena, note, 1);
}

void notes_free(struct notes *notes)
{
    free(notes->items);
}
