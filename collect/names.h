/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_NAMES_H
#define OOMSCOPE_COLLECT_NAMES_H

#include <stddef.h>

#define NAMES_MAX       32
#define NAMES_MAX_BYTES 512

/* The cgroups that the kernel log named last in reports of its OOM killer, each once. */
struct names {
    unsigned count; /* ever added */
    char path[NAMES_MAX][NAMES_MAX_BYTES];
};

/* Looks through one record of the kernel log. */
void names_scan(struct names *names, const char *record, size_t n);
/* Looks through text of many lines. */
void names_scan_lines(struct names *names, const char *p, size_t n);
/* The first place in a record where the OOM killer names a cgroup, with its kind of text around;
 * NULL where there is none. The name may be escaped. */
const char *names_place(const char *record, size_t n, size_t *ret_len);
/* Undoes the \xNN of /dev/kmsg; to has room for n bytes. Returns its length. */
size_t names_unescape(const char *p, size_t n, char *to);
/* Adds one path, "/a/b"; the oldest goes where there is no room. */
void names_add(struct names *names, const char *path, size_t n);
/* The i-th newest, from 0; NULL behind the oldest. */
const char *names_get(const struct names *names, unsigned i);

#endif
