/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "behave/history.h"
#include "behave/pairs.h"
#include "behave/volume.h"
#include "match/signature.h"
#include "net/protocol.h"
#include "run.h"

#define T0 (INT64_C(1700000000) * NS_PER_S)

static const struct vendor vendor = {.id = "acme"};
static const struct service update = {.vendor = &vendor, .id = "update"};
static int64_t uptime_ns;

static struct pairs *pairs_with(uint32_t pairs_max)
{
    struct pairs_options options;
    pairs_options_default(&options);
    options.pairs_max = pairs_max;
    uptime_ns = 0;
    return pairs_new(&options);
}

static struct wake wake_at(double seconds)
{
    struct wake wake = {.ts_ns = T0 + (int64_t)(seconds * (double)NS_PER_S),
                        .asset_port = 50000,
                        .endpoint_port = 443,
                        .protocol = PROTOCOL_TCP,
                        .channel = WAKE_CONNECT,
                        .subject = {.kind = SUBJECT_SERVICE, .vendor = &vendor, .service = &update},
                        .name = "upd.acme.example",
                        .uptime_ns = (int64_t)(seconds * (double)NS_PER_S)};
    ck_assert(addr_parse("10.0.0.1", &wake.asset));
    ck_assert(addr_parse("198.51.100.7", &wake.endpoint));
    return wake;
}

static int64_t uptime_of(void *context, const struct addr *asset)
{
    (void)context;
    (void)asset;
    return uptime_ns;
}

/* Counts the changes of a kind; the last one is kept. */
static unsigned drain(struct pairs *pairs, enum change_kind kind, struct change *ret_last)
{
    unsigned count = 0;
    struct change change;
    while (pairs_next_change(pairs, &change)) {
        if (change.kind != kind)
            continue;
        count++;
        if (ret_last != NULL)
            *ret_last = change;
    }
    return count;
}

static void beat(struct pairs *pairs, double from_s, double period_s, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        struct wake wake = wake_at(from_s + i * period_s);
        pairs_wake(pairs, &wake);
    }
}

START_TEST(steady_series_is_found_once)
{
    struct pairs *pairs = pairs_with(1000);
    beat(pairs, 0, 300, 40);
    struct change change;
    ck_assert_uint_eq(drain(pairs, CHANGE_BEAT_FOUND, &change), 1);
    ck_assert_ptr_eq(change.subject.service, &update);
    ck_assert_str_eq(change.name, "upd.acme.example");
    ck_assert_int_ge(change.score.period_ns, 299 * NS_PER_S);
    ck_assert_int_le(change.score.period_ns, 301 * NS_PER_S);
    ck_assert_uint_eq(pairs_counters(pairs)->found, 1);
    ck_assert_uint_eq(pairs_counters(pairs)->beating, 1);
    pairs_free(pairs);
}
END_TEST

START_TEST(burst_is_one_wake_up)
{
    struct pairs *pairs = pairs_with(1000);
    for (unsigned i = 0; i < 20; i++) {
        struct wake wake = wake_at(i * 300.0);
        for (unsigned k = 0; k < 6; k++) {
            pairs_wake(pairs, &wake);
            wake.ts_ns += NS_PER_S / 5;
        }
    }
    struct change change;
    ck_assert_uint_eq(drain(pairs, CHANGE_BEAT_FOUND, &change), 1);
    ck_assert_uint_eq(pairs_counters(pairs)->merged, 100);
    struct pair_view view;
    ck_assert(pairs_view(pairs, 0, &view));
    ck_assert_uint_eq(view.wakes, 20);
    ck_assert_uint_eq(view.count, 20);
    ck_assert(!pairs_view(pairs, 1, &view));
    pairs_free(pairs);
}
END_TEST

START_TEST(addresses_of_one_service_are_one_series)
{
    struct pairs *pairs = pairs_with(1000);
    for (unsigned i = 0; i < 20; i++) {
        struct wake wake = wake_at(i * 300.0);
        wake.endpoint.bytes[15] = (uint8_t)i;
        wake.protocol = i % 2 == 0 ? PROTOCOL_TCP : PROTOCOL_UDP;
        pairs_wake(pairs, &wake);
    }
    ck_assert_uint_eq(pairs_counters(pairs)->pairs, 1);
    ck_assert_uint_eq(drain(pairs, CHANGE_BEAT_FOUND, NULL), 1);
    pairs_free(pairs);
}
END_TEST

START_TEST(domains_endpoints_and_channels_are_kept_apart)
{
    struct pairs *pairs = pairs_with(1000);
    struct wake wake = wake_at(0);
    pairs_wake(pairs, &wake);
    wake.channel = WAKE_LOOKUP;
    pairs_wake(pairs, &wake);
    wake.subject = (struct subject){.kind = SUBJECT_DOMAIN, .domain = "example.org"};
    pairs_wake(pairs, &wake);
    char same[] = "example.org"; /* the text counts, not where it stands */
    wake.subject.domain = same;
    pairs_wake(pairs, &wake);
    wake.subject = (struct subject){.kind = SUBJECT_ENDPOINT};
    pairs_wake(pairs, &wake);
    wake.endpoint_port = 444;
    pairs_wake(pairs, &wake);
    wake.asset.bytes[15]++;
    pairs_wake(pairs, &wake);
    ck_assert_uint_eq(pairs_counters(pairs)->pairs, 6);
    pairs_free(pairs);
}
END_TEST

START_TEST(late_start_takes_its_place)
{
    struct pairs *pairs = pairs_with(1000);
    static const int order[] = {0, 2, 1, 4, 3, 6, 5, 8, 7};
    for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++) {
        struct wake wake = wake_at(order[i] * 100.0);
        pairs_wake(pairs, &wake);
    }
    struct pair_view view;
    ck_assert(pairs_view(pairs, 0, &view));
    ck_assert_uint_eq(view.count, 9);
    for (size_t i = 0; i < 9; i++)
        ck_assert_int_eq(view.times_ns[i], T0 + (int64_t)i * 100 * NS_PER_S);
    pairs_free(pairs);
}
END_TEST

START_TEST(heartbeat_of_a_client_that_reconnects_is_one_beat)
{
    struct pairs *pairs = pairs_with(1000);
    unsigned found = 0;
    struct change change;
    for (unsigned connection = 0; connection < 8; connection++) {
        for (unsigned i = 0; i < 12; i++) {
            struct wake wake = wake_at(connection * 5000.0 + connection * 17.0 + i * 60.0);
            wake.channel = WAKE_MESSAGE;
            wake.asset_port = (uint16_t)(50000 + connection);
            pairs_wake(pairs, &wake);
        }
        found += drain(pairs, CHANGE_BEAT_FOUND, &change);
    }
    ck_assert_uint_eq(found, 1);
    ck_assert_int_eq(change.channel, WAKE_MESSAGE);
    ck_assert_int_eq(change.subject.kind, SUBJECT_SERVICE);
    ck_assert_uint_eq(pairs_counters(pairs)->pairs, 9); /* and the pair that reports */
    pairs_free(pairs);
}
END_TEST

START_TEST(silence_counts_only_while_the_machine_is_on)
{
    struct pairs *pairs = pairs_with(1000);
    beat(pairs, 0, 300, 20);
    ck_assert_uint_eq(drain(pairs, CHANGE_BEAT_FOUND, NULL), 1);
    int64_t last_ns = T0 + INT64_C(19) * 300 * NS_PER_S;
    uptime_ns = INT64_C(19) * 300 * NS_PER_S + 60 * NS_PER_S;
    pairs_check(pairs, last_ns + NS_PER_DAY, uptime_of, NULL);
    ck_assert_uint_eq(drain(pairs, CHANGE_BEAT_STOPPED, NULL), 0);
    uptime_ns += 8 * 3600 * NS_PER_S;
    pairs_check(pairs, last_ns + 2 * NS_PER_DAY, uptime_of, NULL);
    struct change change;
    ck_assert_uint_eq(drain(pairs, CHANGE_BEAT_STOPPED, &change), 1);
    ck_assert_int_eq(change.last_ns, last_ns);
    ck_assert_int_ge(change.score.period_ns, 299 * NS_PER_S);
    pairs_check(pairs, last_ns + 3 * NS_PER_DAY, uptime_of, NULL);
    ck_assert_uint_eq(drain(pairs, CHANGE_BEAT_STOPPED, NULL), 0);
    ck_assert_uint_eq(pairs_counters(pairs)->beating, 0);
    beat(pairs, 300000, 300, 20);
    ck_assert_uint_eq(drain(pairs, CHANGE_BEAT_RETURNED, NULL), 1);
    pairs_free(pairs);
}
END_TEST

START_TEST(many_that_stop_at_once_are_all_told)
{
    struct pairs *pairs = pairs_with(1000);
    for (unsigned machine = 0; machine < 40; machine++) {
        for (unsigned i = 0; i < 10; i++) {
            struct wake wake = wake_at(i * 300.0 + machine);
            wake.asset.bytes[14] = (uint8_t)machine;
            pairs_wake(pairs, &wake);
        }
        ck_assert_uint_eq(drain(pairs, CHANGE_BEAT_FOUND, NULL), 1);
    }
    uptime_ns = NS_PER_DAY * 5;
    unsigned stopped = 0;
    for (unsigned i = 0; i < 10; i++) { /* as at each packet */
        pairs_check(pairs, T0 + NS_PER_DAY + i, uptime_of, NULL);
        stopped += drain(pairs, CHANGE_BEAT_STOPPED, NULL);
    }
    ck_assert_uint_eq(stopped, 40);
    pairs_free(pairs);
}
END_TEST

START_TEST(bound_is_kept_and_beats_stay)
{
    struct pairs *pairs = pairs_with(200);
    beat(pairs, 0, 300, 20);
    for (unsigned i = 0; i < 5000; i++) {
        struct wake wake = wake_at(6000 + i);
        wake.subject = (struct subject){.kind = SUBJECT_ENDPOINT};
        wake.endpoint.bytes[13] = (uint8_t)(i >> 8);
        wake.endpoint.bytes[14] = (uint8_t)i;
        pairs_wake(pairs, &wake);
    }
    ck_assert_uint_le(pairs_counters(pairs)->pairs, 200);
    ck_assert_uint_ge(pairs_counters(pairs)->evicted, 4800);
    ck_assert_uint_eq(pairs_counters(pairs)->beating, 1);
    pairs_free(pairs);
}
END_TEST

START_TEST(upload_is_told_with_its_window)
{
    struct pairs *pairs = pairs_with(1000);
    struct volume_limits limits = {.bytes_out = 100000, .ratio = 2.0, .unusual = 8.0};
    struct wake wake = wake_at(5);
    pairs_volume(pairs, &wake, 500, 400, &limits);
    wake.ts_ns += NS_PER_S;
    pairs_volume(pairs, &wake, 200000, 4000, &limits);
    struct change change;
    ck_assert_uint_eq(drain(pairs, CHANGE_UPLOAD, &change), 1);
    ck_assert_uint_eq(change.bytes_out, 200500);
    ck_assert_uint_eq(change.bytes_in, 4400);
    ck_assert_int_eq(change.first_ns, T0 + 5 * NS_PER_S);
    pairs_free(pairs);
}
END_TEST

START_TEST(long_session_is_told_once_a_day)
{
    struct pairs *pairs = pairs_with(1000);
    unsigned told = 0;
    struct change change;
    for (unsigned i = 0; i < 12 * 60; i++) {
        struct wake wake = wake_at(i * 120.0);
        wake.channel = WAKE_MESSAGE;
        pairs_wake(pairs, &wake);
        told += drain(pairs, CHANGE_SESSION, &change);
    }
    ck_assert_uint_eq(told, 1);
    ck_assert_int_eq(change.first_ns, T0);
    ck_assert_int_ge(change.last_ns - change.first_ns, 4 * 3600 * NS_PER_S);
    pairs_free(pairs);
}
END_TEST

START_TEST(memory_of_a_series_is_bounded)
{
    struct pairs *pairs = pairs_with(1000);
    beat(pairs, 0, 60, 5000);
    ck_assert_uint_le(pairs_counters(pairs)->memory_bytes, 2048);
    (void)drain(pairs, CHANGE_BEAT_FOUND, NULL);
    pairs_free(pairs);
    pairs_free(NULL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {steady_series_is_found_once,
                                  burst_is_one_wake_up,
                                  addresses_of_one_service_are_one_series,
                                  domains_endpoints_and_channels_are_kept_apart,
                                  late_start_takes_its_place,
                                  heartbeat_of_a_client_that_reconnects_is_one_beat,
                                  silence_counts_only_while_the_machine_is_on,
                                  many_that_stop_at_once_are_all_told,
                                  bound_is_kept_and_beats_stay,
                                  upload_is_told_with_its_window,
                                  long_session_is_told_once_a_day,
                                  memory_of_a_series_is_bounded,
                                  NULL};
    return run_suite(suite_of("behave_pairs", tests));
}
