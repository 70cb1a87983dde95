/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "logs/series.h"
#include "run.h"

static const struct series_limits wide = {.max_events = 1000000, .max_series = 1000000};

static void add(struct series_set *set, const char *id, int64_t time_ns)
{
    struct series_event event = {.time_ns = time_ns, .bytes = -1};
    series_set_add(set, id, strlen(id), &event);
}

START_TEST(events_of_one_id_are_one_series_in_any_order)
{
    struct series_set *set = series_set_new(&wide);
    add(set, "a", 3);
    add(set, "b", 1);
    add(set, "a", 1);
    add(set, "a", 2);
    add(set, "a", 2);
    series_set_finish(set);
    ck_assert_uint_eq(series_set_size(set), 2);
    const struct series *series = series_set_at(set, 0);
    ck_assert_str_eq(series->id, "a");
    ck_assert_uint_eq(series->count, 4);
    static const int64_t wanted[] = {1, 2, 2, 3};
    ck_assert_mem_eq(series->times_ns, wanted, sizeof wanted);
    ck_assert_str_eq(series_set_at(set, 1)->id, "b");
    ck_assert_uint_eq(series_set_counts(set)->events, 5);
    series_set_free(set);
}
END_TEST

START_TEST(many_series_are_found_again)
{
    struct series_set *set = series_set_new(&wide);
    for (int turn = 0; turn < 3; turn++)
        for (int i = 0; i < 10000; i++) {
            char id[16];
            (void)snprintf(id, sizeof id, "%d", i);
            add(set, id, turn);
        }
    ck_assert_uint_eq(series_set_size(set), 10000);
    for (size_t i = 0; i < 10000; i++)
        ck_assert_uint_eq(series_set_at(set, i)->count, 3);
    series_set_free(set);
}
END_TEST

START_TEST(a_long_series_keeps_every_event)
{
    struct series_set *set = series_set_new(&wide);
    for (int64_t i = 0; i < 100000; i++) {
        struct series_event event = {.time_ns = i, .bytes = 100000 - i};
        series_set_add(set, "long", 4, &event);
    }
    series_set_finish(set);
    const struct series *series = series_set_at(set, 0);
    ck_assert_uint_eq(series->count, 100000);
    ck_assert_int_eq(series->times_ns[99999], 99999);
    ck_assert_uint_eq(series_median_bytes(series), 50000);
    ck_assert_uint_eq(series->bytes, UINT64_C(100001) * 50000);
    series_set_free(set);
}
END_TEST

START_TEST(sizes_that_are_not_told_do_not_count)
{
    struct series_set *set = series_set_new(&wide);
    static const int64_t sizes[] = {-1, 30, -1, 10, 20, 0};
    for (size_t i = 0; i < 6; i++) {
        struct series_event event = {.bytes = sizes[i]};
        series_set_add(set, "a", 1, &event);
    }
    add(set, "b", 0);
    series_set_finish(set);
    const struct series *series = series_set_at(set, 0);
    ck_assert_uint_eq(series->size_count, 4);
    ck_assert_uint_eq(series->bytes, 60);
    ck_assert_uint_eq(series_median_bytes(series), 10);
    ck_assert_ptr_null(series_set_at(set, 1)->sizes);
    ck_assert_uint_eq(series_median_bytes(series_set_at(set, 1)), 0);
    series_set_free(set);
}
END_TEST

START_TEST(a_sum_of_sizes_stops_at_its_end)
{
    struct series_set *set = series_set_new(&wide);
    struct series_event event = {.bytes = INT64_MAX};
    for (int i = 0; i < 5; i++)
        series_set_add(set, "a", 1, &event);
    ck_assert_uint_eq(series_set_at(set, 0)->bytes, UINT64_MAX);
    series_set_free(set);
}
END_TEST

START_TEST(a_told_window_holds_only_around_its_times)
{
    struct series_set *set = series_set_new(&wide);
    struct series_event inside = {.time_ns = 5, .window_ns = 10};
    struct series_event longer = {.time_ns = 5, .window_ns = 12};
    struct series_event beyond = {.time_ns = 13, .window_ns = 12};
    struct series_event before = {.time_ns = -1, .window_ns = 12};
    series_set_add(set, "in", 2, &inside);
    series_set_add(set, "in", 2, &longer);
    series_set_add(set, "in", 2, &inside);
    series_set_add(set, "beyond", 6, &beyond);
    series_set_add(set, "before", 6, &before);
    series_set_finish(set);
    ck_assert_int_eq(series_set_at(set, 0)->from_ns, 0);
    ck_assert_int_eq(series_set_at(set, 0)->until_ns, 12);
    ck_assert_int_eq(series_set_at(set, 1)->until_ns, 0);
    ck_assert_int_eq(series_set_at(set, 2)->until_ns, 0);
    series_set_free(set);
}
END_TEST

START_TEST(the_common_clock_runs_as_long_as_the_run)
{
    struct series_set *set = series_set_new(&wide);
    struct series_event event = {.time_ns = 100, .common_clock = true};
    series_set_add(set, "a", 1, &event);
    event.time_ns = 900;
    series_set_add(set, "b", 1, &event);
    event.time_ns = -50;
    series_set_add(set, "b", 1, &event);
    add(set, "own", 5000);
    series_set_add(set, "mixed", 5, &event);
    add(set, "mixed", 5000);
    series_set_finish(set);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(series_set_at(set, i)->from_ns, -50);
        ck_assert_int_eq(series_set_at(set, i)->until_ns, 900);
    }
    for (size_t i = 2; i < 4; i++) {
        ck_assert_int_eq(series_set_at(set, i)->from_ns, 0);
        ck_assert_int_eq(series_set_at(set, i)->until_ns, 0);
    }
    series_set_free(set);
}
END_TEST

START_TEST(what_is_beyond_the_limits_is_counted)
{
    struct series_limits limits = {.max_events = 4, .max_series = 2};
    struct series_set *set = series_set_new(&limits);
    add(set, "a", 1);
    add(set, "b", 1);
    add(set, "c", 1); /* a third series */
    add(set, "a", 2);
    add(set, "b", 2);
    add(set, "a", 3); /* a fifth event */
    ck_assert_uint_eq(series_set_size(set), 2);
    ck_assert_uint_eq(series_set_counts(set)->events, 4);
    ck_assert_uint_eq(series_set_counts(set)->dropped_events, 2);
    series_set_free(set);
    limits.max_series = UINT64_MAX;
    set = series_set_new(&limits);
    add(set, "a", 1);
    ck_assert_uint_eq(series_set_size(set), 1);
    series_set_free(set);
    series_set_free(NULL);
}
END_TEST

START_TEST(one_failed_call_marks_the_series)
{
    struct series_set *set = series_set_new(&wide);
    struct series_event event = {.unanswered = true};
    series_set_add(set, "a", 1, &event);
    add(set, "b", 0);
    ck_assert(!series_set_at(set, 0)->answered);
    ck_assert(series_set_at(set, 1)->answered);
    series_set_free(set);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {events_of_one_id_are_one_series_in_any_order,
                            many_series_are_found_again,
                            a_long_series_keeps_every_event,
                            sizes_that_are_not_told_do_not_count,
                            a_sum_of_sizes_stops_at_its_end,
                            a_told_window_holds_only_around_its_times,
                            the_common_clock_runs_as_long_as_the_run,
                            what_is_beyond_the_limits_is_counted,
                            one_failed_call_marks_the_series,
                            NULL};
    return run_suite(suite_of("logs_series", tests));
}
