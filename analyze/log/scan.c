/* SPDX-License-Identifier: MIT */
#include "log/scan.h"
#include "log/anchors.h"
#include "log/scan_wide.h"

#include <stdbool.h>
#include <string.h>

enum {
    WINDOW = ANCHOR_SHORTEST_BYTES, /* so much of each anchor is looked for, the rest compared */
    BLOCK = 3,
    BUCKETS = 1 << 13,
    NONE = 0xff,
};

/* Wu and Manber, "A fast algorithm for multi-pattern searching" (1994): how far the window may move
 * on, by a hash of its last three bytes; 0 = an anchor may begin at the window. */
static unsigned char shifts[BUCKETS];
static unsigned char heads[BUCKETS]; /* first anchor with these last bytes */
static unsigned char nexts[ANCHORS_MOST];
static bool is_ready, is_wide;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
static const uint32_t MASK = 0x00ffffff;
#else
static const uint32_t MASK = 0xffffff00;
#endif

static unsigned hash(const char *p)
{
    uint32_t v; /* the byte before the three is there: a block ends a window */
    memcpy(&v, p - 1, sizeof(v));
    return ((v & MASK) * 0x9e3779b1u) >> 19;
}

void scan_init(void)
{
    if (is_ready)
        return;
    memset(shifts, WINDOW - BLOCK, sizeof(shifts)); /* the block at 0 is left out: see hash */
    memset(heads, NONE, sizeof(heads));
    for (unsigned a = 0; a < anchors_count; a++)
        for (unsigned at = 1; at + BLOCK <= WINDOW; at++) {
            unsigned h = hash(anchors[a] + at), shift = WINDOW - BLOCK - at;
            if (shift < shifts[h])
                shifts[h] = (unsigned char)shift;
            if (shift == 0) {
                nexts[a] = heads[h];
                heads[h] = (unsigned char)a;
            }
        }
    is_wide = scan_wide_init();
    is_ready = true;
}

static bool is_anchor(const char *p, size_t n, unsigned bucket)
{
    for (unsigned a = heads[bucket]; a != NONE; a = nexts[a]) {
        size_t length = strlen(anchors[a]);
        if (length <= n && memcmp(p, anchors[a], length) == 0)
            return true;
    }
    return false;
}

size_t scan_anchor_portable(struct span text)
{
    const char *p = text.p, *end = text.p + text.n;
    while ((size_t)(end - p) >= WINDOW) {
        unsigned h = hash(p + WINDOW - BLOCK), shift = shifts[h];
        if (shift == 0) {
            if (is_anchor(p, (size_t)(end - p), h))
                return (size_t)(p - text.p);
            shift = 1;
        }
        p += shift;
    }
    return text.n;
}

size_t scan_anchor(struct span text)
{
    size_t seen = 0;
    if (is_wide) {
        size_t at = scan_wide_anchor(text, &seen);
        if (at < seen)
            return at;
    }
    return seen + scan_anchor_portable(span_skip(text, seen));
}

/* Eight bytes a step: a byte of x is zero exactly where the text has a line feed. */
uint64_t scan_count_feeds_portable(struct span text)
{
    uint64_t count = 0;
    size_t i = 0;
    while (i + 8 <= text.n) {
        uint64_t sums = 0;
        size_t rounds = (text.n - i) / 8;
        for (rounds = rounds > 255 ? 255 : rounds; rounds > 0; rounds--, i += 8) {
            uint64_t x;
            memcpy(&x, text.p + i, 8);
            x ^= 0x0a0a0a0a0a0a0a0au;
            uint64_t not_zero = ((x & 0x7f7f7f7f7f7f7f7fu) + 0x7f7f7f7f7f7f7f7fu) | x;
            sums += (~not_zero & 0x8080808080808080u) >> 7;
        }
        for (unsigned byte = 0; byte < 8; byte++)
            count += sums >> (8 * byte) & 0xff;
    }
    for (; i < text.n; i++)
        count += text.p[i] == '\n';
    return count;
}

uint64_t scan_count_feeds(struct span text)
{
    size_t seen = 0;
    uint64_t count = is_wide ? scan_wide_count_feeds(text, &seen) : 0;
    return count + scan_count_feeds_portable(span_skip(text, seen));
}
