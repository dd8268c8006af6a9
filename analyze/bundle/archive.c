/* SPDX-License-Identifier: MIT */
/* The only file that knows libarchive. */
#include "bundle/input.h"
#include "bundle/source.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "bundle/magic.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct archive_source {
    struct source source;
    struct archive *archive;
    struct input *input;
    struct archive_entry *first; /* read while opening, not given yet */
    enum source_result first_result;
    struct span pending; /* first piece of a compressed text, not given yet */
    int64_t position;    /* in the current member */
    bool seeks;
    struct span front[2]; /* goes before what is read of the input */
    char mark[512];
};

static struct span next_piece(struct archive_source *a)
{
    for (size_t i = 0; i < 2; i++) {
        struct span piece = a->front[i];
        a->front[i] = SPAN_NONE;
        if (piece.n)
            return piece;
    }
    return input_read(a->input);
}

static la_ssize_t give(struct archive *archive, void *context, const void **ret_bytes)
{
    struct archive_source *a = context;
    struct input *input = a->input;
    struct span piece = next_piece(a);
    if (!piece.n && input->error) {
        archive_set_error(archive, input->error, "reading failed: %s", strerror(input->error));
        return -1;
    }
    *ret_bytes = piece.p;
    return (la_ssize_t)piece.n;
}

static void say(struct archive_source *a)
{
    int failed = errno; /* of libarchive's own reads: it calls what did not come damaged or cut */
    const char *text = archive_error_string(a->archive);
    if (a->seeks && failed == EIO)
        snprintf(a->source.text, sizeof(a->source.text), "reading failed: %s", strerror(failed));
    else if (a->seeks && text && span_starts(span_of(text), "Error reading fd"))
        snprintf(a->source.text, sizeof(a->source.text), "reading failed: %s",
                 strerror(archive_errno(a->archive)));
    else
        snprintf(a->source.text, sizeof(a->source.text), "%s",
                 text ? text : "the archive is damaged");
}

static enum entry_kind kind_of(struct archive_entry *entry)
{
    if (archive_entry_hardlink(entry))
        return ENTRY_HARDLINK;
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
        return archive_entry_is_data_encrypted(entry) ? ENTRY_ENCRYPTED : ENTRY_FILE;
    case AE_IFDIR:
        return ENTRY_DIRECTORY;
    case AE_IFLNK:
        return ENTRY_SYMLINK;
    case AE_IFIFO:
        return ENTRY_FIFO;
    case AE_IFSOCK:
        return ENTRY_SOCKET;
    default:
        return ENTRY_DEVICE;
    }
}

/* A name that is not UTF-8 where its format says it is has no local form; the raw one may be had.
 */
static struct span path_of(struct archive_entry *entry)
{
    const char *path = archive_entry_pathname(entry);
    if (!path)
        path = archive_entry_pathname_utf8(entry);
    return path ? span_of(path) : SPAN_NONE;
}

/* Names are bytes here. libarchive wants them in the locale's set, and where the machine lacks the
 * files of C.UTF-8 it warns of each that is not ASCII, and keeps the bytes. */
static bool warns_of_locale(const struct archive_source *a, struct archive_entry *entry)
{
    const char *text = archive_error_string(a->archive);
    return text && span_starts(span_of(text), "Pathname can't be converted from UTF-8") &&
           utf8_is_valid(path_of(entry));
}

static enum source_result header(struct archive_source *a, struct archive_entry **ret_entry)
{
    int status = archive_read_next_header(a->archive, ret_entry);
    if (status == ARCHIVE_EOF)
        return SOURCE_END;
    if (status == ARCHIVE_OK || (status == ARCHIVE_WARN && warns_of_locale(a, *ret_entry)))
        return SOURCE_OK;
    say(a);
    return status == ARCHIVE_WARN ? SOURCE_WARN : SOURCE_CUT;
}

static enum source_result archive_next(struct source *source, struct entry *ret_entry)
{
    struct archive_source *a = (struct archive_source *)source;
    struct archive_entry *entry = a->first;
    enum source_result result = a->first_result;
    a->first = NULL;
    if (!entry) { /* of the first one, a piece may have been looked at already */
        a->position = 0;
        result = header(a, &entry);
    }
    if (result == SOURCE_END || result == SOURCE_CUT)
        return result;
    ret_entry->kind = kind_of(entry);
    ret_entry->path = source->form == BUNDLE_TEXT ? a->input->name : path_of(entry);
    ret_entry->size_bytes = archive_entry_size_is_set(entry) && source->form != BUNDLE_TEXT
                                ? archive_entry_size(entry)
                                : -1;
    return result;
}

static enum source_result archive_read(struct source *source, struct span *ret_piece)
{
    struct archive_source *a = (struct archive_source *)source;
    const void *bytes;
    size_t n;
    la_int64_t offset;
    if (a->pending.n) {
        *ret_piece = a->pending;
        a->pending = SPAN_NONE;
        return SOURCE_OK;
    }
    int status = archive_read_data_block(a->archive, &bytes, &n, &offset);
    if (status == ARCHIVE_EOF)
        return SOURCE_END;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
        say(a);
        return SOURCE_CUT;
    }
    int64_t expected = a->position;
    a->position = offset + (int64_t)n;
    if (offset != expected) {
        snprintf(source->text, sizeof(source->text),
                 "a sparse file; what follows its hole is left out");
        return SOURCE_CUT;
    }
    *ret_piece = (struct span){bytes, n};
    if (status == ARCHIVE_WARN)
        say(a);
    return status == ARCHIVE_WARN ? SOURCE_WARN : SOURCE_OK;
}

static enum source_result archive_finish(struct source *source)
{
    struct archive_source *a = (struct archive_source *)source;
    return a->seeks ? SOURCE_OK : input_finish(a->input, source);
}

static void archive_close(struct source *source)
{
    struct archive_source *a = (struct archive_source *)source;
    archive_read_free(a->archive);
    input_close(a->input);
    free(a->input);
    free(a);
}

static uint64_t archive_packed_bytes(const struct source *source)
{
    return ((const struct archive_source *)source)->input->read_bytes;
}

/* Also what is appended behind the end of a tar. */
static void support_tar(struct archive *archive)
{
    archive_read_support_format_tar(archive);
    archive_read_set_format_option(archive, "tar", "read_concatenated_archives", "1");
}

static void support(struct archive *archive)
{
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_filter_lz4(archive);
    archive_read_support_filter_bzip2(archive);
    support_tar(archive);
    archive_read_support_format_zip(archive);
    archive_read_support_format_raw(archive);
}

static int start(struct archive_source *a)
{
    if (a->seeks)
        return archive_read_open_fd(a->archive, a->input->fd, INPUT_PIECE_BYTES);
    return archive_read_open(a->archive, a, NULL, give, NULL);
}

/* What a compression held is a text only if it looks like one. */
static bool text_inside(struct archive_source *a)
{
    a->source.form = BUNDLE_TEXT;
    if (archive_read(&a->source, &a->pending) != SOURCE_OK)
        return false;
    a->input->name = magic_uncompressed_name(a->input->name);
    return magic_is_text(a->pending);
}

static struct source *give_up(struct archive_source *a, struct err *err, const char *text)
{
    err_set(err, ERR_INPUT, "%s", text);
    archive_read_free(a->archive);
    free(a);
    return NULL;
}

static struct archive_source *archive_source_new(struct input *input)
{
    struct archive_source *a = base_realloc(NULL, 1, sizeof(*a));
    *a = (struct archive_source){
        .source = {archive_next, archive_read, archive_finish, archive_close, archive_packed_bytes,
                   input->sha, .form = BUNDLE_ARCHIVE},
        .archive = archive_read_new(),
        .input = input,
    };
    return a;
}

/* The header of an empty folder. It tells libarchive that this is a tar where what comes is
 * damaged, so that it says the same as in the middle of one. */
static struct span tar_mark(char block[512])
{
    static const char name[] = {'.', '/'}, magic[] = {'u', 's', 't', 'a', 'r', 0, '0', '0'};
    unsigned sum = 0;
    memset(block, 0, 512);
    memcpy(block, name, sizeof(name));
    memset(block + 148, ' ', 8);
    block[156] = '5';
    memcpy(block + 257, magic, sizeof(magic));
    for (int i = 0; i < 512; i++)
        sum += (unsigned char)block[i];
    snprintf(block + 148, 8, "%06o", sum);
    return (struct span){block, 512};
}

struct source *archive_resume(struct input *input, struct span pending, struct err *err)
{
    struct archive_source *a = archive_source_new(input);
    struct archive_entry *mark;
    if (!a->archive)
        return give_up(a, err, "out of memory");
    a->front[0] = tar_mark(a->mark);
    a->front[1] = pending;
    support_tar(a->archive);
    if (start(a) < ARCHIVE_WARN || header(a, &mark) != SOURCE_OK)
        return give_up(a, err, archive_error_string(a->archive));
    return &a->source;
}

struct source *archive_open(struct input *input, struct err *err)
{
    struct archive_source *a = archive_source_new(input);
    if (!a->archive)
        return give_up(a, err, "out of memory");
    support(a->archive);
    a->seeks = magic_is_zip(input_peek(input)) && input_prehash(input);
    errno = 0;
    if (start(a) < ARCHIVE_WARN) {
        say(a);
        return give_up(a, err, a->source.text);
    }
    enum source_result result = a->first_result = header(a, &a->first);
    if (result == SOURCE_END)
        return give_up(a, err, "the archive is empty");
    if (result == SOURCE_CUT)
        return give_up(a, err, a->source.text);
    if (archive_format(a->archive) == ARCHIVE_FORMAT_RAW && !text_inside(a))
        return give_up(a, err, "what is packed in it is neither an archive nor a text");
    return &a->source;
}
