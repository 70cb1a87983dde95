/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "behave/score.h"

/* The moments at which a pair woke up: connections that follow each other closely are one. */
struct wakeups {
    size_t count;
    double at_s[SCORE_TIMES_MAX]; /* seconds after the first one kept, ascending */
    int64_t first_ns;             /* the first one kept */
};

/* Merges times (oldest first) that follow the one before within `gap_ns` into one wake-up, which
 * has the time of its first connection.  Of too many wake-ups the latest are kept.  A time before
 * its predecessor (a clock that was set back) counts as following at once.  `count` must not be
 * 0. */
void wakeups_from_times(const int64_t *times_ns, size_t count, int64_t gap_ns,
                        struct wakeups *ret_wakeups);

/* The same for wake-ups that were merged with a smaller gap. */
void wakeups_merge(const struct wakeups *fine, double gap_s, struct wakeups *ret_coarse);
