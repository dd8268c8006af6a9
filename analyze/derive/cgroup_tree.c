/* SPDX-License-Identifier: MIT */
#include "derive/cgroup_tree.h"

#include "derive/cgroup_names.h"
#include "derive/cgroup_path.h"
#include "derive/cgroup_tasks.h"
#include "derive/cites.h"

#define C(name) F_cgroups_##name

enum { DEPTH_MAX = 256 }; /* no path of 4096 bytes that people make is deeper */

static int64_t depth_of(struct span path)
{
    int64_t depth = 0;

    for (size_t i = 0; path.n > 1 && i < path.n; i++)
        depth += path.p[i] == '/';
    return depth;
}

static void set_names(struct store *store, uint32_t row, struct span path)
{
    const struct ref source = ref_of(C(path), row);
    struct span parent = cgroup_parent(path), unit = cgroup_name(path);

    store_compute(store, C(depth), row, depth_of(path), &source, 1);
    if (parent.p)
        store_compute_text(store, C(parent), row, parent, &source, 1);
    if (unit.p)
        store_compute_text(store, C(unit), row, unit, &source, 1);
}

static void set_containers(struct store *store, uint32_t row, struct span path)
{
    const struct ref source = ref_of(C(path), row);
    struct span pod = cgroup_pod(path, store_arena(store));
    struct container container;

    if (pod.n) {
        store_compute_text(store, C(pod), row, pod, &source, 1);
        store_compute_text(store, C(pod_qos), row, span_of(cgroup_pod_qos(path)), &source, 1);
    }
    if (!cgroup_container(path, &container))
        return;
    store_compute_text(store, C(container), row, container.id, &source, 1);
    if (container.runtime)
        store_compute_text(store, C(runtime), row, span_of(container.runtime), &source, 1);
}

/* Goes up from the cgroup to the root and keeps the smallest limit, the lower one of equals. Stops,
 * with no answer, at an ancestor whose limit is not known; the root has none. */
static void set_nearest_limit(struct store *store, uint32_t row, struct span path)
{
    struct cites cites = {0};
    struct span at = path, owner = SPAN_NONE;
    int64_t least = 0;

    for (int i = 0; i < DEPTH_MAX && at.n > 1; i++, at = cgroup_parent(at)) {
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

/* Kernel memory of a cgroup: `kernel` since 5.18; before, its parts, of which pagetables (5.11) and
 * percpu (5.9) are not always printed; kmem in v1. */
static bool add_kernel(struct store *store, struct cites *cites, uint32_t row, int64_t *sum)
{
    static const enum field_id parts[] = {F_cgroups_slab, F_cgroups_kernel_stack,
                                          F_cgroups_pagetables, F_cgroups_percpu};
    int64_t bytes;
    if (cites_number(cites, store, F_cgroups_kernel, row, &bytes) ||
        cites_number(cites, store, F_cgroups_kmem_current, row, &bytes))
        return !__builtin_add_overflow(*sum, bytes, sum);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (cites_number(cites, store, parts[i], row, &bytes)) {
            if (__builtin_add_overflow(*sum, bytes, sum))
                return false;
        } else if (i < 2) {
            return false;
        }
    }
    return true;
}

/* memory.current less anonymous, file (shmem is in it), kernel and socket memory. memory.stat lags
 * behind memory.current by up to two seconds: a rest below nothing is nothing. */
static void set_unaccounted(struct store *store, uint32_t row)
{
    struct cites cites = {0};
    int64_t current, anon, file, sum, bytes;
    if (cites_number(&cites, store, F_cgroups_current, row, &current) &&
        cites_number(&cites, store, F_cgroups_anon, row, &anon) &&
        cites_number(&cites, store, F_cgroups_file, row, &file) &&
        !__builtin_add_overflow(anon, file, &sum) && add_kernel(store, &cites, row, &sum)) {
        if (cites_number(&cites, store, F_cgroups_sock, row, &bytes))
            sum = sum > INT64_MAX - bytes ? INT64_MAX : sum + bytes;
        if (cites_number(&cites, store, F_cgroups_hugetlb, row, &bytes))
            sum = sum > INT64_MAX - bytes ? INT64_MAX : sum + bytes;
        cites_compute(&cites, store, F_cgroups_unaccounted, row, current > sum ? current - sum : 0);
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
        set_containers(store, row, path.text);
        set_nearest_limit(store, row, path.text);
        set_unaccounted(store, row);
    }
    derive_cgroup_tasks(store);
}
