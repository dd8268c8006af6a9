/* SPDX-License-Identifier: MIT */
#include "cli/many.h"

#include "cli/pool.h"
#include "cli/print.h"
#include "base/utf8.h"
#include "render/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Exit of a worker that could not read its bundle: its result is the reason. */
enum { NOT_READ = 64 };

struct many {
    const struct options *options;
    const struct ruleset *rules;
    char **names;
    uint32_t n, room;
    struct arena *arena; /* names of a list */
    enum exit_code worst;
    int output_error;
};

static void add_name(struct many *many, char *name)
{
    if (many->n == many->room) {
        many->room = many->room ? 2 * many->room : 64;
        many->names = base_realloc(many->names, many->room, sizeof(*many->names));
    }
    many->names[many->n++] = name;
}

static bool read_input(struct buf *ret_text)
{
    char piece[4096];
    size_t n;
    while ((n = fread(piece, 1, sizeof(piece), stdin)) > 0)
        buf_add(ret_text, (struct span){piece, n});
    return !ferror(stdin);
}

/* One name a line; with a NUL in it, one behind each NUL, as find -print0 writes names that hold
 * line feeds. */
static void add_names(struct many *many, struct span list)
{
    struct span name;
    char end = span_find_char(list, '\0') < list.n ? '\0' : '\n';
    while (list.n) {
        span_cut(list, end, &name, &list);
        if (name.n)
            add_name(many, arena_printf(many->arena, SPAN_FMT, SPAN_ARG(name)));
    }
}

/* A run over no bundle must not pass for one that found nothing. */
static bool add_list(struct many *many, struct err *err)
{
    struct buf text = {0};
    uint32_t before = many->n;
    if (!read_input(&text))
        err_set(err, ERR_INPUT, "%s", strerror(errno));
    add_names(many, buf_span(&text));
    buf_free(&text);
    if (many->n == before)
        err_set(err, ERR_USAGE, "no name of a bundle in it");
    if (err->code != ERR_NONE)
        err_source(err, "standard input");
    return err->code == ERR_NONE;
}

static bool add_operands(struct many *many, struct err *err)
{
    bool is_list = many->options->given[OPT_ndjson], has_list = false;
    for (int i = 0; i < many->options->n_operands; i++) {
        char *name = many->options->operands[i];
        bool is_input = is_list && strcmp(name, "-") == 0;
        if (!is_input)
            add_name(many, name);
        else if (!has_list && !add_list(many, err))
            return false;
        has_list |= is_input;
    }
    return true;
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

static int work(void *context, uint32_t index, struct buf *out)
{
    struct many *many = context;
    const struct options *options = many->options;
    const char *name = many->names[index];
    struct err err = {0};
    struct job job;
    bool opened = job_open(&job, options, many->rules, name, NULL, &err);
    bool ran = opened && job_run(&job, &err);
    if (opened && !ran)
        job_close(&job);
    if (!ran) {
        buf_str(out, err.text);
        return NOT_READ;
    }
    int code = (int)job_exit_code(&job);
    if (options->given[OPT_ndjson])
        verdict_line(&job, name, code, out);
    else
        job_print(&job, options->format, print_wants_color(), out);
    job_close(&job);
    return code;
}

static bool has_result(const struct many *many, struct span result, int code)
{
    return code >= EXIT_FINE && code <= EXIT_PARTLY &&
           (result.n || !many->options->given[OPT_ndjson]);
}

/* Says it on standard error, here and not in the worker, so that the order is that of the names. */
static void failed(struct many *many, const char *name, struct span reason, struct buf *out)
{
    struct err err = {0};
    err_set(&err, ERR_INPUT, SPAN_FMT, SPAN_ARG(reason));
    err_source(&err, name);
    print_error(&err);
    if (many->options->given[OPT_ndjson])
        error_line(name, EXIT_PARTLY, err.text, out);
}

static void print(struct many *many, struct span text)
{
    /* Flushed: what is buffered would be forked too. */
    if (text.n && !many->output_error &&
        (fwrite(text.p, 1, text.n, stdout) != text.n || fflush(stdout)))
        many->output_error = errno;
}

static void heading(const struct many *many, uint32_t index, struct buf *out)
{
    if (many->options->given[OPT_ndjson] || many->options->format != FORMAT_TEXT)
        return;
    buf_fmt(out, "%s==> ", index ? "\n" : "");
    utf8_visible(span_of(many->names[index]), out);
    buf_str(out, " <==\n");
}

/* A worker that died left no line, or half of one. */
static void done(void *context, uint32_t index, struct span result, int code)
{
    struct many *many = context;
    struct buf out = {0}, reason = {0};
    if (has_result(many, result, code)) {
        heading(many, index, &out);
        buf_add(&out, result);
    } else {
        if (code == NOT_READ)
            buf_add(&reason, result);
        else
            pool_reason(code, &many->options->limits, &reason);
        failed(many, many->names[index], span_trim(buf_span(&reason)), &out);
        code = EXIT_PARTLY;
    }
    print(many, buf_span(&out));
    if (code > (int)many->worst)
        many->worst = (enum exit_code)code;
    buf_free(&reason);
    buf_free(&out);
}

enum exit_code many_run(const struct options *options, const struct ruleset *rules, struct err *err)
{
    struct many many = {.options = options, .rules = rules, .arena = arena_new()};
    bool listed = add_operands(&many, err);
    struct pool pool = {options->jobs, many.n, pool_deadline_s(options), &many, work, done};
    fflush(stdout);
    if (listed && !pool_run(&pool))
        err_set(err, ERR_INPUT, "no worker process: %s", strerror(errno));
    if (many.output_error) {
        err_set(err, ERR_OUTPUT, "%s", strerror(many.output_error));
        err_source(err, "standard output");
    }
    free(many.names);
    arena_free(many.arena);
    return err->code == ERR_USAGE ? EXIT_USAGE : many.worst;
}
