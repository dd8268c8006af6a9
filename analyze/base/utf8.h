/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_UTF8_H
#define OOMSCOPE_BASE_UTF8_H

#include "base/buf.h"

#include <stdint.h>

/* Evidence made safe to show: valid, printable UTF-8 on one line. Bytes that are not UTF-8, control
 * characters (C0, DEL, C1), line and paragraph separators and bidirectional or invisible format
 * controls become \n, \t, \xNN or \u{NNNN}. True when something had to be replaced ("lossy"). */
bool utf8_visible(struct span s, struct buf *out);

/* Strict UTF-8 from the first to the last byte. */
/* Decodes the first character of s. Its length in bytes, or 0 when it is not strict UTF-8 (overlong
 * forms, surrogates and values above U+10FFFF included). */
size_t utf8_decode(struct span s, uint32_t *ret_char);
bool utf8_is_valid(struct span s);

#endif
