/* SPDX-License-Identifier: MIT */
#include "cli/many.h"

#include "cli/pool.h"
#include "cli/print.h"
#include "base/utf8.h"
#include "render/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct many {
    const struct options *options;
    const struct ruleset *rules;
    char **names;
    uint32_t n, room;
    struct arena *arena; /* names of a list */
    enum exit_code worst;
    bool broken_output;
};

static void add_name(struct many *many, char *name)
{
    if (many->n == many->room) {
        many->room = many->room ? 2 * many->room : 64;
        many->names = base_realloc(many->names, many->room, sizeof(*many->names));
    }
    many->names[many->n++] = name;
}

/* One name a line. */
static void add_list(struct many *many)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    while ((n = getline(&line, &room, stdin)) > 0) {
        if (line[n - 1] == '\n')
            line[--n] = '\0';
        if (!n)
            continue;
        add_name(many, arena_printf(many->arena, "%s", line));
    }
    free(line);
}

static void add_operands(struct many *many)
{
    bool is_list = many->options->given[OPT_ndjson];
    for (int i = 0; i < many->options->n_operands; i++) {
        char *name = many->options->operands[i];
        if (is_list && strcmp(name, "-") == 0)
            add_list(many);
        else
            add_name(many, name);
    }
}

static void line_write(json_t *object, struct buf *out)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    buf_str(out, text);
    buf_char(out, '\n');
    free(text);
    json_decref(object);
}

static json_t *line_of(const char *name, int code)
{
    json_t *line = json_object();
    json_set(line, "bundle", json_evidence(span_of(name)));
    json_set(line, "exit", json_integer(code));
    return line;
}

static void error_line(const char *name, int code, const char *text, struct buf *out)
{
    json_t *line = line_of(name, code);
    json_set(line, "error", json_own(span_of(text)));
    line_write(line, out);
}

static void verdict_line(const struct job *job, const char *name, int code, struct buf *out)
{
    struct buf report = {0};
    job_print(job, FORMAT_JSON, false, &report);
    json_t *line = line_of(name, code);
    json_set(line, "verdict", json_loadb(report.p, report.n, 0, NULL));
    line_write(line, out);
    buf_free(&report);
}

static int failed(const struct many *many, const char *name, const struct err *err, struct buf *out)
{
    print_error(err);
    if (many->options->given[OPT_ndjson])
        error_line(name, EXIT_PARTLY, err->text, out);
    return EXIT_PARTLY;
}

static int work(void *context, uint32_t index, struct buf *out)
{
    struct many *many = context;
    const struct options *options = many->options;
    const char *name = many->names[index];
    struct err err = {0};
    struct job job;
    if (!job_open(&job, options, many->rules, name, &err))
        return failed(many, name, &err, out);
    if (!job_run(&job, &err)) {
        job_close(&job);
        return failed(many, name, &err, out);
    }
    int code = job_exit_code(&job);
    if (options->given[OPT_ndjson])
        verdict_line(&job, name, code, out);
    else
        job_print(&job, options->format, print_wants_color(), out);
    job_close(&job);
    return code;
}

/* A worker that died left no line, or half of one. */
static void done(void *context, uint32_t index, struct span result, int code)
{
    struct many *many = context;
    const char *name = many->names[index];
    bool is_ndjson = many->options->given[OPT_ndjson];
    struct buf out = {0};
    if (code < 0 || (is_ndjson && !result.n)) {
        struct err err = {0};
        err_set(&err, ERR_INPUT,
                code < 0 ? "the analysis was ended by signal %d" : "no result (%d)",
                code < 0 ? -code : code);
        err_source(&err, name);
        print_error(&err);
        code = EXIT_PARTLY;
        if (is_ndjson)
            error_line(name, code, err.text, &out);
    } else {
        if (!is_ndjson && many->options->format == FORMAT_TEXT) {
            buf_fmt(&out, "%s==> ", index ? "\n" : "");
            utf8_visible(span_of(name), &out);
            buf_str(&out, " <==\n");
        }
        buf_add(&out, result);
    }
    if (out.n && (fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout)))
        many->broken_output = true; /* flushed: what is buffered would be forked too */
    if (code > (int)many->worst)
        many->worst = (enum exit_code)code;
    buf_free(&out);
}

enum exit_code many_run(const struct options *options, const struct ruleset *rules, struct err *err)
{
    struct many many = {.options = options, .rules = rules, .arena = arena_new()};
    add_operands(&many);
    struct pool pool = {options->jobs, many.n, &many, work, done};
    fflush(stdout);
    if (!pool_run(&pool))
        err_set(err, ERR_INPUT, "no worker process: %s", strerror(errno));
    if (fflush(stdout) || many.broken_output) {
        err_set(err, ERR_OUTPUT, "%s", strerror(errno));
        err_source(err, "standard output");
    }
    free(many.names);
    arena_free(many.arena);
    return many.worst;
}
