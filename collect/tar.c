/* SPDX-License-Identifier: MIT */
#include "fast.h" /* first: what follows is built for speed */

#include "tar.h"
#include "text.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#define BLOCK        512
#define NAME_BYTES   100
#define PREFIX_BYTES 155

static const char zeros[BLOCK];

/* POSIX.1-2008 pax, "ustar Interchange Format". */
struct header {
    char name[NAME_BYTES], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8];
    char type, link[100], magic[6], version[2], user[32], group[32], major[8], minor[8];
    char prefix[PREFIX_BYTES], rest[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a tar header is one block");

static void put_octal(char *field, size_t width, uint64_t v)
{
    field[--width] = '\0';
    while (width) {
        field[--width] = (char)('0' + (v & 7));
        v >>= 3;
    }
}

/* A path longer than name is split at a slash into prefix and name; false where none fits. */
static bool put_path(struct header *h, const char *path, size_t len)
{
    size_t cut;

    if (len <= NAME_BYTES) {
        memcpy(h->name, path, len);
        return true;
    }
    for (cut = len < PREFIX_BYTES ? len - 1 : PREFIX_BYTES; cut && path[cut] != '/';)
        cut--;
    if (cut == 0 || len - cut - 1 > NAME_BYTES)
        return false;
    memcpy(h->prefix, path, cut);
    memcpy(h->name, path + cut + 1, len - cut - 1);
    return true;
}

/* The sum of all bytes, eight at a time in four lanes of 16 bits: a block cannot overflow one. */
static uint64_t sum_of(const struct header *h)
{
    const uint64_t even = 0x00ff00ff00ff00ffu;
    uint64_t lanes = 0;

    for (size_t i = 0; i < BLOCK; i += 8) {
        uint64_t v;

        memcpy(&v, (const char *)h + i, 8);
        lanes += (v & even) + (v >> 8 & even);
    }
    return (lanes & 0xffff) + (lanes >> 16 & 0xffff) + (lanes >> 32 & 0xffff) + (lanes >> 48);
}

static void put_header(struct out *o, struct header *h)
{
    memset(h->checksum, ' ', sizeof(h->checksum));
    put_octal(h->checksum, 7, sum_of(h));
    out_write(o, h, BLOCK);
}

static void start_header(struct header *h, char type, uint64_t size, uint64_t mtime_s)
{
    memset(h, 0, sizeof(*h));
    put_octal(h->mode, sizeof(h->mode), 0600);
    put_octal(h->uid, sizeof(h->uid), 0);
    put_octal(h->gid, sizeof(h->gid), 0);
    put_octal(h->size, sizeof(h->size), size);
    put_octal(h->mtime, sizeof(h->mtime), mtime_s);
    h->type = type;
    memcpy(h->magic, "ustar", 6);
    memcpy(h->version, "00", 2);
    memcpy(h->user, "root", 4);
    memcpy(h->group, "root", 4);
}

/* "LEN path=PATH\n", where LEN counts its own digits. */
static size_t pax_path(struct text *t, const char *path)
{
    size_t rest = strlen(path) + sizeof(" path=\n") - 1;
    size_t total = rest + 1;

    while (true) {
        size_t digits = 0;

        for (size_t v = total; v; v /= 10)
            digits++;
        if (digits + rest == total)
            break;
        total = digits + rest;
    }
    text_u64(t, total);
    text_str(t, " path=");
    text_str(t, path);
    text_char(t, '\n');
    return t->n;
}

static void put_pax(struct out *o, const char *path, uint64_t mtime_s)
{
    char record[PATH_MAX + 64];
    struct text t = TEXT_ON(record);
    struct header h;
    size_t n = pax_path(&t, path);

    start_header(&h, 'x', n, mtime_s);
    memcpy(h.name, "pax/header", 10);
    put_header(o, &h);
    out_write(o, record, n);
    tar_pad(o, n);
}

void tar_header(struct out *o, const char *path, uint64_t size, uint64_t mtime_s)
{
    struct header h;
    size_t len = strlen(path);

    start_header(&h, '0', size, mtime_s);
    if (!put_path(&h, path, len)) {
        put_pax(o, path, mtime_s);
        memcpy(h.name, path + len - NAME_BYTES, NAME_BYTES);
    }
    put_header(o, &h);
}

void tar_pad(struct out *o, uint64_t size)
{
    if (size % BLOCK)
        out_write(o, zeros, BLOCK - size % BLOCK);
}

void tar_end(struct out *o)
{
    out_write(o, zeros, BLOCK);
    out_write(o, zeros, BLOCK);
}
