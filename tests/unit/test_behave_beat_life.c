/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/time.h"
#include "behave/pair.h"
#include "run.h"

static struct score beat_of(double period_s, double p_value)
{
    return (struct score){.score = 0.9,
                          .p_value = p_value,
                          .period_ns = (int64_t)(period_s * (double)NS_PER_S),
                          .jitter = 0.1,
                          .count = 20};
}

static bool judge(struct pair *pair, double period_s, double p_value, enum change_kind *ret_kind,
                  int64_t *ret_before_ns)
{
    struct score score = beat_of(period_s, p_value);
    return beat_life_judge(pair, &score, 0.01, ret_kind, ret_before_ns);
}

START_TEST(beat_is_found_once)
{
    struct pair pair = {0};
    enum change_kind kind = CHANGE_UPLOAD;
    int64_t before_ns = -1;
    ck_assert(!judge(&pair, 60, 0.02, &kind, &before_ns));
    ck_assert_ptr_null(pair.beat);
    ck_assert(judge(&pair, 60, 0.001, &kind, &before_ns));
    ck_assert_int_eq(kind, CHANGE_BEAT_FOUND);
    ck_assert_int_eq(before_ns, 0);
    for (int i = 0; i < 10; i++)
        ck_assert(!judge(&pair, 60.5, 0.001, &kind, &before_ns));
    ck_assert(!judge(&pair, 60.5, 0.5, &kind, &before_ns));
    ck_assert(!judge(&pair, 60.5, 0.001, &kind, &before_ns));
    free(pair.beat);
}
END_TEST

START_TEST(no_period_is_no_beat)
{
    struct pair pair = {0};
    enum change_kind kind = CHANGE_UPLOAD;
    int64_t before_ns = 0;
    ck_assert(!judge(&pair, 0, 0.0, &kind, &before_ns));
}
END_TEST

START_TEST(other_period_counts_when_it_stays)
{
    struct pair pair = {0};
    enum change_kind kind = CHANGE_UPLOAD;
    int64_t before_ns = 0;
    ck_assert(judge(&pair, 100, 0.001, &kind, &before_ns));
    ck_assert(!judge(&pair, 730, 0.001, &kind, &before_ns));
    ck_assert(!judge(&pair, 100, 0.001, &kind, &before_ns)); /* back: it was an outlier */
    ck_assert(!judge(&pair, 730, 0.001, &kind, &before_ns));
    ck_assert(!judge(&pair, 735, 0.001, &kind, &before_ns));
    ck_assert(judge(&pair, 728, 0.001, &kind, &before_ns));
    ck_assert_int_eq(kind, CHANGE_BEAT_CHANGED);
    ck_assert_int_eq(before_ns, 100 * NS_PER_S);
    ck_assert(!judge(&pair, 730, 0.001, &kind, &before_ns));
    free(pair.beat);
}
END_TEST

START_TEST(missed_beats_make_no_other_period)
{
    struct pair pair = {0};
    enum change_kind kind = CHANGE_UPLOAD;
    int64_t before_ns = 0;
    ck_assert(judge(&pair, 100, 0.001, &kind, &before_ns));
    for (int i = 0; i < 5; i++)
        ck_assert(!judge(&pair, 200, 0.001, &kind, &before_ns));
    for (int i = 0; i < 5; i++)
        ck_assert(!judge(&pair, 33, 0.001, &kind, &before_ns));
    free(pair.beat);
}
END_TEST

START_TEST(after_a_silence_the_beat_returns)
{
    struct pair pair = {0};
    enum change_kind kind = CHANGE_UPLOAD;
    int64_t before_ns = 0;
    ck_assert(judge(&pair, 100, 0.001, &kind, &before_ns));
    pair.beat->state = BEAT_STOPPED;
    ck_assert(!judge(&pair, 100, 0.5, &kind, &before_ns));
    ck_assert(judge(&pair, 100, 0.001, &kind, &before_ns));
    ck_assert_int_eq(kind, CHANGE_BEAT_RETURNED);
    ck_assert_int_eq(pair.beat->state, BEAT_GOING);
    free(pair.beat);
}
END_TEST

START_TEST(patience_grows_with_what_is_missed_anyway)
{
    struct beat_life beat = {.score = beat_of(600, 0.001)};
    beat.score.jitter = 0.0;
    int64_t steady_ns = beat_life_patience_ns(&beat);
    ck_assert_int_ge(steady_ns, 4 * 600 * NS_PER_S);
    ck_assert_int_le(steady_ns, 6 * 600 * NS_PER_S);
    beat.score.missed = 0.4;
    ck_assert_int_ge(beat_life_patience_ns(&beat), 10 * 600 * NS_PER_S);
    beat.score.missed = 1.0;
    ck_assert_int_le(beat_life_patience_ns(&beat), 25 * 600 * NS_PER_S);
    beat.score.missed = 0.0;
    beat.score.jitter = 0.5;
    ck_assert_int_gt(beat_life_patience_ns(&beat), steady_ns);
    beat.score.period_ns = NS_PER_S;
    ck_assert_int_ge(beat_life_patience_ns(&beat), 60 * NS_PER_S);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {beat_is_found_once,
                                  no_period_is_no_beat,
                                  other_period_counts_when_it_stays,
                                  missed_beats_make_no_other_period,
                                  after_a_silence_the_beat_returns,
                                  patience_grows_with_what_is_missed_anyway,
                                  NULL};
    return run_suite(suite_of("behave_beat_life", tests));
}
