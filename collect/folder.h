/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_FOLDER_H
#define OOMSCOPE_COLLECT_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* A directory being listed: getdents64 into a buffer of its own, no heap, no stat. */
struct folder {
    int fd;
    int error; /* errno where listing broke off */
    size_t at, fill;
    _Alignas(8) char buffer[2048];
};

/* Opens path below root_fd, never following a last link; false with errno. */
bool folder_open(struct folder *f, int root_fd, bool confined, const char *path);
/* The next name, "." and ".." left out, and whether it is a folder; NULL at the end. It stays
 * until the next call. */
const char *folder_next(struct folder *f, bool *ret_is_folder);
/* Begins again. */
void folder_rewind(struct folder *f);
void folder_close(struct folder *f);

#endif
