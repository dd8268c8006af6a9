/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_OPTIONS_H
#define OOMSCOPE_CLI_OPTIONS_H

#include "base/buf.h"
#include "base/err.h"
#include "bundle/limits.h"

/* What the command line asks for. */

enum option_id {
#define OPTION(id, name, letter, argument, doc) OPT_##id,
#include "cli/options.def"
#undef OPTION
    OPT_COUNT,
};

enum command { COMMAND_ANALYZE, COMMAND_CHECK, COMMAND_SUMMARIZE };
enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_MARKDOWN, FORMAT_TAP, FORMAT_JUNIT };
enum fail_on { FAIL_ON_NOTICE, FAIL_ON_WARNING, FAIL_ON_CRITICAL, FAIL_ON_NEVER };

/* Exit codes, as the man page has them. 2 outranks 1. */
enum exit_code { EXIT_FINE = 0, EXIT_FOUND = 1, EXIT_PARTLY = 2, EXIT_USAGE = 3, EXIT_RULE = 4 };

enum { OPTIONS_MANY = 256 }; /* --rules and --update may be repeated so often */

struct options {
    enum command command;
    enum format format;
    enum fail_on fail_on;
    bool given[OPT_COUNT];
    const char *value[OPT_COUNT]; /* of the last time it was given */
    const char *rules[OPTIONS_MANY], *updates[OPTIONS_MANY];
    size_t n_rules, n_updates;
    uint32_t jobs;
    struct limits limits;
    char **operands; /* borrowed from argv */
    int n_operands;
};

/* Reads the command line; false and err (ERR_USAGE) when it cannot be meant. */
bool options_read(struct options *options, int argc, char **argv, struct err *err);
void options_help(struct buf *out);
void options_help_limits(struct buf *out);

#endif
