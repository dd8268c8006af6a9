/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_CGROUP_NAMES_H
#define OOMSCOPE_DERIVE_CGROUP_NAMES_H

#include "base/span.h"

struct arena;

/* The pod and the container that a cgroup path names; a folder inside of one is of that one. */

/* UID as kubectl shows it, with dashes; "" when the path is that of no pod. */
struct span cgroup_pod(struct span path, struct arena *arena);
/* Of the path of a pod: "guaranteed", "burstable" or "besteffort". */
const char *cgroup_pod_qos(struct span path);

struct container {
    struct span id;      /* the first twelve digits, or the name */
    const char *runtime; /* NULL when the path does not tell */
};
/* The innermost container; false when there is none. */
bool cgroup_container(struct span path, struct container *ret);

#endif
