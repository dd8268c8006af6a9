/* SPDX-License-Identifier: MIT */
#include "bundle/source.h"

#include "base/arena.h"
#include "bundle/input.h"
#include "bundle/magic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct span source_name(const char *path)
{
    struct span s = span_of(path);
    if (span_is(s, "-"))
        return span_of("stdin");
    size_t slash = span_rfind_char(s, '/');
    return slash == s.n ? s : span_skip(s, slash + 1);
}

/* What the first bytes say: an archive, a text, or why it is neither. */
static struct source *by_content(struct input *input, struct err *err)
{
    struct span head = input_peek(input);
    const char *foreign = magic_foreign(head);
    if (!head.n && input->error)
        err_set(err, ERR_INPUT, "%s", strerror(input->error));
    else if (!head.n)
        err_set(err, ERR_INPUT, "the file is empty");
    else if (tar_is_plain(head))
        return tar_open(input);
    else if (magic_is_archive(head))
        return archive_open(input, err);
    else if (foreign)
        err_set(err, ERR_INPUT, "%s", foreign);
    else if (magic_is_text(head))
        return text_open(input);
    else
        err_set(err, ERR_INPUT, "neither an archive, nor a folder, nor a text");
    return NULL;
}

static struct source *open_stream(int fd, struct span name, struct sha256 *sha, struct err *err)
{
    struct input *input = base_realloc(NULL, 1, sizeof(*input));
    input_init(input, fd, name, sha);
    struct source *source = by_content(input, err);
    if (source)
        return source;
    input_close(input);
    free(input);
    return NULL;
}

int source_reach(const char *path, bool *ret_is_folder, struct err *err)
{
    struct stat st;
    int fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                    : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st)) {
        err_set(err, ERR_INPUT, "%s", strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *ret_is_folder = S_ISDIR(st.st_mode);
    return fd;
}

struct source *source_begin(int fd, struct span name, const struct limits *limits,
                            struct sha256 *sha, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        return directory_open(fd, limits, sha);
    return open_stream(fd, name, sha, err);
}
