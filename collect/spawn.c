/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "spawn.h"
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define REAP_MS     50
#define DESCRIPTORS 128 /* more than are ever open: a tree's folders, and a few */

static void close_channel(struct reads *r)
{
    close(r->to_helper);
    close(r->from_helper);
    close(r->alive);
    r->to_helper = r->from_helper = r->alive = -1;
}

/* A helper that is left behind must not hold the output open: the reader of a pipe waits for its
 * end. */
static void close_others(const struct reads *r, int held)
{
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        if (fd != r->root_fd && fd != r->to_helper && fd != r->from_helper && fd != held)
            close(fd);
}

/* held: the end of the pipe that tells the parent when this process is gone. */
static _Noreturn void become_helper(struct reads *r, pid_t parent, int held)
{
    struct sigaction dfl = {.sa_handler = SIG_DFL}, ign = {.sa_handler = SIG_IGN};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0); /* it died before it could be asked for its signal */
    /* A terminal's ^C goes to both: the parent decides. */
    sigaction(SIGINT, &ign, NULL);
    sigaction(SIGHUP, &ign, NULL);
    sigaction(SIGTERM, &dfl, NULL);
    close_others(r, held);
    helper_run(r->shared, r->root_fd, r->confined, r->to_helper, r->from_helper);
}

/* Slot numbers go by eventfd: a pipe would wake the helper on the parent's processor and leave the
 * other one idle. The pipe is never written; its end tells that the helper died. */
static bool open_channel(struct reads *r, int *ret_held)
{
    int alive[2];

    r->to_helper = eventfd(0, EFD_CLOEXEC);
    r->from_helper = eventfd(0, EFD_CLOEXEC);
    if (pipe2(alive, O_CLOEXEC) != 0)
        alive[0] = alive[1] = -1;
    r->alive = alive[0];
    *ret_held = alive[1];
    return r->to_helper >= 0 && r->from_helper >= 0 && r->alive >= 0;
}

bool spawn_helper(struct reads *r)
{
    int held;
    bool open = open_channel(r, &held);
    pid_t parent = getpid(), pid = open ? fork() : -1;

    r->helper = 0;
    if (pid == 0)
        become_helper(r, parent, held);
    if (held >= 0)
        close(held);
    if (pid < 0) {
        close_channel(r);
        return false;
    }
    r->helper = pid;
    return true;
}

bool spawn_kill(struct reads *r)
{
    pid_t pid = r->helper;

    if (!pid)
        return true;
    kill(pid, SIGKILL);
    close_channel(r);
    r->helper = 0;
    for (int ms = 0; ms <= REAP_MS; ms++) {
        if (waitpid(pid, NULL, WNOHANG) != 0)
            return true;
        clock_sleep_ns(NS_PER_MS);
    }
    r->abandoned++;
    return false;
}
