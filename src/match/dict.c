/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing with linear probing over 8-byte slots (half of the hash and an index), entries
 * apart in one array: a miss costs one cache line of the slots and never touches the entries.  At
 * most half full. A perfect hash was considered: one probe as well, but it has to compare the text
 * anyhow (names come from outside), and building it is slower than loading the files.  24 bytes an
 * entry, 16 to 32 of slots. */
#include "match/dict.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
    FIRST_SLOTS = 16
};

void dict_done(struct dict *dict)
{
    free(dict->slots);
    free(dict->entries);
    *dict = (struct dict){0};
}

/* Returns the slot of the text, or the free one where it would go. */
static size_t find_slot(const struct dict *dict, uint32_t tag, const char *text, size_t length)
{
    for (size_t i = tag & dict->mask;; i = (i + 1) & dict->mask) {
        const struct dict_slot *slot = &dict->slots[i];
        if (slot->entry == 0)
            return i;
        const struct dict_entry *entry = &dict->entries[slot->entry - 1];
        if (slot->tag == tag && entry->length == length && memcmp(entry->text, text, length) == 0)
            return i;
    }
}

const struct dict_entry *dict_find(const struct dict *dict, uint64_t hash, const char *text,
                                   size_t length)
{
    if (dict->slots == NULL)
        return NULL;
    uint32_t entry = dict->slots[find_slot(dict, (uint32_t)hash, text, length)].entry;
    return entry != 0 ? &dict->entries[entry - 1] : NULL;
}

static void grow(struct dict *dict)
{
    struct dict_slot *old = dict->slots;
    size_t old_count = old != NULL ? dict->mask + 1 : 0;
    size_t count = old != NULL ? old_count * 2 : FIRST_SLOTS;
    dict->slots = mem_zeroed(count, sizeof *dict->slots);
    dict->mask = count - 1;
    for (size_t i = 0; i < old_count; i++) {
        if (old[i].entry == 0)
            continue;
        size_t at = old[i].tag & dict->mask;
        while (dict->slots[at].entry != 0)
            at = (at + 1) & dict->mask;
        dict->slots[at] = old[i];
    }
    free(old);
}

struct dict_entry *dict_add(struct dict *dict, uint64_t hash, const char *text, size_t length)
{
    if (dict->slots == NULL || (size_t)dict->count * 2 > dict->mask)
        grow(dict);
    struct dict_slot *slot = &dict->slots[find_slot(dict, (uint32_t)hash, text, length)];
    if (slot->entry != 0)
        return &dict->entries[slot->entry - 1];
    if (dict->count == dict->capacity) {
        dict->capacity = dict->capacity * 2 + FIRST_SLOTS;
        dict->entries = mem_resize(dict->entries, dict->capacity, sizeof *dict->entries);
    }
    struct dict_entry *entry = &dict->entries[dict->count++];
    *entry = (struct dict_entry){.text = text, .length = (uint32_t)length};
    *slot = (struct dict_slot){.tag = (uint32_t)hash, .entry = dict->count};
    return entry;
}

void dict_settle(struct dict *dict)
{
    if (dict->entries == NULL)
        return;
    dict->capacity = dict->count;
    dict->entries = mem_resize(dict->entries, dict->capacity, sizeof *dict->entries);
}

size_t dict_bytes(const struct dict *dict)
{
    size_t slots = dict->slots != NULL ? dict->mask + 1 : 0;
    return slots * sizeof *dict->slots + dict->capacity * sizeof *dict->entries;
}
