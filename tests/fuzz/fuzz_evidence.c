/* SPDX-License-Identifier: MIT */
/* Bundles with many members (evidence.h), all the way. The first byte chooses small limits as in
 * fuzz_verdict, except that its bit 0 asks for a second run with the members turned around: their
 * order decides nothing. */
#include "chain.h"
#include "evidence.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct buf run(struct span text, bool turned, const struct limits *limits)
{
    struct buf tar = {0}, older = {0}, json = {0};
    evidence_tars(text, turned, &tar, &older);
    chain_run(buf_span(&tar), buf_span(&older), limits, &json);
    buf_free(&tar);
    buf_free(&older);
    return json;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint8_t choice = n ? data[0] : 0;
    struct span text = {(const char *)data, n};
    struct limits limits = chain_limits(choice & 0x0e);
    struct buf json = run(text, false, &limits);
    if ((choice & 0x0f) == 1) {
        struct buf again = run(text, true, &limits);
        if (!span_eq(buf_span(&json), buf_span(&again)))
            abort();
        buf_free(&again);
    }
    buf_free(&json);
    return 0;
}
