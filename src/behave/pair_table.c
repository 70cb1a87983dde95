/* SPDX-License-Identifier: Apache-2.0 */
/* Records live in chunks that never move, are found through an index of hashes, and hang in one list from the pair unheard
 * longest to the newest.
 *
 * Invariants: (1) a record is in index and list, or on the free list; (2) nothing that leaves depends on the order of the
 * index, whose seed is random. */
#include "behave/pair_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/intern.h"
#include "base/memory.h"

enum {
    CHUNK = 4096,
    VICTIM_LOOK = 64 /* how many of those unheard longest compete */
};

void pair_table_init(struct pair_table *table)
{
    *table = (struct pair_table){.free = (uint32_t)PAIR_NONE,
                                 .oldest = (uint32_t)PAIR_NONE,
                                 .newest = (uint32_t)PAIR_NONE,
                                 .texts = intern_new(),
                                 .seed = hash_seed()};
    index_init(&table->index);
}

struct pair *pair_table_at(const struct pair_table *table, uint32_t number)
{
    return &table->chunks[number / CHUNK][number % CHUNK];
}

static void release_parts(struct pair *pair)
{
    free(pair->history);
    free(pair->beat);
    free(pair->volume);
}

void pair_table_done(struct pair_table *table)
{
    for (uint32_t i = 0; i < table->used; i++)
        release_parts(pair_table_at(table, i));
    for (uint32_t i = 0; i * CHUNK < table->used; i++)
        free(table->chunks[i]);
    free(table->chunks);
    index_done(&table->index);
    intern_free(table->texts);
}

/* --- Keys --------------------------------------------------------------------------------------- */

static uint32_t key_hash(const struct pair *key, uint64_t seed)
{
    uint64_t hash = hash_bytes(key->asset.bytes, sizeof key->asset.bytes, seed);
    uint64_t what = (uint64_t)key->kind | (uint64_t)key->channel << 8;
    switch ((enum subject_kind)key->kind) {
    case SUBJECT_SERVICE:
        hash = hash_mix(hash ^ (uint64_t)(uintptr_t)key->vendor,
                        what ^ (uint64_t)(uintptr_t)key->service);
        break;
    case SUBJECT_DOMAIN:
        hash = hash_bytes(key->domain, strlen(key->domain), hash_mix(hash, what));
        break;
    case SUBJECT_CONNECTION:
        what |= (uint64_t)key->asset_port << 48;
        __attribute__((fallthrough));
    case SUBJECT_ENDPOINT:
        what |= (uint64_t)key->endpoint_port << 32 | (uint64_t)key->protocol << 16;
        hash = hash_bytes(key->endpoint.bytes, sizeof key->endpoint.bytes, hash_mix(hash, what));
        break;
    }
    return (uint32_t)(hash ^ hash >> 32);
}

static bool same_endpoint(const struct pair *a, const struct pair *b)
{
    return a->endpoint_port == b->endpoint_port && a->protocol == b->protocol &&
           addr_equal(&a->endpoint, &b->endpoint);
}

static bool same_key(const struct pair *a, const struct pair *b)
{
    if (a->kind != b->kind || a->channel != b->channel || !addr_equal(&a->asset, &b->asset))
        return false;
    switch ((enum subject_kind)a->kind) {
    case SUBJECT_SERVICE:
        return a->vendor == b->vendor && a->service == b->service;
    case SUBJECT_DOMAIN:
        return strcmp(a->domain, b->domain) == 0;
    case SUBJECT_ENDPOINT:
        return same_endpoint(a, b);
    case SUBJECT_CONNECTION:
        return same_endpoint(a, b) && a->asset_port == b->asset_port;
    }
    return false;
}

uint32_t pair_table_find(const struct pair_table *table, struct pair *key)
{
    key->hash = key_hash(key, table->seed);
    uint32_t place = 0;
    uint32_t number = index_first(&table->index, key->hash, &place);
    while (number != INDEX_NONE && !same_key(key, pair_table_at(table, number)))
        number = index_next(&table->index, key->hash, &place);
    return number != INDEX_NONE ? number : (uint32_t)PAIR_NONE;
}

/* --- Records ------------------------------------------------------------------------------------ */

static void unlink_pair(struct pair_table *table, uint32_t number)
{
    struct pair *pair = pair_table_at(table, number);
    if (pair->older != (uint32_t)PAIR_NONE)
        pair_table_at(table, pair->older)->newer = pair->newer;
    else
        table->oldest = pair->newer;
    if (pair->newer != (uint32_t)PAIR_NONE)
        pair_table_at(table, pair->newer)->older = pair->older;
    else
        table->newest = pair->older;
}

static void link_newest(struct pair_table *table, uint32_t number)
{
    struct pair *pair = pair_table_at(table, number);
    pair->older = table->newest;
    pair->newer = (uint32_t)PAIR_NONE;
    if (table->newest != (uint32_t)PAIR_NONE)
        pair_table_at(table, table->newest)->newer = number;
    else
        table->oldest = number;
    table->newest = number;
}

void pair_table_touch(struct pair_table *table, uint32_t number)
{
    if (table->newest == number)
        return;
    unlink_pair(table, number);
    link_newest(table, number);
}

static uint32_t take_number(struct pair_table *table)
{
    if (table->free != (uint32_t)PAIR_NONE) {
        uint32_t number = table->free;
        table->free = pair_table_at(table, number)->newer;
        return number;
    }
    if (table->used % CHUNK == 0) {
        uint32_t chunk = table->used / CHUNK;
        table->chunks = mem_resize(table->chunks, chunk + 1, sizeof(void *));
        table->chunks[chunk] = mem_zeroed(CHUNK, sizeof **table->chunks);
    }
    return table->used++;
}

uint32_t pair_table_make(struct pair_table *table, const struct pair *key)
{
    uint32_t number = take_number(table);
    struct pair *pair = pair_table_at(table, number);
    *pair = *key;
    if (key->domain != NULL)
        pair->domain = intern_take(table->texts, key->domain, strlen(key->domain));
    index_add(&table->index, pair->hash, number);
    link_newest(table, number);
    table->count++;
    return number;
}

/* Of the pairs unheard longest the one heard least; one with a beat only where all of them have one. */
uint32_t pair_table_victim(const struct pair_table *table)
{
    uint32_t victim = table->oldest;
    uint64_t least = UINT64_MAX;
    uint32_t number = table->oldest;
    for (unsigned i = 0; i < VICTIM_LOOK && number != (uint32_t)PAIR_NONE; i++) {
        const struct pair *pair = pair_table_at(table, number);
        uint64_t worth = pair->wakes + (pair->beat != NULL ? UINT64_C(1) << 40 : 0);
        if (worth < least) {
            least = worth;
            victim = number;
        }
        number = pair->newer;
    }
    return victim;
}

void pair_table_release(struct pair_table *table, uint32_t number)
{
    struct pair *pair = pair_table_at(table, number);
    index_remove(&table->index, pair->hash, number);
    unlink_pair(table, number);
    intern_drop(table->texts, pair->domain);
    intern_drop(table->texts, pair->name);
    intern_drop(table->texts, pair->certificate);
    release_parts(pair);
    *pair = (struct pair){.newer = table->free};
    table->free = number;
    table->count--;
}
