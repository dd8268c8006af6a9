/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_RULE_IMAGE_H
#define OOMSCOPE_RULE_IMAGE_H

#include "base/buf.h"
#include "rule/body.h"

/* A loaded rule without its tests and without what only errors of loading need, as bytes: what the
 * build keeps of the rules of the program, since to read and check their YAML takes longer than all
 * the rest of a run on a small log. Only the build that wrote an image can read it: enums and
 * fields stand in it as numbers. */

void rule_image_write(const struct rule *rule, struct buf *out);
/* The rule in the arena; its texts are spans of the image. `file` and `yaml` as for rule_load.
 * An image that is cut short gives a rule that lacks what was cut. */
struct rule *rule_image_read(struct span image, const char *file, struct span yaml,
                             const struct rule_limits *limits, struct arena *arena);

#endif
