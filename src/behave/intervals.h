/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

#include "behave/wakeups.h"

/* The intervals between wake-ups, in order of time and in order of length, with running sums so
 * that any stretch of lengths has its count, mean and mean logarithm in a few operations. */
struct intervals {
    size_t count;
    double in_time_s[SCORE_TIMES_MAX];
    double by_length_s[SCORE_TIMES_MAX];
    /* Entry i is the sum over the i shortest. */
    double sum[SCORE_TIMES_MAX + 1];
    double log_sum[SCORE_TIMES_MAX + 1];
    double log_square_sum[SCORE_TIMES_MAX + 1];
};

/* Fills in the intervals of at least two wake-ups. */
void intervals_of(const struct wakeups *wakeups, struct intervals *ret_intervals);

/* How many are shorter than, or not longer than, `length_s`. */
size_t intervals_shorter(const struct intervals *intervals, double length_s);
size_t intervals_up_to(const struct intervals *intervals, double length_s);

/* How many are within [from_s, to_s]. */
size_t intervals_within(const struct intervals *intervals, double from_s, double to_s);

/* Sorts ascending; at most SCORE_TIMES_MAX values. */
void intervals_sort(double *values, size_t count);
