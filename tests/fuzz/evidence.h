/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_TESTS_FUZZ_EVIDENCE_H
#define OOMSCOPE_TESTS_FUZZ_EVIDENCE_H

#include "base/buf.h"

#include <stdbool.h>

/* Bundles with many members, as text. "=== PATH\n" begins a member, "=== before:PATH\n" one of an
 * older bundle, at the end of a line or in the middle of one, which is then cut. The tars around
 * them are made here, so that no change of the fuzzer is lost to a checksum or a size. What stands
 * before the first mark is the target's. */

/* The tar of each; the older one stays empty where no member is of it. Turned: with the members of
 * the newer one in reverse. */
void evidence_tars(struct span text, bool turned, struct buf *ret_now, struct buf *ret_before);
/* Writes the members of the newer one below a folder. False where the file system cannot hold all
 * of them: a member that is another one's folder, a name that is too long. */
bool evidence_files(struct span text, const char *folder);

#endif
