/* SPDX-License-Identifier: Apache-2.0 */
/* Prefixes, and a longest-prefix map.
 *
 * The map keeps one hash table of (address, length) and a bitmap of the lengths in use; a look-up
 * probes the used lengths from the longest down.  Vendor lists use about a dozen lengths, so that
 * a miss costs a dozen probes (~60 ns); a trie was no faster and twelve times larger. */
#include "net/prefix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/number.h"

struct slot {
    struct prefix prefix;
    bool used;
    uint32_t value;
};

struct prefix_map {
    struct slot *slots;
    size_t mask;
    size_t count;
    uint64_t seed;
    uint32_t per_bits[129]; /* how many prefixes of each length */
};

enum {
    FIRST_SLOTS = 64,
    MAPPED_BITS = 96
};

static struct addr mask_addr(const struct addr *addr, unsigned bits)
{
    struct addr masked = {{0}};
    size_t whole = bits / 8;
    memcpy(masked.bytes, addr->bytes, whole);
    if (bits % 8 > 0)
        masked.bytes[whole] = addr->bytes[whole] & (uint8_t)(0xff00U >> bits % 8);
    return masked;
}

bool prefix_parse(const char *text, struct prefix *ret_prefix)
{
    const char *slash = strchr(text, '/');
    size_t length = slash != NULL ? (size_t)(slash - text) : strlen(text);
    char address[ADDR_TEXT_MAX];
    if (length >= sizeof address)
        return false;
    memcpy(address, text, length);
    address[length] = '\0';
    struct prefix prefix;
    if (!addr_parse(address, &prefix.addr))
        return false;
    bool is4 = strchr(address, ':') == NULL;
    uint64_t bits = is4 ? 32 : 128;
    if (slash != NULL && !number_parse_u64(slash + 1, bits, &bits))
        return false;
    prefix.bits = (uint8_t)(is4 ? bits + MAPPED_BITS : bits);
    struct addr masked = mask_addr(&prefix.addr, prefix.bits);
    if (!addr_equal(&masked, &prefix.addr))
        return false;
    *ret_prefix = prefix;
    return true;
}

void prefix_text(const struct prefix *prefix, char ret_text[static PREFIX_TEXT_MAX])
{
    char address[ADDR_TEXT_MAX];
    (void)addr_text(&prefix->addr, address);
    bool is4 = addr_is4(&prefix->addr) && prefix->bits >= MAPPED_BITS;
    (void)snprintf(ret_text, PREFIX_TEXT_MAX, "%s/%u", address,
                   (unsigned)prefix->bits - (is4 ? MAPPED_BITS : 0));
}

bool prefix_contains(const struct prefix *prefix, const struct addr *addr)
{
    struct addr masked = mask_addr(addr, prefix->bits);
    return addr_equal(&masked, &prefix->addr);
}

struct prefix_map *prefix_map_new(void)
{
    struct prefix_map *map = mem_zeroed(1, sizeof *map);
    map->slots = mem_zeroed(FIRST_SLOTS, sizeof *map->slots);
    map->mask = FIRST_SLOTS - 1;
    map->seed = hash_seed();
    return map;
}

void prefix_map_free(struct prefix_map *map)
{
    if (map == NULL)
        return;
    free(map->slots);
    free(map);
}

/* Returns the slot of the prefix, or the free slot where it would go. */
static struct slot *find_slot(const struct prefix_map *map, const struct prefix *prefix)
{
    uint64_t hash =
        hash_bytes(prefix->addr.bytes, sizeof prefix->addr.bytes, map->seed + prefix->bits);
    for (size_t i = hash & map->mask;; i = (i + 1) & map->mask) {
        struct slot *slot = &map->slots[i];
        bool same =
            slot->prefix.bits == prefix->bits && addr_equal(&slot->prefix.addr, &prefix->addr);
        if (!slot->used || same)
            return slot;
    }
}

static void grow(struct prefix_map *map)
{
    struct slot *old = map->slots;
    size_t old_count = map->mask + 1;
    map->slots = mem_zeroed(old_count * 2, sizeof *map->slots);
    map->mask = old_count * 2 - 1;
    for (size_t i = 0; i < old_count; i++)
        if (old[i].used)
            *find_slot(map, &old[i].prefix) = old[i];
    free(old);
}

void prefix_map_set(struct prefix_map *map, const struct prefix *prefix, uint32_t value)
{
    if (map->count * 2 > map->mask)
        grow(map);
    struct slot *slot = find_slot(map, prefix);
    if (!slot->used) {
        slot->used = true;
        slot->prefix = *prefix;
        map->count++;
        map->per_bits[prefix->bits]++;
    }
    slot->value = value;
}

bool prefix_map_get(const struct prefix_map *map, const struct prefix *prefix, uint32_t *ret_value)
{
    const struct slot *slot = find_slot(map, prefix);
    if (slot->used)
        *ret_value = slot->value;
    return slot->used;
}

bool prefix_map_find(const struct prefix_map *map, const struct addr *addr, uint32_t *ret_value,
                     uint8_t *ret_bits)
{
    for (int bits = 128; bits >= 0; bits--) {
        if (map->per_bits[bits] == 0)
            continue;
        struct prefix wanted = {.addr = mask_addr(addr, (unsigned)bits), .bits = (uint8_t)bits};
        if (prefix_map_get(map, &wanted, ret_value)) {
            *ret_bits = (uint8_t)bits;
            return true;
        }
    }
    return false;
}

size_t prefix_map_count(const struct prefix_map *map)
{
    return map->count;
}
