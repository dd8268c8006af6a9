/* SPDX-License-Identifier: MIT */
#include "cli/print.h"

#include "base/utf8.h"
#include "render/render.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void job_print(const struct job *job, enum format format, bool color, struct buf *out)
{
    struct render_options options = {.full = job->options->given[OPT_full], .color = color};
    options.budget_bytes = options.full ? 0 : RENDER_BUDGET_DEFAULT;
    switch (format) {
    case FORMAT_JSON:
        render_json(job->verdict, &options, out);
        return;
    case FORMAT_MARKDOWN:
        render_markdown(job->verdict, &options, out);
        return;
    default:
        render_text(job->verdict, &options, out);
    }
}

bool print_wants_color(void)
{
    const char *no_color = getenv("NO_COLOR");
    return (!no_color || !*no_color) && isatty(STDOUT_FILENO);
}

void print_error(const struct err *err)
{
    struct buf line = {0};
    buf_fmt(&line, "%s: ", program_invocation_short_name);
    if (err->source[0]) {
        utf8_visible(span_of(err->source), &line);
        if (err->line)
            buf_fmt(&line, ":%u", err->line);
        if (err->column)
            buf_fmt(&line, ":%u", err->column);
        buf_str(&line, ": ");
    }
    utf8_visible(span_of(err->text), &line);
    if (err->code == ERR_USAGE)
        buf_str(&line, "; try --help");
    fprintf(stderr, "%s\n", buf_cstr(&line));
    buf_free(&line);
}
