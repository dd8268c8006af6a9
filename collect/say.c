/* SPDX-License-Identifier: MIT */
#include "say.h"
#include "text.h"

#include <errno.h>
#include <unistd.h>

static int failed;

static int put(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t done = write(fd, bytes, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return -1;
        bytes += done;
        n -= (size_t)done;
    }
    return 0;
}

void say_out(const char *bytes, size_t n)
{
    if (put(STDOUT_FILENO, bytes, n) != 0)
        failed = 1;
}

void say_err(const char *bytes, size_t n)
{
    put(STDERR_FILENO, bytes, n);
}

/* The few that an operator meets; strerror would bring all of them, and their tables. */
static const char *error_text(int error)
{
    switch (error) {
    case EACCES:
    case EPERM:
        return "permission denied";
    case EEXIST:
        return "it exists already";
    case ENOENT:
        return "no such file or directory";
    case ENOTDIR:
        return "not a directory";
    case EFBIG:
        return "file too large";
    case EISDIR:
        return "is a directory";
    case ENOSPC:
    case EDQUOT:
        return "no space left";
    case EPIPE:
        return "the reader has gone";
    case EROFS:
        return "read-only file system";
    case ENOMEM:
        return "out of memory";
    case ENAMETOOLONG:
        return "name too long";
    case ELOOP:
        return "a symbolic link";
    case EIO:
        return "input/output error";
    default:
        return NULL;
    }
}

void say_error(const char *what, const char *about, int error)
{
    char line[1024];
    struct text t = TEXT_ON(line);

    text_str(&t, "collect: ");
    text_str(&t, what);
    if (about) {
        text_str(&t, ": ");
        text_str(&t, about);
    }
    if (error) {
        text_str(&t, ": ");
        if (error_text(error)) {
            text_str(&t, error_text(error));
        } else {
            text_str(&t, "errno ");
            text_i64(&t, error);
        }
    }
    if (t.n == t.cap)
        t.n--;
    text_char(&t, '\n');
    say_err(line, t.n);
}

int say_failed(void)
{
    return failed;
}
