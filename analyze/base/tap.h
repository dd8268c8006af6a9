/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_BASE_TAP_H
#define OOMSCOPE_BASE_TAP_H

#include "base/buf.h"

/* The name of a test in a line of TAP, made visible. What stands behind a # there is an order to
 * who reads it, of which one makes a success of a failure. */
void tap_name(struct span name, struct buf *out);

#endif
