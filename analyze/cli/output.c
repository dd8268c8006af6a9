/* SPDX-License-Identifier: MIT */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void output_hold_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static bool failed(const char *path, struct err *err)
{
    err_set(err, ERR_OUTPUT, "%s", strerror(errno));
    err_source(err, strcmp(path, "-") == 0 ? "standard output" : path);
    return false;
}

bool output_open(struct output *output, const char *path, struct err *err)
{
    output->path = path;
    output->fd = -1;
    if (!path)
        return true;
    output->fd = strcmp(path, "-") == 0
                     ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
                     : open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    return output->fd >= 0 || failed(path, err);
}

static bool is_same(const struct output *output, const struct stat *other)
{
    struct stat st;
    return output->path && S_ISREG(other->st_mode) && fstat(output->fd, &st) == 0 &&
           st.st_dev == other->st_dev && st.st_ino == other->st_ino;
}

bool output_is_file(const struct output *output, const char *path)
{
    struct stat st;
    bool exists =
        path && (strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(path, &st)) == 0;
    return exists && is_same(output, &st);
}

bool output_is_output(const struct output *a, const struct output *b)
{
    struct stat st;
    return b->path && fstat(b->fd, &st) == 0 && is_same(a, &st);
}

static bool write_all(int fd, struct span text)
{
    while (text.n) {
        ssize_t n = write(fd, text.p, text.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text = span_skip(text, (size_t)n);
    }
    return true;
}

bool output_write(struct output *output, struct span text, struct err *err)
{
    struct stat st;
    if (!output->path)
        return true;
    bool is_file =
        strcmp(output->path, "-") != 0 && fstat(output->fd, &st) == 0 && S_ISREG(st.st_mode);
    bool fine = (!is_file || ftruncate(output->fd, 0) == 0) && write_all(output->fd, text);
    int error = errno;
    if (close(output->fd) && fine) {
        fine = false;
        error = errno;
    }
    errno = error;
    return fine || failed(output->path, err);
}
