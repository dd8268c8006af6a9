/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_CGROUP_TASKS_H
#define OOMSCOPE_DERIVE_CGROUP_TASKS_H

#include "fact/store.h"

/* cgroups.processes, processes_rss, processes_pss, largest_*: of the processes in a cgroup and
 * below it. Only where all processes are there and each says its cgroup. */
void derive_cgroup_tasks(struct store *store);

#endif
