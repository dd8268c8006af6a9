/* SPDX-License-Identifier: MIT */
#include "parse/observe.h"

#include "base/utf8.h"

enum { SHOWN_BYTES = 80 };

void observe(struct store *store, enum observation_kind kind, struct where where, const char *words,
             struct span evidence)
{
    struct buf buf = {0};
    buf_str(&buf, words);
    utf8_visible(span_slice(evidence, 0, SHOWN_BYTES), &buf);
    buf_str(&buf, evidence.n > SHOWN_BYTES ? "..." : "");
    store_observe(store, kind, where, "%s", buf_cstr(&buf));
    buf_free(&buf);
}
