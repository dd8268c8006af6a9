/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_TEXT_H
#define OOMSCOPE_COLLECT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text put together in a fixed buffer. What does not fit is dropped and `cut` says so. */
struct text {
    char *p;
    size_t n;
    size_t cap;
    bool cut;
};

#define TEXT_ON(buf) ((struct text){.p = (buf), .n = 0, .cap = sizeof(buf), .cut = false})

/* Appends n bytes. */
void text_raw(struct text *t, const void *bytes, size_t n);
/* Appends a C string. */
void text_str(struct text *t, const char *s);
/* Appends one byte. */
void text_char(struct text *t, char c);
/* Appends a decimal number. */
void text_u64(struct text *t, uint64_t v);
void text_i64(struct text *t, int64_t v);
/* Appends bytes as lower-case hex. */
void text_hex(struct text *t, const void *bytes, size_t n);
/* Appends a quoted JSON string; a byte that is not valid UTF-8 becomes \u00XX. */
void text_json(struct text *t, const char *s, size_t n);
/* Appends ,"key":value or "key":value after an opening brace. */
void text_key(struct text *t, const char *key);
void text_key_u64(struct text *t, const char *key, uint64_t v);
void text_key_str(struct text *t, const char *key, const char *s);
void text_key_bool(struct text *t, const char *key, bool v);
/* FNV-1a, 64 bits. */
uint64_t text_hash(const char *s);
/* Ends with NUL, dropping the last byte where there is no room; returns the string. */
char *text_end(struct text *t);

#endif
