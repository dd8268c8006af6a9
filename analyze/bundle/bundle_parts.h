/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BUNDLE_BUNDLE_PARTS_H
#define OOMSCOPE_BUNDLE_BUNDLE_PARTS_H

/* Inside of a bundle, for the files that open and read it. */

#include "base/buf.h"
#include "base/map.h"
#include "bundle/bundle.h"
#include "bundle/notes.h"
#include "bundle/source.h"

struct bundle {
    struct arena *arena;
    struct limits limits;
    const char *input; /* as the caller named it */
    int fd;            /* -1 once the source has it */
    bool is_folder;
    struct source *source;
    enum bundle_form form;
    struct sha256 sha;
    struct notes notes;
    struct map seen;
    struct buf path, text;
    struct span member; /* path of the current one, in the arena */
    int64_t size_bytes; /* what its header says, or -1 */
    int64_t read_bytes; /* of it, so far */
    int64_t members, total_bytes, header_bytes;
    bool at_end, in_member, member_cut;
    bool has_rest; /* of the current member, that is not handed out */
    bool stopped;  /* by a limit, a read that failed: what is behind it is not even looked at */
};

#endif
