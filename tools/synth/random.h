/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

/* A stream of repeatable random numbers.  Every generator has its own, made from the scenario's
 * seed and its own number, so that one more activity leaves the bytes of the others as they were.
 * */
struct random {
    uint64_t state;
};

struct random random_of(uint64_t seed, uint64_t stream);
uint64_t random_next(struct random *random);
/* Returns a number from `low` to `high`, both included. */
uint64_t random_between(struct random *random, uint64_t low, uint64_t high);
/* Returns a number in [0, 1). */
double random_unit(struct random *random);
/* True with the probability `share`.  A share of 0 takes no number from the stream. */
bool random_chance(struct random *random, double share);
/* Appends `count` random bytes. */
void random_bytes(struct random *random, struct text *out, size_t count);
