/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_JSON_H
#define OOMSCOPE_PARSE_JSON_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;

/* The JSON that collect writes: objects on one line, a few keys each, 100,000 lines a manifest. The
 * text is scanned in place: nothing is allocated but strings that hold escapes. */
struct json_pair {
    struct span key;   /* without quotes */
    struct span value; /* as it stands: "text" with its quotes, 12, true, {...}, [...] */
};

enum { JSON_PAIRS = 32 };
struct json_object {
    struct json_pair pairs[JSON_PAIRS];
    size_t n;
};

/* The pairs of a whole object. False when the text is not one strict JSON object; pairs beyond
 * JSON_PAIRS are checked and dropped. */
bool object_of(struct span text, struct json_object *ret_object);

/* False when the key is not there or its value is of another type. Of equal keys the first counts.
 */
bool object_text(const struct json_object *object, const char *key, struct arena *arena,
                 struct span *ret_text);
bool object_number(const struct json_object *object, const char *key, int64_t *ret_number);
bool object_bool(const struct json_object *object, const char *key, bool *ret_value);
bool object_sub(const struct json_object *object, const char *key, struct json_object *ret_object);

#endif
