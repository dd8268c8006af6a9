/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "mask.h"
#include "scan.h"

#include <string.h>

#define ARGUMENT_MAX 256
#define MASK         "***"

/* "--db-password", "API_KEY", "authToken", "Authorization:" */
static const char *const secret[] = {"pass", "pwd",  "token",  "secret", "key",
                                     "auth", "cred", "bearer", "cookie", "session"};

static bool has_secret_word(const char *s, size_t n)
{
    char lower[ARGUMENT_MAX];

    n = n < sizeof(lower) ? n : sizeof(lower);
    for (size_t i = 0; i < n; i++)
        lower[i] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] + 32) : s[i];
    for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
        if (scan_find(lower, n, secret[i]))
            return true;
    return false;
}

/* "scheme://user:password@host": what stands before the '@'. */
static bool put_url(struct text *t, const char *s, size_t n)
{
    const char *at = scan_find(s, n, "://"), *host;
    size_t left;

    if (!at)
        return false;
    at += 3;
    left = n - (size_t)(at - s);
    host = memrchr(at, '@', left);
    if (!host)
        return false;
    text_raw(t, s, (size_t)(at - s));
    text_str(t, MASK);
    text_raw(t, host, left - (size_t)(host - at));
    return true;
}

/* Length of "name=" or "name:", 0 where the argument has no value of its own. */
static size_t name_length(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] == '=' || s[i] == ':')
            return i + 1;
    return 0;
}

/* "-psecret" of the mysql programs and their like; "-p" alone and numbers are ports and prompts. */
static bool is_short_password(const char *s, size_t n)
{
    return n > 2 && s[0] == '-' && s[1] == 'p' && (s[2] < '0' || s[2] > '9');
}

/* Appends one argument; returns true where the next one is its secret value. */
static bool put_argument(struct text *t, const char *s, size_t n)
{
    size_t name = name_length(s, n);

    if (has_secret_word(s, name ? name : n)) {
        text_raw(t, s, name ? name : n);
        if (name && name < n)
            text_str(t, MASK);
        return name == 0 && s[0] == '-';
    }
    if (name && put_url(t, s, n))
        return false;
    if (is_short_password(s, n)) {
        text_raw(t, s, 2);
        text_str(t, MASK);
    } else if (name && has_secret_word(s + name, n - name)) {
        text_raw(t, s, name);
        text_str(t, MASK);
    } else {
        text_raw(t, s, n < ARGUMENT_MAX ? n : ARGUMENT_MAX);
    }
    return false;
}

void mask_arguments(struct text *t, const char *s, size_t n)
{
    const char *end = s + n;
    bool first = true, masked = false;

    while (s < end) {
        const char *nul = memchr(s, '\0', (size_t)(end - s));
        size_t len = (size_t)((nul ? nul : end) - s);

        if (masked)
            text_str(t, MASK);
        if (first)
            text_raw(t, s, len < ARGUMENT_MAX ? len : ARGUMENT_MAX);
        masked = !first && !masked && put_argument(t, s, len);
        first = false;
        text_char(t, '\0');
        s += len + 1;
    }
}
