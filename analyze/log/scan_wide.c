/* SPDX-License-Identifier: MIT */
#include "log/scan_wide.h"
#include "log/anchors.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>

/* Of each anchor, four bytes that are rare in logs are its print. The prints are dealt to eight
 * buckets, and two tables of nibbles for each of the four bytes say which buckets a byte fits:
 * where some bucket fits all four, a print may stand. This is the filter that Hyperscan calls Teddy
 * (github.com/intel/hyperscan, src/fdr/teddy.c). What passes is looked up by hash and compared. */

enum { PRINT = 8, STEP = 32, BUCKETS = 8, SLOTS = 1 << 10, NONE = 0xff };

struct print {
    char bytes[PRINT];
    unsigned char anchor, at; /* the print's place in the anchor */
};

static struct {
    unsigned char low[PRINT][16], high[PRINT][16]; /* a bit for each bucket */
} nibbles;
static struct print prints[ANCHORS_MOST]; /* sorted: those alike share a bucket */
static unsigned char heads[SLOTS], nexts[ANCHORS_MOST];
static size_t deepest; /* of all places of prints */

static unsigned slot_of(const char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof(v));
    return (v * 0x9e3779b1u) >> 22;
}

/* How often a byte is met in a log, as a rank: 0 = seldom. */
static unsigned commonness(char c)
{
    static const char common[] = " e0taosri1n2lcd:p34m5.-u/9f6h87kgwbyv=[]_,";
    const char *hit = c ? strchr(common, c) : NULL;
    return hit ? (unsigned)(sizeof(common) - (size_t)(hit - common)) : 0;
}

static struct print print_of(unsigned anchor)
{
    const char *text = anchors[anchor];
    struct print print = {.anchor = (unsigned char)anchor};
    unsigned best = ~0u;
    for (size_t at = 0; text[at + PRINT - 1]; at++) {
        unsigned sum = 0;
        for (size_t i = 0; i < PRINT; i++)
            sum += commonness(text[at + i]);
        if (sum < best) {
            best = sum;
            print.at = (unsigned char)at;
        }
    }
    memcpy(print.bytes, text + print.at, PRINT);
    return print;
}

/* From the last byte on: so the buckets come out most unlike each other. */
static int by_bytes(const void *a, const void *b)
{
    const struct print *x = a, *y = b;
    for (size_t i = PRINT; i-- > 0;)
        if (x->bytes[i] != y->bytes[i])
            return (unsigned char)x->bytes[i] < (unsigned char)y->bytes[i] ? -1 : 1;
    return 0;
}

static void add_print(unsigned index, unsigned bucket)
{
    struct print *print = &prints[index];
    for (size_t i = 0; i < PRINT; i++) {
        unsigned char c = (unsigned char)print->bytes[i];
        nibbles.low[i][c & 15] |= (unsigned char)(1u << bucket);
        nibbles.high[i][c >> 4] |= (unsigned char)(1u << bucket);
    }
    nexts[index] = heads[slot_of(print->bytes)];
    heads[slot_of(print->bytes)] = (unsigned char)index;
    deepest = print->at > deepest ? print->at : deepest;
}

static bool is_new(unsigned index)
{
    return index == 0 || by_bytes(&prints[index - 1], &prints[index]) != 0;
}

bool scan_wide_init(void)
{
    unsigned n = 0, n_new = 0;
    if (!__builtin_cpu_supports("avx2"))
        return false;
    memset(heads, NONE, sizeof(heads));
    for (unsigned i = 0; i < anchors_count; i++)
        prints[i] = print_of(i);
    qsort(prints, anchors_count, sizeof(*prints), by_bytes);
    for (unsigned i = 0; i < anchors_count; i++)
        n_new += is_new(i);
    for (unsigned i = 0; i < anchors_count; i++) {
        n += is_new(i);
        add_print(i, (n - 1) * BUCKETS / n_new);
    }
    return true;
}

/* The first beginning of an anchor whose print stands at `at`; text.n when there is none. */
static size_t begin_of(struct span text, size_t at)
{
    size_t first = text.n;
    for (unsigned i = heads[slot_of(text.p + at)]; i != NONE; i = nexts[i]) {
        size_t begin = at - prints[i].at;
        if (at >= prints[i].at && begin < first &&
            memcmp(text.p + at, prints[i].bytes, PRINT) == 0 &&
            span_starts(span_skip(text, begin), anchors[prints[i].anchor]))
            first = begin;
    }
    return first;
}

/* Bit i: a print may stand at p + i. */
__attribute__((target("avx2"))) static inline uint32_t candidates(const char *p)
{
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i fits = _mm256_set1_epi8(-1);
#pragma GCC unroll 8
    for (size_t i = 0; i < PRINT; i++) {
        __m256i low = _mm256_broadcastsi128_si256(
            _mm_loadu_si128((const __m128i *)(const void *)nibbles.low[i]));
        __m256i high = _mm256_broadcastsi128_si256(
            _mm_loadu_si128((const __m128i *)(const void *)nibbles.high[i]));
        __m256i text = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
        __m256i upper = _mm256_and_si256(_mm256_srli_epi16(text, 4), nibble);
        fits = _mm256_and_si256(fits, _mm256_shuffle_epi8(low, _mm256_and_si256(text, nibble)));
        fits = _mm256_and_si256(fits, _mm256_shuffle_epi8(high, upper));
    }
    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(fits, _mm256_setzero_si256()));
}

/* Anchors may overlap: behind the first print found may stand that of an anchor that begins
 * earlier, so only those are settled that begin deeper than any print lies before the end of what
 * was seen.
 */
__attribute__((target("avx2"))) size_t scan_wide_anchor(struct span text, size_t *ret_seen)
{
    size_t first = text.n, at = 0;
    for (; at + STEP + PRINT <= text.n && first == text.n; at += STEP)
        for (uint32_t bits = candidates(text.p + at); bits; bits &= bits - 1) {
            size_t begin = begin_of(text, at + (unsigned)__builtin_ctz(bits));
            first = begin < first ? begin : first;
        }
    *ret_seen = at > deepest ? at - deepest : 0;
    return first;
}

__attribute__((target("avx2"))) uint64_t scan_wide_count_feeds(struct span text, size_t *ret_seen)
{
    const __m256i feed = _mm256_set1_epi8('\n'), zero = _mm256_setzero_si256();
    __m256i total = zero;
    size_t at = 0;
    while (at + STEP <= text.n) {
        __m256i counts = zero; /* a byte each, of up to 255 steps */
        size_t steps = (text.n - at) / STEP;
        for (steps = steps > 255 ? 255 : steps; steps > 0; steps--, at += STEP) {
            __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(text.p + at));
            counts = _mm256_sub_epi8(counts, _mm256_cmpeq_epi8(bytes, feed));
        }
        total = _mm256_add_epi64(total, _mm256_sad_epu8(counts, zero));
    }
    uint64_t sums[4];
    _mm256_storeu_si256((__m256i *)(void *)sums, total);
    *ret_seen = at;
    return sums[0] + sums[1] + sums[2] + sums[3];
}

#else

bool scan_wide_init(void)
{
    return false;
}

size_t scan_wide_anchor(struct span text, size_t *ret_seen)
{
    *ret_seen = 0;
    return text.n;
}

uint64_t scan_wide_count_feeds(struct span text, size_t *ret_seen)
{
    (void)text;
    *ret_seen = 0;
    return 0;
}

#endif
