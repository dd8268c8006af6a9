/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BUNDLE_SOURCE_H
#define OOMSCOPE_BUNDLE_SOURCE_H

#include "bundle/bundle.h"

/* Private to bundle/: the forms of input behind one face. */

enum entry_kind {
    ENTRY_FILE,
    ENTRY_DIRECTORY,
    ENTRY_SYMLINK,
    ENTRY_HARDLINK,
    ENTRY_DEVICE,
    ENTRY_FIFO,
    ENTRY_SOCKET,
    ENTRY_ENCRYPTED,
};

struct entry {
    enum entry_kind kind;
    struct span path; /* as it stands in the input; valid until the next call; p NULL when the name
                         cannot be had */
    int64_t size_bytes; /* -1 when not known before reading */
};

/* OK and WARN carry a result, WARN has something to say in `text` too. CUT: this member (next: the
 * input) ends here by damage, `text` says how. */
enum source_result { SOURCE_OK, SOURCE_WARN, SOURCE_END, SOURCE_CUT };

struct source {
    enum source_result (*next)(struct source *source, struct entry *ret_entry);
    enum source_result (*read)(struct source *source, struct span *ret_piece);
    /* reads the rest, for the digest: OK, or CUT where that failed */
    enum source_result (*finish)(struct source *source);
    void (*close)(struct source *source);
    uint64_t (*packed_bytes)(const struct source *source); /* read from the input so far */
    struct sha256 *sha;
    enum bundle_form form;
    char text[192];
};

/* Opens path ("-": standard input). -1 and err on failure. */
int source_reach(const char *path, bool *ret_is_folder, struct err *err);
/* In the form that its content has. Takes over the descriptor. NULL and err on failure. */
struct source *source_begin(int fd, struct span name, const struct limits *limits,
                            struct sha256 *sha, struct err *err);
struct span source_name(const char *path); /* of the member of a text */

struct input;

/* The forms. archive_open: NULL and err on failure; it owns the input on success. */
struct source *archive_open(struct input *input, struct err *err);
/* Goes on within a tar: `pending` was read of the input, and begins with a header. */
struct source *archive_resume(struct input *input, struct span pending, struct err *err);
/* tar_open: of an input of whose first bytes tar_is_plain holds. */
bool tar_is_plain(struct span head);
struct source *tar_open(struct input *input);
struct source *text_open(struct input *input);
struct source *directory_open(int fd, const struct limits *limits, struct sha256 *sha);

#endif
