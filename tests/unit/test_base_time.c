/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/time.h"
#include "run.h"

START_TEST(times_are_written_in_both_forms)
{
    char text[TIME_TEXT_MAX];
    int64_t ns = INT64_C(1795344315123456789);
    ck_assert_uint_eq(time_text(ns, text), strlen(text));
    ck_assert_str_eq(text, "2026-11-22T10:45:15.123456+0000");
    ck_assert_uint_eq(time_text_ns(ns, text), strlen(text));
    ck_assert_str_eq(text, "2026-11-22T10:45:15.123456789Z");
    time_date_text(ns, text);
    ck_assert_str_eq(text, "2026-11-22");
}
END_TEST

START_TEST(the_ends_of_the_range_are_written)
{
    char text[TIME_TEXT_MAX];
    (void)time_text_ns(0, text);
    ck_assert_str_eq(text, "1970-01-01T00:00:00.000000000Z");
    (void)time_text_ns(-1, text);
    ck_assert_str_eq(text, "1969-12-31T23:59:59.999999999Z");
    (void)time_text_ns(INT64_MAX, text);
    ck_assert_str_eq(text, "2262-04-11T23:47:16.854775807Z");
    (void)time_text_ns(INT64_MIN, text);
    ck_assert_str_eq(text, "1677-09-21T00:12:43.145224192Z");
    (void)time_text(-NS_PER_DAY, text);
    ck_assert_str_eq(text, "1969-12-31T00:00:00.000000+0000");
}
END_TEST

START_TEST(dates_agree_with_the_c_library)
{
    for (int64_t day = -106700; day < 106000; day += 97) {
        time_t seconds = day * 86400 + 86399;
        struct tm civil;
        ck_assert_ptr_nonnull(gmtime_r(&seconds, &civil));
        char expected[64], text[TIME_TEXT_MAX];
        (void)snprintf(expected, sizeof expected, "%04d-%02d-%02d", civil.tm_year + 1900,
                       civil.tm_mon + 1, civil.tm_mday);
        time_date_text(seconds * NS_PER_S, text);
        ck_assert_str_eq(text, expected);
        int64_t back = 0;
        if (civil.tm_year + 1900 >= 1700 && civil.tm_year + 1900 <= 2261) {
            ck_assert(time_parse_date(text, &back));
            ck_assert(back == day * NS_PER_DAY);
        }
    }
}
END_TEST

START_TEST(dates_that_no_calendar_has_are_refused)
{
    static const char *const wrong[] = {"",           "2026-13-01", "2026-00-01",  "2026-02-29",
                                        "2026-04-31", "2026-01-00", "2026-1-01",   "2026-01-1",
                                        "26-01-01",   "2026/01/01", "2026-01-01x", " 026-01-01",
                                        "+026-01-01", "2026-+1-01", "2026- 1-01",  "2026-01- 1",
                                        "1699-01-01", "2262-01-01", "20260-1-01",  "2026-01001"};
    int64_t ns = 42;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ck_assert_msg(!time_parse_date(wrong[i], &ns), "%s", wrong[i]);
    ck_assert(ns == 42);
    ck_assert(time_parse_date("2024-02-29", &ns));
    ck_assert(time_parse_date("1970-01-02", &ns) && ns == NS_PER_DAY);
}
END_TEST

START_TEST(sums_are_held_at_the_ends)
{
    ck_assert(time_add(1, 2) == 3);
    ck_assert(time_add(INT64_MAX, 1) == INT64_MAX);
    ck_assert(time_add(INT64_MIN, -1) == INT64_MIN);
    ck_assert(time_add(INT64_MAX, INT64_MIN) == -1);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {times_are_written_in_both_forms, the_ends_of_the_range_are_written,
                            dates_agree_with_the_c_library,  dates_that_no_calendar_has_are_refused,
                            sums_are_held_at_the_ends,       NULL};
    return run_suite(suite_of("base_time", tests));
}
