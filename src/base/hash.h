/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A keyed 64-bit hash for tables whose keys an outsider picks.  The seed is random for each run, so
 * that nobody can craft colliding flows; no output may therefore depend on a table's order. */

/* Returns the hash of `size` bytes under `seed`. */
uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed);
/* Returns a random seed for this process; the same one at each call. */
uint64_t hash_seed(void);
/* Mixes two words into one; the 64x64 to 128 bit product folded. */
uint64_t hash_mix(uint64_t a, uint64_t b);
