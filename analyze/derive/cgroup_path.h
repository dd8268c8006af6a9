/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_CGROUP_PATH_H
#define OOMSCOPE_DERIVE_CGROUP_PATH_H

#include "base/span.h"

/* "/a/b" -> "/a", "/a" -> "/", "/" -> nothing */
struct span cgroup_parent(struct span path);

/* What a cgroup is, as its path says: the innermost systemd unit, container, pod or job.
 *   /system.slice/nginx.service                              nginx.service
 *   /system.slice/docker-<64 hex>.scope, /docker/<64 hex>     docker-<64 hex>.scope, <64 hex>
 *   /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod<uid>.slice    its last part
 *   /kubepods/burstable/pod<uid>                              pod<uid>
 *   /lxc.payload.web                                          lxc.payload.web
 *   /slurm/uid_1/job_7/step_0/task_0                          step_0
 * A folder inside of a unit (user/, supervisor/) is of that unit. Nothing when no component is
 * known. A part of `path`. */
struct span cgroup_name(struct span path);

#endif
