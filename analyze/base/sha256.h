/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_SHA256_H
#define OOMSCOPE_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_HEX = 65 };

struct sha256 {
    uint32_t state[8];
    uint64_t total;
    unsigned char block[64];
};

/* FIPS 180-4. The processor's SHA instructions are used where it has them. */
void sha256_start(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *bytes, size_t n);

/* The digest as 64 hex digits and a NUL; h must be started again before it is used again. */
void sha256_hex(struct sha256 *h, char ret_hex[SHA256_HEX]);

#endif
