/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BUNDLE_BUNDLE_H
#define OOMSCOPE_BUNDLE_BUNDLE_H

#include "base/err.h"
#include "base/sha256.h"
#include "base/span.h"
#include "bundle/limits.h"

/* The input as a sequence of members: a tar or zip archive under any of the usual compressions, a
 * directory with the same paths, or a plain text (compressed or not), which is one member. Read
 * once, front to back, from a file, a directory or standard input. Nothing is unpacked anywhere. */

struct arena;
struct bundle;

enum bundle_form { BUNDLE_ARCHIVE, BUNDLE_DIRECTORY, BUNDLE_TEXT };

/* Odd things about the input. The kinds are those of observations (fact/store.h). */
enum note_kind {
    NOTE_TRUNCATED,  /* archive or member ends too early */
    NOTE_MALFORMED,  /* a path, header or content that no collector writes */
    NOTE_OVER_LIMIT, /* a limit of bundle/limits.def was hit */
    NOTE_DUPLICATE,  /* a second member of the same path; the first one counts */
    NOTE_UNKNOWN,    /* an entry that is no file: link, device, archive in the archive */
    NOTE_NOTE,       /* an assumption that was made */
};

/* What is missing for it: nothing; what `member` feeds (with an empty `member`: anything); or
 * anything, `member` being where it began. */
enum note_loss { LOSES_NOTHING, LOSES_MEMBER, LOSES_REST };

struct note {
    enum note_kind kind;
    enum note_loss loses;
    struct span
        member;       /* of many the first by path; empty when it is about the bundle as a whole */
    struct span text; /* our words, printable */
    uint32_t count;   /* how many members it stands for */
};

/* Opens path, "-" being standard input, and reads nothing of it. NULL and err when it cannot be
 * opened. `limits` is copied. Paths, notes and slurped texts live in the arena. */
struct bundle *bundle_reach(const char *path, const struct limits *limits, struct arena *arena,
                            struct err *err);
/* Its descriptor where it is a directory, for a sandbox that lets it be read; else -1. */
int bundle_folder(const struct bundle *bundle);
/* Looks at the first bytes. False and err when it is empty, or neither an archive nor a text. */
bool bundle_begin(struct bundle *bundle, struct err *err);
/* bundle_reach and bundle_begin. */
struct bundle *bundle_open(const char *path, const struct limits *limits, struct arena *arena,
                           struct err *err);
void bundle_close(struct bundle *bundle); /* NULL is fine */

enum bundle_form bundle_form(const struct bundle *bundle);
const struct limits *bundle_limits(const struct bundle *bundle);

/* Goes to the next regular file; false at the end, or where damage lets nothing more be read. The
 * path is normal: no leading or doubled slash, no "." or ".."; samples/N/ is part of it. Each path
 * comes once. */
bool bundle_next(struct bundle *bundle, struct span *ret_path);

/* The next piece of the current member, valid until the next call; false at its end. */
bool bundle_read(struct bundle *bundle, struct span *ret_piece);
/* The rest of the current member, at most member_bytes of it, kept in the arena. */
struct span bundle_slurp(struct bundle *bundle);
/* After the end of a member was reached: it had more to say. A note says why it could not. */
bool bundle_member_cut(const struct bundle *bundle);

/* Odd things seen so far; read them after the last member. */
uint32_t bundle_note_count(const struct bundle *bundle);
const struct note *bundle_note(const struct bundle *bundle, uint32_t index);
/* Some note says that evidence was lost: the answer rests on a part of the input. */
bool bundle_is_partial(const struct bundle *bundle);

/* Reads what is left of the input and gives the SHA-256 of all its bytes; of a directory, that of
 * the paths and contents that were read. False where a limit stopped the reading: what is behind it
 * may have no end. */
bool bundle_digest(struct bundle *bundle, char ret_hex[SHA256_HEX]);

#endif
