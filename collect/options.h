/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_OPTIONS_H
#define OOMSCOPE_COLLECT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#define COLLECT_VERSION "0.1.0"

/* Exit codes. */
enum {
    EXIT_COMPLETE = 0,
    EXIT_PARTIAL = 1, /* a signal, a budget or a deadline kept evidence out */
    EXIT_OUTPUT = 2,  /* no bundle, or not all of it could be written */
    EXIT_USAGE = 3,
};

enum option_action { ACTION_CAPTURE, ACTION_WATCH, ACTION_PLAN, ACTION_PATTERNS, ACTION_DONE };

struct options {
    enum option_action action;
    const char *output;
    const char *root; /* NULL: this host */
    const char *key_file;
    const char *dir;
    bool gzip, cmdline, logs, pseudonymize, quiet, once;
    uint64_t samples;
    uint64_t interval_ms;
    uint64_t largest;
    uint64_t wall_ms;
    uint64_t bytes;
    uint64_t slab_bytes; /* 0: by the size of memory */
    uint64_t lock_ms;
    uint64_t deadline_ms;
    uint64_t stall_ms;
    uint64_t cool_down_ms;
    uint64_t keep;
    uint64_t history_ms;
};

/* Reads the command line; false after it has said on standard error what is wrong. --help and
 * --version print and leave ACTION_DONE. */
bool options_parse(int argc, char **argv, struct options *ret_options);

#endif
