/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_PATH_H
#define OOMSCOPE_COLLECT_PATH_H

#include <stdbool.h>

/*
 * Opens path, relative to root_fd. Confined (--root): nothing outside root_fd is reached, links
 * are resolved inside it, and what is no regular file or folder is refused with ENXIO without
 * being opened. Adds O_CLOEXEC, O_NOCTTY and O_NONBLOCK. -1 with errno.
 */
int path_open(int root_fd, bool confined, const char *path, int flags);

#endif
