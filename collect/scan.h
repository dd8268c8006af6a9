/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_SCAN_H
#define OOMSCOPE_COLLECT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads a decimal number at *pp, moves *pp behind it; false where no digit stands or it overflows.
 */
bool scan_u64(const char **pp, const char *end, uint64_t *ret_value);
/* Number behind the first line that begins with key, blanks and tabs skipped: "VmRSS:\t  12 kB". */
bool scan_key(const char *p, size_t n, const char *key, uint64_t *ret_value);
/* Rest of the first line that begins with key; NULL where there is none. */
const char *scan_line(const char *p, size_t n, const char *key, size_t *ret_len);
/* First place of word in the bytes; NULL where it does not occur. */
const char *scan_find(const char *p, size_t n, const char *word);
/* Field 22 (starttime, ticks) of /proc/PID/stat: "1 (a) b) S 0 ...", counted from the last ')'. */
bool scan_starttime(const char *p, size_t n, uint64_t *ret_ticks);
/* True where the bytes are decimal digits only and at least one; the value is returned. */
bool scan_pid(const char *name, int32_t *ret_pid);

#endif
