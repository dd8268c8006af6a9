/* SPDX-License-Identifier: MIT */
#include "base/phrase.h"

#include "base/arena.h"
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
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

void phrase_prose(struct phrase *phrase, struct arena *arena, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (n < 0)
        return;
    size_t length = (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
    phrase_add(phrase, arena, PIECE_PROSE, arena_copy(arena, (struct span){text, length}));
}
