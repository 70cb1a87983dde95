/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "flow/clock.h"
#include "flow/table.h"
#include "run.h"

static struct flow_counters counters;

START_TEST(steady_time_follows_forward_steps_only)
{
    struct flow_clock clock = {.late_ns = 10};
    ck_assert(flow_clock_see(&clock, 1000, &counters) == 1000);
    ck_assert(clock.steady_ns == 0);
    ck_assert(flow_clock_see(&clock, 1100, &counters) == 1100);
    ck_assert(flow_clock_see(&clock, 1095, &counters) == 1095);
    ck_assert(clock.newest_ns == 1100 && clock.steady_ns == 100);
    ck_assert(flow_clock_see(&clock, 1090, &counters) == 1090);
    ck_assert(flow_clock_see(&clock, 1089, &counters) == 1100);
    ck_assert_uint_eq(counters.late, 2);
    ck_assert_uint_eq(counters.backward, 1);
    flow_clock_advance(&clock, 1050);
    ck_assert(clock.newest_ns == 1100);
    flow_clock_advance(&clock, 1200);
    ck_assert(clock.newest_ns == 1200 && clock.steady_ns == 200);
}
END_TEST

START_TEST(sixteen_packets_in_a_row_set_the_clock_back)
{
    struct flow_clock clock = {.late_ns = 10};
    (void)flow_clock_see(&clock, 10000, &counters);
    for (int i = 0; i < 15; i++)
        ck_assert(flow_clock_see(&clock, 100 + i, &counters) == 10000);
    (void)flow_clock_see(&clock, 10001, &counters); /* breaks the row */
    for (int i = 0; i < 15; i++)
        ck_assert(flow_clock_see(&clock, 100 + i, &counters) == 10001);
    ck_assert_uint_eq(counters.clock_steps, 0);
    ck_assert(flow_clock_see(&clock, 115, &counters) == 115);
    ck_assert_uint_eq(counters.clock_steps, 1);
    ck_assert(clock.steady_ns == 1);
    ck_assert(flow_clock_see(&clock, 120, &counters) == 120);
    ck_assert(clock.steady_ns == 6);
}
END_TEST

START_TEST(absurd_steps_count_for_thirty_days)
{
    struct flow_clock clock = {.late_ns = NS_PER_S};
    (void)flow_clock_see(&clock, INT64_MIN, &counters);
    ck_assert(flow_clock_see(&clock, INT64_MAX, &counters) == INT64_MAX);
    ck_assert(clock.steady_ns == 30 * NS_PER_DAY);
    clock.steady_ns = INT64_MAX - 5;
    clock.newest_ns = 0;
    flow_clock_advance(&clock, 100);
    ck_assert(clock.steady_ns == INT64_MAX);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {steady_time_follows_forward_steps_only,
                            sixteen_packets_in_a_row_set_the_clock_back,
                            absurd_steps_count_for_thirty_days, NULL};
    return run_suite(suite_of("flow_clock", tests));
}
