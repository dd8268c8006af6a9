/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_CITE_H
#define OOMSCOPE_DERIVE_CITE_H

#include "fact/store.h"

/* Sources gathered for one computed fact. Zero-initialise; cite_free at the end. */
struct cites {
    struct ref *refs;
    uint32_t n, room;
};

void cite(struct cites *cites, struct ref ref);
void cite_fact(struct cites *cites, enum field_id field, uint32_t row);
void cite_all(struct cites *cites, const struct cites *more);
void cite_free(struct cites *cites);

/* A number that is known is read and cited. */
bool cite_number(struct cites *cites, const struct store *store, enum field_id field, uint32_t row,
                 int64_t *ret_number);

/* Computes the fact from what was gathered, and frees that. */
void cite_compute(struct cites *cites, struct store *store, enum field_id field, uint32_t row,
                  int64_t number);

#endif
