/* SPDX-License-Identifier: MIT */
#include "bundle/input.h"

#include "base/arena.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PEEK_BYTES = 64 * 1024 };

void input_init(struct input *input, int fd, struct span name, struct sha256 *sha)
{
    *input = (struct input){.fd = fd, .name = name, .sha = sha};
    input->piece = base_realloc(NULL, INPUT_PIECE_BYTES, 1);
}

void input_close(struct input *input)
{
    close(input->fd);
    free(input->piece);
}

static size_t read_some(struct input *input, char *to, size_t room)
{
    ssize_t n;
    do
        n = read(input->fd, to, room);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        input->error = errno;
    if (n <= 0)
        return 0;
    input->read_bytes += (uint64_t)n;
    return (size_t)n;
}

struct span input_peek(struct input *input)
{
    while (input->peeked < PEEK_BYTES) {
        size_t n =
            read_some(input, input->piece + input->peeked, INPUT_PIECE_BYTES - input->peeked);
        if (!n)
            break;
        input->peeked += n;
    }
    return (struct span){input->piece, input->peeked};
}

struct span input_read(struct input *input)
{
    size_t n = input->peeked;
    input->peeked = 0;
    if (!n && !input->error)
        n = read_some(input, input->piece, INPUT_PIECE_BYTES);
    if (!input->prehashed)
        sha256_add(input->sha, input->piece, n);
    return (struct span){input->piece, n};
}

enum source_result input_finish(struct input *input, struct source *source)
{
    while (input_read(input).n)
        ;
    if (!input->error)
        return SOURCE_OK;
    snprintf(source->text, sizeof(source->text), "reading failed: %s", strerror(input->error));
    return SOURCE_CUT;
}

bool input_extend(struct input *input, struct span *kept)
{
    memmove(input->piece, kept->p, kept->n);
    size_t n = read_some(input, input->piece + kept->n, INPUT_PIECE_BYTES - kept->n);
    sha256_add(input->sha, input->piece + kept->n, n);
    *kept = (struct span){input->piece, kept->n + n};
    return n > 0;
}

bool input_prehash(struct input *input)
{
    if (lseek(input->fd, 0, SEEK_SET) != 0)
        return false;
    input->peeked = 0;
    while (input_read(input).n)
        ;
    input->prehashed = true;
    return lseek(input->fd, 0, SEEK_SET) == 0;
}
