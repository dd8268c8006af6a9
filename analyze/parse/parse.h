/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_PARSE_PARSE_H
#define OOMSCOPE_PARSE_PARSE_H

#include "fact/store.h"

/* Members of a bundle, a directory or a sosreport to facts. Members may come in any order: they are
 * remembered and read by parse_finish in an order of their own, so that the manifest, the page size
 * and the kind of cgroup hierarchy are known before the first number is converted, and the same
 * evidence always gives the same store. */
struct parse;
struct bundle;

/* Drives everything: reads all members of a bundle, kernel logs in pieces, into the store. `before`
 * is NULL, or an older bundle of the same host, which becomes an earlier sample. Notes of the
 * bundle become observations. False when not all of it could be read or trusted. */
bool parse_bundles(struct bundle *bundle, struct bundle *before, struct store *store);

/* Lives in the arena of the store. */
struct parse *parse_new(struct store *store);

/* Adds one member. `path` may have "./", "/" or an enclosing folder in front. Both spans are
 * borrowed until the store is freed. Kernel logs and journals, told by their path or, outside of a
 * tree, by their text, are read at once. */
void parse_member(struct parse *parse, struct span path, struct span text);

/* The same for a member of an older bundle of the same host (analyze --before OLD NEW): its moving
 * files become an earlier sample, cited as before:PATH. */
void parse_member_before(struct parse *parse, struct span path, struct span text);

/* A member of which nothing is made: the manifest is told that it is there. */
void parse_member_unused(struct parse *parse, struct span path);

/* `path` was not read to its end (a limit was hit, the archive is cut): its last line is not
 * trusted, and tables made from it are incomplete. An empty path says so of the whole input. */
void parse_cut(struct parse *parse, struct span path);

/* Reads all that was added. Call once, after the last member. */
void parse_finish(struct parse *parse);

#endif
