/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_TAR_H
#define OOMSCOPE_COLLECT_TAR_H

#include <stddef.h>
#include <stdint.h>

#include "out.h"

/* Writes the header of a regular member (ustar; a pax record before it where the path needs one).
 */
void tar_header(struct out *o, const char *path, uint64_t size, uint64_t mtime_s);
/* Fills up to the block boundary after size bytes of content. */
void tar_pad(struct out *o, uint64_t size);
/* Writes the two blocks that end an archive. */
void tar_end(struct out *o);

#endif
