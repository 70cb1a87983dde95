/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/time.h"
#include "behave/history.h"
#include "run.h"

#define T0 (INT64_C(1700000000) * NS_PER_S)

static int64_t times[HISTORY_MAX];

START_TEST(nothing_is_an_empty_history)
{
    ck_assert_uint_eq(history_count(NULL), 0);
    ck_assert_uint_eq(history_times(NULL, times), 0);
    ck_assert_uint_eq(history_bytes(NULL), 0);
}
END_TEST

START_TEST(times_come_back_rounded_to_a_millisecond)
{
    struct history *history = history_add(NULL, T0 + 1234567);
    history = history_add(history, T0 + 5 * NS_PER_S + 400000);
    ck_assert_uint_eq(history_times(history, times), 2);
    ck_assert_int_eq(times[0], T0 + NS_PER_MS);
    ck_assert_int_eq(times[1], T0 + 5 * NS_PER_S);
    ck_assert_int_eq(history_oldest(history), times[0]);
    free(history);
}
END_TEST

START_TEST(late_wake_up_goes_to_its_place)
{
    struct history *history = history_add(NULL, T0 + 10 * NS_PER_S);
    history = history_add(history, T0 + 30 * NS_PER_S);
    history = history_add(history, T0 + 20 * NS_PER_S);
    history = history_add(history, T0);
    ck_assert_uint_eq(history_times(history, times), 4);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(times[i], T0 + i * 10 * NS_PER_S);
    free(history);
}
END_TEST

START_TEST(full_history_forgets_the_oldest)
{
    struct history *history = NULL;
    enum {
        COUNT = 1000
    };
    for (int i = 0; i < COUNT; i++)
        history = history_add(history, T0 + i * NS_PER_S);
    size_t count = history_times(history, times);
    ck_assert_uint_le(count, HISTORY_MAX);
    ck_assert_uint_ge(count, HISTORY_MAX - HISTORY_DROP);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(times[i], T0 + (int64_t)(COUNT - count + i) * NS_PER_S);
    ck_assert_uint_le(history_bytes(history), 16 + 4 * HISTORY_MAX);
    free(history);
}
END_TEST

START_TEST(full_history_does_not_take_what_is_older_than_all)
{
    struct history *history = NULL;
    for (int i = 0; i < HISTORY_MAX; i++)
        history = history_add(history, T0 + i * NS_PER_S);
    history = history_add(history, T0 - NS_PER_S);
    ck_assert_uint_eq(history_count(history), HISTORY_MAX);
    ck_assert_int_eq(history_oldest(history), T0);
    free(history);
}
END_TEST

START_TEST(months_go_by)
{
    struct history *history = NULL;
    int64_t step = 20 * NS_PER_DAY;
    for (int i = 0; i < 12; i++)
        history = history_add(history, T0 + i * step);
    size_t count = history_times(history, times);
    ck_assert_uint_eq(count, 3); /* 49 days hold three of them */
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(times[i], T0 + (int64_t)(12 - count + i) * step);
    history = history_add(history, T0); /* far too late */
    ck_assert_uint_eq(history_count(history), 3);
    history = history_add(history, T0 + 10000 * NS_PER_DAY);
    ck_assert_uint_eq(history_times(history, times), 1);
    ck_assert_int_eq(times[0], T0 + 10000 * NS_PER_DAY);
    free(history);
}
END_TEST

START_TEST(times_before_1970_are_times)
{
    struct history *history = history_add(NULL, -5 * NS_PER_S);
    history = history_add(history, 5 * NS_PER_S);
    ck_assert_uint_eq(history_times(history, times), 2);
    ck_assert_int_eq(times[0], -5 * NS_PER_S);
    ck_assert_int_eq(times[1], 5 * NS_PER_S);
    free(history);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {nothing_is_an_empty_history,
                                  times_come_back_rounded_to_a_millisecond,
                                  late_wake_up_goes_to_its_place,
                                  full_history_forgets_the_oldest,
                                  full_history_does_not_take_what_is_older_than_all,
                                  months_go_by,
                                  times_before_1970_are_times,
                                  NULL};
    return run_suite(suite_of("behave_history", tests));
}
