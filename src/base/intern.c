/* SPDX-License-Identifier: Apache-2.0 */
/* Interned strings: a chained table over separately allocated entries, the text behind a small
 * header, so that the header is found from the text by subtraction.  24 bytes a string plus its
 * text. */
#include "base/intern.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

struct entry {
    struct entry *next;
    uint64_t hash;
    uint32_t references;
    uint32_t length;
    char text[];
};

struct intern {
    struct entry **buckets;
    size_t mask;
    size_t count;
    size_t bytes;
    uint64_t seed;
};

enum {
    FIRST_BUCKETS = 256,
    LENGTH_MAX = 65535
};

struct intern *intern_new(void)
{
    struct intern *pool = mem_zeroed(1, sizeof *pool);
    pool->buckets = mem_zeroed(FIRST_BUCKETS, sizeof(struct entry *));
    pool->mask = FIRST_BUCKETS - 1;
    pool->seed = hash_seed();
    return pool;
}

void intern_free(struct intern *pool)
{
    if (pool == NULL)
        return;
    for (size_t i = 0; i <= pool->mask; i++) {
        for (struct entry *entry = pool->buckets[i]; entry != NULL;) {
            struct entry *next = entry->next;
            free(entry);
            entry = next;
        }
    }
    free(pool->buckets);
    free(pool);
}

static void intern_grow(struct intern *pool)
{
    size_t mask = pool->mask * 2 + 1;
    struct entry **buckets = mem_zeroed(mask + 1, sizeof(struct entry *));
    for (size_t i = 0; i <= pool->mask; i++) {
        for (struct entry *entry = pool->buckets[i]; entry != NULL;) {
            struct entry *next = entry->next;
            struct entry **slot = &buckets[entry->hash & mask];
            entry->next = *slot;
            *slot = entry;
            entry = next;
        }
    }
    free(pool->buckets);
    pool->buckets = buckets;
    pool->mask = mask;
}

const char *intern_take(struct intern *pool, const char *bytes, size_t length)
{
    if (length > LENGTH_MAX)
        length = LENGTH_MAX;
    uint64_t hash = hash_bytes(bytes, length, pool->seed);
    for (struct entry *entry = pool->buckets[hash & pool->mask]; entry != NULL;
         entry = entry->next) {
        if (entry->hash == hash && entry->length == length &&
            (length == 0 || memcmp(entry->text, bytes, length) == 0)) {
            entry->references++;
            return entry->text;
        }
    }
    if (pool->count > pool->mask)
        intern_grow(pool);
    struct entry *entry = mem_alloc(sizeof *entry + length + 1);
    entry->hash = hash;
    entry->references = 1;
    entry->length = (uint32_t)length;
    if (length > 0)
        memcpy(entry->text, bytes, length);
    entry->text[length] = '\0';
    struct entry **slot = &pool->buckets[hash & pool->mask];
    entry->next = *slot;
    *slot = entry;
    pool->count++;
    pool->bytes += sizeof *entry + length + 1;
    return entry->text;
}

/* Our own entry, not packet bytes: the text always stands behind its header. */
static struct entry *entry_of(const char *string)
{
    union {
        const char *theirs;
        char *ours;
    } text = {.theirs = string}; /* only the pool may write, so callers see const */
    return (struct entry *)(void *)(text.ours - offsetof(struct entry, text));
}

const char *intern_again(struct intern *pool, const char *string)
{
    (void)pool;
    if (string != NULL)
        entry_of(string)->references++;
    return string;
}

void intern_drop(struct intern *pool, const char *string)
{
    if (string == NULL)
        return;
    struct entry *entry = entry_of(string);
    assert(entry->references > 0);
    if (--entry->references > 0)
        return;
    struct entry **slot = &pool->buckets[entry->hash & pool->mask];
    while (*slot != entry)
        slot = &(*slot)->next;
    *slot = entry->next;
    pool->count--;
    pool->bytes -= sizeof *entry + entry->length + 1;
    free(entry);
}

size_t intern_count(const struct intern *pool)
{
    return pool->count;
}

size_t intern_bytes(const struct intern *pool)
{
    return pool->bytes;
}
