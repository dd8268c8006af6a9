/* SPDX-License-Identifier: MIT */
/* From the members of a bundle to parse_member: logs in pieces, files whole. */
#include "parse/parse.h"

#include "base/arena.h"
#include "bundle/bundle.h"
#include "parse/group.h"
#include "parse/logs.h"
#include "parse/parse_parts.h"
#include "parse/path.h"
#include "parse/waiting.h"

#include <stdlib.h>

/* Nothing is made of it, so that it need not be kept: memory.numa_stat, vmallocinfo, etc/passwd. */
static bool is_of_use(struct span name)
{
    struct span key, path = name;
    int32_t sample;
    if (!span_starts(name, "proc/") && !span_starts(name, "sys/") &&
        !span_starts(name, "samples/") && !span_starts(name, "before/"))
        return (!span_starts(name, "sos_commands/") && !span_starts(name, "var/log")) ||
               span_is(name, "sos_commands/host/hostname");
    if (!path_sample(name, "samples/", &sample, &path))
        path_sample(name, "before/", &sample, &path);
    return group_find(path, false, &key) || group_find(path, true, &key) ||
           span_is(path_last(path), "clocks.json") || span_starts(path, "proc/sys/kernel/") ||
           span_is(path, "proc/version") || span_is(path, "sys/devices/system/node/online");
}

static void read_member(struct parse *parse, struct bundle *bundle, struct waiting *waiting,
                        struct span path)
{
    struct span folder, name, piece = SPAN_NONE;
    bool in_tree = path_split(path, &folder, &name) && bundle_form(bundle) != BUNDLE_TEXT;
    if (in_tree && !path_is_log(name)) {
        if (is_of_use(name))
            parse_member(parse, path, bundle_slurp(bundle));
        else
            parse_member_unused(parse, path);
        return;
    }
    bool any = bundle_read(bundle, &piece);
    if (bundle_form(bundle) == BUNDLE_TEXT || (any && logs_take(parse, path, piece, &name)))
        waiting_take(waiting, parse, bundle, path, name, piece);
}

/* Of an older bundle only its root is a sample; its logs tell of the same events as the new one's.
 */
static void read_older(struct parse *parse, struct bundle *bundle)
{
    struct span path, folder, name;
    while (bundle_next(bundle, &path))
        if (path_split(path, &folder, &name) && !path_is_log(name) &&
            !span_starts(name, "samples/") && !span_starts(name, "before/"))
            parse_member_before(parse, path, bundle_slurp(bundle));
}

static enum observation_kind kind_of(enum note_kind kind)
{
    switch (kind) {
    case NOTE_TRUNCATED:
        return OBS_TRUNCATED;
    case NOTE_MALFORMED:
        return OBS_MALFORMED;
    case NOTE_OVER_LIMIT:
        return OBS_OVER_LIMIT;
    case NOTE_DUPLICATE:
        return OBS_DUPLICATE;
    case NOTE_UNKNOWN:
        return OBS_UNKNOWN;
    case NOTE_NOTE:
        break;
    }
    return OBS_NOTE;
}

static int by_member(const void *a, const void *b)
{
    const struct note *x = *(const struct note *const *)a, *y = *(const struct note *const *)b;
    int order = span_cmp(x->member, y->member);
    return order ? order : span_cmp(x->text, y->text);
}

/* In the order of the paths, whatever that of the members was. */
static const struct note **sorted_notes(const struct bundle *bundle, struct arena *arena)
{
    uint32_t n = bundle_note_count(bundle);
    const struct note **notes = arena_array(arena, n + 1, sizeof(*notes));
    for (uint32_t i = 0; i < n; i++)
        notes[i] = bundle_note(bundle, i);
    if (n)
        qsort(notes, n, sizeof(*notes), by_member);
    return notes;
}

static void tell_notes(struct parse *parse, struct store *store, struct bundle *bundle)
{
    const struct note **notes = sorted_notes(bundle, store_arena(store));
    for (uint32_t i = 0; i < bundle_note_count(bundle); i++) {
        const struct note *note = notes[i];
        struct where where = {note->member.n ? store_member(store, note->member) : 0, 0};
        struct observation *told =
            store_observe(store, kind_of(note->kind), where, SPAN_FMT, SPAN_ARG(note->text));
        told->count += note->count - 1;
        if (note->loses != LOSES_NOTHING)
            parse_cut(parse,
                      note->count > 1 || note->loses == LOSES_REST ? SPAN_NONE : note->member);
    }
}

bool parse_bundles(struct bundle *bundle, struct bundle *before, struct store *store)
{
    struct parse *parse = parse_new(store);
    struct waiting waiting = {0};
    struct span path;
    store_limit_rows(store, bundle_limits(bundle)->value[LIMIT_rows]);
    parse->line_bytes = bundle_limits(bundle)->value[LIMIT_line_bytes];
    parse->is_text = bundle_form(bundle) == BUNDLE_TEXT;
    while (bundle_next(bundle, &path))
        read_member(parse, bundle, &waiting, path);
    waiting_read(&waiting, parse);
    tell_notes(parse, store, bundle);
    if (before) {
        read_older(parse, before);
        tell_notes(parse, store, before);
    }
    parse_finish(parse);
    return !parse->is_cut && !parse->is_unended && !bundle_is_partial(bundle) &&
           (!before || !bundle_is_partial(before));
}
