/* SPDX-License-Identifier: MIT */
#include "log/dump.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/num.h"

#include <stdlib.h>

static uint64_t hash(uint64_t h, struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h;
}

/* "Panic#2 Part3": fs/pstore/platform.c; the reason is a word, kmsg_dump_reason_str() */
static bool is_heading(struct span line, struct span *ret_dump, uint64_t *ret_part)
{
    struct span t = span_trim(line), word = span_word(&t), name, number;
    uint64_t count;
    *ret_dump = word;
    return span_cut(word, '#', &name, &number) && name.n > 0 && name.n < 16 &&
           num_u64(number, &count) && span_eat(&t, " Part") && num_u64(t, ret_part);
}

bool dump_is_one(struct span head)
{
    struct span line, rest, name;
    uint64_t part;
    span_cut(head, '\n', &line, &rest);
    return is_heading(line, &name, &part);
}

/* "dmesg-efi_pstore-170406720000101": time of the crash, then part and count in five digits; the
 * names of other stores say nothing of it. */
static struct span crash_of(struct span member)
{
    enum { PART_AND_COUNT_DIGITS = 5 };
    struct span name = span_skip(member, span_rfind_char(member, '/') + 1);
    size_t dash = span_rfind_char(name, '-');
    if (!span_starts(name, "dmesg-efi") || name.n < dash + PART_AND_COUNT_DIGITS + 1)
        return SPAN_NONE;
    return span_slice(name, dash + 1, name.n - PART_AND_COUNT_DIGITS);
}

static struct dump_part *new_part(struct dump *dump)
{
    if (dump->n == dump->room) {
        dump->room = dump->room ? 2 * dump->room : 16;
        dump->parts = base_realloc(dump->parts, dump->room, sizeof(*dump->parts));
    }
    dump->parts[dump->n] = (struct dump_part){.order = (uint32_t)dump->n};
    return &dump->parts[dump->n++];
}

bool dump_add(struct dump *dump, struct span member, struct span text)
{
    if (dump->text.n + text.n > DUMP_BYTES)
        return false;
    uint64_t base = hash(1469598103934665603u, crash_of(member));
    struct dump_part *part = NULL;
    struct span line, rest = text, name;
    for (uint32_t number = 1; rest.n > 0; number++) {
        size_t before = rest.n;
        uint64_t n;
        span_cut(rest, '\n', &line, &rest);
        bool begins = is_heading(line, &name, &n) && dump->n < DUMP_PARTS;
        if (begins || !part) {
            part = new_part(dump);
            part->at = dump->text.n;
            part->member = member;
            part->first_line = number + begins;
            part->key = begins ? hash(base, name) : hash(base, member);
            part->part = begins ? n : 1;
        }
        if (begins)
            continue;
        buf_add(&dump->text, span_slice((struct span){line.p, before}, 0, before - rest.n));
        part->n = dump->text.n - part->at;
    }
    return true;
}

static int by_time(const void *a, const void *b)
{
    const struct dump_part *x = a, *y = b;
    if (x->key != y->key)
        return x->order < y->order ? -1 : 1;
    if (x->part != y->part)
        return x->part > y->part ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* The parts of one dump get the place of its first. */
void dump_sort(struct dump *dump)
{
    struct map first = {0}; /* key -> order */
    for (size_t i = 0; i < dump->n; i++) {
        struct dump_part *part = &dump->parts[i];
        uint32_t order = map_get_number(&first, part->key, part->order);
        if (order == part->order)
            map_set_number(&first, part->key, order);
        part->order = order;
    }
    map_free(&first);
    if (dump->n > 0)
        qsort(dump->parts, dump->n, sizeof(*dump->parts), by_time);
}

void dump_free(struct dump *dump)
{
    buf_free(&dump->text);
    free(dump->parts);
    *dump = (struct dump){0};
}
