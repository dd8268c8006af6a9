/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BUNDLE_MAGIC_H
#define OOMSCOPE_BUNDLE_MAGIC_H

#include "base/span.h"

/* What a file is, by its first bytes (64 KiB of them, or all). */
bool magic_is_archive(struct span head); /* tar, zip, or a compression that may hold one */
bool magic_is_zip(struct span head);
bool magic_is_text(struct span head); /* stray control bytes are fine, a binary is not */
/* Name of a well-known format that analyze cannot read, with what to do instead; or NULL. */
const char *magic_foreign(struct span head);

/* By its name, a member that is itself an archive or compressed: nothing to look into. */
bool magic_is_packed_name(struct span path);
struct span magic_uncompressed_name(struct span name); /* messages.gz -> messages */

#endif
