/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_LOG_PASTE_H
#define OOMSCOPE_LOG_PASTE_H

#include "log/peel.h"

/* What terminals, mails and web pages did to a line is undone: blanks around it, colours, "> ",
 * HTML. The result lives until the next line. */
struct span paste_undo(struct peeler *peeler, struct span line);

#endif
