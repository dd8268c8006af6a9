/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_PAGE_SIZE_H
#define OOMSCOPE_PARSE_PAGE_SIZE_H

struct parse;

/* Where bundle.json does not say it: the smallest KernelPageSize of a process's mappings, else
 * MemTotal over the managed pages of proc/zoneinfo. Stays unknown when neither is there; that of
 * the machine that runs this program never counts. */
void page_size_find(struct parse *parse);

#endif
