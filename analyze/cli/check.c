/* SPDX-License-Identifier: MIT */
#include "cli/check.h"

#include "base/utf8.h"
#include "cli/expect.h"
#include "cli/output.h"
#include "cli/pool.h"
#include "cli/print.h"
#include "cli/tap.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct check {
    const struct options *options;
    const struct ruleset *rules;
    char **folders;
    uint32_t n, failed;
    struct arena *arena; /* names of folders */
    struct buf out;
};

/* ---- finding cases */

static char *join(struct check *check, const char *folder, const char *name)
{
    struct span head = span_of(folder);
    while (head.n > 1 && span_ends(head, "/"))
        head = span_slice(head, 0, head.n - 1);
    return arena_printf(check->arena, SPAN_FMT "/%s", SPAN_ARG(head), name);
}

static bool is_case(struct check *check, const char *folder)
{
    return access(join(check, folder, "expect.yaml"), F_OK) == 0;
}

static void add_case(struct check *check, char *folder)
{
    check->folders = base_realloc(check->folders, (size_t)check->n + 1, sizeof(*check->folders));
    check->folders[check->n++] = folder;
}

static int not_hidden(const struct dirent *item)
{
    return item->d_name[0] != '.';
}

static bool add_cases(struct check *check, char *folder, struct err *err)
{
    struct dirent **items;
    uint32_t before = check->n;
    if (is_case(check, folder)) {
        add_case(check, folder);
        return true;
    }
    int n = scandir(folder, &items, not_hidden, alphasort);
    if (n < 0) {
        err_set(err, ERR_USAGE, "%s", strerror(errno));
        err_source(err, folder);
        return false;
    }
    for (int i = 0; i < n; i++) {
        char *inner = join(check, folder, items[i]->d_name);
        if (is_case(check, inner))
            add_case(check, inner);
        free(items[i]);
    }
    free(items);
    if (check->n > before)
        return true;
    err_set(err, ERR_USAGE, "no case in it: a case is a folder with an expect.yaml");
    err_source(err, folder);
    return false;
}

/* ---- one case, in a worker */

static bool slurp(const char *path, struct arena *arena, struct span *ret, struct err *err)
{
    struct buf text = {0};
    char piece[4096];
    size_t n;
    FILE *file = fopen(path, "re");
    while (file && (n = fread(piece, 1, sizeof(piece), file)) > 0)
        buf_add(&text, (struct span){piece, n});
    bool fine = file && !ferror(file);
    if (!fine) {
        err_set(err, ERR_INPUT, "%s", strerror(errno));
        err_source(err, path);
    }
    if (file)
        fclose(file);
    *ret = arena_copy(arena, buf_span(&text));
    buf_free(&text);
    return fine;
}

static bool is_updated(const struct check *check, const char *folder)
{
    for (size_t i = 0; i < check->options->n_updates; i++) {
        struct span name = span_of(check->options->updates[i]), path = span_of(folder);
        while (name.n > 1 && span_ends(name, "/"))
            name = span_slice(name, 0, name.n - 1);
        if (span_eq(path, name) || span_eq(span_skip(path, span_rfind_char(path, '/') + 1), name))
            return true;
    }
    return false;
}

static json_t *verdict_of(const struct job *job)
{
    struct buf report = {0};
    job_print(job, FORMAT_JSON, false, &report);
    json_t *verdict = json_loadb(report.p, report.n, 0, NULL);
    buf_free(&report);
    return verdict;
}

static void update(const struct expect *expect, const json_t *verdict, int exit,
                   struct output *output, struct buf *out)
{
    struct buf text = {0};
    struct err err = {0};
    expect_write(expect, verdict, exit, &text);
    if (!output_write(output, buf_span(&text), &err))
        buf_fmt(out, "not updated: %s\n", err.text);
    buf_free(&text);
}

static void judge(struct check *check, const struct expect *expect, struct job *job,
                  struct output *output, struct buf *out)
{
    json_t *verdict = verdict_of(job);
    int exit = job_exit_code(job);
    if (output->path)
        update(expect, verdict, exit, output, out);
    else
        expect_compare(expect, verdict, exit, check->rules, out);
    json_decref(verdict);
}

static void error_write(const struct err *err, struct buf *out)
{
    if (err->source[0])
        buf_fmt(out, "%s:", err->source);
    if (err->line)
        buf_fmt(out, "%u:%u:", err->line, err->column);
    buf_fmt(out, " %s\n", err->text);
}

/* Results in a text of differences: empty is a pass. */
static int work(void *context, uint32_t index, struct buf *out)
{
    struct check *check = context;
    struct arena *arena = arena_new();
    char *file = join(check, check->folders[index], "expect.yaml");
    struct expect expect;
    struct err err = {0};
    struct span text;
    struct job job;
    struct output output = {0};
    if (slurp(file, arena, &text, &err) && expect_read(&expect, file, text, arena, &err)) {
        char *name = arena_printf(arena, SPAN_FMT, SPAN_ARG(expect.bundle));
        char *bundle = join(check, check->folders[index], name);
        bool opens = !is_updated(check, check->folders[index]) || output_open(&output, file, &err);
        if (opens && job_open(&job, check->options, check->rules, bundle, &err)) {
            if (job_run(&job, &err))
                judge(check, &expect, &job, &output, out);
            job_close(&job);
        }
    }
    if (err.code != ERR_NONE)
        error_write(&err, out);
    arena_free(arena);
    return 0;
}

static void done(void *context, uint32_t index, struct span result, int code)
{
    struct check *check = context;
    struct buf text = {0};
    buf_add(&text, result);
    if (code)
        buf_fmt(&text, "the analysis ended with %s %d\n", code < 0 ? "signal" : "status",
                code < 0 ? -code : code);
    check->failed += text.n > 0;
    if (check->options->format == FORMAT_JUNIT)
        junit_case(&check->out, check->folders[index], buf_span(&text));
    else
        tap_case(&check->out, index + 1, check->folders[index], buf_span(&text));
    buf_free(&text);
}

/* ---- all */

static bool may_update(const struct options *options, struct err *err)
{
    const char *ci = getenv("CI");
    return !options->n_updates || !ci || !*ci ||
           err_set(err, ERR_USAGE, "--update is refused where CI is set");
}

static void whole(const struct check *check, struct buf *out)
{
    if (check->options->format == FORMAT_JUNIT)
        junit_suite(out, buf_span(&check->out), check->n, check->failed);
    else
        tap_plan(out, buf_span(&check->out), check->n, check->failed);
}

enum exit_code check_run(const struct options *options, const struct ruleset *rules,
                         struct err *err)
{
    struct check check = {.options = options, .rules = rules, .arena = arena_new()};
    enum exit_code code = may_update(options, err) ? EXIT_FINE : EXIT_USAGE;
    for (int i = 0; code == EXIT_FINE && i < options->n_operands; i++)
        if (!add_cases(&check, options->operands[i], err))
            code = EXIT_USAGE;
    if (code == EXIT_FINE) {
        struct pool pool = {options->jobs, check.n, &check, work, done};
        struct output output;
        struct buf text = {0};
        if (!pool_run(&pool))
            err_set(err, ERR_INPUT, "no worker process: %s", strerror(errno));
        whole(&check, &text);
        bool written =
            output_open(&output, "-", err) && output_write(&output, buf_span(&text), err);
        code = !written || err->code != ERR_NONE ? EXIT_PARTLY : check.failed ? EXIT_FOUND : code;
        buf_free(&text);
    }
    buf_free(&check.out);
    free(check.folders);
    arena_free(check.arena);
    return code;
}
