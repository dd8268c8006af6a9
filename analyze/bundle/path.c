/* SPDX-License-Identifier: MIT */
#include "bundle/path.h"

#include "base/buf.h"

static bool next_component(struct span *rest, struct span *ret_component)
{
    while (rest->n) {
        span_cut(*rest, '/', ret_component, rest);
        if (ret_component->n && !span_is(*ret_component, "."))
            return true;
    }
    return false;
}

enum path_fault path_normal(struct span raw, const struct limits *limits, struct buf *out)
{
    struct span component, rest = raw;
    int64_t depth = 0;
    out->n = 0;
    buf_add(out, span_slice(raw, 0, 256));
    if (raw.n > (uint64_t)limits->value[LIMIT_path_bytes])
        return PATH_TOO_LONG;
    if (span_find_char(raw, '\0') != raw.n)
        return PATH_HAS_NUL;
    out->n = 0;
    while (next_component(&rest, &component)) {
        if (out->n)
            buf_char(out, '/');
        buf_add(out, component);
        if (span_is(component, ".."))
            return PATH_UPWARD;
        if (++depth > limits->value[LIMIT_depth])
            return PATH_TOO_DEEP;
    }
    return out->n ? PATH_FINE : PATH_EMPTY;
}
