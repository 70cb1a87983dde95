/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/memory.h"
#include "base/time.h"
#include "logs/series.h"
#include "logs/value.h"
#include "run.h"

static struct slice slice_of(const char *text)
{
    return (struct slice){.at = text, .length = strlen(text)};
}

struct value_case {
    const char *text;
    int64_t value;
};

START_TEST(decimals_are_exact)
{
    static const struct value_case cases[] = {
        {"0", 0},
        {"12", 12 * NS_PER_S},
        {"1764072000.123456789", INT64_C(1764072000123456789)},
        {"1764072000.1234567899", INT64_C(1764072000123456789)},
        {"-1.5", -1500 * NS_PER_MS},
        {"0.000000001", 1},
        {"1e3", 1000 * NS_PER_S},
        {"1.5E-3", 1500000},
        {"-2e0", -2 * NS_PER_S},
        {"4611686017", 4611686017 * NS_PER_S},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t value = -7;
        ck_assert_msg(value_decimal(slice_of(cases[i].text), NS_PER_S, &value), "%s",
                      cases[i].text);
        ck_assert_int_eq(value, cases[i].value);
    }
    int64_t value = 0;
    ck_assert(value_decimal(slice_of("12.75"), 1, &value) && value == 12);
    ck_assert(value_decimal(slice_of("3600123.25"), NS_PER_MS, &value));
    ck_assert_int_eq(value, INT64_C(3600123250000));
}
END_TEST

START_TEST(what_is_no_number_is_refused)
{
    static const char *const wrong[] = {
        "",
        "-",
        "+1",
        ".5",
        "1.",
        "1.x",
        "x",
        "nan",
        "inf",
        "-inf",
        "0x10",
        "1 ",
        " 1",
        "1e",
        "1e400",
        "--1",
        "1.2.3",
        "1e5x",
        "1,5",
        "4611686018",
        "99999999999999999999999999",
        "1e10",
        "1e00000000000000000000000000000000000000000000000000000000000001"};
    int64_t value = 42;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ck_assert_msg(!value_decimal(slice_of(wrong[i]), NS_PER_S, &value), "%s", wrong[i]);
    ck_assert(!value_decimal((struct slice){.at = "1e\0", .length = 3}, 1, &value));
    ck_assert(!value_decimal((struct slice){.at = "1e1\0", .length = 4}, 1, &value));
    ck_assert(!value_decimal(slice_of("10888888888888888888888888888888888888"), 1, &value));
    ck_assert(!value_decimal(slice_of("4611686018427387903"), 1, &value));
    ck_assert_int_eq(value, 42);
    ck_assert(value_decimal(slice_of("4611686018427387902"), 1, &value));
    ck_assert_int_eq(value, INT64_C(4611686018427387902));
}
END_TEST

START_TEST(a_piece_ends_where_its_length_says)
{
    int64_t value = 0;
    ck_assert(value_decimal((struct slice){.at = "12345", .length = 2}, 1, &value) && value == 12);
    ck_assert(slice_is((struct slice){.at = "abc", .length = 2}, "ab"));
    ck_assert(!slice_is((struct slice){.at = "abc", .length = 2}, "abc"));
    ck_assert(!slice_is((struct slice){.at = NULL, .length = 0}, ""));
}
END_TEST

START_TEST(times_are_read_as_seconds_and_as_calendar)
{
    static const struct value_case cases[] = {
        {"1764072000", 1764072000 * NS_PER_S},
        {"2025-11-25T12:00:00Z", 1764072000 * NS_PER_S},
        {"2025-11-25 12:00", 1764072000 * NS_PER_S},
        {"2025-11-25t12:00:00.5z", 1764072000 * NS_PER_S + 500 * NS_PER_MS},
        {"2025-11-25T12:00:00,25", 1764072000 * NS_PER_S + 250 * NS_PER_MS},
        {"2025-11-25T12:00:00.123456+0000", 1764072000 * NS_PER_S + 123456 * NS_PER_US},
        {"2025-11-25T14:30:00+02:30", 1764072000 * NS_PER_S},
        {"2025-11-25T10:00:00-02", 1764072000 * NS_PER_S},
        {"2025-11-25T11:59:60Z", 1764072000 * NS_PER_S},
        {"1970-01-01T00:00:00", 0},
        {"1e-4", 100000},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t value = -7;
        ck_assert_msg(value_time(slice_of(cases[i].text), &value), "%s", cases[i].text);
        ck_assert_msg(value == cases[i].value, "%s", cases[i].text);
    }
}
END_TEST

START_TEST(what_is_no_time_is_refused)
{
    static const char *const wrong[] = {"2025-11-25",
                                        "2025-11-25T",
                                        "2025-11-25T1",
                                        "2025-11-25T12",
                                        "2025-11-25T12:",
                                        "2025-11-25T12:0",
                                        "2025-11-25T12:00:",
                                        "2025-11-25T12:00:0",
                                        "2025-11-25T24:00:00",
                                        "2025-11-25T12:60:00",
                                        "2025-11-25T12:00:61",
                                        "2025-11-25T12:00:00.",
                                        "2025-11-25T12:00:00x",
                                        "2025-11-25T12:00:00Zx",
                                        "2025-11-25T12:00:00+",
                                        "2025-11-25T12:00:00+1",
                                        "2025-11-25T12:00:00+01:",
                                        "2025-11-25T12:00:00+01:6",
                                        "2025-11-25T12:00:00+01:00x",
                                        "2025-11-25T12:00:00+24:00",
                                        "2025-02-30T12:00:00",
                                        "2025-1a-25T12:00:00",
                                        "2200-01-01T00:00:00",
                                        "1800-01-01T00:00:00",
                                        "1764072000000",
                                        "",
                                        "now"};
    int64_t value = 42;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ck_assert_msg(!value_time(slice_of(wrong[i]), &value), "%s", wrong[i]);
    ck_assert_int_eq(value, 42);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {decimals_are_exact,
                            what_is_no_number_is_refused,
                            a_piece_ends_where_its_length_says,
                            times_are_read_as_seconds_and_as_calendar,
                            what_is_no_time_is_refused,
                            NULL};
    return run_suite(suite_of("logs_value", tests));
}
