/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/* How often an agent speaks, in hours of its machine's presence, and what a silence therefore means. */
struct silence {
    uint32_t latest;  /* count of the machine's hours at the latest contact */
    uint16_t events;  /* further hours with contact since the first, */
    uint16_t longest; /* the longest way from one to the next, */
    uint32_t span;    /* and the way from the first to the latest; all in the machine's hours */
    uint64_t squares; /* sum of the squares of the ways */
};

/* Begins anew with a contact in the machine's `hours`-th hour. */
void silence_begin(struct silence *silence, uint32_t hours);
/* Counts a contact in the machine's `hours`-th hour. */
void silence_note(struct silence *silence, uint32_t hours);
/* Returns the chance that an agent that is there says nothing until the machine's `hours`-th hour, 1 where too little is known, and
 * writes how many hours with contact were to be expected. */
double silence_chance(const struct silence *silence, uint32_t hours, double *ret_expected);
