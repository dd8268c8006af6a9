/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_DIFF_H
#define OOMSCOPE_CLI_DIFF_H

#include "base/buf.h"

/* How two texts differ, for a person: "@@ NAME:LINE" before each place, then "- line" of the old
 * one and "+ line" of the new. Nothing where they are equal; at most some 24 lines, and the cut is
 * said. */
void diff_write(const char *name, struct span old, struct span new, struct buf *out);

#endif
