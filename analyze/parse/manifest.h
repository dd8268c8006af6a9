/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_MANIFEST_H
#define OOMSCOPE_PARSE_MANIFEST_H

#include "parse/parse_parts.h"

/* manifest/1.jsonl, manifest/2.jsonl, ..., manifest.jsonl as one file: attempts, tables and the end
 * of the capture. A member whose size or SHA-256 is not what stands there is distrusted: none of
 * its facts are made. */
void manifest_read(struct parse *parse);

/* After all files were read: processes and cgroups are complete where the manifest says so and as
 * many rows are there as it counts; nodes too, unless the kernel's own list tells. */
void manifest_tables(struct parse *parse, bool with_nodes);

#endif
