/* SPDX-License-Identifier: MIT */
/* usage: collect_bare LIST: opens, reads to the end and closes each file of the list, and throws
 * away what it read: what a capture costs at least. Of /proc/PID/fd it asks the size only, which is
 * the count of open files. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static char path[4096], buffer[256 * 1024];
    FILE *list = argc > 1 ? fopen(argv[1], "r") : NULL;
    unsigned long files = 0;
    struct stat st;

    if (!list)
        return 1;
    while (fgets(path, sizeof(path), list)) {
        int fd;

        path[strcspn(path, "\n")] = '\0';
        if (strlen(path) > 3 && strcmp(path + strlen(path) - 3, "/fd") == 0) {
            files += stat(path, &st) == 0;
            continue;
        }
        fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
            continue;
        while (read(fd, buffer, sizeof(buffer)) > 0) {
        }
        close(fd);
        files++;
    }
    printf("%lu\n", files);
    return fclose(list) != 0;
}
