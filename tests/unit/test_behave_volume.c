/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "behave/volume.h"
#include "run.h"

#define T0 (INT64_C(1700000000) * NS_PER_S)

static const struct volume_limits limits = {.bytes_out = 100000, .ratio = 2.0, .unusual = 8.0};

START_TEST(small_look_ups_are_no_upload)
{
    struct volume volume = {0};
    for (int i = 0; i < 1000; i++)
        ck_assert(!volume_add(&volume, T0 + i * 600 * NS_PER_S, 900, 700, &limits));
}
END_TEST

START_TEST(many_bytes_out_are_an_upload_told_once)
{
    struct volume volume = {0};
    ck_assert(!volume_add(&volume, T0, 60000, 1000, &limits));
    ck_assert(volume_add(&volume, T0 + 10 * NS_PER_S, 60000, 1000, &limits));
    ck_assert(!volume_add(&volume, T0 + 20 * NS_PER_S, 60000, 1000, &limits));
    ck_assert_uint_eq(volume.bytes_out, 180000);
    ck_assert_int_eq(volume.from_ns, T0);
    ck_assert_int_eq(volume.last_ns, T0 + 20 * NS_PER_S);
}
END_TEST

START_TEST(second_sample_is_news_too)
{
    struct volume volume = {0};
    ck_assert(volume_add(&volume, T0, 500000, 1000, &limits));
    ck_assert(volume_add(&volume, T0 + NS_PER_DAY, 500000, 1000, &limits));
}
END_TEST

START_TEST(download_is_no_upload)
{
    struct volume volume = {0};
    ck_assert(!volume_add(&volume, T0, 500000, 9000000, &limits));
}
END_TEST

START_TEST(what_is_usual_is_no_news)
{
    struct volume volume = {0};
    int64_t t = T0;
    for (int i = 0; i < 5; i++, t += 3600 * NS_PER_S)
        ck_assert(!volume_add(&volume, t, 90000, 1000, &limits));
    ck_assert(!volume_add(&volume, t, 120000, 1000, &limits)); /* above the floor, near the usual */
    t += 3600 * NS_PER_S;
    ck_assert(volume_add(&volume, t, 900000, 1000, &limits));
}
END_TEST

START_TEST(slow_trickle_does_not_add_up_over_hours)
{
    struct volume volume = {0};
    for (int i = 0; i < 2000; i++)
        ck_assert(!volume_add(&volume, T0 + i * 60 * NS_PER_S, 1000, 10, &limits));
}
END_TEST

START_TEST(clock_that_steps_back_does_no_harm)
{
    struct volume volume = {0};
    ck_assert(!volume_add(&volume, T0, 60000, 0, &limits));
    ck_assert(volume_add(&volume, T0 - NS_PER_DAY, 60000, 0, &limits));
    ck_assert_int_eq(volume.last_ns, T0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        small_look_ups_are_no_upload,       many_bytes_out_are_an_upload_told_once,
        second_sample_is_news_too,          download_is_no_upload,
        what_is_usual_is_no_news,           slow_trickle_does_not_add_up_over_hours,
        clock_that_steps_back_does_no_harm, NULL};
    return run_suite(suite_of("behave_volume", tests));
}
