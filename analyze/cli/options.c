/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include "base/num.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { LONG_ONLY = 256 };

static const struct option_def {
    const char *name, *argument, *doc;
    char letter;
} defs[] = {
#define OPTION(id, name, letter, argument, doc) {name, argument, doc, letter},
#include "cli/options.def"
#undef OPTION
};

struct word {
    const char *name;
    int value;
};

/* The value of a word in a list that ends with NULL. */
static bool word_value(const struct word *words, const char *name, int *ret_value)
{
    for (; words->name; words++)
        if (strcmp(words->name, name) == 0) {
            *ret_value = words->value;
            return true;
        }
    return false;
}

static bool take_format(struct options *options, const char *value, struct err *err)
{
    static const struct word report[] = {
        {"text", FORMAT_TEXT}, {"json", FORMAT_JSON}, {"markdown", FORMAT_MARKDOWN}, {NULL, 0}};
    static const struct word check[] = {{"tap", FORMAT_TAP}, {"junit", FORMAT_JUNIT}, {NULL, 0}};
    int format;
    bool is_check = options->command == COMMAND_CHECK;
    if (!word_value(is_check ? check : report, value, &format))
        return err_set(err, ERR_USAGE, "--format %s: it is %s", value,
                       is_check ? "tap or junit" : "text, json or markdown");
    options->format = (enum format)format;
    return true;
}

static bool take_fail_on(struct options *options, const char *value, struct err *err)
{
    static const struct word levels[] = {{"notice", FAIL_ON_NOTICE},
                                         {"warning", FAIL_ON_WARNING},
                                         {"critical", FAIL_ON_CRITICAL},
                                         {"never", FAIL_ON_NEVER},
                                         {NULL, 0}};
    int level;
    if (!word_value(levels, value, &level))
        return err_set(err, ERR_USAGE, "--fail-on %s: it is notice, warning, critical or never",
                       value);
    options->fail_on = (enum fail_on)level;
    return true;
}

static bool take_jobs(struct options *options, const char *value, struct err *err)
{
    uint64_t jobs;
    if (!num_u64(span_of(value), &jobs) || jobs < 1 || jobs > 1024)
        return err_set(err, ERR_USAGE, "-j %s: it is a number from 1 to 1024", value);
    options->jobs = (uint32_t)jobs;
    return true;
}

static bool is_limit(struct span name)
{
    for (int i = 0; i < LIMIT_COUNT; i++)
        if (span_is(name, limit_def((enum limit_id)i)->name))
            return true;
    return false;
}

static bool take_limit(struct options *options, const char *value, struct err *err)
{
    if (strcmp(value, "help") == 0 || limits_set(&options->limits, span_of(value)))
        return true;
    struct span text = span_of(value), name = span_slice(text, 0, span_find_char(text, '='));
    return err_set(err, ERR_USAGE, "--limit %s: %s", value,
                   name.n == text.n  ? "it is NAME=N; --limit help lists the names"
                   : !is_limit(name) ? "no limit of this name; --limit help lists them"
                                     : "N is a number from 1 on; it may end in KiB, MiB or GiB");
}

static bool take_many(const char **many, size_t *n, const char *value, struct err *err)
{
    if (*n == OPTIONS_MANY)
        return err_set(err, ERR_USAGE, "more than %d of one option", OPTIONS_MANY);
    many[(*n)++] = value;
    return true;
}

static bool take(struct options *options, enum option_id id, const char *value, struct err *err)
{
    options->given[id] = true;
    options->value[id] = value;
    switch (id) {
    case OPT_fail_on:
        return take_fail_on(options, value, err);
    case OPT_jobs:
        return take_jobs(options, value, err);
    case OPT_limit:
        return take_limit(options, value, err);
    case OPT_rules:
        return take_many(options->rules, &options->n_rules, value, err);
    case OPT_update:
        return take_many(options->updates, &options->n_updates, value, err);
    default:
        return true;
    }
}

/* The tables of getopt_long from ours. */
static void fill(struct option *longs, char *shorts)
{
    *shorts++ = '+'; /* no reordering: what stands after the first operand is an operand */
    *shorts++ = ':';
    for (int i = 0; i < OPT_COUNT; i++) {
        longs[i] = (struct option){
            .name = defs[i].name,
            .has_arg = defs[i].argument ? required_argument : no_argument,
            .val = LONG_ONLY + i,
        };
        if (defs[i].letter) {
            *shorts++ = defs[i].letter;
            if (defs[i].argument)
                *shorts++ = ':';
        }
    }
    longs[OPT_COUNT] = (struct option){0};
    *shorts = '\0';
}

static int id_of(int value)
{
    for (int i = 0; i < OPT_COUNT; i++)
        if (value == LONG_ONLY + i || (defs[i].letter && value == defs[i].letter))
            return i;
    return -1;
}

static bool is_command(const char *word, int *ret_command)
{
    static const struct word commands[] = {
        {"check", COMMAND_CHECK}, {"summarize", COMMAND_SUMMARIZE}, {NULL, 0}};
    return word_value(commands, word, ret_command);
}

/* Options and operands may be mixed, as people type them; "--" ends the options. */
static bool read_words(struct options *options, int argc, char **argv, struct err *err)
{
    struct option longs[OPT_COUNT + 1];
    char shorts[2 * OPT_COUNT + 3];
    fill(longs, shorts);
    shorts[0] = '-';
    int command;
    optind = 1;
    opterr = 0;
    for (;;) {
        const char *word = argv[optind];
        int value = getopt_long(argc, argv, shorts, longs, NULL);
        if (value < 0)
            break;
        if (value == '?')
            return err_set(err, ERR_USAGE, "%s: no such option", word);
        if (value == ':')
            return err_set(err, ERR_USAGE, "%s: needs a value", word);
        if (value == 1 && options->n_operands == 0 && options->command == COMMAND_ANALYZE &&
            is_command(optarg, &command))
            options->command = (enum command)command;
        else if (value == 1)
            options->operands[options->n_operands++] = optarg;
        else if (!take(options, (enum option_id)id_of(value), optarg, err))
            return false;
    }
    while (optind < argc)
        options->operands[options->n_operands++] = argv[optind++];
    return true;
}

static bool needs_no_input(const struct options *options)
{
    return options->given[OPT_help] || options->given[OPT_version] ||
           options->given[OPT_list_rules] || options->given[OPT_needs] ||
           options->given[OPT_test_rules] ||
           (options->given[OPT_explain] && !options->n_operands) ||
           (options->given[OPT_limit] && strcmp(options->value[OPT_limit], "help") == 0);
}

static bool is_single(const struct options *options)
{
    return options->given[OPT_json] || options->given[OPT_markdown] || options->given[OPT_facts] ||
           options->given[OPT_explain] || options->given[OPT_before];
}

static bool check_whole(const struct options *options, struct err *err)
{
    if (options->command != COMMAND_ANALYZE && (is_single(options) || options->given[OPT_ndjson]))
        return err_set(err, ERR_USAGE,
                       "--json, --markdown, --facts, --explain, --before and --ndjson are not for "
                       "analyze %s",
                       options->command == COMMAND_CHECK ? "check" : "summarize");
    if (needs_no_input(options))
        return true;
    if (!options->n_operands)
        return err_set(err, ERR_USAGE, "no %s given",
                       options->command == COMMAND_CHECK       ? "folder of cases"
                       : options->command == COMMAND_SUMMARIZE ? "file of JSON lines"
                                                               : "bundle");
    if (is_single(options) && (options->n_operands > 1 || options->given[OPT_ndjson]))
        return err_set(err, ERR_USAGE,
                       "--json, --markdown, --facts, --explain and --before take one bundle");
    if (options->given[OPT_json] && options->given[OPT_markdown] &&
        strcmp(options->value[OPT_json], "-") == 0 &&
        strcmp(options->value[OPT_markdown], "-") == 0)
        return err_set(err, ERR_USAGE,
                       "--json - and --markdown -: standard output takes one of them");
    if (options->given[OPT_ndjson] && options->given[OPT_format])
        return err_set(err, ERR_USAGE, "--ndjson is a format of its own");
    if (options->given[OPT_update] && options->command != COMMAND_CHECK)
        return err_set(err, ERR_USAGE, "--update is for analyze check");
    return true;
}

bool options_read(struct options *options, int argc, char **argv, struct err *err)
{
    *options = (struct options){
        .fail_on = FAIL_ON_WARNING, .jobs = 1, .limits = limits_default(), .operands = argv};
    if (!read_words(options, argc, argv, err))
        return false;
    options->format = options->command == COMMAND_CHECK ? FORMAT_TAP : FORMAT_TEXT;
    return (!options->given[OPT_format] || take_format(options, options->value[OPT_format], err)) &&
           check_whole(options, err);
}

void options_help(struct buf *out)
{
    const char *name = program_invocation_short_name;
    buf_fmt(out,
            "usage: %s [OPTIONS] BUNDLE...\n"
            "       %s check [OPTIONS] DIR...\n"
            "       %s summarize [--format json] FILE...\n\n",
            name, name, name);
    buf_str(out,
            "Reads what collect captured (or a kernel log, a sosreport, a folder with the same\n"
            "paths; - is standard input) and says whose memory limit was hit, by what, and what\n"
            "to do.\n\n");
    for (int i = 0; i < OPT_COUNT; i++) {
        char left[40];
        snprintf(left, sizeof(left), "%s%c%s--%s%s%s", defs[i].letter ? "-" : " ",
                 defs[i].letter ? defs[i].letter : ' ', defs[i].letter ? ", " : "  ", defs[i].name,
                 defs[i].argument ? " " : "", defs[i].argument ? defs[i].argument : "");
        buf_fmt(out, "  %-24s %s\n", left, defs[i].doc);
    }
    buf_str(out, "\nexit status: 0 nothing at or above --fail-on, 1 something, 2 could not analyse "
                 "or only\npartly, 3 usage, 4 bad rule\n");
}

void options_help_limits(struct buf *out)
{
    for (int i = 0; i < LIMIT_COUNT; i++) {
        const struct limit_def *def = limit_def((enum limit_id)i);
        buf_fmt(out, "%s=%lld  %s\n", def->name, (long long)def->value, def->doc);
    }
}
