/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/addr.h"

/* An address prefix.  IPv4 prefixes are kept in the mapped range, so `bits` runs from 0 to 128
 * and an IPv4 /24 is 120. */
struct prefix {
    struct addr addr; /* bits past the length are zero */
    uint8_t bits;
};

enum {
    PREFIX_TEXT_MAX = ADDR_TEXT_MAX + 4
};

/* Reads `192.0.2.0/24`, `2001:db8::/32` or one address.  False for anything else, and for
 * addresses with bits set past the length (a typing error more often than a habit). */
bool prefix_parse(const char *text, struct prefix *ret_prefix);
/* Writes the usual text form and a NUL. */
void prefix_text(const struct prefix *prefix, char ret_text[static PREFIX_TEXT_MAX]);
bool prefix_contains(const struct prefix *prefix, const struct addr *addr);

/* A map from prefixes to small numbers; a look-up finds the longest prefix that holds an
 * address.  IPv4 lies inside ::/0, so that one entry can be the default of both. */
struct prefix_map;

struct prefix_map *prefix_map_new(void);
void prefix_map_free(struct prefix_map *map);
/* Sets the value of `prefix`; a value that was there is replaced. */
void prefix_map_set(struct prefix_map *map, const struct prefix *prefix, uint32_t value);
/* Returns true and the value of exactly this prefix where it is in the map. */
bool prefix_map_get(const struct prefix_map *map, const struct prefix *prefix, uint32_t *ret_value);
/* Returns true, the value and the length of the longest prefix that contains `addr`. */
bool prefix_map_find(const struct prefix_map *map, const struct addr *addr, uint32_t *ret_value,
                     uint8_t *ret_bits);
size_t prefix_map_count(const struct prefix_map *map);
