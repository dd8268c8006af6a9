/* SPDX-License-Identifier: MIT */
/* The members of a bundle as the store knows them: names, texts, attempts, and why a fact is
 * absent. */
#include "fact/store_parts.h"

#include "base/buf.h"
#include "base/lines.h"

uint32_t store_member_borrow(struct store *store, struct span path)
{
    uint32_t id = map_add(&store->member_ids, path, store->n_members);
    if (id != store->n_members)
        return id;
    store->members =
        store_room(store->members, store->n_members, &store->room_members, sizeof(*store->members));
    store->members[store->n_members] = (struct member){.path = path};
    return store->n_members++;
}

uint32_t store_member(struct store *store, struct span path)
{
    uint32_t id = map_get(&store->member_ids, path, UINT32_MAX);
    return id != UINT32_MAX ? id : store_member_borrow(store, arena_copy(store->arena, path));
}

uint32_t store_member_find(const struct store *store, struct span path)
{
    return path.n ? map_get(&store->member_ids, path, 0) : 0;
}

struct span store_member_path(const struct store *store, uint32_t member)
{
    return member < store->n_members ? store->members[member].path : SPAN_NONE;
}

void store_member_text(struct store *store, uint32_t member, struct span text)
{
    store->members[member].text = text;
}

void store_keep_line(struct store *store, struct where where, struct span line)
{
    struct member *member = &store->members[where.member];
    if (where.member == 0 || map_get_number(&member->lines, where.line, UINT32_MAX) != UINT32_MAX)
        return;
    store->kept = store_room(store->kept, store->n_kept, &store->room_kept, sizeof(*store->kept));
    store->kept[store->n_kept] = arena_copy(store->arena, line);
    map_set_number(&member->lines, where.line, store->n_kept++);
}

struct span store_line(const struct store *store, struct where where)
{
    if (where.member == 0 || where.member >= store->n_members)
        return SPAN_NONE;
    const struct member *member = &store->members[where.member];
    uint32_t kept = map_get_number(&member->lines, where.line, UINT32_MAX);
    if (kept != UINT32_MAX)
        return store->kept[kept];
    return where.line ? lines_at(member->text, where.line) : SPAN_NONE;
}

uint32_t store_attempt_add(struct store *store, const struct attempt *attempt)
{
    struct attempt copy = *attempt;
    uint32_t member = store_member_find(store, attempt->member);
    copy.member =
        member ? store_member_path(store, member) : arena_copy(store->arena, attempt->member);
    copy.status = arena_copy(store->arena, attempt->status);
    copy.detail = arena_copy(store->arena, attempt->detail);
    store->attempts = store_room(store->attempts, store->n_attempts, &store->room_attempts,
                                 sizeof(*store->attempts));
    store->attempts[store->n_attempts++] = copy;
    if (member)
        store->members[member].attempt = store->n_attempts;
    else
        map_set(&store->attempt_ids, copy.member, store->n_attempts - 1);
    return member;
}

const struct attempt *store_attempt_find(const struct store *store, struct span member)
{
    uint32_t id = store_member_find(store, member);
    if (id && store->members[id].attempt)
        return &store->attempts[store->members[id].attempt - 1];
    uint32_t at = map_get(&store->attempt_ids, member, UINT32_MAX);
    return at == UINT32_MAX ? NULL : &store->attempts[at];
}

/* "proc/(star)/status" and "1234" -> proc/1234/status; "sys/fs/cgroup/(2 stars)/memory.max" and
 * "/a/b". */
static struct span fill_pattern(struct store *store, struct span pattern, struct span key)
{
    size_t at = span_find_char(pattern, '*');
    if (at == pattern.n)
        return pattern;
    struct buf buf = {0};
    if (span_starts(span_skip(pattern, at), "**")) {
        struct span tail = span_skip(pattern, at + 2);
        bool is_root = key.n <= 1;
        buf_add(&buf, span_slice(pattern, 0, at - 1));
        buf_add(&buf, is_root ? SPAN_LIT("") : key);
        buf_add(&buf, tail);
    } else {
        buf_add(&buf, span_slice(pattern, 0, at));
        buf_add(&buf, key);
        buf_add(&buf, span_skip(pattern, at + 1));
    }
    struct span filled = arena_copy(store->arena, buf_span(&buf));
    buf_free(&buf);
    return filled;
}

static bool lack_of_source(struct store *store, const struct source_def *source, struct span key,
                           struct lack *lack)
{
    struct span path = fill_pattern(store, span_of(source->pattern), key);
    const struct attempt *attempt = store_attempt_find(store, path);
    if (lack->member.n == 0)
        lack->member = path;
    if (attempt && !span_is(attempt->status, "ok")) {
        lack->reason = LACK_NOT_CAPTURED;
        lack->member = path;
        lack->status = attempt->status;
        lack->where = attempt->where;
        return true;
    }
    if (attempt || store_member_find(store, path) != 0) {
        lack->reason = LACK_NO_KEY;
        lack->member = path;
        if (attempt) {
            lack->status = attempt->status;
            lack->where = attempt->where;
        }
        return true;
    }
    return false;
}

struct lack store_lack(struct store *store, struct ref ref)
{
    struct lack lack = {.ref = ref, .reason = LACK_INCOMPLETE};
    if (ref.column == REF_COMPLETE) {
        lack.where = store_get(store, ref).where;
        return lack;
    }
    const struct cell *cell = store_cell(store, ref);
    const struct field_def *field = schema_field(ref_field(ref));
    if (cell && cell->state == FACT_UNREADABLE) {
        lack.reason = LACK_UNREADABLE;
        lack.where = (struct where){cell->member, cell->line};
        lack.member = store_member_path(store, cell->member);
        return lack;
    }
    lack.reason = field->n_sources ? LACK_NO_MEMBER : LACK_COMPUTED;
    uint32_t n;
    const struct source_def *sources = schema_sources(&n);
    struct span key = store_row_key(store, (enum table_id)ref.table, ref.row);
    for (uint32_t i = 0; i < field->n_sources; i++)
        if (lack_of_source(store, &sources[field->first_source + i], key, &lack))
            break;
    return lack;
}
