/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_CRC32_H
#define OOMSCOPE_COLLECT_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Makes the tables; before the first crc32_add. */
void crc32_start(void);
/* The CRC of RFC 1952 over n more bytes, without the inversions at its start and end. */
uint32_t crc32_add(uint32_t crc, const unsigned char *p, size_t n);

#endif
