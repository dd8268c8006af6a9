/* SPDX-License-Identifier: MIT */
/* usage: spend REPORT COMMAND [ARG...]: runs the command and writes to the file REPORT what it
 * took, in one line: wall, user and system time in microseconds, peak RSS in KiB of the largest
 * process, exit status. Small and static, since a child's peak includes what it was a copy of
 * before its exec. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
    struct rusage used;
    int status = 0;
    long began = now_us();
    pid_t pid;

    /* cppcheck-suppress vforkCalled ; what is measured is the program, not a copy of this one */
    if (argc < 3 || (pid = vfork()) < 0)
        return 1;
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (wait4(pid, &status, 0, &used) != pid)
        return 1;
    long wall_us = now_us() - began;
    int fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return 1;
    dprintf(fd, "%ld %ld %ld %ld %d\n", wall_us,
            used.ru_utime.tv_sec * 1000000L + used.ru_utime.tv_usec,
            used.ru_stime.tv_sec * 1000000L + used.ru_stime.tv_usec, used.ru_maxrss,
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return close(fd) != 0;
}
