/* SPDX-License-Identifier: MIT */
/* Any bytes as an input, all the way. The last byte chooses small limits. */
#include "chain.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buf json = {0};
    struct limits limits = chain_limits(n ? data[n - 1] : 0);
    chain_run((struct span){(const char *)data, n}, SPAN_NONE, &limits, &json);
    buf_free(&json);
    return 0;
}
