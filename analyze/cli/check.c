/* SPDX-License-Identifier: MIT */
#include "cli/check.h"

#include "cli/expect.h"
#include "cli/golden.h"
#include "cli/output.h"
#include "cli/pool.h"
#include "cli/print.h"
#include "cli/tap.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
    char *path;
    bool is_case; /* else it was named, and there is no case in it: skipped, and said so */
};

struct check {
    const struct options *options;
    const struct ruleset *rules;
    struct folder *folders;
    uint32_t n, cases, failed;
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

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* By the whole path, or by the name of the folder alone. */
static bool is_called(const char *folder, const char *called)
{
    struct span name = span_of(called), path = span_of(folder);
    while (name.n > 1 && span_ends(name, "/"))
        name = span_slice(name, 0, name.n - 1);
    while (path.n > 1 && span_ends(path, "/"))
        path = span_slice(path, 0, path.n - 1);
    return span_eq(path, name) || span_eq(span_skip(path, span_rfind_char(path, '/') + 1), name);
}

static void add(struct check *check, char *path, bool is_case)
{
    check->folders = base_realloc(check->folders, (size_t)check->n + 1, sizeof(*check->folders));
    check->folders[check->n++] = (struct folder){path, is_case};
    check->cases += is_case;
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
        add(check, folder, true);
        return true;
    }
    int n = scandir(folder, &items, not_hidden, alphasort);
    if (n < 0) {
        err_set(err, ERR_USAGE, "%s", strerror(errno));
        err_source(err, folder);
        return false;
    }
    uint32_t cases = check->cases;
    for (int i = 0; i < n; i++) {
        char *inner = join(check, folder, items[i]->d_name);
        if (is_folder(inner))
            add(check, inner, is_case(check, inner));
        free(items[i]);
    }
    free(items);
    if (check->cases == cases) { /* said of the whole, not of each folder in it */
        check->n = before;
        add(check, folder, false);
    }
    return true;
}

/* What is to be updated and is not there was misspelt. */
static bool find_updates(const struct check *check, struct err *err)
{
    const struct options *options = check->options;
    for (size_t i = 0; i < options->n_updates; i++) {
        uint32_t k = 0;
        while (k < check->n && !(check->folders[k].is_case &&
                                 is_called(check->folders[k].path, options->updates[i])))
            k++;
        if (k == check->n)
            return err_set(err, ERR_USAGE, "--update %s: no case of this name",
                           options->updates[i]);
    }
    return true;
}

/* A run that checked nothing must not pass for one that found nothing. */
static bool find_cases(struct check *check, struct err *err)
{
    const struct options *options = check->options;
    for (int i = 0; i < options->n_operands; i++)
        if (!add_cases(check, options->operands[i], err))
            return false;
    if (check->cases)
        return find_updates(check, err);
    err_set(err, ERR_USAGE, "no case in it: a case is a folder with an expect.yaml");
    err_source(err, options->operands[0]);
    return false;
}

/* ---- one case, in a worker */

static bool is_updated(const struct check *check, const char *folder)
{
    for (size_t i = 0; i < check->options->n_updates; i++)
        if (is_called(folder, check->options->updates[i]))
            return true;
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

/* One case in a worker. */
struct one {
    struct check *check;
    char *folder;
    bool update;
    struct arena *arena;
    struct expect expect;
    struct goldens goldens;
    struct output output; /* expect.yaml, where it is to be written anew */
};

static char *beside(struct one *one, struct span name)
{
    return name.n
               ? join(one->check, one->folder, arena_printf(one->arena, SPAN_FMT, SPAN_ARG(name)))
               : NULL;
}

static void update_expect(struct one *one, const json_t *verdict, int exit, struct buf *out)
{
    struct buf text = {0};
    struct err err = {0};
    expect_write(&one->expect, verdict, exit, &text);
    if (!output_write(&one->output, buf_span(&text), &err))
        buf_fmt(out, "expect.yaml is not updated: %s\n", err.text);
    buf_free(&text);
}

static void judge(struct one *one, struct job *job, struct buf *out)
{
    struct buf differences = {0};
    json_t *verdict = verdict_of(job);
    int exit = (int)job_exit_code(job);
    expect_compare(&one->expect, verdict, exit, one->check->rules, &differences);
    if (one->output.path && (differences.n || expect_is_empty(&one->expect)))
        update_expect(one, verdict, exit, out);
    else
        buf_add(out, buf_span(&differences));
    goldens_compare(&one->goldens, job, out);
    buf_free(&differences);
    json_decref(verdict);
}

/* Where the whole verdict is kept, --update is about that, and expect.yaml stays what a person
 * wrote; else it is about expect.yaml. */
static bool prepare(struct one *one, struct err *err)
{
    char *file = join(one->check, one->folder, "expect.yaml");
    struct span text;
    one->update = is_updated(one->check, one->folder);
    return golden_slurp(file, one->arena, &text, err) &&
           expect_read(&one->expect, file, text, one->arena, err) &&
           goldens_read(&one->goldens, one->folder, one->update, one->arena, err) &&
           output_open(&one->output, one->update && !one->goldens.any ? file : NULL, err);
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
    struct one one = {.check = check, .folder = check->folders[index].path, .arena = arena_new()};
    struct err err = {0};
    struct job job;
    if (check->folders[index].is_case && prepare(&one, &err)) {
        char *bundle = beside(&one, one.expect.bundle), *before = beside(&one, one.expect.before);
        if (job_open(&job, check->options, check->rules, bundle, before, &err)) {
            if (job_run(&job, &err))
                judge(&one, &job, out);
            job_close(&job);
        }
    }
    if (err.code != ERR_NONE)
        error_write(&err, out);
    arena_free(one.arena);
    return 0;
}

static void done(void *context, uint32_t index, struct span result, int code)
{
    struct check *check = context;
    const struct folder *folder = &check->folders[index];
    struct buf text = {0};
    buf_add(&text, result);
    if (code)
        pool_reason(code, &check->options->limits, &text);
    check->failed += text.n > 0;
    if (check->options->format == FORMAT_JUNIT)
        junit_case(&check->out, folder->path, !folder->is_case, buf_span(&text));
    else
        tap_case(&check->out, index + 1, folder->path, !folder->is_case, buf_span(&text));
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
        junit_suite(out, buf_span(&check->out), check->n, check->failed, check->n - check->cases);
    else
        tap_plan(out, buf_span(&check->out), check->n, check->failed);
}

enum exit_code check_run(const struct options *options, const struct ruleset *rules,
                         struct err *err)
{
    struct check check = {.options = options, .rules = rules, .arena = arena_new()};
    enum exit_code code = may_update(options, err) ? EXIT_FINE : EXIT_USAGE;
    if (code == EXIT_FINE && !find_cases(&check, err))
        code = EXIT_USAGE;
    if (code == EXIT_FINE) {
        struct pool pool = {options->jobs, check.n, pool_deadline_s(options), &check, work, done};
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
