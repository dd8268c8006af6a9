/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "scan.h"

#include <string.h>

bool scan_u64(const char **pp, const char *end, uint64_t *ret_value)
{
    const char *p = *pp;
    uint64_t v = 0;

    while (p < end && *p >= '0' && *p <= '9') {
        if (v > (UINT64_MAX - 9) / 10)
            return false;
        v = v * 10 + (uint64_t)(*p++ - '0');
    }
    if (p == *pp)
        return false;
    *pp = p;
    *ret_value = v;
    return true;
}

const char *scan_line(const char *p, size_t n, const char *key, size_t *ret_len)
{
    const char *end = p + n;
    size_t len = strlen(key);

    while (p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        const char *stop = nl ? nl : end;

        if ((size_t)(stop - p) >= len && memcmp(p, key, len) == 0) {
            *ret_len = (size_t)(stop - p) - len;
            return p + len;
        }
        p = stop + 1;
    }
    return NULL;
}

bool scan_key(const char *p, size_t n, const char *key, uint64_t *ret_value)
{
    size_t len;
    const char *at = scan_line(p, n, key, &len);
    const char *end;

    if (!at)
        return false;
    end = at + len;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return scan_u64(&at, end, ret_value);
}

const char *scan_find(const char *p, size_t n, const char *word)
{
    const char *end = p + n;
    size_t len = strlen(word);

    for (; (size_t)(end - p) >= len && (p = memchr(p, *word, (size_t)(end - p) - len + 1)); p++)
        if (memcmp(p, word, len) == 0)
            return p;
    return NULL;
}

bool scan_starttime(const char *p, size_t n, uint64_t *ret_ticks)
{
    const char *end = p + n;
    const char *at = memrchr(p, ')', n);

    /* Behind ')' comes " S", field 3; each blank leads to the next field. */
    for (int field = 2; at && field < 22; field++) {
        at = memchr(at, ' ', (size_t)(end - at));
        if (at)
            at++;
    }
    return at && scan_u64(&at, end, ret_ticks);
}

bool scan_pid(const char *name, int32_t *ret_pid)
{
    const char *end = name + strlen(name);
    uint64_t v;

    if (!scan_u64(&name, end, &v) || name != end || v == 0 || v > INT32_MAX)
        return false;
    *ret_pid = (int32_t)v;
    return true;
}
