/* SPDX-License-Identifier: Apache-2.0 */
/* The container that the loader fills and the matchers read.
 *
 * 1. Records (vendors, services, ...) are in the arena and never move; hits point to them.
 * 2. Marks and owners are indices while loading, because their arrays grow.
 * 3. After set_settle() nothing changes: threads share the set without locks.
 * A mark is 16 bytes; a host name costs its text, a mark, and 24 + 16 bytes for each new label of
 * its table entry. */
#include "match/set.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

struct signatures *set_new(void)
{
    struct signatures *set = mem_zeroed(1, sizeof *set);
    set->arena = arena_new();
    set->prefixes = prefix_map_new();
    set->agent_expressions = regex_list_new();
    set->uri_expressions = regex_list_new();
    set->marks = mem_zeroed(1, sizeof *set->marks);
    set->mark_count = set->mark_capacity = 1;
    set->info.newest = set->info.digest = "";
    return set;
}

void signatures_free(struct signatures *set)
{
    if (set == NULL)
        return;
    free(set->vendors.items);
    free(set->services.items);
    free(set->regimes.items);
    free(set->owners);
    free(set->marks);
    free(set->globs);
    free(set->uris);
    dict_done(&set->hosts);
    for (size_t i = 0; i < KEYED_COUNT; i++)
        dict_done(&set->keyed[i]);
    needles_done(&set->agents);
    needles_done(&set->issuers);
    needles_done(&set->subjects);
    regex_list_free(set->agent_expressions);
    regex_list_free(set->uri_expressions);
    prefix_map_free(set->prefixes);
    arena_free(set->arena);
    free(set);
}

void pointers_add(struct pointers *pointers, const void *item)
{
    if (pointers->count == pointers->capacity) {
        pointers->capacity = pointers->capacity * 2 + 16;
        pointers->items = mem_resize(pointers->items, pointers->capacity, sizeof *pointers->items);
    }
    pointers->items[pointers->count++] = item;
}

uint32_t set_add_owner(struct signatures *set, const struct owner *owner)
{
    if (set->owner_count == set->owner_capacity) {
        set->owner_capacity = set->owner_capacity * 2 + 64;
        set->owners = mem_resize(set->owners, set->owner_capacity, sizeof *set->owners);
    }
    set->owners[set->owner_count] = *owner;
    return (uint32_t)set->owner_count++;
}

/* Smaller goes first in a chain. */
static unsigned owner_rank(const struct owner *owner)
{
    return owner->negative != NULL ? 0 : 1 + CONFIDENCE_DOCUMENTED - (unsigned)owner->confidence;
}

void set_add_mark(struct signatures *set, uint32_t *head, const char *value, uint32_t owner)
{
    unsigned rank = owner_rank(&set->owners[owner]);
    uint32_t *link = head;
    for (; *link != 0; link = &set->marks[*link].next) {
        const struct mark *mark = &set->marks[*link];
        if (mark->owner == owner)
            return;
        if (owner_rank(&set->owners[mark->owner]) > rank)
            break;
    }
    uint32_t added = (uint32_t)set->mark_count++;
    uint32_t next = *link;
    *link = added;
    if (set->mark_count > set->mark_capacity) {
        set->mark_capacity = set->mark_capacity * 2 + 64;
        set->marks = mem_resize(set->marks, set->mark_capacity, sizeof *set->marks);
    }
    set->marks[added] = (struct mark){.value = value, .owner = owner, .next = next};
}

void set_add_keyed(struct signatures *set, enum keyed table, const void *key, size_t size,
                   const char *value, uint32_t owner)
{
    uint64_t hash = hash_bytes(key, size, 0);
    struct dict *dict = &set->keyed[table];
    if (dict_find(dict, hash, key, size) == NULL) {
        char *kept = arena_zeroed(set->arena, 1, size);
        memcpy(kept, key, size);
        key = kept;
    }
    set_add_mark(set, &dict_add(dict, hash, key, size)->heads[0], value, owner);
}

uint32_t set_find_keyed(const struct signatures *set, enum keyed table, const void *key,
                        size_t size)
{
    const struct dict_entry *entry =
        dict_find(&set->keyed[table], hash_bytes(key, size, 0), key, size);
    return entry != NULL ? entry->heads[0] : 0;
}

void set_add_prefix(struct signatures *set, const struct prefix *prefix, const char *value,
                    uint32_t owner)
{
    uint32_t head = 0;
    (void)prefix_map_get(set->prefixes, prefix, &head);
    set_add_mark(set, &head, value, owner);
    prefix_map_set(set->prefixes, prefix, head);
}

void set_add_needle(struct signatures *set, struct needles *needles, const char *text,
                    size_t length, const char *value, uint32_t owner)
{
    set_add_mark(set, &needles_add(needles, text, length)->mark, value, owner);
}

static int compare_uris(const void *a, const void *b)
{
    const struct uri *left = a, *right = b;
    return strcmp(left->text, right->text);
}

/* Sorts the path prefixes and links each to the longest one that it starts with (see match_uri). */
static void sort_uris(struct signatures *set)
{
    const struct dict *dict = &set->keyed[KEYED_URI];
    if (dict->count == 0)
        return;
    set->uris = mem_zeroed(dict->count, sizeof *set->uris);
    for (uint32_t i = 0; i < dict->count; i++) {
        uint32_t mark = dict->entries[i].heads[0];
        set->uris[i] = (struct uri){
            .text = set->marks[mark].value, .length = dict->entries[i].length, .mark = mark};
    }
    qsort(set->uris, dict->count, sizeof *set->uris, compare_uris);
    for (uint32_t i = 1; i < dict->count; i++) {
        uint32_t parent = i; /* index + 1 of the one before */
        while (parent != 0 && strncmp(set->uris[parent - 1].text, set->uris[i].text,
                                      set->uris[parent - 1].length) != 0)
            parent = set->uris[parent - 1].parent;
        set->uris[i].parent = parent;
    }
}

static size_t set_bytes(const struct signatures *set)
{
    size_t bytes = sizeof *set + arena_bytes(set->arena) + dict_bytes(&set->hosts);
    bytes += set->owner_capacity * sizeof *set->owners + set->mark_capacity * sizeof *set->marks;
    bytes += set->glob_capacity * sizeof *set->globs;
    for (size_t i = 0; i < KEYED_COUNT; i++)
        bytes += dict_bytes(&set->keyed[i]);
    return bytes + prefix_map_count(set->prefixes) * 4 * sizeof(struct prefix);
}

void set_settle(struct signatures *set)
{
    sort_uris(set);
    arena_settle(set->arena);
    dict_settle(&set->hosts);
    for (size_t i = 0; i < KEYED_COUNT; i++)
        dict_settle(&set->keyed[i]);
    set->mark_capacity = set->mark_count;
    set->marks = mem_resize(set->marks, set->mark_capacity, sizeof *set->marks);
    set->info.services = set->services.count;
    set->info.regimes = set->regimes.count;
    set->info.bytes = set_bytes(set);
}

void port_key(uint8_t protocol, uint16_t port, char ret_key[static PORT_KEY_SIZE])
{
    ret_key[0] = (char)protocol;
    ret_key[1] = (char)(port >> 8);
    ret_key[2] = (char)(port & 0xff);
}

void asn_key(uint32_t asn, char ret_key[static ASN_KEY_SIZE])
{
    memcpy(ret_key, &asn, ASN_KEY_SIZE);
}

struct hit set_hit(const struct signatures *set, uint32_t mark, enum indicator indicator,
                   unsigned length)
{
    const struct owner *owner = &set->owners[set->marks[mark].owner];
    return (struct hit){.service = owner->service,
                        .negative = owner->negative,
                        .network = owner->network,
                        .vendor = owner->vendor,
                        .indicator = indicator,
                        .confidence = owner->confidence,
                        .value = set->marks[mark].value,
                        .dated = owner->network != NULL ? owner->network->dated : NULL,
                        .length = length};
}

const struct signatures_info *signatures_info(const struct signatures *set)
{
    return &set->info;
}

static const void *pointer_at(const struct pointers *pointers, size_t index)
{
    return index < pointers->count ? pointers->items[index] : NULL;
}

const struct vendor *signatures_vendor(const struct signatures *set, size_t index)
{
    return pointer_at(&set->vendors, index); /* the first member of a vendor_record */
}

const struct service *signatures_service(const struct signatures *set, size_t index)
{
    return pointer_at(&set->services, index);
}

const struct regime *signatures_regime(const struct signatures *set, size_t index)
{
    return pointer_at(&set->regimes, index);
}

const struct regime *signatures_find_regime(const struct signatures *set, const char *id)
{
    for (size_t i = 0; i < set->regimes.count; i++) {
        const struct regime *regime = set->regimes.items[i];
        if (strcmp(regime->id, id) == 0)
            return regime;
    }
    return NULL;
}
