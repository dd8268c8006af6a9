/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_PSEUDONYM_H
#define OOMSCOPE_COLLECT_PSEUDONYM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan.h"
#include "text.h"

/*
 * Keyed hashes (HMAC-SHA-256, cut to 48 bits) instead of names: equal names stay equal within a
 * bundle and between bundles of the same key. Words of systemd and of container runtimes stay.
 */
struct pseudonym {
    bool on;
    unsigned char key[32];
    size_t key_len;
    char hostname[65]; /* replaced wherever it stands as a word in the kernel log */
};

/* Takes the key from a file, or makes one and prints it on standard error; false after it has said
 * on standard error what went wrong. */
bool pseudonym_start(struct pseudonym *p, const char *key_file);
/* Appends the pseudonym of a word: "h" and 12 hex digits. */
void pseudonym_word(const struct pseudonym *p, struct text *t, const char *s, size_t n);
/* Appends a cgroup path or any path, each component that is not common knowledge replaced. */
void pseudonym_path(const struct pseudonym *p, struct text *t, const char *s, size_t n);
/* Appends the path of a member: components of cgroup paths replaced, file names kept. */
void pseudonym_member(const struct pseudonym *p, struct text *t, const char *path);
/* Appends one line or record of a log with paths of cgroups, units and the host's name replaced. */
void pseudonym_log(const struct pseudonym *p, struct text *t, const char *s, size_t n);
/* Appends the content of a file, rewritten as its row of the plan says. */
void pseudonym_content(const struct pseudonym *p, enum plan_scrub scrub, struct text *t,
                       const char *s, size_t n);

#endif
