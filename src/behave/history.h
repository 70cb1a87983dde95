/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The latest wake-ups of one pair, in order, at a resolution of a millisecond.  Grows by doubling to HISTORY_MAX times
 * (1 KiB), then forgets the oldest.  One allocation, released with free(). */
struct history;

enum {
    HISTORY_MAX = 256,
    HISTORY_DROP = 32 /* forgotten at once, so that a full history is moved rarely */
};

/* Adds a wake-up to `history` (NULL: a new one) and returns the history, which may have moved.  A time between others goes to
 * its place; one before everything that a full history still knows, or more than 49 days before its newest, is forgotten. */
struct history *history_add(struct history *history, int64_t ts_ns);
/* Returns how many wake-ups are kept; 0 for NULL. */
size_t history_count(const struct history *history);
/* Writes the times, oldest first; returns how many. */
size_t history_times(const struct history *history, int64_t ret_times_ns[static HISTORY_MAX]);
/* Returns the time of the oldest wake-up that is kept; there must be one. */
int64_t history_oldest(const struct history *history);
/* Returns the bytes that it takes. */
size_t history_bytes(const struct history *history);
