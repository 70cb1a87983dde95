/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* An index from 32-bit hashes to numbers (of slots in some array), for tables that keep their
 * records elsewhere.  It knows no keys: a look-up yields every number that was added under the
 * same hash, and the caller compares keys.  It grows by doubling and never shrinks.  One thread. */
struct index {
    struct index_entry *entries; /* owned */
    uint32_t mask;
    uint32_t count;
};

enum {
    INDEX_NONE = 0x7fffffff /* no number; the greatest that can be added is one less */
};

/* Makes an empty index; released with index_done(). */
void index_init(struct index *index);
/* Releases what the index holds. */
void index_done(struct index *index);
/* Adds `number` under `hash`; the same pair must not be in it. */
void index_add(struct index *index, uint32_t hash, uint32_t number);
/* Removes a pair, which must be there. */
void index_remove(struct index *index, uint32_t hash, uint32_t number);
/* Returns the first number under `hash`, or INDEX_NONE, and writes the place for index_next(). */
uint32_t index_first(const struct index *index, uint32_t hash, uint32_t *ret_place);
/* Returns the next number under `hash` after `*place`, or INDEX_NONE.  No change in between. */
uint32_t index_next(const struct index *index, uint32_t hash, uint32_t *place);
/* Asks the processor to fetch what index_first() will read. */
void index_prefetch(const struct index *index, uint32_t hash);
/* Returns the bytes that the index takes. */
size_t index_bytes(const struct index *index);
