/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "match/set.h"

enum {
    CANDIDATES_MAX = 32
};

/* One listed value that fits a name. */
struct candidate {
    enum indicator indicator; /* NAME_EXACT, NAME_SUFFIX or NAME_GLOB */
    unsigned length;          /* literal characters */
    uint32_t mark;            /* first of its chain */
};

/* Says what is wrong with a host value of a file, NULL where it is good: `name`, `.suffix`, or a
 * pattern whose last two labels have no wildcard. */
const char *host_fault(const char *value);
/* Adds a good host value, which has to be the arena's, to the set. */
void host_add(struct signatures *set, const char *value, uint32_t owner);
/* Writes the values that fit `name` (normalised), the winner first; where there are more than
 * CANDIDATES_MAX, the best. Returns how many. */
size_t host_find(const struct signatures *set, const char *name,
                 struct candidate ret_found[static CANDIDATES_MAX]);
