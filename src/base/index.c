/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing with linear probing over entries of 8 bytes: the hash and the number.
 *
 * Invariants: (1) every entry can be reached from the home of its hash without crossing a free
 * one; (2) at most three quarters are used, so that a search ends.  Removal moves later entries
 * back (no tombstones: a table that lives for months under churn must not silt up).  The whole
 * hash is kept, so that neither growing nor removal touches the records, and a miss costs one
 * cache line.
 *
 * Entries of 4 bytes (short tag and number) were weighed: 8 bytes a record less, but removal and
 * growth would then read every record.  Cost: 11 to 21 bytes a number. */
#include "base/index.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

struct index_entry {
    uint32_t hash;
    uint32_t number_plus_one; /* 0: free */
};

enum {
    FIRST_ENTRIES = 256
};

void index_init(struct index *index)
{
    index->entries = mem_zeroed(FIRST_ENTRIES, sizeof *index->entries);
    index->mask = FIRST_ENTRIES - 1;
    index->count = 0;
}

void index_done(struct index *index)
{
    free(index->entries);
    *index = (struct index){0};
}

/* Puts an entry into the first free place from its home on. */
static void put(struct index *index, struct index_entry entry)
{
    uint32_t place = entry.hash & index->mask;
    while (index->entries[place].number_plus_one != 0)
        place = (place + 1) & index->mask;
    index->entries[place] = entry;
}

static void grow(struct index *index)
{
    struct index_entry *old = index->entries;
    size_t old_count = (size_t)index->mask + 1;
    index->entries = mem_zeroed(old_count * 2, sizeof *index->entries);
    index->mask = index->mask * 2 + 1;
    for (size_t i = 0; i < old_count; i++)
        if (old[i].number_plus_one != 0)
            put(index, old[i]);
    free(old);
}

void index_add(struct index *index, uint32_t hash, uint32_t number)
{
    assert(number < INDEX_NONE);
    if (index->count >= index->mask / 4 * 3)
        grow(index);
    put(index, (struct index_entry){.hash = hash, .number_plus_one = number + 1});
    index->count++;
}

void index_remove(struct index *index, uint32_t hash, uint32_t number)
{
    struct index_entry *entries = index->entries;
    uint32_t hole = hash & index->mask;
    while (entries[hole].number_plus_one != number + 1) {
        assert(entries[hole].number_plus_one != 0);
        hole = (hole + 1) & index->mask;
    }
    uint32_t place = hole;
    for (;;) {
        place = (place + 1) & index->mask;
        if (entries[place].number_plus_one == 0)
            break;
        /* It may move into the hole unless its home lies behind the hole. */
        uint32_t from_home = (place - entries[place].hash) & index->mask;
        uint32_t from_hole = (place - hole) & index->mask;
        if (from_home >= from_hole) {
            entries[hole] = entries[place];
            hole = place;
        }
    }
    entries[hole] = (struct index_entry){0};
    index->count--;
}

static uint32_t search(const struct index *index, uint32_t hash, uint32_t *place)
{
    uint32_t at = *place;
    for (; index->entries[at].number_plus_one != 0; at = (at + 1) & index->mask) {
        if (index->entries[at].hash == hash) {
            *place = at;
            return index->entries[at].number_plus_one - 1;
        }
    }
    return INDEX_NONE;
}

uint32_t index_first(const struct index *index, uint32_t hash, uint32_t *ret_place)
{
    *ret_place = hash & index->mask;
    return search(index, hash, ret_place);
}

uint32_t index_next(const struct index *index, uint32_t hash, uint32_t *place)
{
    *place = (*place + 1) & index->mask;
    return search(index, hash, place);
}

void index_prefetch(const struct index *index, uint32_t hash)
{
    __builtin_prefetch(&index->entries[hash & index->mask]);
}

size_t index_bytes(const struct index *index)
{
    return ((size_t)index->mask + 1) * sizeof *index->entries;
}
