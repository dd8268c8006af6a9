/* SPDX-License-Identifier: MIT */
#include "parse/formats.h"

#include "base/lines.h"
#include "parse/parse_parts.h"
#include "parse/observe.h"
#include "parse/value.h"

enum { KEYS_MAX = 128 }; /* sources of one pattern; memory.stat has about 40 */

struct keyed {
    struct reading *r;
    const struct group *group;
    uint64_t seen[KEYS_MAX / 64];
    bool any;
};

static void put_pair(struct keyed *k, const struct lines *lines, const struct pair *pair)
{
    uint32_t index;
    const struct source_def *source = group_source(k->group, pair->key, &index);
    struct reading *r = k->r;
    if (!source)
        return;
    k->any = true;
    if (index < KEYS_MAX && (k->seen[index / 64] >> index % 64 & 1)) {
        observe(r->store, OBS_DUPLICATE, place(r, lines->number),
                "the key stands in this file twice; the first is used: ", pair->key);
        return;
    }
    k->seen[index / 64 % (KEYS_MAX / 64)] |= UINT64_C(1) << index % 64;
    struct value value = value_read(r->parse, source->unit, pair->value, k->group->needs_unit);
    if (value.state == VALUE_OK && file_cut_at(r, lines))
        value.state = VALUE_CUT;
    value_put(r, source->field, value, lines->number, pair->key);
}

void keyed_read(struct reading *r, const struct group *group)
{
    struct keyed k = {.r = r, .group = group};
    struct lines lines = lines_of(r->file->text);
    struct span line;
    struct pair pair;
    bool is_single = group->shape == pair_single;
    while (lines_next(&lines, &line)) {
        struct span rest = line;
        for (pair.index = 0; group->shape(&rest, &pair); pair.index++)
            put_pair(&k, &lines, &pair);
        if (is_single)
            break;
    }
    if (is_single && lines.rest.n)
        observe(r->store, OBS_MALFORMED, place(r, 2), "more than the one line that stands there",
                SPAN_NONE);
    if (!k.any && group->n_sources && r->file->text.n)
        observe(r->store, OBS_MALFORMED, place(r, 0), "none of the keys of this file is in it",
                SPAN_NONE);
}
