/* SPDX-License-Identifier: MIT */
#include "derive/cgroup_tree.h"

#include "derive/cites.h"
#include "derive/sum.h"

#define C(name) F_cgroups_##name

enum { DEPTH_MAX = 256 }; /* no path of 4096 bytes that people make is deeper */

static const struct sum_def unaccounted = {C(unaccounted),
                                           {{C(current), 1, false},
                                            {C(anon), -1, false},
                                            {C(file), -1, false},
                                            {C(kernel), -1, false},
                                            {C(sock), -1, false}}};

/* "/a/b" -> "/a", "/a" -> "/", "/" -> nothing */
static struct span parent_path(struct span path)
{
    size_t slash = span_rfind_char(path, '/');

    if (slash == path.n || path.n < 2)
        return SPAN_NONE;
    return span_slice(path, 0, slash ? slash : 1);
}

static int64_t depth_of(struct span path)
{
    int64_t depth = 0;

    for (size_t i = 0; path.n > 1 && i < path.n; i++)
        depth += path.p[i] == '/';
    return depth;
}

/* The name that people know it by: the last part that is a unit, a pod or a container, else
 * nothing. */
static struct span unit_of(struct span path)
{
    for (; path.n > 1; path = parent_path(path)) {
        struct span name = span_skip(path, span_rfind_char(path, '/') + 1);

        if (span_ends(name, ".service") || span_ends(name, ".scope") || span_ends(name, ".slice") ||
            span_starts(name, "pod"))
            return name;
    }
    return SPAN_NONE;
}

static void set_names(struct store *store, uint32_t row, struct span path)
{
    const struct ref source = ref_of(C(path), row);
    struct span parent = parent_path(path), unit = unit_of(path);

    store_compute(store, C(depth), row, depth_of(path), &source, 1);
    if (parent.p)
        store_compute_text(store, C(parent), row, parent, &source, 1);
    if (unit.p)
        store_compute_text(store, C(unit), row, unit, &source, 1);
}

/* Goes up from the cgroup to the root and keeps the smallest limit, the lower one of equals. Stops,
 * with no answer, at an ancestor whose limit is not known; the root has none. */
static void set_nearest_limit(struct store *store, uint32_t row, struct span path)
{
    struct cites cites = {0};
    struct span at = path, owner = SPAN_NONE;
    int64_t least = 0;

    for (int i = 0; i < DEPTH_MAX && at.n > 1; i++, at = parent_path(at)) {
        uint32_t group = store_row_find(store, T_cgroups, at);
        struct fact max = {0};

        if (group != ROW_NONE)
            max = store_fact(store, C(max), group);
        if (max.state != FACT_KNOWN && max.state != FACT_UNLIMITED) {
            cites_free(&cites);
            return;
        }
        cites_fact(&cites, C(max), group);
        if (max.state == FACT_KNOWN && (!owner.p || max.number < least)) {
            least = max.number;
            owner = at;
        }
    }
    if (owner.p) {
        store_compute(store, C(nearest_limit), row, least, cites.refs, cites.n);
        store_compute_text(store, C(limit_owner), row, owner, cites.refs, cites.n);
    } else if (cites.n) {
        store_compute_unlimited(store, C(nearest_limit), row, cites.refs, cites.n);
    }
    cites_free(&cites);
}

void derive_cgroup_tree(struct store *store)
{
    for (uint32_t row = ROW_NONE; (row = store_row_next(store, T_cgroups, 0, row)) != ROW_NONE;) {
        struct fact path = store_fact(store, C(path), row);

        if (path.state != FACT_KNOWN)
            continue;
        set_names(store, row, path.text);
        set_nearest_limit(store, row, path.text);
        sum_row(store, &unaccounted, row);
    }
}
