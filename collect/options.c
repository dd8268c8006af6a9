/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "options.h"
#include "say.h"
#include "scan.h"
#include "text.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum option_id {
#define OPTION(id, brief, name, argument, modes, help) OPTION_##id,
#include "options.def"
#undef OPTION
    OPTION_COUNT
};

struct option_row {
    char brief;
    const char *name;
    const char *argument;
    const char *modes;
    const char *help;
};

static const struct option_row rows[OPTION_COUNT] = {
#define OPTION(id, brief, name, argument, modes, help) {brief, name, argument, modes, help},
#include "options.def"
#undef OPTION
};

static const char *const usage_forms[] = {" -o FILE [OPTION...]\n", " watch -d DIR [OPTION...]\n",
                                          " --plan | --list-patterns\n"};
static const char usage_head[] = "Captures the memory evidence of this host as one tar.\n\n";

static const char usage_tail[] =
    "\nExit codes: 0 complete; 1 partial (a signal, a budget or a deadline kept evidence out);\n"
    "2 no bundle or not all of it written; 3 usage.\n";

static void print_help(void)
{
    char line[256];

    for (size_t i = 0; i < 3; i++) {
        struct text t = TEXT_ON(line);

        text_str(&t, i ? "       " : "Usage: ");
        text_str(&t, program_invocation_short_name);
        text_str(&t, usage_forms[i]);
        say_out(line, t.n);
    }
    say_out(usage_head, sizeof(usage_head) - 1);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        struct text t = TEXT_ON(line);

        text_str(&t, "  ");
        if (rows[i].brief) {
            text_char(&t, '-');
            text_char(&t, rows[i].brief);
            text_str(&t, ", ");
        } else {
            text_str(&t, "    ");
        }
        text_str(&t, "--");
        text_str(&t, rows[i].name);
        if (rows[i].argument) {
            text_char(&t, ' ');
            text_str(&t, rows[i].argument);
        }
        while (t.n < 26)
            text_char(&t, ' ');
        text_char(&t, ' ');
        text_str(&t, rows[i].help);
        text_char(&t, '\n');
        say_out(line, t.n);
    }
    say_out(usage_tail, sizeof(usage_tail) - 1);
}

static bool complain(const char *what, const char *about)
{
    say_error(what, about, 0);
    say_error("try --help", NULL, 0);
    return false;
}

struct number {
    enum option_id id;
    size_t field;
    uint64_t unit, min, max; /* before the unit is applied */
    bool size;               /* takes K, M and G */
};

#define NUMBER(id, field, unit, min, max)                                                          \
    {                                                                                              \
        OPTION_##id, offsetof(struct options, field), unit, min, max, false                        \
    }
#define SIZE(id, field)                                                                            \
    {                                                                                              \
        OPTION_##id, offsetof(struct options, field), 1, 1, 1ull << 40, true                       \
    }

static const struct number numbers[] = {
    NUMBER(SAMPLES, samples, 1, 0, 1000),
    NUMBER(INTERVAL, interval_ms, 1000, 0, 86400),
    NUMBER(LARGEST, largest, 1, 0, 64),
    NUMBER(WALL, wall_ms, 1000, 1, 86400),
    SIZE(BYTES, bytes),
    SIZE(SLAB, slab_bytes),
    NUMBER(LOCK, lock_ms, 1, 0, 3600000),
    NUMBER(DEADLINE, deadline_ms, 1, 10, 600000),
    NUMBER(STALL, stall_ms, 1, 1, 2000),
    NUMBER(COOL_DOWN, cool_down_ms, 1000, 1, 86400),
    NUMBER(KEEP, keep, 1, 1, 1000),
    NUMBER(HISTORY, history_ms, 1000, 1, 3600),
};

static uint64_t suffix_factor(const char *s)
{
    if (s[0] == '\0')
        return 1;
    if (s[1] != '\0')
        return 0;
    return s[0] == 'K' ? 1024 : s[0] == 'M' ? 1024 * 1024 : s[0] == 'G' ? 1024 * 1024 * 1024 : 0;
}

/* Sets the number of option id; false where it is none or out of its range. */
static bool take_number(struct options *o, enum option_id id, const char *argument)
{
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        const struct number *n = &numbers[i];
        const char *p = argument;
        uint64_t v, factor;

        if (n->id != id)
            continue;
        if (!argument || !scan_u64(&p, argument + strlen(argument), &v))
            return false;
        factor = n->size ? suffix_factor(p) : *p == '\0';
        if (factor == 0 || v > n->max / factor || v * factor < n->min)
            return false;
        v *= factor * n->unit;
        memcpy((char *)o + n->field, &v, sizeof(v));
        return true;
    }
    return false;
}

static bool apply(struct options *o, enum option_id id, const char *argument)
{
    switch (id) {
    case OPTION_OUTPUT:
        o->output = argument;
        return true;
    case OPTION_ROOT:
        o->root = argument;
        return true;
    case OPTION_KEY_FILE:
        o->key_file = argument;
        return true;
    case OPTION_DIR:
        o->dir = argument;
        return true;
    case OPTION_GZIP:
        return o->gzip = true;
    case OPTION_CMDLINE:
        return o->cmdline = true;
    case OPTION_LOGS:
        return o->logs = true;
    case OPTION_PSEUDONYMIZE:
        return o->pseudonymize = true;
    case OPTION_QUIET:
        return o->quiet = true;
    case OPTION_ONCE:
        return o->once = true;
    case OPTION_PLAN:
        o->action = ACTION_PLAN;
        return true;
    case OPTION_LIST_PATTERNS:
        o->action = ACTION_PATTERNS;
        return true;
    case OPTION_HELP:
        print_help();
        o->action = ACTION_DONE;
        return true;
    case OPTION_VERSION:
        say_out("collect " COLLECT_VERSION "\n", sizeof("collect " COLLECT_VERSION));
        o->action = ACTION_DONE;
        return true;
    default:
        return take_number(o, id, argument);
    }
}

static const struct option_row *find_brief(char c)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (rows[i].brief == c)
            return &rows[i];
    return NULL;
}

/* "--name" or "--name=value". */
static const struct option_row *find_name(const char *word, const char **ret_value)
{
    const char *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : strlen(word);

    *ret_value = equals ? equals + 1 : NULL;
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strlen(rows[i].name) == len && memcmp(rows[i].name, word, len) == 0)
            return &rows[i];
    return NULL;
}

/* Applies one option; its argument is value or, where that is NULL, the next word. */
static bool take_one(struct options *o, const struct option_row *row, const char *value,
                     char **argv, int *at)
{
    const char *word = argv[*at];

    if (!row || (value && !row->argument))
        return complain("no such option", word);
    if (!strchr(row->modes, o->action == ACTION_WATCH ? 'W' : 'C'))
        return complain(
            o->action == ACTION_WATCH ? "not an option of watch" : "an option of watch only", word);
    if (row->argument && !value)
        value = argv[*at + 1] ? argv[++*at] : NULL;
    if (row->argument && !value)
        return complain("an argument is missing", word);
    if (!apply(o, (enum option_id)(row - rows), value))
        return complain("not a number in its range", word);
    return true;
}

/* "-zo FILE": letters without an argument may stand together. */
static bool take_letters(struct options *o, char **argv, int *at)
{
    for (const char *letter = argv[*at] + 1; *letter; letter++) {
        const struct option_row *row = find_brief(*letter);
        const bool takes_more = row && row->argument;
        const char *rest = takes_more && letter[1] ? letter + 1 : NULL;

        if (!take_one(o, row, rest, argv, at))
            return false;
        if (takes_more || o->action == ACTION_DONE)
            return true;
    }
    return true;
}

/* Handles argv[*at] and the argument that may follow it. */
static bool take(struct options *o, char **argv, int *at)
{
    const char *word = argv[*at], *value = NULL;
    const struct option_row *row;

    if (word[0] != '-' || !word[1])
        return complain("unexpected argument", word);
    if (word[1] != '-')
        return take_letters(o, argv, at);
    row = find_name(word + 2, &value);
    return take_one(o, row, value, argv, at);
}

static bool ends_with(const char *s, const char *tail)
{
    size_t n = strlen(s), t = strlen(tail);

    return n >= t && strcmp(s + n - t, tail) == 0;
}

/* What options ask of each other. */
static bool is_consistent(const struct options *o)
{
    if (o->action == ACTION_WATCH && !o->dir)
        return complain("say where to keep the bundles: watch -d DIR", NULL);
    if (o->cmdline && o->pseudonymize)
        return complain("--cmdline and --pseudonymize exclude each other", NULL);
    if (o->key_file && !o->pseudonymize)
        return complain("--key-file belongs to --pseudonymize", NULL);
    if (o->action != ACTION_CAPTURE)
        return true;
    if (!o->output)
        return complain("say where to: -o FILE, or -o - for standard output", NULL);
    if (strcmp(o->output, "-") == 0 && isatty(1))
        return complain("a bundle does not go to a terminal", NULL);
    return true;
}

bool options_parse(int argc, char **argv, struct options *ret_options)
{
    struct options *o = ret_options;
    int at = 1;

    *o = (struct options){.samples = 1,
                          .largest = 4,
                          .wall_ms = 30000,
                          .bytes = 256ull << 20,
                          .lock_ms = 2000,
                          .deadline_ms = 500,
                          .stall_ms = 300,
                          .cool_down_ms = 300000,
                          .keep = 5,
                          .history_ms = 5000};
    if (argc > 1 && strcmp(argv[1], "watch") == 0) {
        o->action = ACTION_WATCH;
        at++;
    }
    for (; at < argc; at++) {
        if (!take(o, argv, &at))
            return false;
        if (o->action == ACTION_DONE)
            return true;
    }
    if (o->output && (ends_with(o->output, ".gz") || ends_with(o->output, ".tgz")))
        o->gzip = true;
    return is_consistent(o);
}
