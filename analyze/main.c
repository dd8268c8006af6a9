/* SPDX-License-Identifier: MIT */
/* analyze: options, exit codes, and the only place from which errors are printed. */
#include "base/arena.h"
#include "cli/check.h"
#include "cli/ending.h"
#include "cli/facts.h"
#include "cli/list.h"
#include "cli/many.h"
#include "cli/output.h"
#include "cli/print.h"
#include "cli/selftest.h"
#include "cli/summary.h"

#include <jansson.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Where the parts of one analysis go. */
struct outputs {
    struct output json, markdown, standard;
    bool standard_taken; /* by --json - or --markdown - */
};

static bool is_standard(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

/* No report goes over the evidence, or over the other report. */
static bool outputs_are_apart(const struct outputs *outputs, const struct options *options,
                              struct err *err)
{
    const struct output *all[] = {&outputs->json, &outputs->markdown, &outputs->standard};
    const char *inputs[] = {options->operands[0], options->value[OPT_before]};
    for (int o = 0; o < 3; o++)
        for (int i = 0; i < 2; i++)
            if (output_is_file(all[o], inputs[i]))
                return err_set(err, ERR_USAGE, "the report would go over the evidence");
    return !output_is_output(&outputs->json, &outputs->markdown) ||
           err_set(err, ERR_USAGE, "--json and --markdown go to the same file");
}

static bool outputs_open(struct outputs *outputs, const struct options *options, struct err *err)
{
    const char *json = options->value[OPT_json], *markdown = options->value[OPT_markdown];
    outputs->standard_taken = is_standard(json) || is_standard(markdown);
    return output_open(&outputs->json, json, err) &&
           output_open(&outputs->markdown, markdown, err) &&
           output_open(&outputs->standard, outputs->standard_taken ? NULL : "-", err) &&
           outputs_are_apart(outputs, options, err);
}

static bool write_format(const struct job *job, enum format format, struct output *output,
                         struct err *err)
{
    struct buf text = {0};
    if (output->path)
        job_print(job, format, false, &text);
    bool fine = output_write(output, buf_span(&text), err);
    buf_free(&text);
    return fine;
}

/* --facts, --explain, or the report. */
static bool write_standard(const struct job *job, const struct rule *explained,
                           struct output *output, struct err *err)
{
    struct buf text = {0};
    if (job->options->given[OPT_facts])
        facts_write(job->store, &text);
    else if (explained)
        rule_explain(explained, job->store, &text);
    else if (output->path)
        job_print(job, job->options->format, print_wants_color(), &text);
    bool fine = output_write(output, buf_span(&text), err);
    buf_free(&text);
    return fine;
}

static const struct rule *find_rule(const struct options *options, const struct ruleset *rules,
                                    struct err *err)
{
    const struct rule *rule = ruleset_find(rules, span_of(options->value[OPT_explain]));
    if (!rule)
        err_set(err, ERR_USAGE, "--explain %s: no such rule; --list-rules has them all",
                options->value[OPT_explain]);
    return rule;
}

static enum exit_code analyze_one(const struct options *options, const struct ruleset *rules,
                                  struct err *err)
{
    struct outputs outputs = {0};
    struct job job;
    const char *path = options->operands[0];
    const struct rule *explained = NULL;
    if (options->given[OPT_explain] && !(explained = find_rule(options, rules, err)))
        return EXIT_USAGE;
    if (!job_open(&job, options, rules, path, options->value[OPT_before], err))
        return EXIT_PARTLY;
    enum exit_code code = EXIT_PARTLY;
    if (outputs_open(&outputs, options, err) && job_run(&job, err)) {
        if (write_format(&job, FORMAT_JSON, &outputs.json, err) &&
            write_format(&job, FORMAT_MARKDOWN, &outputs.markdown, err) &&
            write_standard(&job, explained, &outputs.standard, err))
            code = job_exit_code(&job);
    }
    job_close(&job);
    return err->code == ERR_USAGE ? EXIT_USAGE : code;
}

static enum exit_code print(struct buf *text, struct err *err)
{
    struct output output;
    bool fine = output_open(&output, "-", err) && output_write(&output, buf_span(text), err);
    buf_free(text);
    return fine ? EXIT_FINE : EXIT_PARTLY;
}

/* What needs rules but no bundle. */
static enum exit_code about_rules(const struct options *options, const struct ruleset *rules,
                                  struct err *err)
{
    struct buf text = {0};
    const struct rule *rule = NULL;
    if (options->given[OPT_test_rules])
        return selftest_run(rules, err);
    if (options->given[OPT_version])
        version_write(rules, &text);
    else if (options->given[OPT_list_rules])
        list_write(rules, options->format, &text);
    else if (options->given[OPT_needs])
        ruleset_needs(rules, &text);
    else if ((rule = find_rule(options, rules, err)))
        rule_manual(rule, &text);
    else
        return EXIT_USAGE;
    return print(&text, err);
}

static bool is_about_rules(const struct options *options)
{
    return options->given[OPT_version] || options->given[OPT_list_rules] ||
           options->given[OPT_needs] || options->given[OPT_test_rules] ||
           (options->given[OPT_explain] && !options->n_operands);
}

static enum exit_code with_rules(const struct options *options, struct err *err)
{
    struct arena *arena = arena_new();
    struct ruleset *rules = job_rules(options, arena, err);
    enum exit_code code;
    if (!rules)
        code = err->code == ERR_USAGE ? EXIT_USAGE : EXIT_RULE;
    else if (is_about_rules(options))
        code = about_rules(options, rules, err);
    else if (options->command == COMMAND_CHECK)
        code = check_run(options, rules, err);
    else if (options->n_operands > 1 || options->given[OPT_ndjson])
        code = many_run(options, rules, err);
    else
        code = analyze_one(options, rules, err);
    arena_free(arena);
    return code;
}

static enum exit_code run(int argc, char **argv, struct err *err)
{
    struct options options;
    struct buf text = {0};
    if (!options_read(&options, argc, argv, err))
        return EXIT_USAGE;
    if (options.given[OPT_help]) {
        options_help(&text);
        return print(&text, err);
    }
    if (options.given[OPT_limit] && strcmp(options.value[OPT_limit], "help") == 0) {
        options_help_limits(&text);
        return print(&text, err);
    }
    if (options.command == COMMAND_SUMMARIZE)
        return summary_run(&options, err);
    return with_rules(&options, err);
}

/* jansson leaves out what it has no memory for, and says nothing. */
static void *json_memory(size_t n)
{
    return base_realloc(NULL, n ? n : 1, 1);
}

/* A closed pipe and a file that may not grow are errors that are said. What a parent ignores or
 * blocks stays so in its children: with SIGCHLD ignored no worker leaves a status, and each would
 * pass for one that found nothing; without the others a limit of time is none. */
static void set_signals(void)
{
    static const int needed[] = {SIGCHLD, SIGALRM, SIGXCPU};
    sigset_t set;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
        signal(needed[i], SIG_DFL);
        sigaddset(&set, needed[i]);
    }
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* The names in an archive are bytes to libarchive only if the locale can hold them all; nothing
 * else depends on it, and nothing is taken from the environment. */
int main(int argc, char **argv)
{
    struct err err = {0};
    output_hold_streams();
    ending_guard();
    set_signals();
    json_set_alloc_funcs(json_memory, free);
    setlocale(LC_CTYPE, "C.UTF-8");
    enum exit_code code = run(argc, argv, &err);
    if (err.code != ERR_NONE)
        print_error(&err);
    if (err.code != ERR_NONE && code < EXIT_PARTLY)
        code = EXIT_PARTLY;
    ending_exit((int)code);
}
