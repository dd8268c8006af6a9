/* SPDX-License-Identifier: MIT */
#include "bundle/bundle_parts.h"

#include "base/arena.h"
#include "base/num.h"
#include "bundle/magic.h"
#include "bundle/path.h"

#include <stdio.h>

enum { RATIO_FREE_BYTES = 64 << 20 };

static void note(struct bundle *b, enum note_kind kind, enum note_loss loses, struct span member,
                 const char *text)
{
    notes_add(&b->notes, b->arena, (struct note){kind, loses, member, span_of(text), 1});
}

static void note_limit(struct bundle *b, enum limit_id id, enum note_loss loses, struct span member)
{
    char text[128];
    snprintf(text, sizeof(text), "over the limit %s=%lld", limit_def(id)->name,
             (long long)b->limits.value[id]);
    note(b, NOTE_OVER_LIMIT, loses, member, text);
}

/* ---- reading */

static bool stop_member(struct bundle *b)
{
    b->in_member = false;
    b->member_cut = b->has_rest = true;
    return false;
}

/* A bomb: more comes out than any log or table of a host would pack into so little. */
static bool is_bomb(struct bundle *b)
{
    uint64_t packed = b->source->packed_bytes(b->source);
    int64_t most, all = b->total_bytes + b->header_bytes;
    return all > RATIO_FREE_BYTES &&
           num_mul((int64_t)packed + 1, b->limits.value[LIMIT_ratio], &most) && all > most;
}

/* The limits of the bundle as a whole. True, and said, when one is hit. */
static bool stop_at_limits(struct bundle *b, struct span member)
{
    enum limit_id over = b->total_bytes > b->limits.value[LIMIT_total_bytes] ? LIMIT_total_bytes
                         : is_bomb(b)                                        ? LIMIT_ratio
                         : limits_is_time_up()                               ? LIMIT_cpu_s
                                                                             : LIMIT_COUNT;
    if (over == LIMIT_COUNT || b->stopped)
        return b->stopped;
    note_limit(b, over, LOSES_REST, member);
    b->stopped = true;
    return true;
}

/* Sizes that lie: a sparse file's last hole, a header that was edited. */
static void end_member(struct bundle *b)
{
    b->in_member = false;
    if (b->size_bytes < 0 || b->size_bytes == b->read_bytes)
        return;
    b->member_cut = true;
    note(b, NOTE_MALFORMED, LOSES_MEMBER, b->member, "its size is not what its header says");
}

bool bundle_read(struct bundle *b, struct span *ret_piece)
{
    if (!b->in_member)
        return false;
    enum source_result result = b->source->read(b->source, ret_piece);
    if (result == SOURCE_CUT)
        note(b, NOTE_TRUNCATED, LOSES_MEMBER, b->member, b->source->text);
    if (result == SOURCE_WARN)
        note(b, NOTE_MALFORMED, LOSES_NOTHING, b->member, b->source->text);
    if (result == SOURCE_CUT)
        return stop_member(b);
    if (result == SOURCE_END) {
        end_member(b);
        return false;
    }
    b->total_bytes += (int64_t)ret_piece->n;
    b->read_bytes += (int64_t)ret_piece->n;
    return stop_at_limits(b, b->member) ? stop_member(b) : true;
}

/* ---- members */

static const char *const odd_entries[] = {
    [ENTRY_SYMLINK] = "a symbolic link; not followed",
    [ENTRY_HARDLINK] = "a hard link; not followed",
    [ENTRY_DEVICE] = "a device; not read",
    [ENTRY_FIFO] = "a FIFO; not read",
    [ENTRY_SOCKET] = "a socket; not read",
    [ENTRY_ENCRYPTED] = "encrypted; not read",
};

static const char *const path_faults[] = {
    [PATH_EMPTY] = "a member without a path; not read",
    [PATH_UPWARD] = "a path that leaves the bundle; not read",
    [PATH_HAS_NUL] = "a path with a NUL byte; not read",
};

/* The path of the entry made normal, in b->path. False, and said, when it has none. */
static bool take_path(struct bundle *b, struct span raw)
{
    enum path_fault fault = path_normal(raw, &b->limits, &b->path);
    if (fault == PATH_TOO_LONG || fault == PATH_TOO_DEEP)
        note_limit(b, fault == PATH_TOO_LONG ? LIMIT_path_bytes : LIMIT_depth, LOSES_MEMBER,
                   buf_span(&b->path));
    else if (fault)
        note(b, NOTE_MALFORMED, LOSES_MEMBER, buf_span(&b->path), path_faults[fault]);
    return !fault;
}

static void start_member(struct bundle *b, const struct entry *entry)
{
    b->size_bytes = entry->size_bytes;
    b->read_bytes = 0;
    b->in_member = true;
    b->member_cut = b->has_rest = false;
}

static bool take_member(struct bundle *b, const struct entry *entry, struct span path)
{
    struct arena_mark mark = arena_mark(b->arena);
    uint32_t id = (uint32_t)b->seen.n;
    struct span kept = arena_copy(b->arena, path);
    if (map_add(&b->seen, kept, id) != id) {
        arena_reset(b->arena, mark);
        note(b, NOTE_DUPLICATE, LOSES_NOTHING, path, "the path comes twice; the first one counts");
        return false;
    }
    b->member = kept;
    if (b->form != BUNDLE_TEXT && magic_is_packed_name(path)) {
        notes_fold(&b->notes, b->arena,
                   (struct note){NOTE_UNKNOWN, LOSES_NOTHING, path,
                                 span_of("packed inside the bundle; not looked into"), 1});
        return false;
    }
    start_member(b, entry);
    return true;
}

/* A folder is nothing to read, but what kept the walk out of it is said. */
static void take_folder(struct bundle *b, const struct entry *entry, bool is_odd)
{
    if (!is_odd)
        return;
    enum path_fault fault = path_normal(entry->path, &b->limits, &b->path);
    if (fault == PATH_FINE || fault == PATH_EMPTY) /* empty: the input itself */
        note(b, NOTE_MALFORMED, LOSES_MEMBER, buf_span(&b->path), b->source->text);
}

/* One entry of the source: true when it is a member to hand out. */
static bool take_entry(struct bundle *b, const struct entry *entry, bool is_odd)
{
    if (!entry->path.p) {
        note(b, NOTE_MALFORMED, LOSES_MEMBER, SPAN_NONE,
             "a member whose name cannot be read; not read");
        return false;
    }
    if (entry->kind == ENTRY_DIRECTORY) {
        take_folder(b, entry, is_odd);
        return false;
    }
    if (!take_path(b, entry->path))
        return false;
    struct span path = buf_span(&b->path);
    if (is_odd)
        note(b, NOTE_MALFORMED, LOSES_NOTHING, path, b->source->text);
    if (entry->kind == ENTRY_FILE)
        return take_member(b, entry, path);
    notes_fold(&b->notes, b->arena,
               (struct note){NOTE_UNKNOWN,
                             entry->kind == ENTRY_ENCRYPTED ? LOSES_MEMBER : LOSES_NOTHING, path,
                             span_of(odd_entries[entry->kind]), 1});
    return false;
}

/* What nobody reads still goes through the limits: a skipped bomb is one too. */
static void drain(struct bundle *b, struct span member)
{
    struct span piece;
    while (b->form == BUNDLE_ARCHIVE && !b->stopped) {
        enum source_result result = b->source->read(b->source, &piece);
        if (result != SOURCE_OK && result != SOURCE_WARN)
            break;
        b->total_bytes += (int64_t)piece.n;
        stop_at_limits(b, member);
    }
}

static void pass_over(struct bundle *b)
{
    struct span piece;
    if (b->form == BUNDLE_ARCHIVE)
        while (bundle_read(b, &piece))
            ;
    if (b->has_rest)
        drain(b, b->member);
    b->in_member = b->has_rest = false;
}

static void skip_entry(struct bundle *b, const struct entry *entry)
{
    if (entry->kind != ENTRY_ENCRYPTED)
        drain(b, entry->path.p ? buf_span(&b->path) : SPAN_NONE);
}

/* Headers count too: an archive of nothing but long names is a bomb as well. */
static void count_header(struct bundle *b, const struct entry *entry)
{
    enum { HEADER_BYTES = 512 };
    if (b->form != BUNDLE_ARCHIVE)
        return;
    b->header_bytes += HEADER_BYTES + (int64_t)entry->path.n;
    stop_at_limits(b, span_slice(entry->path, 0, 256));
}

/* Behind a limit there may be no end. */
static void finish(struct bundle *b)
{
    if (!b->at_end && !b->stopped && b->source->finish(b->source) == SOURCE_CUT) {
        note(b, NOTE_TRUNCATED, LOSES_REST, SPAN_NONE, b->source->text);
        b->stopped = true;
    }
    b->at_end = true;
}

bool bundle_next(struct bundle *b, struct span *ret_path)
{
    struct entry entry;
    pass_over(b);
    while (!b->at_end) {
        enum source_result result = SOURCE_END;
        if (!b->stopped)
            result = b->source->next(b->source, &entry);
        if (result == SOURCE_CUT)
            note(b, NOTE_TRUNCATED, LOSES_MEMBER, SPAN_NONE, b->source->text);
        if (result == SOURCE_END || result == SOURCE_CUT)
            break;
        if (++b->members > b->limits.value[LIMIT_members]) {
            note_limit(b, LIMIT_members, LOSES_REST, span_slice(entry.path, 0, 256));
            b->stopped = true;
            break;
        }
        count_header(b, &entry);
        if (take_entry(b, &entry, result == SOURCE_WARN)) {
            *ret_path = b->member;
            return true;
        }
        skip_entry(b, &entry);
    }
    finish(b);
    return false;
}

/* ---- members whole */

/* Adds a piece to b->text, up to the limit. */
static void gather(struct bundle *b, struct span piece)
{
    size_t room = (size_t)b->limits.value[LIMIT_member_bytes] - b->text.n;
    buf_add(&b->text, span_slice(piece, 0, room));
    if (piece.n <= room)
        return;
    note_limit(b, LIMIT_member_bytes, LOSES_MEMBER, b->member);
    stop_member(b);
}

/* The size in the header decides nothing but that a first piece of that size is likely to be all,
 * which saves a copy. */
struct span bundle_slurp(struct bundle *b)
{
    struct span piece;
    b->text.n = 0;
    if (!bundle_read(b, &piece))
        return (struct span){"", 0};
    if ((int64_t)piece.n == b->size_bytes && b->size_bytes <= b->limits.value[LIMIT_member_bytes]) {
        struct span all = arena_copy(b->arena, piece);
        if (!bundle_read(b, &piece))
            return all;
        gather(b, all);
    }
    do
        gather(b, piece);
    while (bundle_read(b, &piece));
    return arena_copy(b->arena, buf_span(&b->text));
}

bool bundle_member_cut(const struct bundle *bundle)
{
    return bundle->member_cut;
}

bool bundle_digest(struct bundle *bundle, char ret_hex[SHA256_HEX])
{
    struct sha256 sha;
    finish(bundle);
    if (bundle->stopped)
        return false;
    sha = bundle->sha;
    sha256_hex(&sha, ret_hex);
    return true;
}
