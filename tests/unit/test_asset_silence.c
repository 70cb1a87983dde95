/* SPDX-License-Identifier: Apache-2.0 */
/* Hours of presence, and what silence in them means. */
#include <math.h>

#include "asset/presence.h"
#include "asset/silence.h"
#include "asset_rig.h"

START_TEST(hours_are_counted_once)
{
    struct presence presence = {0};
    ck_assert_int_eq(presence_note(&presence, rig_time(0), true), PRESENCE_NEW);
    ck_assert_int_eq(presence_note(&presence, rig_time(59), true), PRESENCE_SAME);
    ck_assert_int_eq(presence_note(&presence, rig_time(60), true), PRESENCE_NEW);
    ck_assert_int_eq(presence_note(&presence, rig_time(30), true), PRESENCE_SAME);
    ck_assert_int_eq(presence_note(&presence, rig_time(9 * RIG_DAY), true), PRESENCE_NEW);
    ck_assert_uint_eq(presence.hours, 3);
    /* A clock that was set counts as time that goes on. */
    ck_assert_int_eq(presence_note(&presence, rig_time(RIG_DAY), true), PRESENCE_NEW);
    ck_assert_uint_eq(presence.hours, 4);
    ck_assert_int_eq(presence_hour(-1), -1);
    ck_assert_int_eq(presence_hour(0), 0);
}
END_TEST

START_TEST(an_hour_with_few_flows_of_a_busy_machine_is_calm)
{
    struct presence presence = {0};
    for (int hour = 0; hour < 4; hour++)
        for (int i = 0; i < 30; i++)
            (void)presence_note(&presence, rig_time(hour * RIG_HOUR + i), true);
    ck_assert_int_eq(presence_note(&presence, rig_time(4 * RIG_HOUR), true), PRESENCE_NEW);
    (void)presence_note(&presence, rig_time(4 * RIG_HOUR + 1), false);
    ck_assert_int_eq(presence_note(&presence, rig_time(5 * RIG_HOUR), true), PRESENCE_CALM);
}
END_TEST

START_TEST(flows_are_counted_to_their_end)
{
    struct presence presence = {0};
    for (int i = 0; i < 70000; i++)
        (void)presence_note(&presence, rig_time(1), true);
    ck_assert_uint_eq(presence.flows, UINT16_MAX);
    ck_assert_uint_eq(presence.busiest, UINT16_MAX);
}
END_TEST

START_TEST(chance_of_silence_is_that_of_all_rates_that_fit)
{
    struct silence silence;
    double expected = 0.0;
    silence_begin(&silence, 10);
    ck_assert_double_eq(silence_chance(&silence, 1000, &expected), 1.0);
    for (unsigned i = 1; i <= 10; i++)
        silence_note(&silence, 10 + 2 * i);
    silence_note(&silence, 30);
    ck_assert_double_eq(silence_chance(&silence, 30, &expected), 1.0);
    ck_assert_double_eq_tol(silence_chance(&silence, 50, &expected), pow(0.5, 10), 1e-12);
    ck_assert_double_eq_tol(expected, 10.0, 1e-12);
}
END_TEST

START_TEST(scattered_gaps_give_time)
{
    struct silence even, bursts;
    double expected = 0.0;
    silence_begin(&even, 1);
    silence_begin(&bursts, 1);
    for (unsigned i = 1; i <= 40; i++) {
        silence_note(&even, 1 + 4 * i);
        silence_note(&bursts, 1 + i / 10 * 40 + i % 10);
    }
    ck_assert(silence_chance(&even, 161 + 40, &expected) < 0.001);
    ck_assert(silence_chance(&bursts, 161 + 40, &expected) > 0.01);
}
END_TEST

START_TEST(old_hours_count_less)
{
    struct silence silence;
    silence_begin(&silence, 1);
    for (unsigned i = 1; i <= 300; i++)
        silence_note(&silence, 1 + i);
    ck_assert_uint_lt(silence.events, 256);
    ck_assert_uint_eq(silence.span, silence.events);
    silence_note(&silence, 200000);
    ck_assert_uint_eq(silence.longest, UINT16_MAX);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {hours_are_counted_once,
                                  an_hour_with_few_flows_of_a_busy_machine_is_calm,
                                  flows_are_counted_to_their_end,
                                  chance_of_silence_is_that_of_all_rates_that_fit,
                                  scattered_gaps_give_time,
                                  old_hours_count_less,
                                  NULL};
    return run_suite(suite_of("asset_silence", tests));
}
