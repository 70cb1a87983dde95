/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "base/time.h"
#include "behave/score.h"
#include "run.h"

enum {
    EVENTS_MAX = 4096
};

/* A series under construction; numbers are drawn from a fixed sequence. */
struct series {
    int64_t times_ns[EVENTS_MAX];
    size_t count;
    int64_t now_ns;
    uint64_t state;
};

static struct series made; /* one for all tests: each starts anew */

static void start(uint64_t seed)
{
    made.count = 0;
    made.now_ns = INT64_C(1700000000) * NS_PER_S;
    made.state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
}

static double uniform(void)
{
    made.state ^= made.state >> 12;
    made.state ^= made.state << 25;
    made.state ^= made.state >> 27;
    return ((double)(made.state * UINT64_C(2685821657736338717) >> 11) + 0.5) / 9007199254740992.0;
}

static void wake_up(void)
{
    ck_assert(made.count < EVENTS_MAX);
    made.times_ns[made.count++] = made.now_ns;
}

static void pass(double seconds)
{
    made.now_ns += llround(seconds * 1e9);
}

static void beat(size_t count, double period_s, double jitter)
{
    for (size_t i = 0; i < count; i++) {
        wake_up();
        pass(period_s * (1.0 + jitter * (2.0 * uniform() - 1.0)));
    }
}

static void wake_at_random(size_t count, double dead_s, double mean_s)
{
    for (size_t i = 0; i < count; i++) {
        wake_up();
        pass(dead_s - mean_s * log(uniform()));
    }
}

static void in_order(void)
{
    for (size_t i = 1; i < made.count; i++) {
        int64_t time = made.times_ns[i];
        size_t at = i;
        for (; at > 0 && made.times_ns[at - 1] > time; at--)
            made.times_ns[at] = made.times_ns[at - 1];
        made.times_ns[at] = time;
    }
}

static struct score judge(void)
{
    struct score_input input = {.times_ns = made.times_ns, .count = made.count};
    struct score score;
    score_series(&input, &score);
    ck_assert(score.score >= 0.0 && score.score < 1.0);
    ck_assert(score.p_value >= 0.0 && score.p_value <= 1.0);
    return score;
}

static void assert_period(const struct score *score, double period_s, double tolerance)
{
    double found = (double)score->period_ns / 1e9;
    ck_assert_msg(fabs(found / period_s - 1.0) <= tolerance, "period %.3f s instead of %.3f s",
                  found, period_s);
}

static void assert_beat(double period_s, double tolerance)
{
    struct score score = judge();
    ck_assert_msg(score.p_value <= 0.01, "p %.4f", score.p_value);
    ck_assert_msg(score.score >= 0.5, "score %.3f", score.score);
    assert_period(&score, period_s, tolerance);
}

START_TEST(three_wakeups_agreeing_to_milliseconds_are_a_beat)
{
    start(1);
    wake_up();
    pass(189.840);
    wake_up();
    pass(189.844);
    wake_up();
    assert_beat(189.842, 1e-6);
}
END_TEST

START_TEST(four_wakeups_agreeing_to_a_tenth_prove_nothing)
{
    start(1);
    static const double intervals[] = {100.0, 110.0, 94.0};
    wake_up();
    for (size_t i = 0; i < 3; i++) {
        pass(intervals[i]);
        wake_up();
    }
    ck_assert(judge().p_value > 0.01);
}
END_TEST

START_TEST(fewer_than_three_wakeups_say_nothing)
{
    start(1);
    for (int count = 0; count < SCORE_TIMES_MIN; count++) {
        struct score score = judge();
        ck_assert(score.score == 0.0 && score.p_value == 1.0 && score.period_ns == 0);
        ck_assert_uint_eq(score.count, (size_t)count);
        wake_up();
        pass(60.0);
    }
}
END_TEST

/* How many of a thousand series with random intervals have a p-value up to 1 %. */
static int count_false(size_t wakeups, double dead_s, double mean_s)
{
    int found = 0;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        start(seed);
        wake_at_random(wakeups, dead_s, mean_s);
        found += judge().p_value <= 0.01;
    }
    return found;
}

START_TEST(one_of_a_hundred_random_series_has_a_p_of_a_hundredth_at_most)
{
    static const size_t sizes[] = {3, 5, 8, 16, 40, 120};
    for (size_t i = 0; i < 6; i++) {
        int found = count_false(sizes[i], 0.0, 300.0);
        ck_assert_msg(found <= 12, "%d of 1000 with %zu wake-ups", found, sizes[i]);
    }
    ck_assert_int_gt(count_false(8, 0.0, 300.0), 0);
}
END_TEST

START_TEST(dead_time_alone_is_no_beat)
{
    /* A cache that holds for 100 s is asked again after 80 s on average. */
    int found = count_false(30, 100.0, 80.0);
    ck_assert_msg(found <= 35, "%d of 1000", found);
    found = count_false(30, 100.0, 200.0);
    ck_assert_msg(found <= 15, "%d of 1000", found);
}
END_TEST

START_TEST(even_jitter_of_one_half_is_found_and_measured)
{
    start(3);
    beat(60, 300.0, 0.5);
    assert_beat(300.0, 0.06);
    struct score score = judge();
    ck_assert(fabs(score.jitter - 0.5) < 0.08);
    ck_assert(score.missed < 0.05);
    ck_assert(score.period_error_ns > 5 * NS_PER_S && score.period_error_ns < 20 * NS_PER_S);
}
END_TEST

START_TEST(a_sleep_cut_short_has_the_mean_for_its_period)
{
    start(4);
    for (int i = 0; i < 80; i++) {
        wake_up();
        pass(600.0 * (1.0 - 0.4 * uniform()));
    }
    assert_beat(480.0, 0.03);
}
END_TEST

START_TEST(lost_beats_are_counted)
{
    start(5);
    for (int i = 0; i < 100; i++) {
        if (uniform() > 0.35)
            wake_up();
        pass(120.0 * (0.95 + 0.1 * uniform()));
    }
    assert_beat(120.0, 0.01);
    double lost = 1.0 - (double)made.count / 100.0;
    ck_assert_msg(fabs(judge().missed - lost) < 0.05, "%.3f of %.3f", judge().missed, lost);
}
END_TEST

START_TEST(night_gaps_do_not_hide_the_beat)
{
    start(6);
    for (int day = 0; day < 5; day++) {
        beat(14, 1800.0, 0.1);
        pass(16.0 * 3600.0 + 3600.0 * uniform());
    }
    assert_beat(1800.0, 0.02);
    ck_assert(judge().missed < 0.05);
}
END_TEST

START_TEST(a_burst_is_one_wakeup)
{
    start(7);
    for (int i = 0; i < 12; i++) {
        for (int j = 0; j < 4; j++) {
            made.now_ns += llround(2e9 * uniform());
            wake_up();
        }
        pass(400.0);
    }
    assert_beat(404.0, 0.01);
    ck_assert_uint_eq(judge().count, 12);
}
END_TEST

START_TEST(a_burst_may_take_a_minute)
{
    start(8);
    for (int i = 0; i < 12; i++) {
        for (int j = 0; j < 3; j++) {
            int64_t beat_ns = made.now_ns;
            pass(j * (15.0 + 20.0 * uniform()));
            wake_up();
            made.now_ns = beat_ns;
        }
        pass(3600.0);
    }
    in_order();
    assert_beat(3600.0, 0.01);
    ck_assert_uint_eq(judge().count, 12);
}
END_TEST

START_TEST(of_two_beats_on_one_server_one_is_found)
{
    start(9);
    int64_t begin_ns = made.now_ns;
    beat(60, 300.0, 0.05);
    made.now_ns = begin_ns + 70 * NS_PER_S;
    beat(37, 480.0, 0.05);
    in_order();
    struct score score = judge();
    ck_assert(score.p_value <= 0.01);
    bool second = score.period_ns > 400 * NS_PER_S;
    assert_period(&score, second ? 480.0 : 300.0, 0.02);
}
END_TEST

START_TEST(two_beats_are_not_one_with_much_jitter)
{
    /* Intervals that are never longer than 100 s, but often shorter. */
    int wrong = 0;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        double other_s = 100.0 * (1.3 + 0.1 * (double)seed);
        start(seed);
        int64_t begin_ns = made.now_ns;
        beat(120, 100.0, 0.04);
        made.now_ns = begin_ns + 35 * NS_PER_S;
        beat((size_t)(12000.0 / other_s), other_s, 0.04);
        in_order();
        struct score score = judge();
        double found_s = (double)score.period_ns / 1e9;
        ck_assert(score.p_value <= 0.01);
        wrong += fabs(found_s / 100.0 - 1.0) > 0.03 && fabs(found_s / other_s - 1.0) > 0.03;
    }
    ck_assert_msg(wrong <= 1, "%d of 50", wrong);
}
END_TEST

START_TEST(a_person_on_the_same_server_does_not_hide_the_beat)
{
    start(10);
    int64_t begin_ns = made.now_ns;
    beat(40, 900.0, 0.1);
    made.now_ns = begin_ns;
    wake_at_random(28, 0.0, 1250.0);
    in_order();
    assert_beat(900.0, 0.03);
}
END_TEST

START_TEST(a_drifting_period_is_found)
{
    start(11);
    double period = 600.0;
    for (int i = 0; i < 40; i++) {
        wake_up();
        pass(period * (0.97 + 0.06 * uniform()));
        period *= 0.96;
    }
    struct score score = judge();
    ck_assert(score.p_value <= 0.001);
    ck_assert(score.period_ns > 100 * NS_PER_S && score.period_ns < 600 * NS_PER_S);
}
END_TEST

START_TEST(a_daily_check_is_found_within_a_week)
{
    start(12);
    int64_t midnight_ns = made.now_ns;
    for (int day = 0; day < 7; day++) {
        made.now_ns = midnight_ns + day * NS_PER_DAY;
        pass(10.0 * 3600.0 + 2.0 * 3600.0 * uniform());
        wake_up();
    }
    assert_beat(86400.0, 0.03);
}
END_TEST

START_TEST(steps_of_the_clock_do_not_hide_the_beat)
{
    start(13);
    beat(15, 300.0, 0.1);
    pass(7200.0);
    beat(15, 300.0, 0.1);
    pass(-900.0);
    beat(15, 300.0, 0.1);
    assert_beat(300.0, 0.05);
}
END_TEST

START_TEST(what_is_rather_chance_has_no_period)
{
    int without = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        start(seed);
        wake_at_random(20, 0.0, 300.0);
        struct score score = judge();
        ck_assert((score.period_ns == 0) == (score.p_value >= 0.5));
        without += score.period_ns == 0;
    }
    ck_assert_int_gt(without, 50);
}
END_TEST

START_TEST(a_stream_of_parts_is_no_beat)
{
    start(14);
    for (int film = 0; film < 6; film++) {
        for (int part = 0; part < 300; part++) {
            wake_up();
            pass(6.0 * (0.8 + 0.4 * uniform()));
        }
        pass(-5000.0 * log(uniform()));
    }
    ck_assert(judge().p_value > 0.01);
    ck_assert_uint_eq(judge().count, 6);
}
END_TEST

START_TEST(retries_that_double_their_wait_are_no_beat)
{
    int found = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        start(seed);
        for (int i = 0; i < 8; i++) {
            double wait = 15.0;
            for (int retry = 0; retry < 5; retry++) {
                wake_up();
                pass(wait * (0.6 + 0.8 * uniform()));
                wait *= 2.0;
            }
            pass(-3600.0 * log(uniform()));
        }
        found += judge().p_value <= 0.01;
    }
    ck_assert_msg(found <= 12, "%d of 200", found);
}
END_TEST

START_TEST(score_is_the_same_at_any_time_offset)
{
    start(15);
    beat(40, 77.0, 0.2);
    struct score there = judge();
    int64_t offset_ns = made.times_ns[0] - 3;
    for (size_t i = 0; i < made.count; i++)
        made.times_ns[i] -= offset_ns;
    struct score here = judge();
    ck_assert(here.score == there.score && here.p_value == there.p_value);
    ck_assert(here.period_ns == there.period_ns && here.jitter == there.jitter);
    ck_assert_int_eq(here.first_ns, 3);
    ck_assert_int_eq(there.last_ns - there.first_ns, here.last_ns - here.first_ns);
}
END_TEST

START_TEST(of_a_long_series_the_latest_are_judged)
{
    start(16);
    wake_at_random(600, 20.0, 300.0);
    beat(SCORE_TIMES_MAX, 60.0, 0.02);
    assert_beat(60.0, 0.001);
    ck_assert_uint_eq(judge().count, SCORE_TIMES_MAX);
}
END_TEST

START_TEST(more_of_the_same_beat_scores_higher)
{
    double before = 0.0;
    for (size_t count = 4; count <= 64; count *= 2) {
        start(17);
        beat(count, 300.0, 0.3);
        double now = judge().score;
        ck_assert_msg(now > before, "%zu wake-ups: %.3f after %.3f", count, now, before);
        before = now;
    }
}
END_TEST

START_TEST(equal_times_are_one_wakeup)
{
    start(18);
    for (int i = 0; i < 100; i++)
        wake_up();
    struct score score = judge();
    ck_assert_uint_eq(score.count, 1);
    ck_assert(score.score == 0.0);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {three_wakeups_agreeing_to_milliseconds_are_a_beat,
                            four_wakeups_agreeing_to_a_tenth_prove_nothing,
                            fewer_than_three_wakeups_say_nothing,
                            one_of_a_hundred_random_series_has_a_p_of_a_hundredth_at_most,
                            dead_time_alone_is_no_beat,
                            even_jitter_of_one_half_is_found_and_measured,
                            a_sleep_cut_short_has_the_mean_for_its_period,
                            lost_beats_are_counted,
                            night_gaps_do_not_hide_the_beat,
                            a_burst_is_one_wakeup,
                            a_burst_may_take_a_minute,
                            of_two_beats_on_one_server_one_is_found,
                            two_beats_are_not_one_with_much_jitter,
                            a_person_on_the_same_server_does_not_hide_the_beat,
                            a_drifting_period_is_found,
                            a_daily_check_is_found_within_a_week,
                            steps_of_the_clock_do_not_hide_the_beat,
                            what_is_rather_chance_has_no_period,
                            a_stream_of_parts_is_no_beat,
                            retries_that_double_their_wait_are_no_beat,
                            score_is_the_same_at_any_time_offset,
                            of_a_long_series_the_latest_are_judged,
                            more_of_the_same_beat_scores_higher,
                            equal_times_are_one_wakeup,
                            NULL};
    return run_suite(suite_of("behave_score", tests));
}
