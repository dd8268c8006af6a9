/* SPDX-License-Identifier: MIT */
/* Any bytes as lines of --ndjson. What is counted is written as text of printable characters and as
 * JSON that reads again; what is not has an error with its line. */
#define _GNU_SOURCE
#include "base/utf8.h"
#include "cli/summary.h"

#include <jansson.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void try(const uint8_t *data, size_t n, enum format format)
{
    struct buf out = {0};
    struct err err = {0};
    FILE *file = fmemopen((void *)(uintptr_t)data, n, "r");
    if (!file)
        abort();
    if (!summary_stream(file, format, &out, &err)) {
        if (err.code != ERR_INPUT || err.line == 0 || out.n)
            abort();
    } else if (format == FORMAT_JSON) {
        json_t *object = json_loadb(out.p, out.n, 0, NULL);
        if (!json_is_object(object))
            abort();
        json_decref(object);
    } else if (!utf8_is_valid(buf_span(&out))) {
        abort();
    }
    fclose(file);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0)
        return 0;
    try(data, n, FORMAT_TEXT);
    try(data, n, FORMAT_JSON);
    return 0;
}
