/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "pseudonym.h"
#include "say.h"
#include "sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KEPT_DIGEST_BYTES 6

/* Components that say nothing about whose host it is. */
static const char *const common[] = {"",
                                     "*",
                                     "**",
                                     "..",
                                     ".",
                                     "system.slice",
                                     "user.slice",
                                     "init.scope",
                                     "machine.slice",
                                     "kubepods.slice",
                                     "kubepods",
                                     "burstable",
                                     "besteffort",
                                     "guaranteed",
                                     "kubepods-burstable.slice",
                                     "kubepods-besteffort.slice",
                                     "docker",
                                     "lxc",
                                     "libpod_parent",
                                     "default",
                                     "memory",
                                     "cpuset",
                                     "pids",
                                     "hugetlb",
                                     "unified",
                                     "init",
                                     "supervisor",
                                     "container",
                                     "app.slice",
                                     "background.slice",
                                     "session.slice",
                                     "usr",
                                     "lib",
                                     "lib64",
                                     "bin",
                                     "sbin",
                                     "opt",
                                     "var",
                                     "home",
                                     "srv",
                                     "tmp",
                                     "run",
                                     "dev",
                                     "shm",
                                     "proc",
                                     "sys",
                                     "fs",
                                     "cgroup",
                                     "etc",
                                     "local",
                                     "share",
                                     "user",
                                     "lock",
                                     "x86_64-linux-gnu",
                                     "aarch64-linux-gnu",
                                     "root",
                                     "mnt",
                                     "mqueue"};

static const char *const heads[] = {"kubepods-burstable-pod",
                                    "kubepods-besteffort-pod",
                                    "kubepods-pod",
                                    "cri-containerd-",
                                    "crio-conmon-",
                                    "crio-",
                                    "docker-",
                                    "libpod-conmon-",
                                    "libpod-",
                                    "nerdctl-",
                                    "user-runtime-dir@",
                                    "user-",
                                    "user@",
                                    "session-",
                                    "machine-qemu",
                                    "lxc.payload.",
                                    "lxc.monitor.",
                                    "system-",
                                    "pod",
                                    "memfd:"};

static const char *const tails[] = {".slice", ".service", ".scope", ".mount",     ".socket",
                                    ".swap",  ".timer",   ".path",  ".automount", ".target"};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool is_word(const char *s, size_t n, const char *word)
{
    return strlen(word) == n && memcmp(s, word, n) == 0;
}

static bool is_common(const char *s, size_t n)
{
    for (size_t i = 0; i < COUNT(common); i++)
        if (is_word(s, n, common[i]))
            return true;
    return false;
}

static size_t head_length(const char *s, size_t n)
{
    for (size_t i = 0; i < COUNT(heads); i++) {
        size_t len = strlen(heads[i]);

        if (n > len && memcmp(s, heads[i], len) == 0)
            return len;
    }
    return 0;
}

static size_t tail_length(const char *s, size_t n)
{
    for (size_t i = 0; i < COUNT(tails); i++) {
        size_t len = strlen(tails[i]);

        if (n > len && memcmp(s + n - len, tails[i], len) == 0)
            return len;
    }
    return 0;
}

void pseudonym_word(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    unsigned char digest[SHA256_BYTES];

    sha256_keyed(p->key, p->key_len, s, n, digest);
    text_char(t, 'h');
    text_hex(t, digest, KEPT_DIGEST_BYTES);
}

/* "docker-3f2a.scope" becomes "docker-h0123456789ab.scope". */
static void put_component(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    size_t head, tail;

    if (is_common(s, n)) {
        text_raw(t, s, n);
        return;
    }
    tail = tail_length(s, n);
    head = head_length(s, n - tail);
    text_raw(t, s, head);
    pseudonym_word(p, t, s + head, n - head - tail);
    text_raw(t, s + n - tail, tail);
}

void pseudonym_path(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    const char *end = s + n;

    for (;;) {
        const char *slash = memchr(s, '/', (size_t)(end - s));
        const char *stop = slash ? slash : end;

        put_component(p, t, s, (size_t)(stop - s));
        if (!slash)
            return;
        text_char(t, '/');
        s = slash + 1;
    }
}

void pseudonym_member(const struct pseudonym *p, struct text *t, const char *path)
{
    static const char cgroups[] = "sys/fs/cgroup/";
    const char *name = strrchr(path, '/');

    if (strncmp(path, cgroups, sizeof(cgroups) - 1) != 0) {
        text_str(t, path);
        return;
    }
    pseudonym_path(p, t, path, (size_t)(name - path));
    text_str(t, name);
}

static bool say_key(const struct pseudonym *p)
{
    char line[160];
    struct text t = TEXT_ON(line);

    text_str(&t, "collect: key of the pseudonyms (keep it, it is nowhere else): ");
    text_hex(&t, p->key, p->key_len);
    text_char(&t, '\n');
    say_err(line, t.n);
    return true;
}

bool pseudonym_start(struct pseudonym *p, const char *key_file)
{
    const char *from = key_file ? key_file : "/dev/urandom"; /* getrandom is younger than 3.10 */
    ssize_t n;
    int fd;

    if (!key_file) {
        p->key_len = sizeof(p->key);
        if (syscall(SYS_getrandom, p->key, sizeof(p->key), 0) == (long)sizeof(p->key))
            return say_key(p);
    }
    fd = open(from, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    n = fd < 0 ? -1 : read(fd, p->key, sizeof(p->key));
    if (n < 0)
        say_error("cannot read the key", from, errno);
    else if (n < 8)
        say_error("a key has 8 bytes at least, 32 are used", from, 0);
    if (fd >= 0)
        close(fd);
    p->key_len = n < 8 ? 0 : (size_t)n;
    return n >= 8 && (key_file || say_key(p));
}
