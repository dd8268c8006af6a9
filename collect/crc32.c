/* SPDX-License-Identifier: MIT */
#include "crc32.h"

static uint32_t table[4][256];

void crc32_start(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t r = i;

        for (int b = 0; b < 8; b++)
            r = r >> 1 ^ (r & 1 ? 0xedb88320u : 0);
        table[0][i] = r;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int t = 1; t < 4; t++)
            table[t][i] = table[t - 1][i] >> 8 ^ table[0][table[t - 1][i] & 255];
}

uint32_t crc32_add(uint32_t crc, const unsigned char *p, size_t n)
{
    for (; n >= 4; n -= 4, p += 4) {
        crc ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        crc = table[3][crc & 255] ^ table[2][crc >> 8 & 255] ^ table[1][crc >> 16 & 255] ^
              table[0][crc >> 24];
    }
    for (; n; n--)
        crc = crc >> 8 ^ table[0][(crc ^ *p++) & 255];
    return crc;
}
