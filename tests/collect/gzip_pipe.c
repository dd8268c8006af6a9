/* SPDX-License-Identifier: MIT */
/* usage: gzip_pipe SEED: compresses standard input with collect's gzip, in pieces of random length
 * with a sync now and then; SEED 0: in one piece. */
#include <stdio.h>
#include <stdlib.h>

#include "gzip.h"

static struct gzip gzip;

static void put(void *to, const void *bytes, size_t n)
{
    (void)to;
    if (fwrite(bytes, 1, n, stdout) != n)
        exit(1);
}

int main(int argc, char **argv)
{
    static char buffer[1 << 20];
    unsigned seed = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;

    srand(seed);
    gzip_start(&gzip, put, NULL);
    for (;;) {
        size_t n = fread(buffer, 1, seed ? (size_t)(rand() % 5000) + 1 : sizeof(buffer), stdin);

        if (n == 0)
            break;
        gzip_add(&gzip, buffer, n);
        if (seed && rand() % 50 == 0)
            gzip_sync(&gzip);
    }
    gzip_end(&gzip);
    return 0;
}
