/* SPDX-License-Identifier: MIT */
#include "base/phrase.h"

#include "base/arena.h"
#include "base/buf.h"

#include <string.h>

void phrase_add(struct phrase *phrase, struct arena *arena, enum piece_kind kind, struct span text)
{
    if (phrase->n == phrase->room) {
        size_t room = phrase->room ? phrase->room * 2 : 4;
        struct piece *grown = arena_array(arena, room, sizeof(*grown));
        if (phrase->n)
            memcpy(grown, phrase->pieces, phrase->n * sizeof(*grown));
        phrase->pieces = grown;
        phrase->room = room;
    }
    phrase->pieces[phrase->n++] = (struct piece){kind, text};
}
