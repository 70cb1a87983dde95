/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

/* Reads a number of 1 to `max_digits` digits (at most 9) to `base` (10 or 16) at the front of
 * `*at` and steps over it.  False, nothing moved, where there is none. */
bool digits_take(const char **at, unsigned base, unsigned max_digits, unsigned *ret_value);
/* Steps over `word` at the front of `*at`; false where something else stands there. */
bool digits_skip(const char **at, const char *word);
