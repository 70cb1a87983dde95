/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "logs/series.h"
#include "run.h"
#include "scores.h"

static const struct series_limits wide = {.max_events = 100000, .max_series = 1000};

static void add(struct series_set *set, const char *id, int64_t time_ns)
{
    struct series_event event = {.time_ns = time_ns, .bytes = 10};
    series_set_add(set, id, strlen(id), &event);
}

/* A beat of a minute, calls without any rhythm, and one that is too short. */
static struct series_set *make_set(void)
{
    struct series_set *set = series_set_new(&wide);
    uint32_t state = 1;
    int64_t at = 0;
    add(set, "short", 0);
    add(set, "short", 60 * NS_PER_S);
    for (int i = 0; i < 60; i++) {
        state = state * 1664525 + 1013904223;
        at += (int64_t)(state >> 16) * (state >> 16 & 15) * NS_PER_MS;
        add(set, "wild", at);
        add(set, "beat", i * 60 * NS_PER_S);
    }
    series_set_finish(set);
    return set;
}

static void check_sane(const struct scored *scored)
{
    ck_assert(scored->score.score >= 0.0 && scored->score.score <= 1.0);
    ck_assert(scored->score.p_value >= 0.0 && scored->score.p_value <= 1.0);
    ck_assert(scored->q_value >= scored->score.p_value && scored->q_value <= 1.0);
}

START_TEST(a_beat_is_periodic_and_two_events_are_too_few)
{
    struct series_set *set = make_set();
    struct scores scores;
    scores_init(&scores, set, 0.01);
    ck_assert_uint_eq(scores.count, 3);
    for (size_t i = 0; i < scores.count; i++)
        check_sane(&scores.all[i]);
    ck_assert(scores.all[0].verdict == SCORES_TOO_FEW);
    ck_assert(scores.all[0].q_value >= 1.0);
    ck_assert(scores.all[1].verdict == SCORES_APERIODIC);
    ck_assert(scores.all[2].verdict == SCORES_PERIODIC);
    ck_assert_uint_eq(scores.periodic, 1);
    ck_assert_uint_eq(scores.too_few, 1);
    ck_assert_int_le(scores.all[2].score.period_ns, 61 * NS_PER_S);
    ck_assert_int_ge(scores.all[2].score.period_ns, 59 * NS_PER_S);
    scores_done(&scores);
    series_set_free(set);
}
END_TEST

START_TEST(q_grows_with_the_number_of_series)
{
    struct series_set *set = make_set();
    struct scores scores;
    scores_init(&scores, set, 0.01);
    const struct scored *wild = &scores.all[1], *beat = &scores.all[2];
    /* Two tests: the better one counts twice, the worse one once, the short one not at all. */
    ck_assert_double_eq_tol(wild->q_value, wild->score.p_value, 1e-12);
    double twice = beat->score.p_value * 2.0;
    ck_assert_double_eq_tol(beat->q_value, twice < wild->q_value ? twice : wild->q_value, 1e-12);
    scores_done(&scores);
    scores_init(&scores, set, 0.0);
    ck_assert(scores.all[1].verdict == SCORES_APERIODIC);
    scores_done(&scores);
    series_set_free(set);
}
END_TEST

START_TEST(sorting_puts_the_best_first_and_keeps_the_order_of_equals)
{
    struct series_set *set = series_set_new(&wide);
    static const char *const ids[] = {"one", "two", "three"};
    for (size_t i = 0; i < 3; i++)
        add(set, ids[i], 0);
    for (int i = 0; i < 20; i++)
        add(set, "beat", i * 60 * NS_PER_S);
    series_set_finish(set);
    struct scores scores;
    scores_init(&scores, set, 0.01);
    scores_sort(&scores);
    ck_assert_str_eq(scores.all[0].series->id, "beat");
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(scores.all[i + 1].series->id, ids[i]);
    scores_done(&scores);
    series_set_free(set);
}
END_TEST

START_TEST(a_series_is_written_as_one_object)
{
    struct series_set *set = make_set();
    struct scores scores;
    struct text out = {0};
    scores_init(&scores, set, 0.01);
    scores_write(&scores.all[0], &out);
    ck_assert_str_eq(out.data,
                     "{\"id\":\"short\",\"verdict\":\"too-few\",\"score\":0,\"p_value\":1,"
                     "\"q_value\":1,\"count\":2,\"events\":2,\"first\":0,\"last\":60,"
                     "\"bytes\":20,\"bytes_median\":10}\n");
    text_clear(&out);
    scores_write(&scores.all[2], &out);
    ck_assert_ptr_nonnull(strstr(out.data, "\"verdict\":\"periodic\""));
    ck_assert_ptr_nonnull(strstr(out.data, "\"period_s\":"));
    text_done(&out);
    scores_done(&scores);
    series_set_free(set);
}
END_TEST

START_TEST(no_series_is_no_score)
{
    struct series_set *set = series_set_new(&wide);
    struct scores scores;
    series_set_finish(set);
    scores_init(&scores, set, 0.01);
    scores_sort(&scores);
    ck_assert_uint_eq(scores.count, 0);
    scores_done(&scores);
    series_set_free(set);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {a_beat_is_periodic_and_two_events_are_too_few,
                            q_grows_with_the_number_of_series,
                            sorting_puts_the_best_first_and_keeps_the_order_of_equals,
                            a_series_is_written_as_one_object,
                            no_series_is_no_score,
                            NULL};
    return run_suite(suite_of("scores", tests));
}
