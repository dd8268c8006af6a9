/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_CITES_H
#define OOMSCOPE_DERIVE_CITES_H

#include "fact/store.h"

/* Sources gathered for one computed fact. Zero-initialise; cites_free at the end. */
struct cites {
    struct ref *refs;
    uint32_t n, room;
};

void cites_add(struct cites *cites, struct ref ref);
void cites_fact(struct cites *cites, enum field_id field, uint32_t row);
void cites_all(struct cites *cites, const struct cites *more);
void cites_free(struct cites *cites);

/* A number that is known is read and cited. */
bool cites_number(struct cites *cites, const struct store *store, enum field_id field, uint32_t row,
                  int64_t *ret_number);

/* A flag that is known and set is cited, and true. */
bool cites_flag(struct cites *cites, const struct store *store, enum field_id field, uint32_t row);

/* Computes the fact from what was gathered, and frees that. */
void cites_compute(struct cites *cites, struct store *store, enum field_id field, uint32_t row,
                   int64_t number);

#endif
