/* SPDX-License-Identifier: Apache-2.0 */
/* Slots in chunks of three huge pages: a random look-up into a hundred megabytes of small pages
 * costs more in address translation than in cache misses.  Links are 32-bit numbers, half of
 * pointers.  A chunk is touched slot by slot, so that memory grows with the flows and not with
 * the bound; a slot that is free again is used first, the last freed before others (its lines are
 * still in the cache). */
#include "flow/store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/memory.h"

enum {
    HUGE_PAGE = 2 << 20
};

void flow_store_init(struct flow_store *store)
{
    *store = (struct flow_store){.free = (uint32_t)FLOW_NONE};
    for (size_t i = 0; i < FLOW_CLASS_COUNT; i++)
        store->oldest[i] = store->newest[i] = (uint32_t)FLOW_NONE;
}

void flow_store_done(struct flow_store *store)
{
    for (uint32_t i = 0; i < store->chunk_count; i++)
        free(store->chunks[i]);
    free(store->chunks);
    flow_store_init(store);
}

struct flow_slot *flow_store_at(const struct flow_store *store, uint32_t number)
{
    return &store->chunks[number / FLOW_CHUNK][number % FLOW_CHUNK];
}

static struct flow_slot *chunk_new(void)
{
    size_t bytes = FLOW_CHUNK * sizeof(struct flow_slot);
    struct flow_slot *chunk = mem_aligned(HUGE_PAGE, bytes);
    (void)madvise(chunk, bytes, MADV_HUGEPAGE); /* a wish: without it, it is only slower */
    return chunk;
}

struct flow_slot *flow_store_take(struct flow_store *store, uint32_t *ret_number)
{
    uint32_t number = store->free;
    if (number != (uint32_t)FLOW_NONE) {
        store->free = flow_store_at(store, number)->newer;
    } else {
        number = store->used++;
        if (number / FLOW_CHUNK == store->chunk_count) {
            store->chunks =
                mem_resize(store->chunks, store->chunk_count + 1, sizeof(struct flow_slot *));
            store->chunks[store->chunk_count++] = chunk_new();
        }
    }
    struct flow_slot *slot = flow_store_at(store, number);
    memset(slot, 0, sizeof *slot);
    slot->newer = slot->older = (uint32_t)FLOW_NONE;
    *ret_number = number;
    return slot;
}

void flow_store_give(struct flow_store *store, uint32_t number)
{
    flow_store_at(store, number)->newer = store->free;
    store->free = number;
}

void flow_store_link(struct flow_store *store, uint32_t number)
{
    struct flow_slot *slot = flow_store_at(store, number);
    uint32_t before = store->newest[slot->class];
    slot->older = before;
    slot->newer = (uint32_t)FLOW_NONE;
    if (before == (uint32_t)FLOW_NONE)
        store->oldest[slot->class] = number;
    else
        flow_store_at(store, before)->newer = number;
    store->newest[slot->class] = number;
}

void flow_store_unlink(struct flow_store *store, uint32_t number)
{
    struct flow_slot *slot = flow_store_at(store, number);
    if (slot->older == (uint32_t)FLOW_NONE)
        store->oldest[slot->class] = slot->newer;
    else
        flow_store_at(store, slot->older)->newer = slot->newer;
    if (slot->newer == (uint32_t)FLOW_NONE)
        store->newest[slot->class] = slot->older;
    else
        flow_store_at(store, slot->newer)->older = slot->older;
}

size_t flow_store_bytes(const struct flow_store *store)
{
    return store->used * sizeof(struct flow_slot) + store->chunk_count * sizeof(struct flow_slot *);
}
