/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the score: wake-ups, intervals, random processes, detectors, chance. */
#include <math.h>

#include "base/time.h"
#include "behave/beat.h"
#include "behave/chance.h"
#include "behave/evidence.h"
#include "run.h"

/* Wake-ups at the given seconds, unmerged. */
static struct wakeups wakeups_at(const double *at_s, size_t count)
{
    struct wakeups wakeups = {.count = count};
    for (size_t i = 0; i < count; i++)
        wakeups.at_s[i] = at_s[i];
    return wakeups;
}

static struct wakeups beat_of(size_t count, double period_s)
{
    struct wakeups wakeups = {.count = count};
    for (size_t i = 0; i < count; i++)
        wakeups.at_s[i] = (double)i * period_s + (i % 3 == 0 ? 0.5 : 0.0);
    return wakeups;
}

START_TEST(times_closer_than_the_gap_are_one_wakeup)
{
    static const int64_t times_ns[] = {5 * NS_PER_S,  6 * NS_PER_S,   14 * NS_PER_S,
                                       24 * NS_PER_S, 100 * NS_PER_S, 101 * NS_PER_S};
    struct wakeups wakeups;
    wakeups_from_times(times_ns, 6, 10 * NS_PER_S, &wakeups);
    ck_assert_uint_eq(wakeups.count, 3);
    ck_assert_int_eq(wakeups.first_ns, 5 * NS_PER_S);
    ck_assert(wakeups.at_s[0] == 0.0 && wakeups.at_s[1] == 19.0 && wakeups.at_s[2] == 95.0);
    struct wakeups coarse;
    wakeups_merge(&wakeups, 20.0, &coarse);
    ck_assert_uint_eq(coarse.count, 2);
    ck_assert(coarse.at_s[1] == 95.0);
}
END_TEST

START_TEST(a_clock_set_back_does_not_start_a_wakeup)
{
    static const int64_t times_ns[] = {100 * NS_PER_S, 200 * NS_PER_S, 50 * NS_PER_S,
                                       250 * NS_PER_S};
    struct wakeups wakeups;
    wakeups_from_times(times_ns, 4, 10 * NS_PER_S, &wakeups);
    ck_assert_uint_eq(wakeups.count, 3);
    ck_assert(wakeups.at_s[1] == 100.0 && wakeups.at_s[2] == 150.0);
}
END_TEST

START_TEST(any_number_of_values_is_sorted)
{
    static const size_t counts[] = {0, 1, 7, 8, 9, 16, 17, 100, 511, 512};
    for (size_t i = 0; i < 10; i++) {
        double values[SCORE_TIMES_MAX];
        uint32_t state = 1;
        for (size_t j = 0; j < counts[i]; j++) {
            state = state * 1664525U + 1013904223U;
            values[j] = (double)(state >> 20);
        }
        intervals_sort(values, counts[i]);
        for (size_t j = 1; j < counts[i]; j++)
            ck_assert(values[j - 1] <= values[j]);
    }
}
END_TEST

START_TEST(intervals_are_counted_with_both_ends)
{
    static const double at_s[] = {0, 30, 50, 60, 90};
    struct wakeups wakeups = wakeups_at(at_s, 5);
    struct intervals intervals;
    intervals_of(&wakeups, &intervals);
    ck_assert_uint_eq(intervals.count, 4);
    ck_assert_uint_eq(intervals_shorter(&intervals, 30.0), 2);
    ck_assert_uint_eq(intervals_up_to(&intervals, 30.0), 4);
    ck_assert_uint_eq(intervals_within(&intervals, 20.0, 30.0), 3);
    ck_assert_uint_eq(intervals_within(&intervals, 40.0, 35.0), 0);
    ck_assert(fabs(intervals.sum[2] - 30.0) < 1e-9);
    ck_assert(fabs(intervals.log_sum[2] - log(200.0)) < 1e-9);
}
END_TEST

START_TEST(no_random_process_explains_equal_intervals)
{
    /* The best of them is the sharpest edge: a density of 1.7 / 100 s. */
    struct wakeups wakeups = beat_of(21, 100.0);
    struct intervals intervals;
    intervals_of(&wakeups, &intervals);
    double nats = random_likelihood(&intervals, 20, 450.0);
    ck_assert(nats < -20.0 * log(55.0) && nats > -20.0 * log(65.0));
}
END_TEST

START_TEST(a_binomial_excess_is_evidence_and_a_lack_is_none)
{
    ck_assert(binomial_nats(0.0, 0.0, 0.5) == 0.0);
    ck_assert(binomial_nats(4.0, 10.0, 0.5) == 0.0);
    ck_assert(fabs(binomial_nats(10.0, 10.0, 0.5) - 10.0 * log(2.0)) < 1e-9);
    ck_assert(binomial_nats(8.0, 10.0, 0.5) < binomial_nats(9.0, 10.0, 0.5));
}
END_TEST

START_TEST(every_detector_finds_a_plain_beat)
{
    struct wakeups wakeups = beat_of(30, 100.0);
    struct intervals intervals;
    struct evidence evidence;
    intervals_of(&wakeups, &intervals);
    renewal_evidence(&intervals, MERGE_S, &evidence);
    ck_assert(evidence.nats > 30.0 && fabs(evidence.period_s - 100.0) < 1.0);
    chain_evidence(&wakeups, &evidence);
    ck_assert(evidence.nats > 30.0 && fabs(evidence.period_s - 100.0) < 3.0);
    drift_evidence(&intervals, &evidence);
    ck_assert(evidence.nats > 30.0 && fabs(evidence.period_s - 100.0) < 1.0);
}
END_TEST

START_TEST(too_short_a_series_is_no_evidence)
{
    struct wakeups wakeups = beat_of(3, 100.0);
    struct intervals intervals;
    struct evidence evidence;
    intervals_of(&wakeups, &intervals);
    chain_evidence(&wakeups, &evidence);
    ck_assert(evidence.period_s == 0.0);
    drift_evidence(&intervals, &evidence);
    ck_assert(evidence.period_s == 0.0);
}
END_TEST

START_TEST(lengths_that_merging_cuts_are_no_beat)
{
    struct wakeups wakeups = beat_of(30, 11.0);
    struct intervals intervals;
    struct evidence evidence;
    intervals_of(&wakeups, &intervals);
    renewal_evidence(&intervals, MERGE_S, &evidence);
    ck_assert(evidence.period_s == 0.0);
    chain_evidence(&wakeups, &evidence);
    ck_assert(evidence.period_s == 0.0 || evidence.period_s > 12.0);
}
END_TEST

START_TEST(a_walk_counts_its_steps_and_misses)
{
    /* A beat of 100 s with one beat missing and two strangers. */
    static const double at_s[] = {0, 100, 130, 200, 300, 500, 555, 600, 700};
    struct wakeups wakeups = wakeups_at(at_s, 9);
    double lengths_s[SCORE_TIMES_MAX], missed;
    size_t made = chain_steps(&wakeups, 100.0, 0.03, lengths_s, &missed);
    ck_assert_uint_eq(made, 4); /* 600 to 700 cannot be missed, so it is not tried */
    for (size_t i = 0; i < made; i++)
        ck_assert(lengths_s[i] == 100.0);
    ck_assert(missed > 0.2 && missed < 0.4);
}
END_TEST

START_TEST(less_evidence_is_more_chance)
{
    for (int detector = 0; detector < DETECTORS; detector++) {
        for (size_t intervals = 2; intervals < SCORE_TIMES_MAX; intervals++) {
            double little = chance_log((enum detector)detector, intervals, 5.0);
            ck_assert(chance_log((enum detector)detector, intervals, 6.0) == little - 1.0);
            ck_assert(fabs(chance_log((enum detector)detector, intervals + 1, 5.0) - little) < 1.0);
        }
    }
}
END_TEST

START_TEST(jitter_is_half_the_range_of_even_intervals)
{
    struct wakeups wakeups = {.count = 102};
    for (size_t i = 0; i < 101; i++) /* 80 to 120 s, in a mixed order */
        wakeups.at_s[i + 1] = wakeups.at_s[i] + 80.0 + 0.4 * (double)(i * 37 % 101);
    struct intervals intervals;
    intervals_of(&wakeups, &intervals);
    struct evidence evidence = {.period_s = 99.0, .spread = 0.15};
    struct beat beat;
    beat_of_intervals(&intervals, &evidence, &beat);
    ck_assert(fabs(beat.period_s - 100.0) < 0.1);
    ck_assert(fabs(beat.jitter - 0.2) < 0.01);
    ck_assert(fabs(beat.period_error_s - 11.7 / 10.05) < 0.05);
    ck_assert(beat.missed == 0.0);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {times_closer_than_the_gap_are_one_wakeup,
                            a_clock_set_back_does_not_start_a_wakeup,
                            any_number_of_values_is_sorted,
                            intervals_are_counted_with_both_ends,
                            no_random_process_explains_equal_intervals,
                            a_binomial_excess_is_evidence_and_a_lack_is_none,
                            every_detector_finds_a_plain_beat,
                            too_short_a_series_is_no_evidence,
                            lengths_that_merging_cuts_are_no_beat,
                            a_walk_counts_its_steps_and_misses,
                            less_evidence_is_more_chance,
                            jitter_is_half_the_range_of_even_intervals,
                            NULL};
    return run_suite(suite_of("behave_evidence", tests));
}
