/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "match/dict.h"

enum {
    NEEDLE_MIN = 4, /* characters; shorter texts are found in too much to say anything */
    NEEDLE_FILTER_BITS = 4096
};

/* Finds which of many texts stand somewhere in another one. */
struct needle {
    const char *text;
    uint32_t length;
    uint32_t mark; /* the user's: 0 at first */
    uint32_t next; /* index + 1 of the next one that starts with the same four bytes */
};

struct needles {
    struct dict grams;
    uint64_t filter[NEEDLE_FILTER_BITS / 64]; /* a bit for the hash of each gram */
    struct needle *items;
    uint32_t count, capacity;
};

/* A walk over the needles in one text.  Fill text and length, zero the rest. */
struct needle_scan {
    const char *text;
    size_t length;
    size_t at;     /* where to look next */
    uint32_t next; /* index + 1 of the needle to try next, one place before `at`; 0: none */
};

/* Releases the index; its texts are the arena's. */
void needles_done(struct needles *needles);
/* Returns the needle with this text (at least NEEDLE_MIN characters, borrowed), added where it is
 * new.  Valid until the next call. */
struct needle *needles_add(struct needles *needles, const char *text, size_t length);
/* Returns the next needle that stands in the text, NULL at the end.  One that stands there twice
 * comes twice. */
const struct needle *needles_next(const struct needles *needles, struct needle_scan *scan);
