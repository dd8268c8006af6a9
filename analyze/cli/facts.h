/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_FACTS_H
#define OOMSCOPE_CLI_FACTS_H

#include "base/buf.h"
#include "fact/store.h"

/* Every fact as one JSON object a line, in the order of the tables and of their rows:
 *   {"fact":"meminfo.total","value":2099056640,"unit":"bytes",
 *    "places":[{"member":"proc/meminfo","line":1}],
 *    "table":"meminfo","row":"","field":"total","type":"bytes"}
 * Computed facts have "computed_from" (names of facts) instead of "places". A value that is
 * unlimited is "unlimited"; where the text cannot be read it is null and "unreadable" is true; text
 * that is not printable UTF-8 is {"text":...,"lossy":true}. What was said of completeness:
 *   {"fact":"processes is complete","places":[...],"table":"processes","complete":true} */
void facts_write(const struct store *store, struct buf *out);

#endif
