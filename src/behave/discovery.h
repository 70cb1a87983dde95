/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/* Multiple-testing control over the pairs that are tracked now (Benjamini and Hochberg, 1995): with a hundred thousand
 * pairs, a thousand fall below p = 0.01 by chance.  Keeps the latest p-value of each pair in buckets of a factor of two. */
enum {
    DISCOVERY_BUCKETS = 64
};

struct discovery {
    uint32_t tests;
    uint32_t below[DISCOVERY_BUCKETS]; /* pairs whose p-value lies in (2^-(i+1), 2^-i] */
};

/* Returns the bucket of a p-value, from 0 (about 1) up. */
uint8_t discovery_bucket(double p_value);
/* Counts a pair's p-value in or out. */
void discovery_add(struct discovery *discovery, uint8_t bucket);
void discovery_remove(struct discovery *discovery, uint8_t bucket);
/* Returns the greatest p-value that is significant while at most the share `rate` of what is called significant is chance;
 * rounded down to a power of two, 0 where none is. */
double discovery_limit(const struct discovery *discovery, double rate);
