/* SPDX-License-Identifier: MIT */
#include "base/sha256.h"

#include <stdbool.h>
#include <string.h>

static const uint32_t k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t v, unsigned n)
{
    return v >> n | v << (32 - n);
}

static uint32_t load_be32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void expand(uint32_t w[64], const unsigned char *p)
{
    for (size_t i = 0; i < 16; i++)
        w[i] = load_be32(p + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];

        w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
}

/* The eight words move on by one with each round; here the names move, and eight rounds at a time
 * are written out, so that they have no index at run time. */
#define WORD(n) s[((n) + 64 - i) % 8]
static void blocks_portable(uint32_t state[8], const unsigned char *p, size_t count)
{
    uint32_t w[64] = {0}, s[8];

    for (; count; count--, p += 64) {
        expand(w, p);
        memcpy(s, state, sizeof(s));
#pragma GCC unroll 8
        for (unsigned i = 0; i < 64; i++) {
            uint32_t e = WORD(4), a = WORD(0);
            uint32_t t1 = WORD(7) + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
                          ((e & WORD(5)) ^ (~e & WORD(6))) + k[i] + w[i];

            WORD(3) += t1;
            WORD(7) = t1 + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
                      ((a & WORD(1)) ^ (a & WORD(2)) ^ (WORD(1) & WORD(2)));
        }
        for (int i = 0; i < 8; i++)
            state[i] += s[i];
    }
}

#if defined(__x86_64__) && !defined(SHA256_PORTABLE)
#include <cpuid.h>
#include <immintrin.h>

/* CPUID 7.0: EBX bit 29 SHA; 1: ECX bit 9 SSSE3, bit 19 SSE4.1. */
static bool has_sha_instructions(void)
{
    static int known = -1;
    unsigned a, b, c, d, c1;

    if (known < 0)
        known = __get_cpuid(1, &a, &b, &c1, &d) && (c1 & 1u << 9) && (c1 & 1u << 19) &&
                __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 29);
    return known > 0;
}

__attribute__((target("sha,sse4.1,ssse3"))) static void
blocks_sha(uint32_t state[8], const unsigned char *p, size_t count)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i lo = _mm_loadu_si128((const __m128i *)(const void *)&state[0]);
    __m128i hi = _mm_loadu_si128((const __m128i *)(const void *)&state[4]);
    __m128i t = _mm_shuffle_epi32(lo, 0xb1);
    __m128i abef, cdgh, m[4];

    hi = _mm_shuffle_epi32(hi, 0x1b);
    abef = _mm_alignr_epi8(t, hi, 8);
    cdgh = _mm_blend_epi16(hi, t, 0xf0);
    for (; count; count--, p += 64) {
        __m128i abef0 = abef, cdgh0 = cdgh;

#pragma GCC unroll 4
        for (size_t i = 0; i < 4; i++)
            m[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i)),
                                    swap);
#pragma GCC unroll 16
        for (size_t i = 0; i < 16; i++) {
            __m128i kw =
                _mm_add_epi32(m[i & 3], _mm_loadu_si128((const __m128i *)(const void *)&k[4 * i]));

            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, kw);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(kw, 0x0e));
            if (i < 12) {
                __m128i w = _mm_sha256msg1_epu32(m[i & 3], m[(i + 1) & 3]);

                w = _mm_add_epi32(w, _mm_alignr_epi8(m[(i + 3) & 3], m[(i + 2) & 3], 4));
                m[i & 3] = _mm_sha256msg2_epu32(w, m[(i + 3) & 3]);
            }
        }
        abef = _mm_add_epi32(abef, abef0);
        cdgh = _mm_add_epi32(cdgh, cdgh0);
    }
    t = _mm_shuffle_epi32(abef, 0x1b);
    hi = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)(void *)&state[0], _mm_blend_epi16(t, hi, 0xf0));
    _mm_storeu_si128((__m128i *)(void *)&state[4], _mm_alignr_epi8(hi, t, 8));
}
#endif

static void blocks(uint32_t state[8], const unsigned char *p, size_t count)
{
#if defined(__x86_64__) && !defined(SHA256_PORTABLE)
    if (has_sha_instructions()) {
        blocks_sha(state, p, count);
        return;
    }
#endif
    blocks_portable(state, p, count);
}

void sha256_start(struct sha256 *h)
{
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    memcpy(h->state, first, sizeof(first));
    h->total = 0;
}

void sha256_add(struct sha256 *h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    size_t held = h->total % 64;

    if (!n)
        return;
    h->total += n;
    if (held) {
        size_t take = 64 - held < n ? 64 - held : n;

        memcpy(h->block + held, p, take);
        if (held + take < 64)
            return;
        blocks(h->state, h->block, 1);
        p += take;
        n -= take;
    }
    if (n >= 64)
        blocks(h->state, p, n / 64);
    memcpy(h->block, p + n / 64 * 64, n % 64);
}

static void sha256_end(struct sha256 *h, unsigned char ret_digest[SHA256_BYTES])
{
    uint64_t bits = h->total * 8;
    size_t held = h->total % 64;

    h->block[held++] = 0x80;
    if (held > 56) {
        memset(h->block + held, 0, 64 - held);
        blocks(h->state, h->block, 1);
        held = 0;
    }
    memset(h->block + held, 0, 56 - held);
    for (int i = 0; i < 8; i++)
        h->block[56 + i] = (unsigned char)(bits >> (56 - 8 * i));
    blocks(h->state, h->block, 1);
    for (int i = 0; i < SHA256_BYTES; i++)
        ret_digest[i] = (unsigned char)(h->state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256_hex(struct sha256 *h, char ret_hex[SHA256_HEX])
{
    unsigned char digest[SHA256_BYTES];

    sha256_end(h, digest);
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        ret_hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        ret_hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    ret_hex[SHA256_HEX - 1] = '\0';
}
