/* SPDX-License-Identifier: MIT */
#include "manifest.h"
#include "bundle.h"
#include "clock.h"
#include "sha256.h"
#include "tar.h"

#include <limits.h>
#include <string.h>

/* A path of PATH_MAX bytes, each escaped as \u00XX, and the rest of a line. */
#define LINE_MAX_BYTES (6 * PATH_MAX + 1024)

_Static_assert(sizeof(((struct manifest *)0)->buffer) >= LINE_MAX_BYTES, "one line always fits");

void manifest_start(struct manifest *m, struct out *out)
{
    memset(m, 0, offsetof(struct manifest, buffer));
    m->out = out;
    m->lines = TEXT_ON(m->buffer);
}

static void write_lines(struct manifest *m, const char *member)
{
    tar_header(m->out, member, m->lines.n, clock_ns(CLOCK_REALTIME) / NS_PER_S);
    out_write(m->out, m->lines.p, m->lines.n);
    tar_pad(m->out, m->lines.n);
    m->lines.n = 0;
}

void manifest_flush(struct manifest *m)
{
    char name[64];
    struct text t = TEXT_ON(name);

    if (m->lines.n == 0)
        return;
    text_str(&t, BUNDLE_MANIFEST_DIR);
    text_u64(&t, ++m->parts);
    text_str(&t, BUNDLE_MANIFEST_SUFFIX);
    write_lines(m, text_end(&t));
}

static struct text *line_start(struct manifest *m)
{
    if (sizeof(m->buffer) - m->lines.n < LINE_MAX_BYTES)
        manifest_flush(m);
    text_char(&m->lines, '{');
    return &m->lines;
}

#define PUT(t, literal) text_raw(t, literal, sizeof(literal) - 1)

static void line_end(struct text *t, const char *detail)
{
    if (detail)
        text_key_str(t, MANIFEST_DETAIL, detail);
    PUT(t, "}\n");
}

/* One for each file: its keys are put in whole. */
void manifest_attempt(struct manifest *m, const struct attempt *a)
{
    struct text *t = line_start(m);

    PUT(t, "\"" MANIFEST_MEMBER "\":");
    text_json(t, a->member, strlen(a->member));
    PUT(t, ",\"" MANIFEST_STATUS "\":\"");
    text_str(t, outcome_word(a->outcome));
    PUT(t, "\",\"" MANIFEST_ERRNO "\":");
    text_i64(t, a->error);
    PUT(t, ",\"" MANIFEST_BYTES "\":");
    text_u64(t, a->bytes);
    PUT(t, ",\"" MANIFEST_US "\":");
    text_u64(t, a->us);
    if (a->sha256) {
        PUT(t, ",\"" MANIFEST_SHA256 "\":\"");
        text_hex(t, a->sha256, SHA256_BYTES);
        text_char(t, '"');
        m->members++;
    }
    line_end(t, a->detail);
    m->outcomes[a->outcome]++;
}

void manifest_table(struct manifest *m, const char *table, uint64_t seen, uint64_t captured,
                    const char *why_incomplete)
{
    struct text *t = line_start(m);

    text_key_str(t, MANIFEST_TABLE, table);
    text_key_bool(t, "complete", !why_incomplete);
    text_key_u64(t, "seen", seen);
    text_key_u64(t, "captured", captured);
    line_end(t, why_incomplete);
}

void manifest_line(struct manifest *m, const struct text *line)
{
    if (sizeof(m->buffer) - m->lines.n < line->n)
        manifest_flush(m);
    text_raw(&m->lines, line->p, line->n);
}

void manifest_end(struct manifest *m)
{
    write_lines(m, BUNDLE_MANIFEST);
}
