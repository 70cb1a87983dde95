/* SPDX-License-Identifier: Apache-2.0 */
/* Period, jitter and missed beats of a beat that was found.
 *
 * The period is the mean of the whole intervals: of an even jitter the mean is twice as exact as
 * the median, and a sleep of p * (1 - j * U) has the period that one sees, p * (1 - j / 2).  Which
 * intervals are whole is decided by a window twice as wide as the one that was found, which may be
 * narrower than the jitter.  The jitter is twice the median deviation: the half-width, if the
 * jitter is even, and not moved by a few odd intervals.
 *
 * An interval of about k periods, up to ACTIVE, is k - 1 missed beats; longer ones are pauses. */
#include "behave/beat.h"

#include <assert.h>
#include <math.h>

enum {
    ACTIVE = 6
};

#define WINDOW_MIN 0.1
#define WINDOW_MAX 0.75 /* more than a detector finds */
/* Median of |ln a/b| of two lengths with an even jitter j is this share of j. */
#define RATIO_OF_JITTER 0.586

static double median_of(const double *sorted, size_t count)
{
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0;
}

/* Period, error and jitter of lengths, sorted. */
static void measure(const double *lengths_s, size_t count, struct beat *ret_beat)
{
    assert(count > 0);
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += lengths_s[i];
    double mean = sum / (double)count, middle = median_of(lengths_s, count);
    double deviations[SCORE_TIMES_MAX];
    for (size_t i = 0; i < count; i++) {
        squares += (lengths_s[i] - mean) * (lengths_s[i] - mean);
        deviations[i] = fabs(lengths_s[i] - middle);
    }
    intervals_sort(deviations, count);
    ret_beat->period_s = mean;
    ret_beat->period_error_s = sqrt(squares) / (double)count;
    ret_beat->jitter = fmin(2.0 * median_of(deviations, count) / mean, 1.0);
}

static double missed_share(const struct intervals *intervals, double period_s, double window)
{
    double missed = 0.0, expected = 0.0;
    for (size_t i = 0; i < intervals->count; i++) {
        double periods = intervals->by_length_s[i] / period_s;
        if (periods < 1.0 - window)
            continue;
        double whole = periods <= 1.0 + window ? 1.0 : fmax(round(periods), 2.0);
        if (whole > ACTIVE || fabs(periods - whole) > window * sqrt(whole))
            continue;
        missed += whole - 1.0;
        expected += whole;
    }
    return expected > 0.0 ? missed / expected : 0.0;
}

void beat_of_intervals(const struct intervals *intervals, const struct evidence *evidence,
                       struct beat *ret_beat)
{
    double window = fmin(fmax(2.0 * evidence->spread, WINDOW_MIN), WINDOW_MAX);
    double low = evidence->period_s * (1.0 - window), high = evidence->period_s * (1.0 + window);
    size_t from = intervals_shorter(intervals, low), to = intervals_up_to(intervals, high);
    measure(intervals->by_length_s + from, to - from, ret_beat);
    ret_beat->missed = missed_share(intervals, ret_beat->period_s, window);
}

void beat_of_chain(const struct wakeups *wakeups, const struct evidence *evidence,
                   struct beat *ret_beat)
{
    double lengths[SCORE_TIMES_MAX];
    size_t count =
        chain_steps(wakeups, evidence->period_s, evidence->spread, lengths, &ret_beat->missed);
    intervals_sort(lengths, count);
    measure(lengths, count, ret_beat);
}

void beat_of_drift(const struct intervals *intervals, const struct evidence *evidence,
                   struct beat *ret_beat)
{
    size_t from = intervals_shorter(intervals, evidence->period_s / 3.0);
    size_t to = intervals_up_to(intervals, evidence->period_s * 3.0);
    measure(intervals->by_length_s + from, to - from, ret_beat);
    ret_beat->jitter = fmin(evidence->spread / RATIO_OF_JITTER, 1.0);
    ret_beat->missed = 0.0;
}
