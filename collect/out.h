/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_OUT_H
#define OOMSCOPE_COLLECT_OUT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the bundle goes: a file that gets its name only when it is done, or a descriptor. */
struct out {
    int fd;
    int dir_fd; /* of a file's folder, -1 for a descriptor */
    bool gzip;
    int error;      /* errno of the first failed write, 0 if none */
    uint64_t bytes; /* of tar, before compression */
    uint64_t bytes_out;
    char name[NAME_MAX + 1];
    char partial[NAME_MAX + 1];
    const char *refused; /* where the file could not be created: the name that is to blame */
    size_t used;
    char buffer[64 * 1024];
};

/* Writes to a descriptor that is open. */
void out_open_fd(struct out *o, int fd, bool gzip);
/* Creates PATH.partial, 0600, never following a link nor replacing a file; false with errno set,
 * EEXIST where PATH or PATH.partial stands already. */
bool out_open_file(struct out *o, const char *path, bool gzip);
/* Adds n bytes; after a failed write it does nothing. */
void out_write(struct out *o, const void *bytes, size_t n);
/* Brings all bytes so far to the kernel; a compressed stream decodes up to here. */
void out_flush(struct out *o);
/* Flushes, syncs and gives the file its name; false with o->error set. */
bool out_close(struct out *o);

#endif
