/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "base/index.h"
#include "behave/pair.h"

struct intern;

/* Inside behave/: where the records of pairs live, how they are found, and which goes first. */
struct pair_table {
    struct pair **chunks;
    uint32_t used;  /* records ever taken */
    uint32_t count; /* in use */
    uint32_t free, oldest, newest;
    struct index index;
    struct intern *texts; /* names and domains */
    uint64_t seed;
};

enum {
    PAIR_TABLE_MIN = 128 /* a bound below this would let go of what is in use */
};

/* Makes an empty table; released with pair_table_done(). */
void pair_table_init(struct pair_table *table);
/* Releases all records. */
void pair_table_done(struct pair_table *table);
/* Returns the record; it stays where it is until it is released. */
struct pair *pair_table_at(const struct pair_table *table, uint32_t number);
/* Returns the number of the record with the key that `key` holds, whose hash it sets; PAIR_NONE where there is none. */
uint32_t pair_table_find(const struct pair_table *table, struct pair *key);
/* Makes a record of a key that was not found, as the newest; the domain is copied. */
uint32_t pair_table_make(struct pair_table *table, const struct pair *key);
/* Makes the record the newest. */
void pair_table_touch(struct pair_table *table, uint32_t number);
/* Returns the record that is least worth keeping; there must be one. */
uint32_t pair_table_victim(const struct pair_table *table);
/* Gives a record back, with its history, beat and volume. */
void pair_table_release(struct pair_table *table, uint32_t number);
