/* SPDX-License-Identifier: MIT */
/* usage: nolandlock ERRNO PROGRAM ARGS...: runs the program under a seccomp filter that answers the
 * system calls of Landlock with ERRNO (ENOSYS: a kernel without it; ENOMEM: one that fails).
 * nolandlock 0: what the program could do with these rights is not touched. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 3)
        return 100;
    int error = (int)strtol(argv[1], NULL, 10);
    /* landlock_create_ruleset 444, with flags (asking for the version) or without; 446 */
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, error == ENOSYS ? 444 : 446, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ((unsigned)error & SECCOMP_RET_DATA)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
    if (error && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
                  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))) {
        perror("seccomp");
        return 100;
    }
    execv(argv[2], argv + 2);
    perror(argv[2]);
    return 100;
}
