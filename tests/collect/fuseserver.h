/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_TESTS_COLLECT_FUSESERVER_H
#define OOMSCOPE_TESTS_COLLECT_FUSESERVER_H

#include <linux/fuse.h>
#include <stddef.h>

#define SKIP 77 /* exit code where this host cannot */

/* What the file systems of these tests share: the wire, and the requests that each answers alike.
 */

/* Mounts a file system of this name on dir; extra: more mount options, with a comma before each.
 * The descriptor of its requests, -1 with a message. */
int fuse_mount(const char *name, const char *dir, const char *extra);
/* error: 0 or a negative errno. */
void fuse_reply(int fd, const struct fuse_in_header *in, int error, const void *body, size_t size);
/* INIT, requests that want no answer, and -ENOSYS for all others. */
void fuse_answer_rest(int fd, const struct fuse_in_header *in);

typedef void (*fuse_answer)(int fd, const struct fuse_in_header *in, const void *body);
/* Hands each request to answer until the other descriptor has something to read or ends. */
void fuse_serve(int fd, int until_fd, fuse_answer answer);

#endif
