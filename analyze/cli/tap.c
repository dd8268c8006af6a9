/* SPDX-License-Identifier: MIT */
#include "cli/tap.h"

#include "base/lines.h"
#include "base/tap.h"
#include "base/utf8.h"

static const char no_case[] = "no case in it: a case is a folder with an expect.yaml";

void tap_case(struct buf *out, uint32_t number, const char *name, bool skipped,
              struct span differences)
{
    struct lines lines = lines_of(differences);
    struct span line;
    buf_fmt(out, "%sok %u - ", differences.n ? "not " : "", number);
    tap_name(span_of(name), out);
    if (skipped)
        buf_fmt(out, " # SKIP %s", no_case);
    buf_char(out, '\n');
    while (lines_next(&lines, &line)) {
        buf_str(out, "#   ");
        utf8_visible(line, out);
        buf_char(out, '\n');
    }
}

void tap_plan(struct buf *out, struct span cases, uint32_t n, uint32_t failed)
{
    buf_fmt(out, "TAP version 13\n1..%u\n", n);
    buf_add(out, cases);
    if (failed)
        buf_fmt(out, "# %u of %u not as expected (- expected, + found)\n", failed, n);
}

/* Made visible first, so that no control byte is left, which XML 1.0 cannot hold in any form. */
static void xml_text(struct buf *out, struct span text)
{
    struct buf visible = {0};
    utf8_visible(text, &visible);
    for (size_t i = 0; i < visible.n; i++) {
        char c = visible.p[i];
        if (c == '<' || c == '>' || c == '&' || c == '"')
            buf_fmt(out, "&#%d;", c);
        else
            buf_char(out, c);
    }
    buf_free(&visible);
}

void junit_case(struct buf *out, const char *name, bool skipped, struct span differences)
{
    struct lines lines = lines_of(differences);
    struct span line;
    buf_str(out, "  <testcase classname=\"oomscope\" name=\"");
    xml_text(out, span_of(name));
    if (skipped)
        buf_fmt(out, "\"><skipped message=\"%s\"/></testcase>\n", no_case);
    else if (!differences.n)
        buf_str(out, "\"/>\n");
    if (skipped || !differences.n)
        return;
    buf_str(out, "\">\n    <failure message=\"not as expected (- expected, + found)\">");
    while (lines_next(&lines, &line)) {
        xml_text(out, line);
        buf_char(out, '\n');
    }
    buf_str(out, "</failure>\n  </testcase>\n");
}

void junit_suite(struct buf *out, struct span cases, uint32_t n, uint32_t failed, uint32_t skipped)
{
    buf_fmt(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuite name=\"oomscope\" tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\">\n",
        n, failed, skipped);
    buf_add(out, cases);
    buf_str(out, "</testsuite>\n");
}
