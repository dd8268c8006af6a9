/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_COLLECT_HEADER_H
#define OOMSCOPE_COLLECT_HEADER_H

#include "capture.h"

/* Writes bundle.json, the first member. */
void header_write(struct capture *c);

#endif
