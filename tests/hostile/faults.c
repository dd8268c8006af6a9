/* SPDX-License-Identifier: MIT */
/* Preloaded into analyze: makes the Nth call of one kind fail, as a full disk, a broken one or a
 * full memory would, and from then on every one (FAULT_ONCE: only that one).
 * FAULT=alloc|read|list|write|short  FAULT_AT=N  FAULT_ERRNO=E  FAULT_COUNT=FILE: how many there
 * were.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NONE, ALLOC, READ, LIST, WRITE, SHORT };

static int kind;
static long at, count;
static bool once, ready;
static int error;

static void setup(void)
{
    static const char *const names[] = {"none", "alloc", "read", "list", "write", "short"};
    const char *fault = getenv("FAULT");
    ready = true;
    for (int i = 1; fault && i <= SHORT; i++)
        if (strcmp(fault, names[i]) == 0)
            kind = i;
    at = getenv("FAULT_AT") ? strtol(getenv("FAULT_AT"), NULL, 10) : 0;
    error = getenv("FAULT_ERRNO") ? (int)strtol(getenv("FAULT_ERRNO"), NULL, 10) : EIO;
    once = getenv("FAULT_ONCE") != NULL;
}

static bool fails(int which)
{
    if (!ready || kind != which)
        return false;
    count++;
    if (!at || (once ? count != at : count < at))
        return false;
    errno = which == ALLOC ? ENOMEM : error;
    return true;
}

__attribute__((constructor)) static void start(void)
{
    setup();
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULT_COUNT");
    char text[32];
    /* opened before the sandbox: descriptor 9, which the test gave */
    int n = snprintf(text, sizeof(text), "%ld\n", count);
    ssize_t done = path ? syscall(SYS_write, 9, text, (size_t)n) : 0;
    (void)done;
}

#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

/* The heap of glibc under its own names: dlsym allocates, so it cannot be asked. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

void *malloc(size_t n)
{
    return fails(ALLOC) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return fails(ALLOC) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return fails(ALLOC) ? NULL : __libc_realloc(p, n);
}

void *aligned_alloc(size_t align, size_t n)
{
    return fails(ALLOC) ? NULL : __libc_memalign(align, n);
}

void *reallocarray(void *p, size_t n, size_t size)
{
    size_t all;
    if (__builtin_mul_overflow(n, size, &all))
        return NULL;
    return realloc(p, all);
}

ssize_t read(int fd, void *to, size_t n)
{
    ssize_t (*real)(int, void *, size_t) = REAL(ssize_t(*)(int, void *, size_t), "read");
    return fails(READ) ? -1 : real(fd, to, n);
}

struct dirent *readdir(DIR *dir)
{
    return fails(LIST) ? NULL : REAL(struct dirent * (*)(DIR *), "readdir")(dir);
}

ssize_t write(int fd, const void *from, size_t n)
{
    ssize_t (*real)(int, const void *, size_t) =
        REAL(ssize_t(*)(int, const void *, size_t), "write");
    if (fd != 2 && fails(WRITE))
        return -1;
    if (fd != 2 && n > 1 && fails(SHORT))
        n = 1 + n / 7;
    return real(fd, from, n);
}
