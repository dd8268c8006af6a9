/* SPDX-License-Identifier: MIT */
/* A tar as collect, GNU tar and bsdtar write it: ustar headers of regular files and folders. Half
 * of the time of reading a bundle would else go into libarchive's wide copies of names. What is not
 * exactly this (links, long names, sparse files, damage) is left to libarchive, from that header
 * on. */
#include "bundle/source.h"

#include "base/arena.h"
#include "bundle/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 512, NAME_BYTES = 100, PREFIX_BYTES = 155 };

struct tar_source {
    struct source source;
    struct input *input;
    struct source *rest; /* libarchive, once it has taken over */
    struct span window;  /* read, and not used yet */
    uint64_t left,
        padding; /* of the current member: not given yet, and what fills its last block */
    bool is_cut;
    char path[PREFIX_BYTES + 1 + NAME_BYTES];
};

/* The next n bytes are in the window. */
static bool need(struct tar_source *t, size_t n)
{
    while (t->window.n < n)
        if (!input_extend(t->input, &t->window))
            return false;
    return true;
}

/* "00000001750\0", or a blank at the end: n digits that fill the field but for one byte. */
static bool octal(struct span field, uint64_t *ret_number)
{
    *ret_number = 0;
    for (size_t i = 0; i + 1 < field.n; i++) {
        if (field.p[i] < '0' || field.p[i] > '7')
            return false;
        *ret_number = *ret_number * 8 + (uint64_t)(field.p[i] - '0');
    }
    return field.p[field.n - 1] == '\0' || field.p[field.n - 1] == ' ';
}

/* "0006424\0", "006424\0 ": six or seven digits. The sum takes the field itself for blanks. */
static bool sum_holds(struct span block)
{
    uint64_t stated;
    uint32_t sum = 8 * ' ';
    struct span field = span_slice(block, 148, 156);
    if (field.p[6] == '\0' && field.p[7] == ' ')
        field.n = 7;
    if (!octal(field, &stated))
        return false;
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        sum += (unsigned char)block.p[i];
    for (size_t i = 148; i < 156; i++)
        sum -= (unsigned char)block.p[i];
    return sum == stated;
}

/* Each byte is the one before it, and the first is zero. */
static bool is_zero(struct span block)
{
    return !block.n || (!block.p[0] && memcmp(block.p, block.p + 1, block.n - 1) == 0);
}

/* A field that ends at its first NUL: printable ASCII, and nothing behind the NUL. */
static bool plain_text(struct span field, struct span *ret_text)
{
    *ret_text = span_slice(field, 0, span_find_char(field, '\0'));
    for (size_t i = 0; i < ret_text->n; i++)
        if (field.p[i] < ' ' || field.p[i] > '~')
            return false;
    return is_zero(span_skip(field, ret_text->n));
}

static bool take_path(struct tar_source *t, struct span block, bool is_posix, struct span *ret_path)
{
    struct span name, prefix = SPAN_NONE;
    if (!plain_text(span_slice(block, 0, NAME_BYTES), &name) || !name.n)
        return false;
    if (!plain_text(span_slice(block, 345, 345 + PREFIX_BYTES), &prefix) ||
        (prefix.n && !is_posix) || span_ends(prefix, "/"))
        return false;
    memcpy(t->path, prefix.p, prefix.n);
    if (prefix.n)
        t->path[prefix.n++] = '/';
    memcpy(t->path + prefix.n, name.p, name.n);
    *ret_path = (struct span){t->path, prefix.n + name.n};
    return true;
}

/* False for what libarchive is to look at. */
static bool take_header(struct tar_source *t, struct span block, struct entry *ret_entry)
{
    struct span magic = span_slice(block, 257, 265), link;
    bool is_posix = span_eq(magic, SPAN_LIT("ustar\00000"));
    if (block.n < BLOCK_BYTES || (!is_posix && !span_eq(magic, SPAN_LIT("ustar  \0"))) ||
        !sum_holds(block) || !octal(span_slice(block, 124, 136), &t->left) ||
        !take_path(t, block, is_posix, &ret_entry->path) ||
        !plain_text(span_slice(block, 157, 257), &link) || link.n)
        return false;
    bool is_folder = block.p[156] == '5';
    if (is_folder ? t->left != 0 : block.p[156] != '0' || span_ends(ret_entry->path, "/"))
        return false;
    t->padding = -t->left % BLOCK_BYTES;
    ret_entry->kind = is_folder ? ENTRY_DIRECTORY : ENTRY_FILE;
    ret_entry->size_bytes = (int64_t)t->left;
    return true;
}

static enum source_result cut(struct tar_source *t, const char *text)
{
    int error = t->input->error;
    t->is_cut = true;
    snprintf(t->source.text, sizeof(t->source.text), "%s%s", error ? "reading failed: " : text,
             error ? strerror(error) : "");
    return SOURCE_CUT;
}

/* Drops up to n bytes of the window, or of what comes next; how many it were. */
static uint64_t drop(struct tar_source *t, uint64_t n)
{
    uint64_t dropped = t->window.n < n ? t->window.n : n;
    t->window = span_skip(t->window, (size_t)dropped);
    return dropped;
}

/* Over what is left of the current member. */
static bool skip_member(struct tar_source *t)
{
    uint64_t n = t->left + t->padding;
    while ((n -= drop(t, n)) != 0)
        if (!need(t, 1))
            return false;
    t->left = t->padding = 0;
    return true;
}

static enum source_result from_rest(struct tar_source *t, enum source_result result)
{
    memcpy(t->source.text, t->rest->text, sizeof(t->source.text));
    return result;
}

static enum source_result hand_over(struct tar_source *t, struct entry *ret_entry)
{
    struct err err = {0};
    t->rest = archive_resume(t->input, t->window, &err);
    if (t->rest)
        return from_rest(t, t->rest->next(t->rest, ret_entry));
    return cut(t, err.text);
}

static enum source_result tar_next(struct source *source, struct entry *ret_entry)
{
    struct tar_source *t = (struct tar_source *)source;
    if (t->rest)
        return from_rest(t, t->rest->next(t->rest, ret_entry));
    if (t->is_cut || !skip_member(t))
        return cut(t, "the archive was cut short");
    struct span block;
    do { /* over the zeros of an end: what is appended behind it is evidence too */
        if (!need(t, BLOCK_BYTES) && (!t->window.n || t->input->error))
            return t->input->error ? cut(t, "") : SOURCE_END;
        block = span_slice(t->window, 0, BLOCK_BYTES);
    } while (is_zero(block) && drop(t, BLOCK_BYTES));
    if (!take_header(t, block, ret_entry))
        return hand_over(t, ret_entry);
    drop(t, BLOCK_BYTES);
    return SOURCE_OK;
}

/* A member that fits into the window comes in one piece. */
static enum source_result tar_read(struct source *source, struct span *ret_piece)
{
    struct tar_source *t = (struct tar_source *)source;
    if (t->rest)
        return from_rest(t, t->rest->read(t->rest, ret_piece));
    if (!t->left)
        return SOURCE_END;
    bool is_small = t->left <= INPUT_PIECE_BYTES / 4;
    if (!need(t, is_small ? (size_t)t->left : 1) && !t->window.n)
        return cut(t, "the archive was cut short in the middle of this member");
    *ret_piece = span_slice(t->window, 0, t->left < t->window.n ? (size_t)t->left : t->window.n);
    t->left -= drop(t, ret_piece->n);
    return SOURCE_OK;
}

static enum source_result tar_finish(struct source *source)
{
    return input_finish(((struct tar_source *)source)->input, source);
}

static void tar_close(struct source *source)
{
    struct tar_source *t = (struct tar_source *)source;
    if (t->rest) {
        t->rest->close(t->rest);
    } else {
        input_close(t->input);
        free(t->input);
    }
    free(t);
}

static uint64_t tar_packed_bytes(const struct source *source)
{
    return ((const struct tar_source *)source)->input->read_bytes;
}

bool tar_is_plain(struct span head)
{
    struct tar_source scratch;
    struct entry entry;
    return take_header(&scratch, span_slice(head, 0, BLOCK_BYTES), &entry);
}

struct source *tar_open(struct input *input)
{
    struct tar_source *t = base_realloc(NULL, 1, sizeof(*t));
    *t = (struct tar_source){
        .source = {tar_next, tar_read, tar_finish, tar_close, tar_packed_bytes, input->sha,
                   .form = BUNDLE_ARCHIVE},
        .input = input,
    };
    t->window = input_read(input);
    return &t->source;
}
