/* SPDX-License-Identifier: MIT */
#include "base/tap.h"

#include "base/utf8.h"

void tap_name(struct span name, struct buf *out)
{
    struct buf visible = {0};
    utf8_visible(name, &visible);
    for (size_t i = 0; i < visible.n; i++) {
        if (visible.p[i] == '#' || visible.p[i] == '\\')
            buf_char(out, '\\');
        buf_char(out, visible.p[i]);
    }
    buf_free(&visible);
}
