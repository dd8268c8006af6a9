/* SPDX-License-Identifier: MIT */
/* usage: fuzz_X FILE|DIRECTORY...: gives each file to the fuzz target, once whole and once at each
 * of 16 cuts, fewer of a large one, so that a build without libFuzzer tries them too. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A copy of exactly n bytes: reading past its end is seen by AddressSanitizer. */
static void give(const uint8_t *data, size_t n)
{
    uint8_t *copy = malloc(n ? n : 1);
    if (!copy)
        exit(2);
    if (n)
        memcpy(copy, data, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
}

enum { CUT_BYTES = 32 << 10 }; /* of one file in all, or it takes too long */

static int replay_file(const char *path, size_t n)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(n ? n : 1);
    if (!file || !bytes || fread(bytes, 1, n, file) != n) {
        perror(path);
        exit(2);
    }
    fclose(file);
    size_t cuts = n <= CUT_BYTES / 16 ? 16 : CUT_BYTES / n + 1;
    for (size_t cut = 0; cut <= cuts; cut++)
        give(bytes, n * cut / cuts);
    free(bytes);
    return 1;
}

static int replay(const char *path)
{
    struct stat st;
    char inner[4096];
    int done = 0;
    if (stat(path, &st)) {
        perror(path);
        exit(2);
    }
    if (!S_ISDIR(st.st_mode))
        return replay_file(path, (size_t)st.st_size);
    DIR *dir = opendir(path);
    struct dirent *item;
    while (dir && (item = readdir(dir)))
        if (item->d_name[0] != '.') {
            snprintf(inner, sizeof(inner), "%s/%s", path, item->d_name);
            done += replay(inner);
        }
    if (dir)
        closedir(dir);
    return done;
}

int main(int argc, char **argv)
{
    int done = 0;
    for (int i = 1; i < argc; i++)
        done += replay(argv[i]);
    printf("%d inputs replayed\n", done);
    return done ? 0 : 1;
}
