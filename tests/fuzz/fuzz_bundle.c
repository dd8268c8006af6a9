/* SPDX-License-Identifier: MIT */
/* Any bytes as an input: every member is read, in pieces or whole, and what bundle.h promises of
 * paths is checked. The last byte chooses the way of reading and small limits. */
#define _GNU_SOURCE /* memfd_create */
#include "base/arena.h"
#include "bundle/bundle.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_path(struct span path)
{
    if (!path.n || path.p[0] == '/' || span_ends(path, "/") || span_has(path, "//") ||
        span_is(path, "..") || span_starts(path, "../") || span_has(path, "/../") ||
        span_ends(path, "/.."))
        abort();
}

static void read_all(struct bundle *bundle, bool whole)
{
    struct span path, piece;
    while (bundle_next(bundle, &path)) {
        if (bundle_form(bundle) != BUNDLE_TEXT)
            check_path(path);
        if (whole &&
            (int64_t)bundle_slurp(bundle).n > bundle_limits(bundle)->value[LIMIT_member_bytes])
            abort();
        while (!whole && bundle_read(bundle, &piece))
            ;
    }
    if (bundle_next(bundle, &path) || bundle_read(bundle, &piece))
        abort();
    char hex[SHA256_HEX];
    bundle_digest(bundle, hex);
}

static void mend_sums(uint8_t *bytes, size_t n)
{
    for (uint8_t *block = bytes; n >= 512; block += 512, n -= 512) {
        unsigned sum = 8 * ' ';
        if (memcmp(block + 257, "ustar", 5) != 0)
            continue;
        for (size_t i = 0; i < 512; i++)
            sum += i >= 148 && i < 156 ? 0 : block[i];
        snprintf((char *)block + 148, 7, "%06o", sum);
        block[155] = ' ';
    }
}

static void write_input(int fd, const uint8_t *data, size_t n, bool mend)
{
    uint8_t *copy = base_realloc(NULL, n + 1, 1);
    if (n)
        memcpy(copy, data, n);
    if (mend)
        mend_sums(copy, n);
    if (write(fd, copy, n) != (ssize_t)n)
        abort();
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char path[64];
    struct err err = {0};
    struct limits limits = limits_default();
    uint8_t choice = n ? data[n - 1] : 0;
    int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0)
        abort();
    write_input(fd, data, n, choice & 4);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    limits.value[LIMIT_total_bytes] = 64 << 20;
    if (choice & 1) {
        limits.value[LIMIT_members] = 3;
        limits.value[LIMIT_member_bytes] = 100;
        limits.value[LIMIT_depth] = 2;
    }
    struct arena *arena = arena_new();
    struct bundle *bundle = bundle_open(path, &limits, arena, &err);
    if (!bundle && err.code != ERR_INPUT)
        abort();
    if (bundle)
        read_all(bundle, choice & 2);
    bundle_close(bundle);
    arena_free(arena);
    close(fd);
    return 0;
}
