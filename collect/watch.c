/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "watch.h"
#include "clock.h"
#include "folder.h"
#include "history.h"
#include "say.h"
#include "scan.h"
#include "summary.h"
#include "trigger.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME_HEAD "oomscope-"
/* A report of the OOM killer goes on after its first lines. */
#define SETTLE_MS 200

struct watch {
    struct capture *capture;
    struct history *history;
    struct trigger trigger;
    int root_fd;
    int dir_fd;
    uint64_t last_ns; /* end of the last capture, 0 if there was none */
    pid_t spare;      /* a process that waits to capture: at the moment of need, fork may fail */
    int spare_fd;     /* the word for it to begin */
};

static void put_two(struct text *t, uint64_t v)
{
    text_char(t, (char)('0' + v / 10 % 10));
    text_char(t, (char)('0' + v % 10));
}

/* 20261124T031408Z, UTC. Days to a date as in the proleptic Gregorian calendar. */
static void put_time(struct text *t, uint64_t seconds)
{
    uint64_t days = seconds / 86400 + 719468, of_day = seconds % 86400;
    uint64_t era = days / 146097, of_era = days % 146097;
    uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    uint64_t month = (5 * of_year + 2) / 153;

    text_u64(t, year + era * 400 + (month >= 10));
    put_two(t, month < 10 ? month + 3 : month - 9);
    put_two(t, of_year - (153 * month + 2) / 5 + 1);
    text_char(t, 'T');
    put_two(t, of_day / 3600);
    put_two(t, of_day / 60 % 60);
    put_two(t, of_day % 60);
    text_char(t, 'Z');
}

static void put_name(const struct watch *w, struct text *t, const char *reason)
{
    const struct options *o = w->capture->options;

    text_str(t, o->dir);
    text_str(t, "/" NAME_HEAD);
    put_time(t, clock_ns(CLOCK_REALTIME) / NS_PER_S);
    text_char(t, '-');
    text_str(t, reason);
    text_str(t, o->gzip ? ".tar.gz" : ".tar");
}

/* Finds the oldest bundle of a watch in the folder, and how many there are; names sort by time. */
static unsigned find_oldest(const struct watch *w, char oldest[NAME_MAX + 1])
{
    struct folder f;
    const char *name;
    unsigned count = 0;

    if (!folder_open(&f, w->dir_fd, false, "."))
        return 0;
    while ((name = folder_next(&f, NULL))) {
        if (strncmp(name, NAME_HEAD, sizeof(NAME_HEAD) - 1) != 0 ||
            !scan_find(name, strlen(name), ".tar"))
            continue;
        if (count++ == 0 || strcmp(name, oldest) < 0)
            memcpy(oldest, name, strlen(name) + 1);
    }
    folder_close(&f);
    return count;
}

/* Makes room for one more bundle. */
static void drop_old(const struct watch *w)
{
    char oldest[NAME_MAX + 1];

    while (find_oldest(w, oldest) >= w->capture->options->keep)
        if (unlinkat(w->dir_fd, oldest, 0) != 0)
            return;
}

/* The spare's life: prepared, it waits for the word, captures and ends. */
static _Noreturn void be_spare(struct watch *w, int word_fd)
{
    struct capture *c = w->capture;
    char path[PATH_MAX], word;
    struct text t = TEXT_ON(path);
    int code;

    if (!capture_prepare(c) || read(word_fd, &word, 1) <= 0) {
        reads_stop(&c->reads);
        _exit(EXIT_OUTPUT);
    }
    put_name(w, &t, w->history->reason);
    if (!out_open_file(&c->out, text_end(&t), c->options->gzip)) {
        say_error("cannot create", path, errno);
        reads_stop(&c->reads);
        _exit(EXIT_OUTPUT);
    }
    c->history = w->history;
    code = capture_run(c);
    if (code == EXIT_OUTPUT)
        say_error("cannot write", path, c->out.error);
    else if (!c->options->quiet)
        summary_say(c, code);
    _exit(code);
}

static bool fork_spare(struct watch *w)
{
    int word[2];

    if (pipe2(word, O_CLOEXEC) != 0)
        return false;
    w->spare = fork();
    if (w->spare == 0) {
        close(word[1]);
        be_spare(w, word[0]);
    }
    close(word[0]);
    w->spare_fd = word[1];
    if (w->spare < 0) {
        close(word[1]);
        w->spare = 0;
    }
    return w->spare > 0;
}

/* Ends the spare that was not needed: it reads the end of its pipe. */
static int end_spare(struct watch *w)
{
    int status = 0;

    close(w->spare_fd);
    while (waitpid(w->spare, &status, 0) < 0 && errno == EINTR)
        if (capture_signal)
            kill(w->spare, SIGTERM);
    w->spare = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_OUTPUT;
}

/* Somebody may have killed it while it waited. */
static void check_spare(struct watch *w)
{
    if (w->spare && waitpid(w->spare, NULL, WNOHANG) != 0) {
        close(w->spare_fd);
        w->spare = 0;
    }
}

/* One capture, waited for; its exit code. */
static int capture_now(struct watch *w, const char *reason)
{
    int code;

    check_spare(w);
    if (!w->spare && !fork_spare(w)) {
        say_error("cannot start a process for the capture", NULL, errno);
        return EXIT_OUTPUT;
    }
    drop_old(w);
    if (strcmp(reason, "oom") == 0)
        clock_sleep_ns(SETTLE_MS * NS_PER_MS);
    memcpy(w->history->reason, reason, strlen(reason) + 1);
    if (write(w->spare_fd, "", 1) < 0)
        say_error("the process for the capture is gone", NULL, 0);
    code = end_spare(w);
    w->last_ns = clock_now_ns();
    w->history->coalesced = 0;
    trigger_drain(&w->trigger);
    if (!capture_signal && !w->capture->options->once)
        fork_spare(w);
    return code;
}

static bool is_cooling(const struct watch *w)
{
    uint64_t pause_ns = w->capture->options->cool_down_ms * NS_PER_MS;

    return w->last_ns && clock_now_ns() - w->last_ns < pause_ns;
}

static bool start(struct watch *w)
{
    const struct options *o = w->capture->options;

    w->root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    w->dir_fd = open(o->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w->dir_fd < 0) {
        say_error("cannot open", o->dir, errno);
        return false;
    }
    if (flock(w->dir_fd, LOCK_EX | LOCK_NB) != 0) {
        say_error("another watch keeps its bundles there", o->dir, 0);
        return false;
    }
    w->history = history_map();
    if (!w->history || !trigger_start(&w->trigger, w->root_fd, o->stall_ms)) {
        say_error("there is nothing to watch on this host", NULL, 0);
        return false;
    }
    return true;
}

/* Milliseconds until the next entry of the ring is due. */
static int time_to_tick(uint64_t due_ns)
{
    uint64_t now = clock_now_ns();

    return now >= due_ns ? 0 : (int)((due_ns - now) / NS_PER_MS) + 1;
}

/* Waits for the next reason, keeping the ring; NULL when a signal came. */
static const char *wait_for_reason(struct watch *w, uint64_t *due_ns)
{
    while (!capture_signal) {
        const char *reason = trigger_wait(&w->trigger, w->root_fd, time_to_tick(*due_ns));

        if (!reason && time_to_tick(*due_ns) == 0) {
            reason = trigger_compare(&w->trigger, history_add(w->history, w->root_fd));
            *due_ns = clock_now_ns() + w->capture->options->history_ms * NS_PER_MS;
        }
        if (reason && is_cooling(w))
            w->history->coalesced++;
        else if (reason)
            return reason;
    }
    return NULL;
}

int watch_run(struct capture *c)
{
    struct watch w = {.capture = c};
    uint64_t due_ns = 0;
    const char *reason;

    if (!start(&w))
        return EXIT_OUTPUT;
    fork_spare(&w);
    while ((reason = wait_for_reason(&w, &due_ns))) {
        int code = capture_now(&w, reason);

        if (c->options->once)
            return code;
        due_ns = 0;
    }
    if (w.spare)
        end_spare(&w);
    return EXIT_COMPLETE;
}
