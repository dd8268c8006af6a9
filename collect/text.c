/* SPDX-License-Identifier: MIT */
#include "fast.h" /* first: what follows is built for speed */

#include "text.h"

#include <string.h>

/* Most pieces are a few bytes, for which calling memcpy costs more than the copy. */
static void copy(char *to, const char *from, size_t n)
{
    if (n > 64) {
        memcpy(to, from, n);
        return;
    }
    for (; n >= 8; n -= 8, to += 8, from += 8)
        memcpy(to, from, 8);
    while (n--)
        *to++ = *from++;
}

void text_raw(struct text *t, const void *bytes, size_t n)
{
    if (n > t->cap - t->n) {
        n = t->cap - t->n;
        t->cut = true;
    }
    copy(t->p + t->n, bytes, n);
    t->n += n;
}

void text_str(struct text *t, const char *s)
{
    text_raw(t, s, strlen(s));
}

void text_char(struct text *t, char c)
{
    if (t->n < t->cap)
        t->p[t->n++] = c;
    else
        t->cut = true;
}

void text_u64(struct text *t, uint64_t v)
{
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    text_raw(t, digits + at, sizeof(digits) - at);
}

void text_i64(struct text *t, int64_t v)
{
    if (v < 0)
        text_char(t, '-');
    text_u64(t, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void text_hex(struct text *t, const void *bytes, size_t n)
{
    static const char digit[] = "0123456789abcdef";
    const unsigned char *b = bytes;
    char *p = t->p + t->n;

    if (2 * n > t->cap - t->n) {
        t->cut = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        *p++ = digit[b[i] >> 4];
        *p++ = digit[b[i] & 15];
    }
    t->n += 2 * n;
}

/* Length of the valid UTF-8 sequence at s, 0 where there is none. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    size_t want;

    if (s[0] >= 0xc2 && s[0] <= 0xdf)
        want = 2;
    else if (s[0] >= 0xe0 && s[0] <= 0xef)
        want = 3;
    else if (s[0] >= 0xf0 && s[0] <= 0xf4)
        want = 4;
    else
        return 0;
    if (want > n)
        return 0;
    for (size_t i = 1; i < want; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return want;
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void text_json(struct text *t, const char *s, size_t n)
{
    const unsigned char *b = (const unsigned char *)s;
    size_t i = 0;

    text_char(t, '"');
    while (i < n) {
        size_t run = 0;

        while (i + run < n && is_plain(b[i + run]))
            run++;
        if (run == 0 && b[i] >= 0x80)
            run = utf8_length(b + i, n - i);
        if (run) {
            text_raw(t, b + i, run);
            i += run;
        } else if (b[i] == '"' || b[i] == '\\') {
            text_char(t, '\\');
            text_char(t, (char)b[i++]);
        } else {
            text_str(t, "\\u00");
            text_hex(t, &b[i++], 1);
        }
    }
    text_char(t, '"');
}

void text_key(struct text *t, const char *key)
{
    if (t->n && t->p[t->n - 1] != '{')
        text_char(t, ',');
    text_char(t, '"');
    text_str(t, key);
    text_raw(t, "\":", 2);
}

void text_key_u64(struct text *t, const char *key, uint64_t v)
{
    text_key(t, key);
    text_u64(t, v);
}

void text_key_str(struct text *t, const char *key, const char *s)
{
    text_key(t, key);
    text_json(t, s, strlen(s));
}

void text_key_bool(struct text *t, const char *key, bool v)
{
    text_key(t, key);
    text_str(t, v ? "true" : "false");
}

uint64_t text_hash(const char *s)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 0x100000001b3u;
    return h;
}

char *text_end(struct text *t)
{
    if (t->n == t->cap) {
        t->n--;
        t->cut = true;
    }
    t->p[t->n] = '\0';
    return t->p;
}
