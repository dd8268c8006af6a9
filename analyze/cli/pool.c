/* SPDX-License-Identifier: MIT */
#include "cli/pool.h"

#include "base/arena.h"
#include "cli/ending.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A worker and its result as far as it has come. Slot I serves tasks I, I + slots, ...: results are
 * handed out in order, so a slot waits with its next task until its last one was handed out, and
 * memory holds at most one result for each slot. */
struct worker {
    pid_t pid; /* 0: none */
    int fd;    /* of its result, -1 when it has ended */
    uint32_t task;
    struct buf result;
    int code;
};

struct crew {
    const struct pool *pool;
    struct worker *workers;
    struct pollfd *polls;
    uint32_t slots, next_start, next_done;
};

static bool write_all(int fd, struct span text)
{
    while (text.n) {
        ssize_t n = write(fd, text.p, text.n);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            text = span_skip(text, (size_t)n);
    }
    return true;
}

__attribute__((noreturn)) static void work(const struct pool *pool, uint32_t task, int fd)
{
    struct buf out = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(pool->deadline_s);
    int code = pool->work(pool->context, task, &out);
    if (!write_all(fd, buf_span(&out)))
        code = 2;
    buf_free(&out);
    ending_exit(code);
}

static bool start(struct crew *crew, struct worker *worker)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        work(crew->pool, crew->next_start, ends[1]);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return false;
    }
    *worker = (struct worker){pid, ends[0], crew->next_start++, {0}, 0};
    return true;
}

static void finish(struct worker *worker)
{
    int status = 0;
    close(worker->fd);
    worker->fd = -1;
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        ;
    worker->code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void take(struct worker *worker)
{
    static char piece[64 * 1024];
    ssize_t n = read(worker->fd, piece, sizeof(piece));
    if (n > 0)
        buf_add(&worker->result, (struct span){piece, (size_t)n});
    else if (n == 0 || errno != EINTR)
        finish(worker);
}

/* poll() refuses more places than the process may open files, so only those in use are given. */
static void wait_for_some(struct crew *crew)
{
    nfds_t n = 0;
    for (uint32_t i = 0; i < crew->slots; i++)
        if (crew->workers[i].fd >= 0)
            crew->polls[n++] = (struct pollfd){crew->workers[i].fd, POLLIN, 0};
    if (poll(crew->polls, n, -1) < 0)
        return;
    n = 0; /* the same workers in the same order: take() closes only the one that it is given */
    for (uint32_t i = 0; i < crew->slots; i++)
        if (crew->workers[i].fd >= 0 && crew->polls[n++].revents)
            take(&crew->workers[i]);
}

static void hand_out(struct crew *crew)
{
    for (;;) {
        struct worker *worker = &crew->workers[crew->next_done % crew->slots];
        if (crew->next_done == crew->next_start || !worker->pid || worker->fd >= 0)
            return;
        crew->pool->done(crew->pool->context, worker->task, buf_span(&worker->result),
                         worker->code);
        buf_free(&worker->result);
        *worker = (struct worker){.fd = -1};
        crew->next_done++;
    }
}

static bool run(struct crew *crew)
{
    while (crew->next_done < crew->pool->tasks) {
        while (crew->next_start < crew->pool->tasks &&
               crew->next_start - crew->next_done < crew->slots)
            if (!start(crew, &crew->workers[crew->next_start % crew->slots])) {
                if (crew->next_start == crew->next_done)
                    return false;
                break;
            }
        wait_for_some(crew);
        hand_out(crew);
    }
    return true;
}

bool pool_run(const struct pool *pool)
{
    struct crew crew = {.pool = pool, .slots = pool->jobs ? pool->jobs : 1};
    crew.workers = base_realloc(NULL, crew.slots, sizeof(*crew.workers));
    crew.polls = base_realloc(NULL, crew.slots, sizeof(*crew.polls));
    for (uint32_t i = 0; i < crew.slots; i++)
        crew.workers[i] = (struct worker){.fd = -1};
    bool fine = run(&crew);
    free(crew.workers);
    free(crew.polls);
    return fine;
}

uint32_t pool_deadline_s(const struct options *options)
{
    int64_t seconds = options->limits.value[LIMIT_wall_s];
    return seconds > UINT32_MAX ? UINT32_MAX : (uint32_t)seconds;
}

void pool_reason(int code, const struct limits *limits, struct buf *out)
{
    if (code == -SIGALRM)
        buf_fmt(out, "given up after %lld s (limit wall_s)\n",
                (long long)limits->value[LIMIT_wall_s]);
    else if (code == -SIGXCPU)
        buf_fmt(out, "given up after %lld s of processor time (limit cpu_s)\n",
                (long long)limits->value[LIMIT_cpu_s]);
    else if (code < 0)
        buf_fmt(out, "the analysis was ended by signal %d\n", -code);
    else
        buf_fmt(out, "the analysis left no result (status %d)\n", code);
}
