/* SPDX-License-Identifier: Apache-2.0 */
/* Is each interval about as long as the one before?
 *
 * A period that changes slowly (back-off, a server that sets the next call, a clock that is
 * disciplined) spreads the intervals over a wide range, but neighbours agree.  Random intervals do
 * not: the logarithm of the ratio of two exponential ones is within +-d with probability
 * tanh(d/2), whatever the rate, so that slow changes of a person's activity do not matter.  Other
 * random processes are less wild; STEEP times the slope at 0 bounds all of random.c.  The evidence
 * is the largest binomial likelihood ratio over the bounds d that the data offer.
 *
 * Rejected: fitting a trend and looking at residuals (a line is one of many drifts); von Neumann's
 * ratio (squares, so that one night decides).
 * Cost: one logarithm an interval and the sort, 30 ns together; one logarithm for each bound. */
#include <math.h>

#include "behave/evidence.h"

#define STEEP 3.6
/* A bound must hold this share of the ratios. */
#define SHARE_MIN 0.4
#define RATIO_MIN 1e-3

void drift_evidence(const struct intervals *intervals, struct evidence *ret_evidence)
{
    *ret_evidence = (struct evidence){0};
    if (intervals->count < 3)
        return;
    double ratios[SCORE_TIMES_MAX];
    size_t count = intervals->count - 1;
    double before = log(intervals->in_time_s[0]);
    for (size_t i = 0; i < count; i++) {
        double length = log(intervals->in_time_s[i + 1]);
        ratios[i] = fabs(length - before);
        before = length;
    }
    intervals_sort(ratios, count);
    size_t first = (size_t)ceil(SHARE_MIN * (double)count);
    for (size_t held = first < 2 ? 2 : first; held <= count; held++) {
        double bound = fmax(ratios[held - 1], RATIO_MIN);
        /* The bound is one of the ratios, so one of them is free. */
        double nats = binomial_nats((double)held - 1.0, (double)count, tanh(STEEP * bound / 2.0));
        if (nats <= ret_evidence->nats)
            continue;
        *ret_evidence = (struct evidence){.nats = nats,
                                          .period_s = intervals->by_length_s[intervals->count / 2],
                                          .spread = ratios[(count - 1) / 2]};
    }
}
