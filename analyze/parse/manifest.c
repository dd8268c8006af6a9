/* SPDX-License-Identifier: MIT */
#include "parse/manifest.h"

#include "base/arena.h"
#include "base/lines.h"
#include "base/num.h"
#include "base/sha256.h"
#include "collect/bundle.h"
#include "log/log.h"
#include "parse/files.h"
#include "parse/json.h"
#include "parse/logs.h"
#include "parse/path.h"
#include "parse/observe.h"

struct manifest {
    struct parse *parse;
    struct store *store;
    const char *prefix; /* of member names: "" or OLD_PREFIX */
    bool is_old;
    struct where where; /* the line being read */
    struct json_object line;
    struct where end;
    bool end_complete;
    uint32_t n_missing;
    bool was_cut; /* the input, which explains that members are missing */
};

/* ---- attempts */

static bool same_digest(struct span text, struct span hex)
{
    char digest[SHA256_HEX];
    struct sha256 hash;
    sha256_start(&hash);
    sha256_add(&hash, text.p, text.n);
    sha256_hex(&hash, digest);
    return span_is(hex, digest);
}

/* The member is not used, and since somebody changed the bundle, no table is taken for whole. */
static void distrust(struct manifest *m, struct file *file, struct where where, const char *why)
{
    file->distrusted = true;
    m->parse->is_cut = true;
    observe(m->store, OBS_DISTRUSTED, where, why, file->name);
}

static void check_file(struct manifest *m, struct file *file, int64_t bytes)
{
    struct span hex;
    bool has_hash = object_text(&m->line, MANIFEST_SHA256, store_arena(m->store), &hex);
    if (bytes != (int64_t)file->text.n || (has_hash && !same_digest(file->text, hex)))
        distrust(m, file, m->where,
                 "size or SHA-256 of this member is not what the manifest says; it is not used: ");
}

/* Status of a member of which something stands in the bundle. */
static bool is_captured(struct span status)
{
    return span_is(status, STATUS_OK) || span_is(status, STATUS_EMPTY) ||
           span_is(status, STATUS_TRUNCATED) || span_is(status, STATUS_CHANGED);
}

static void miss(struct manifest *m, struct span name)
{
    enum { NAMED = 20 };
    if (m->is_old || map_get(&m->parse->unused, name, 0) || m->was_cut)
        return;
    m->parse->is_cut = true;
    bool is_named = m->n_missing++ < NAMED;
    observe(m->store, OBS_DISTRUSTED, m->where,
            is_named ? "the manifest says that it was captured, and the bundle does not hold it: "
                     : "more members that the manifest names and the bundle does not hold",
            is_named ? name : SPAN_NONE);
}

static void distrust_log(struct manifest *m, struct where where, const char *why, struct span name)
{
    m->parse->is_cut = true;
    log_distrust(m->parse->log);
    observe(m->store, OBS_DISTRUSTED, where, why, name);
}

/* A log was read before the manifest came: its events stand, and it is said that they may be
 * forged. */
static void check_log(struct manifest *m, struct span name, int64_t bytes)
{
    const struct log_sum *sum = logs_find(m->parse, name);
    struct span hex = SPAN_NONE;
    if (!sum)
        return;
    bool has_hash = object_text(&m->line, MANIFEST_SHA256, store_arena(m->store), &hex);
    if ((bytes >= 0 && bytes != sum->bytes) || (has_hash && !span_is(hex, sum->hex)))
        distrust_log(
            m, m->where,
            "size or SHA-256 of this log is not what the manifest says; what it tells may be "
            "forged: ",
            name);
}

static struct span full_name(struct manifest *m, struct span name)
{
    if (!m->is_old)
        return name;
    struct arena *arena = store_arena(m->store);
    return span_of(arena_printf(arena, "%s" SPAN_FMT, m->prefix, SPAN_ARG(name)));
}

static bool is_read_whole(struct span status)
{
    return span_is(status, STATUS_OK) || span_is(status, STATUS_EMPTY);
}

static void compare(struct manifest *m, struct file *file, struct span status, int64_t bytes)
{
    if (!is_captured(status)) {
        distrust(m, file, m->where,
                 "the manifest says that there was nothing to capture; it is not used: ");
        return;
    }
    if (!is_read_whole(status))
        file->cut = true;
    if (bytes >= 0)
        check_file(m, file, bytes);
}

/* The first line counts, as the first member of a name does. Each more would also be one more
 * digest of the whole member: a short manifest could keep the program busy for days. */
static bool is_repeated(struct manifest *m, struct span member)
{
    bool is_repeated = store_attempt_find(m->store, member) != NULL;
    if (is_repeated)
        observe(m->store, OBS_DUPLICATE, m->where,
                "the manifest names a member twice; the first line counts", SPAN_NONE);
    return is_repeated;
}

static void read_attempt(struct manifest *m, struct span name)
{
    struct attempt attempt = {.where = m->where};
    struct span hex;
    struct arena *arena = store_arena(m->store);
    attempt.member = full_name(m, name);
    if (is_repeated(m, attempt.member))
        return;
    if (!object_text(&m->line, MANIFEST_STATUS, arena, &attempt.status)) {
        observe(m->store, OBS_MALFORMED, m->where, "an attempt without its status", SPAN_NONE);
        return;
    }
    object_number(&m->line, MANIFEST_ERRNO, &attempt.err_no);
    bool has_bytes = object_number(&m->line, MANIFEST_BYTES, &attempt.bytes);
    object_text(&m->line, MANIFEST_DETAIL, arena, &attempt.detail);
    uint32_t member = store_attempt_add(m->store, &attempt);
    struct file *file = files_of_member(m->parse, member);
    if (file)
        file->is_listed = true;
    if (file)
        compare(m, file, attempt.status, has_bytes ? attempt.bytes : -1);
    else if (!m->is_old && logs_find(m->parse, name))
        check_log(m, name, has_bytes ? attempt.bytes : -1);
    else if (is_captured(attempt.status) && object_text(&m->line, MANIFEST_SHA256, arena, &hex))
        miss(m, name);
}

/* ---- tables, the end */

static uint32_t table_named(struct span name)
{
    if (span_is(name, TABLE_PROCESSES))
        return T_processes;
    if (span_is(name, TABLE_CGROUPS))
        return T_cgroups;
    return span_is(name, TABLE_NODES) ? T_nodes : TABLE_NONE;
}

static void read_table(struct manifest *m, struct span name)
{
    uint32_t table = table_named(name);
    bool complete;
    int64_t captured = 0;
    if (table == TABLE_NONE || m->is_old)
        return;
    if (!object_bool(&m->line, "complete", &complete))
        complete = false;
    if (!object_number(&m->line, "captured", &captured))
        complete = false;
    m->parse->said[table == T_processes ? 0
                   : table == T_cgroups ? 1
                                        : 2] = (struct said_table){m->where, complete, captured};
}

static void read_end(struct manifest *m)
{
    int64_t members;
    object_bool(&m->line, "complete", &m->end_complete);
    m->end = m->where;
    if (!m->is_old && object_number(&m->line, "members", &members))
        store_set(m->store, F_capture_members, 0, members, m->where);
}

static void read_line(struct manifest *m, struct span line, bool terminated)
{
    struct span name;
    bool flag;
    struct arena *arena = store_arena(m->store);
    if (!object_of(line, &m->line)) {
        observe(m->store, terminated ? OBS_MALFORMED : OBS_TRUNCATED, m->where,
                "a line of the manifest that is not what collect writes", SPAN_NONE);
        return;
    }
    if (object_text(&m->line, MANIFEST_MEMBER, arena, &name))
        read_attempt(m, name);
    else if (object_text(&m->line, MANIFEST_TABLE, arena, &name))
        read_table(m, name);
    else if (object_bool(&m->line, MANIFEST_END, &flag))
        read_end(m);
}

static bool read_part(struct manifest *m, const char *name)
{
    const struct file *file = parse_file(m->parse, name);
    if (!file)
        return false;
    struct lines lines = lines_of(file->text);
    struct span line;
    while (lines_next(&lines, &line)) {
        m->where = (struct where){file->member, lines.number};
        if (line.n)
            read_line(m, line, lines.terminated);
    }
    return true;
}

static bool read_parts(struct manifest *m)
{
    struct arena *arena = store_arena(m->store);
    bool any = false;
    for (unsigned i = 1;; i++) {
        if (!read_part(m, arena_printf(arena, "%s" BUNDLE_MANIFEST_DIR "%u" BUNDLE_MANIFEST_SUFFIX,
                                       m->prefix, i)))
            break;
        any = true;
    }
    return read_part(m, arena_printf(arena, "%s" BUNDLE_MANIFEST, m->prefix)) || any;
}

/* A capture that ran to its end names all that it wrote. */
static void find_unlisted(struct manifest *m)
{
    for (uint32_t i = 0; m->end_complete && i < m->parse->n_files; i++) {
        struct file *file = &m->parse->files[i];
        if (file->is_listed)
            continue;
        struct span name = file->name;
        bool is_manifest = span_starts(name, BUNDLE_MANIFEST) ||
                           span_starts(name, BUNDLE_MANIFEST_DIR) ||
                           span_starts(name, OLD_PREFIX BUNDLE_MANIFEST) ||
                           span_starts(name, OLD_PREFIX BUNDLE_MANIFEST_DIR);
        if ((file->from == FROM_OLD_BUNDLE) == m->is_old && !is_manifest &&
            !store_attempt_find(m->store, name))
            distrust(m, file, m->end,
                     "the manifest does not name this member, which somebody added; it is not "
                     "used: ");
    }
    for (uint32_t i = 0; m->end_complete && !m->is_old && i < m->parse->n_logs; i++)
        if (!store_attempt_find(m->store, m->parse->logs[i].name))
            distrust_log(
                m, m->end,
                "the manifest does not name this log, which somebody added; what it tells may "
                "be forged: ",
                m->parse->logs[i].name);
}

void manifest_read(struct parse *parse)
{
    struct manifest m = {
        .parse = parse, .store = parse->store, .prefix = "", .was_cut = parse->is_cut};
    struct manifest old = {
        .parse = parse, .store = parse->store, .prefix = OLD_PREFIX, .is_old = true};
    parse->has_manifest = read_parts(&m);
    read_parts(&old);
    find_unlisted(&m);
    find_unlisted(&old);
    const struct file *header = parse_file(parse, BUNDLE_JSON);
    if (m.end.member) {
        store_set(parse->store, F_capture_complete, 0, m.end_complete, m.end);
        parse->end = m.end_complete ? m.end : (struct where){0};
    } else if (header || parse->has_manifest) {
        struct where where = {header ? header->member : m.where.member, 0};
        parse->is_unended = true;
        store_set(parse->store, F_capture_complete, 0, false, where);
        observe(parse->store, OBS_TRUNCATED, where,
                "the manifest has no end line: the capture was cut short", SPAN_NONE);
    }
}

void manifest_tables(struct parse *parse, bool with_nodes)
{
    static const enum table_id tables[] = {T_processes, T_cgroups, T_nodes};
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        const struct said_table *said = &parse->said[i];
        int64_t rows = store_row_count(parse->store, tables[i]);
        if (said->where.member == 0 || (tables[i] == T_nodes && !with_nodes))
            continue;
        if (said->complete && rows < said->captured)
            observe(parse->store, OBS_DISAGREEMENT, said->where,
                    "the manifest counts more rows than the bundle holds", SPAN_NONE);
        store_set_complete(parse->store, tables[i], 0,
                           said->complete && rows >= said->captured && !parse->is_cut, said->where);
    }
}
