/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "base/number.h"
#include "base/time.h"
#include "run.h"

START_TEST(whole_numbers_are_read_up_to_their_bound)
{
    uint64_t value = 5;
    ck_assert(number_parse_u64("0", 10, &value) && value == 0);
    ck_assert(number_parse_u64("10", 10, &value) && value == 10);
    ck_assert(number_parse_u64("18446744073709551615", UINT64_MAX, &value) && value == UINT64_MAX);
    value = 5;
    static const char *const wrong[] = {"11", "", " 1", "1 ", "-1", "+1", "0x5", "1.0", "a", "1a"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ck_assert_msg(!number_parse_u64(wrong[i], 10, &value), "%s", wrong[i]);
    ck_assert(!number_parse_u64("18446744073709551616", UINT64_MAX, &value));
    ck_assert(value == 5);
}
END_TEST

START_TEST(durations_have_units_and_fractions)
{
    int64_t ns = 0;
    ck_assert(number_parse_duration("5", &ns) && ns == 5 * NS_PER_S);
    ck_assert(number_parse_duration("7ns", &ns) && ns == 7);
    ck_assert(number_parse_duration("7us", &ns) && ns == 7000);
    ck_assert(number_parse_duration("1.5ms", &ns) && ns == 1500000);
    ck_assert(number_parse_duration("0.25s", &ns) && ns == 250 * NS_PER_MS);
    ck_assert(number_parse_duration("2min", &ns) && ns == 120 * NS_PER_S);
    ck_assert(number_parse_duration("2m", &ns) && ns == 120 * NS_PER_S);
    ck_assert(number_parse_duration("24h", &ns) && ns == NS_PER_DAY);
    ck_assert(number_parse_duration("7d", &ns) && ns == 7 * NS_PER_DAY);
    ck_assert(number_parse_duration("0", &ns) && ns == 0);
}
END_TEST

START_TEST(wrong_durations_are_refused)
{
    static const char *const wrong[] = {"",
                                        "s",
                                        "-1s",
                                        "1 s",
                                        "1x",
                                        "1.2.3s",
                                        "1.s",
                                        ".5s",
                                        "1e3",
                                        "5S",
                                        "nan",
                                        "inf",
                                        "300000000000000d",
                                        "0x10s",
                                        "1.5.",
                                        "111111111111111111111111111111111111s"};
    int64_t ns = 42;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ck_assert_msg(!number_parse_duration(wrong[i], &ns), "%s", wrong[i]);
    ck_assert(ns == 42);
}
END_TEST

START_TEST(sizes_have_binary_units)
{
    uint64_t bytes = 0;
    ck_assert(number_parse_size("12", &bytes) && bytes == 12);
    ck_assert(number_parse_size("12B", &bytes) && bytes == 12);
    ck_assert(number_parse_size("2KiB", &bytes) && bytes == 2048);
    ck_assert(number_parse_size("2k", &bytes) && bytes == 2048);
    ck_assert(number_parse_size("3MiB", &bytes) && bytes == 3U << 20);
    ck_assert(number_parse_size("3M", &bytes) && bytes == 3U << 20);
    ck_assert(number_parse_size("4GiB", &bytes) && bytes == UINT64_C(4) << 30);
    ck_assert(number_parse_size("4G", &bytes) && bytes == UINT64_C(4) << 30);
    static const char *const wrong[] = {"",
                                        "-1",
                                        "1.5M",
                                        "1 M",
                                        "1TB",
                                        "1KB",
                                        "M",
                                        "99999999999999999999",
                                        "18446744073709551615k"};
    bytes = 42;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ck_assert_msg(!number_parse_size(wrong[i], &bytes), "%s", wrong[i]);
    ck_assert(bytes == 42);
}
END_TEST

START_TEST(fractions_stay_within_their_bounds)
{
    double value = 0;
    ck_assert(number_parse_double("0.5", 0, 1, &value) && value == 0.5);
    ck_assert(number_parse_double("-0.5", -1, 1, &value) && value == -0.5);
    ck_assert(number_parse_double(".25", 0, 1, &value) && value == 0.25);
    ck_assert(number_parse_double("1", 0, 1, &value) && value == 1);
    static const char *const wrong[] = {"",      "1.1", "-0.1", "nan", "inf", "-inf", "0x1",
                                        "1e999", "-",   ".",    " 1",  "1 ",  "0,5"};
    value = 7;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ck_assert_msg(!number_parse_double(wrong[i], 0, 1, &value), "%s", wrong[i]);
    ck_assert(value == 7);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {whole_numbers_are_read_up_to_their_bound,
                            durations_have_units_and_fractions,
                            wrong_durations_are_refused,
                            sizes_have_binary_units,
                            fractions_stay_within_their_bounds,
                            NULL};
    return run_suite(suite_of("base_number", tests));
}
