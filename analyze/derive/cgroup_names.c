/* SPDX-License-Identifier: MIT */
#include "derive/cgroup_names.h"

#include "base/arena.h"
#include "derive/cgroup_path.h"

enum { POD_UID_BYTES = 36, MIRROR_UID_BYTES = 32, ID_HEX = 32, ID_SHOWN = 12 };

static struct span last_part(struct span path)
{
    return span_skip(path, span_rfind_char(path, '/') + 1);
}

static size_t hex_run(struct span s)
{
    size_t n = 0;
    while (n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') || (s.p[n] >= 'a' && s.p[n] <= 'f')))
        n++;
    return n;
}

/* What comes after the last "pod" of "kubepods-burstable-pod7f3c1d52_9a0b_....slice" or
 * "pod7f3c1d52-9a0b-...", if it is a UID: five groups of hex digits, or 32 of them for a pod that
 * a file on the node defines. */
static struct span pod_uid(struct span name)
{
    size_t at = span_rfind(name, SPAN_LIT("pod"));
    struct span uid = at < name.n ? span_skip(name, at + 3) : SPAN_NONE;
    if (span_ends(uid, ".slice"))
        uid = span_slice(uid, 0, uid.n - 6);
    if (uid.n == MIRROR_UID_BYTES && hex_run(uid) == uid.n)
        return uid;
    for (size_t i = 0; uid.n == POD_UID_BYTES && i < uid.n; i++) {
        bool is_gap = i == 8 || i == 13 || i == 18 || i == 23;
        bool is_hex = hex_run(span_slice(uid, i, i + 1)) == 1;
        if (is_gap ? uid.p[i] != '_' && uid.p[i] != '-' : !is_hex)
            return SPAN_NONE;
    }
    return uid.n == POD_UID_BYTES ? uid : SPAN_NONE;
}

struct span cgroup_pod(struct span path, struct arena *arena)
{
    bool in_kubernetes = span_has(path, "kubepods");
    for (; in_kubernetes && path.n > 1; path = cgroup_parent(path)) {
        struct span uid = pod_uid(last_part(path));
        if (!uid.n)
            continue;
        char *copy = arena_printf(arena, SPAN_FMT, SPAN_ARG(uid));
        for (char *c = copy; *c; c++)
            *c = *c == '_' ? '-' : *c;
        return span_of(copy);
    }
    return SPAN_NONE;
}

const char *cgroup_pod_qos(struct span path)
{
    if (span_has(path, "burstable"))
        return "burstable";
    return span_has(path, "besteffort") ? "besteffort" : "guaranteed";
}

static struct span id_short(struct span id)
{
    return span_slice(id, 0, hex_run(id) >= ID_HEX ? ID_SHOWN : id.n);
}

/* "docker-<id>.scope" of systemd, by engine. The processes of conmon, who watches over a container,
 * are not in it. */
static bool is_scope_of_engine(struct span name, struct container *ret)
{
    static const struct {
        const char *prefix, *runtime;
    } engines[] = {{"docker-", "docker"},
                   {"cri-containerd-", "containerd"},
                   {"crio-", "cri-o"},
                   {"libpod-", "podman"},
                   {"machine-", "machine"}};
    for (size_t i = 0; i < sizeof(engines) / sizeof(*engines); i++) {
        struct span id = name;
        if (!span_eat(&id, engines[i].prefix) || span_starts(id, "conmon"))
            continue;
        if (span_ends(id, ".scope"))
            id = span_slice(id, 0, id.n - 6);
        *ret = (struct container){id_short(id), engines[i].runtime};
        return id.n > 0;
    }
    return false;
}

/* Engines that make the cgroups themselves: /docker/<id>, /kubepods/.../pod<uid>/<id>, /lxc/<name>,
 * /lxc.payload.<name>. */
static bool is_folder_of_engine(struct span name, struct span parent, struct container *ret)
{
    struct span above = last_part(parent), id = name;
    if (span_eat(&id, "lxc.payload.") || span_is(above, "lxc"))
        *ret = (struct container){id, "lxc"};
    else if (span_is(above, "docker"))
        *ret = (struct container){id_short(name), "docker"};
    else if (hex_run(name) == name.n && name.n >= ID_HEX)
        *ret = (struct container){id_short(name), NULL};
    else
        return false;
    return ret->id.n > 0;
}

bool cgroup_container(struct span path, struct container *ret)
{
    for (; path.n > 1; path = cgroup_parent(path)) {
        struct span name = last_part(path);
        if (is_scope_of_engine(name, ret) || is_folder_of_engine(name, cgroup_parent(path), ret))
            return true;
    }
    return false;
}
