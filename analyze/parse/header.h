/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_HEADER_H
#define OOMSCOPE_PARSE_HEADER_H

#include "parse/json.h"
#include "parse/parse_parts.h"

/* {"realtime_ns":N,"monotonic_ns":N,"boottime_ns":N} under "clocks" or as a file of its own; in
 * microseconds. */
struct clocks {
    int64_t realtime_us, boottime_us;
};
bool clocks_read(const struct json_object *object, struct clocks *ret_clocks);

/* bundle.json: host and capture; without it, what /proc says of the host. */
void header_read(struct parse *parse);

#endif
