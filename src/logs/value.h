/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of a line; `at` is NULL where there is no value. */
struct slice {
    const char *at;
    size_t length;
};

/* True where the piece is exactly `text`. */
bool slice_is(struct slice slice, const char *text);
/* Takes what stands before the next separator, or the end, off the front of a line.  False where nothing is left, not even an
 * empty piece behind a last separator. */
bool slice_take(struct slice *rest, char separator, struct slice *ret_piece);
/* Reads a decimal number (sign, fraction and exponent are allowed) times `unit`; what is below 1 is cut off.  False for
 * anything else and for results beyond SERIES_TIME_MAX. */
bool value_decimal(struct slice slice, int64_t unit, int64_t *ret_value);
/* Reads a time in seconds since 1970, or as `2026-11-22T10:45:15.123456Z` (RFC 3339; a blank for the T, no seconds, offsets
 * with and without a colon are allowed; no offset is UTC). */
bool value_time(struct slice slice, int64_t *ret_ns);
