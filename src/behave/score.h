/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* How machine-like a series of wake-ups is.  Pure arithmetic: no state, no clock, no chance; the
 * same series has the same score on every machine.  docs/beacons.md has the method, its sources and
 * its measured tables. */

enum {
    SCORE_TIMES_MIN = 3,  /* fewer wake-ups say nothing */
    SCORE_TIMES_MAX = 512 /* of a longer series the latest are judged */
};

/* The wake-ups of one pair, and how long it was watched. */
struct score_input {
    const int64_t *times_ns; /* oldest first; equal ones are allowed */
    size_t count;
    /* The span that was watched; both 0: from the first wake-up to the last. */
    int64_t from_ns, until_ns;
};

struct score {
    /* 0 to 1, higher is more like a machine's beat: the p-value on a scale on which long series need
     * more; 0.5 is p = 0.01 from ten intervals. */
    double score;
    /* Chance that what beats to no period looks at least as regular; 0 to 1. */
    double p_value;
    /* Mean of the whole intervals; 0: none found, or rather chance than a beat. */
    int64_t period_ns;
    int64_t period_error_ns; /* one standard error of the period */
    /* Half of the range that intervals spread over, as a share of the period. */
    double jitter;
    /* Share of expected beats that did not come while the beat went on; 0 to 1. */
    double missed;
    size_t count; /* wake-ups, bursts merged */
    int64_t first_ns, last_ns;
};

/* Scores a series.  Fewer than SCORE_TIMES_MIN wake-ups: score 0, p_value 1, no period.  `from_ns`
 * and `until_ns` do not matter yet. */
void score_series(const struct score_input *input, struct score *ret_score);
