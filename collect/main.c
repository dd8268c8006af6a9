/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "capture.h"
#include "options.h"
#include "plan.h"
#include "planned.h"
#include "say.h"
#include "summary.h"
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static struct capture capture;

static bool open_output(struct capture *c)
{
    const struct options *o = c->options;

    if (strcmp(o->output, "-") == 0) {
        out_open_fd(&c->out, STDOUT_FILENO, o->gzip);
        return true;
    }
    if (out_open_file(&c->out, o->output, o->gzip))
        return true;
    say_error("cannot create", c->out.refused, errno);
    return false;
}

static int run_capture(const struct options *o)
{
    struct capture *c = &capture;
    int code;

    c->options = o;
    c->pseudonym.on = o->pseudonymize;
    capture_signals();
    if (o->pseudonymize && !pseudonym_start(&c->pseudonym, o->key_file))
        return EXIT_USAGE;
    self_protect(&c->self);
    if (o->action == ACTION_WATCH)
        return watch_run(c);
    if (!capture_prepare(c)) {
        say_error("cannot open", o->root, errno);
        return EXIT_USAGE;
    }
    if (!open_output(c)) {
        reads_stop(&c->reads);
        return EXIT_OUTPUT;
    }
    code = capture_run(c);
    if (code == EXIT_OUTPUT)
        say_error("cannot write", o->output, c->out.error);
    else if (!o->quiet)
        summary_say(c, code);
    return code;
}

/* Where a standard descriptor is closed, no file of ours may get its number: what is written there
 * fails. */
static void fill_standard(void)
{
    int fd;

    do
        fd = open("/", O_PATH | O_CLOEXEC);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    struct options o;

    fill_standard();
    if (!options_parse(argc, argv, &o))
        return EXIT_USAGE;
    switch (o.action) {
    case ACTION_CAPTURE:
    case ACTION_WATCH:
        return run_capture(&o);
    case ACTION_PLAN:
        planned_print(&o);
        break;
    case ACTION_PATTERNS:
        plan_list();
        break;
    default:
        break;
    }
    return say_failed() ? EXIT_OUTPUT : EXIT_COMPLETE;
}
