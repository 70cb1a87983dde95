/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "flow/slot.h"

/* Where flow slots live: memory that never moves, a list of free ones, and for each class a list
 * from the flow unseen longest to the newest.  Slots are numbered from 0. */
struct flow_store {
    struct flow_slot **chunks; /* owned, each of FLOW_CHUNK slots */
    uint32_t chunk_count;
    uint32_t used; /* slots ever taken; those above are untouched memory */
    uint32_t free; /* first of the free list */
    uint32_t oldest[FLOW_CLASS_COUNT], newest[FLOW_CLASS_COUNT];
};

enum {
    FLOW_NONE = -1,    /* as uint32_t: no slot */
    FLOW_CHUNK = 32768 /* 6 MiB: whole huge pages */
};

/* Makes an empty store; released with flow_store_done(). */
void flow_store_init(struct flow_store *store);
/* Releases all slots. */
void flow_store_done(struct flow_store *store);
/* Takes a slot, of zeros and in no list; writes its number. */
struct flow_slot *flow_store_take(struct flow_store *store, uint32_t *ret_number);
/* Gives back a slot that is in no list. */
void flow_store_give(struct flow_store *store, uint32_t number);
struct flow_slot *flow_store_at(const struct flow_store *store, uint32_t number);
/* Puts a slot at the new end of the list of slot->class. */
void flow_store_link(struct flow_store *store, uint32_t number);
void flow_store_unlink(struct flow_store *store, uint32_t number);
/* Returns the bytes of the slots that were ever taken; the rest of a chunk is no memory yet. */
size_t flow_store_bytes(const struct flow_store *store);
