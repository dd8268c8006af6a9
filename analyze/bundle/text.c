/* SPDX-License-Identifier: MIT */
#include "bundle/input.h"
#include "bundle/source.h"

#include "base/arena.h"

#include <stdlib.h>

/* A text that is no archive: one member, named by the file's base name. */
struct text {
    struct source source;
    struct input *input;
    bool given;
};

static enum source_result text_next(struct source *source, struct entry *ret_entry)
{
    struct text *text = (struct text *)source;
    if (text->given)
        return SOURCE_END;
    text->given = true;
    *ret_entry = (struct entry){ENTRY_FILE, text->input->name, -1};
    return SOURCE_OK;
}

static enum source_result text_read(struct source *source, struct span *ret_piece)
{
    struct text *text = (struct text *)source;
    *ret_piece = input_read(text->input);
    if (ret_piece->n)
        return SOURCE_OK;
    return input_finish(text->input, source) == SOURCE_OK ? SOURCE_END : SOURCE_CUT;
}

static enum source_result text_finish(struct source *source)
{
    return input_finish(((struct text *)source)->input, source);
}

static void text_close(struct source *source)
{
    struct text *text = (struct text *)source;
    input_close(text->input);
    free(text->input);
    free(text);
}

static uint64_t text_packed_bytes(const struct source *source)
{
    return ((const struct text *)source)->input->read_bytes;
}

struct source *text_open(struct input *input)
{
    struct text *text = base_realloc(NULL, 1, sizeof(*text));
    *text = (struct text){
        .source = {text_next, text_read, text_finish, text_close, text_packed_bytes, input->sha,
                   .form = BUNDLE_TEXT},
        .input = input,
    };
    return &text->source;
}
