/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_KMSG_H
#define OOMSCOPE_COLLECT_KMSG_H

#include "capture.h"
#include "names.h"

/* Captures the kernel log: /dev/kmsg, or where that is refused syslog(2), or below --root a plain
 * file; and adds the cgroups that it names. */
void kmsg_capture(struct capture *c, struct names *names);

#endif
