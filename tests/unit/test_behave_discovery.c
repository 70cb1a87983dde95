/* SPDX-License-Identifier: Apache-2.0 */
#include "behave/discovery.h"
#include "run.h"

static void add(struct discovery *discovery, double p_value, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        discovery_add(discovery, discovery_bucket(p_value));
}

START_TEST(without_tests_nothing_is_significant)
{
    struct discovery discovery = {0};
    ck_assert_double_eq(discovery_limit(&discovery, 0.05), 0.0);
}
END_TEST

START_TEST(one_test_is_held_to_the_rate)
{
    struct discovery discovery = {0};
    add(&discovery, 0.001, 1);
    double limit = discovery_limit(&discovery, 0.05);
    ck_assert_double_ge(limit, 0.025);
    ck_assert_double_le(limit, 0.05);
}
END_TEST

START_TEST(many_tests_raise_the_bar)
{
    struct discovery discovery = {0};
    add(&discovery, 0.004, 1);
    add(&discovery, 0.7, 999);
    ck_assert_double_lt(discovery_limit(&discovery, 0.05), 0.004);
}
END_TEST

START_TEST(many_beats_lower_it_again)
{
    struct discovery discovery = {0};
    add(&discovery, 0.001, 200);
    add(&discovery, 0.7, 800);
    ck_assert_double_ge(discovery_limit(&discovery, 0.05), 0.001);
}
END_TEST

START_TEST(false_ones_stay_a_small_share)
{
    /* A thousand even p-values: what chance gives; none of them may count. */
    struct discovery discovery = {0};
    unsigned significant = 0;
    for (unsigned i = 0; i < 1000; i++)
        add(&discovery, (i + 0.5) / 1000.0, 1);
    for (unsigned i = 0; i < 1000; i++)
        significant += (i + 0.5) / 1000.0 <= discovery_limit(&discovery, 0.05);
    ck_assert_uint_eq(significant, 0);
}
END_TEST

START_TEST(removed_ones_count_no_more)
{
    struct discovery discovery = {0};
    add(&discovery, 0.7, 999);
    add(&discovery, 0.001, 1);
    for (unsigned i = 0; i < 999; i++)
        discovery_remove(&discovery, discovery_bucket(0.7));
    ck_assert_uint_eq(discovery.tests, 1);
    ck_assert_double_ge(discovery_limit(&discovery, 0.05), 0.001);
}
END_TEST

START_TEST(any_number_has_a_bucket)
{
    ck_assert_uint_eq(discovery_bucket(1.0), 0);
    ck_assert_uint_eq(discovery_bucket(2.0), 0);
    ck_assert_uint_eq(discovery_bucket(0.5), 1);
    ck_assert_uint_eq(discovery_bucket(0.0), DISCOVERY_BUCKETS - 1);
    ck_assert_uint_eq(discovery_bucket(-1.0), DISCOVERY_BUCKETS - 1);
    ck_assert_uint_eq(discovery_bucket(1e-300), DISCOVERY_BUCKETS - 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {without_tests_nothing_is_significant,
                                  one_test_is_held_to_the_rate,
                                  many_tests_raise_the_bar,
                                  many_beats_lower_it_again,
                                  false_ones_stay_a_small_share,
                                  removed_ones_count_no_more,
                                  any_number_has_a_bucket,
                                  NULL};
    return run_suite(suite_of("behave_discovery", tests));
}
