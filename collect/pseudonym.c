/* SPDX-License-Identifier: MIT */
#include "pseudonym.h"
#include "tmpfs.h"
void pseudonym_word(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    (void)p;
    text_raw(t, s, n);
}
void pseudonym_path(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    (void)p;
    text_raw(t, s, n);
}
void pseudonym_member(const struct pseudonym *p, struct text *t, const char *path)
{
    (void)p;
    text_str(t, path);
}
void pseudonym_log(const struct pseudonym *p, struct text *t, const char *s, size_t n)
{
    (void)p;
    text_raw(t, s, n);
}
bool pseudonym_start(struct pseudonym *p, const char *key_file)
{
    (void)p;
    (void)key_file;
    return false;
}
void pseudonym_content(const struct pseudonym *p, enum plan_scrub scrub, struct text *t,
                       const char *s, size_t n)
{
    (void)p;
    if (scrub == SCRUB_MOUNTS)
        tmpfs_rows(t, s, n);
    else
        text_raw(t, s, n);
}
