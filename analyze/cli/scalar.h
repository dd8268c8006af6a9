/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_CLI_SCALAR_H
#define OOMSCOPE_CLI_SCALAR_H

#include "base/buf.h"

/* A scalar of YAML that is surely text and reads again as it was: in single quotes, which hold all
 * that is printable, else in double ones with the characters by number. */
void scalar_write(struct span text, struct buf *out);

#endif
