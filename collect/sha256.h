/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_SHA256_H
#define OOMSCOPE_COLLECT_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32

struct sha256 {
    uint32_t state[8];
    uint64_t total;
    unsigned char block[64];
};

/* FIPS 180-4. The processor's SHA instructions are used where it has them. */
void sha256_start(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *bytes, size_t n);
void sha256_end(struct sha256 *h, unsigned char ret_digest[SHA256_BYTES]);

/* RFC 2104 HMAC over one message; the key is at most 64 bytes. */
void sha256_keyed(const unsigned char *key, size_t key_len, const void *bytes, size_t n,
                  unsigned char ret_digest[SHA256_BYTES]);

#endif
