/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_MANIFEST_H
#define OOMSCOPE_COLLECT_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "out.h"
#include "outcome.h"
#include "text.h"

/* What is said of one attempt. */
struct attempt {
    const char *member;
    enum outcome outcome;
    int error;
    uint64_t bytes;
    uint32_t us;
    const unsigned char *sha256; /* NULL where no member stands in the tar */
    const char *detail;          /* NULL: nothing to add */
};

/* Lines that wait to be written; a full buffer goes out as a part, manifest/N.jsonl. */
struct manifest {
    struct out *out;
    uint64_t parts;
    uint64_t members; /* in the tar, parts of the manifest apart */
    uint32_t outcomes[OUTCOME_COUNT];
    struct text lines;
    char buffer[48 * 1024];
};

/* Starts an empty manifest of the bundle that goes to out. */
void manifest_start(struct manifest *m, struct out *out);
/* One attempt. */
void manifest_attempt(struct manifest *m, const struct attempt *a);
/* A table: seen rows, captured rows, and why that is not all of them, NULL where it is. */
void manifest_table(struct manifest *m, const char *table, uint64_t seen, uint64_t captured,
                    const char *why_incomplete);
/* A line that the caller has put together, with its newline. */
void manifest_line(struct manifest *m, const struct text *line);
/* Writes what waits as a part. */
void manifest_flush(struct manifest *m);
/* Writes what waits as manifest.jsonl. */
void manifest_end(struct manifest *m);

#endif
