/* SPDX-License-Identifier: Apache-2.0 */
/* Prefixes, and a longest-prefix map.
 *
 * The map keeps one hash table of (address, length) and for each family the lengths in use; a
 * look-up probes these from the longest down.  Vendor lists use about a dozen lengths, so that a
 * miss costs a dozen probes (~60 ns); a trie was no faster and twelve times larger. */
#include "net/prefix.h"

#include <endian.h>
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

/* Lengths of the prefixes that may hold an address of one family, longest first. */
struct lengths {
    uint8_t bits[129];
    unsigned count;
};

struct prefix_map {
    struct slot *slots;
    size_t mask;
    size_t count;
    uint64_t seed;
    struct lengths lengths4, lengths6;
};

enum {
    FIRST_SLOTS = 64,
    MAPPED_BITS = 96
};

static const struct addr mapped = {
    {[10] = 0xff, [11] = 0xff}}; /* where IPv4 begins, RFC 4291 section 2.5.5.2 */

static uint64_t mask_half(const uint8_t bytes[static 8], unsigned bits)
{
    uint64_t half = 0;
    memcpy(&half, bytes, sizeof half);
    if (bits >= 64)
        return half;
    return bits > 0 ? half & htobe64(UINT64_MAX << (64 - bits)) : 0;
}

static struct addr mask_addr(const struct addr *addr, unsigned bits)
{
    uint64_t halves[2] = {mask_half(addr->bytes, bits),
                          mask_half(addr->bytes + 8, bits > 64 ? bits - 64 : 0)};
    struct addr masked;
    memcpy(masked.bytes, halves, sizeof masked.bytes);
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
    uint64_t halves[2];
    memcpy(halves, prefix->addr.bytes, sizeof halves);
    uint64_t hash = hash_mix(hash_mix(halves[0] ^ map->seed, prefix->bits), halves[1] ^ map->seed);
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

static void lengths_add(struct lengths *lengths, uint8_t bits)
{
    unsigned at = 0;
    while (at < lengths->count && lengths->bits[at] > bits)
        at++;
    if (at < lengths->count && lengths->bits[at] == bits)
        return;
    memmove(&lengths->bits[at + 1], &lengths->bits[at], lengths->count - at);
    lengths->bits[at] = bits;
    lengths->count++;
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
        bool is4 = addr_is4(&prefix->addr) && prefix->bits >= MAPPED_BITS;
        if (is4 || prefix_contains(prefix, &mapped))
            lengths_add(&map->lengths4, prefix->bits);
        if (!is4)
            lengths_add(&map->lengths6, prefix->bits);
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
    const struct lengths *lengths = addr_is4(addr) ? &map->lengths4 : &map->lengths6;
    for (unsigned i = 0; i < lengths->count; i++) {
        uint8_t bits = lengths->bits[i];
        struct prefix wanted = {.addr = mask_addr(addr, bits), .bits = bits};
        if (prefix_map_get(map, &wanted, ret_value)) {
            *ret_bits = bits;
            return true;
        }
    }
    return false;
}

size_t prefix_map_count(const struct prefix_map *map)
{
    return map->count;
}
