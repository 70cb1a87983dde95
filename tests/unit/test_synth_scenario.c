/* SPDX-License-Identifier: Apache-2.0 */
/* Scenario files: what is refused and where, and what a played scenario guarantees. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "capture_out.h"
#include "play.h"
#include "run.h"
#include "scenario.h"
#include "truth.h"

#define HEAD "assets:\n  - {name: pc, ip: 10.20.0.5}\n"

/* A temporary file; the test removes it. */
struct scratch {
    char path[64];
};

static struct scratch scratch_of(const char *content)
{
    struct scratch scratch = {"/tmp/test_synth_XXXXXX"};
    int descriptor = mkstemp(scratch.path);
    ck_assert_int_ge(descriptor, 0);
    size_t length = strlen(content);
    ck_assert_int_eq(write(descriptor, content, length), (ssize_t)length);
    (void)close(descriptor);
    return scratch;
}

static void refuse(const char *content, const char *place, const char *word)
{
    struct scratch scratch = scratch_of(content);
    struct scenario scenario;
    struct error err = {0};
    bool ok = scenario_read(&scenario, scratch.path, &err);
    (void)unlink(scratch.path);
    ck_assert(!ok);
    ck_assert_msg(strstr(err.text, place) != NULL && strstr(err.text, word) != NULL, "%s",
                  err.text);
}

START_TEST(mistakes_are_named_with_their_place)
{
    refuse("sed: 4\n", ":1:1:", "seed");
    refuse("duration: long\n", ":1:11:", "no duration");
    refuse("start: 2026-02-30\n", ":1:8:", "no moment");
    refuse("assets:\n  - {name: pc}\n", ":2:5:", "'ip'");
    refuse("assets:\n  - {name: pc, ip: 10.0.0.1, mac: 1:2}\n", ":2:35:", "MAC");
    refuse(HEAD "activities:\n  - {who: pc}\n", ":4:5:", "'do'");
    refuse(HEAD "activities:\n  - {who: pc, do: htttp}\n", ":4:19:", "http");
    refuse(HEAD "activities:\n  - {who: nobody, do: arp}\n", ":4:5:", "'who'");
    refuse(HEAD "activities:\n  - {who: pc, do: tls}\n", ":4:5:", "'to'");
    refuse(HEAD "activities:\n  - {who: pc, do: tls, to: {address: '2001:db8::1'}}\n",
           ":4:5:", "ip6");
    refuse(HEAD "activities:\n  - {who: pc, do: tls, to: {name: 'a{'}}\n", ":4:35:", "pattern");
    refuse(HEAD "activities:\n  - {who: pc, do: http, to: {name: a}, down: 17MiB}\n",
           ":4:46:", "16 MiB");
    refuse("capture: {link: raw}\nroute: {vlans: [5]}\n" HEAD, "'pc'", "Ethernet");
    refuse("route: {tunnels: [gre, wire]}\n", ":1:18:", "tunnel");
    refuse("route: {vlans: [5000]}\n", ":1:16:", "VLAN");
}
END_TEST

static const char office[] =
    "start: 2026-03-02 08:00:00\n"
    "seed: 7\n"
    "duration: %s\n"
    "assets:\n"
    "  - {name: pc, count: 5, ip: 10.20.0.5}\n"
    "activities:\n"
    "  - {label: beacon, who: pc-2, do: tls, to: {name: 'x{0-9}.example.com'}, every: 2min,\n"
    "     jitter: 0.2, start: 0s, up: 90, down: 80, route: {reorder: 0.3, copies: 0.5}}\n"
    "noise: [{profile: office, compact: true}]\n";

struct result {
    size_t peak;
    uint64_t packets;
    uint8_t digest[DIGEST_SHA256_SIZE];
    char *bytes;
    size_t size;
};

static void read_back(const char *path, struct result *result)
{
    FILE *stream = fopen(path, "rbe");
    ck_assert_ptr_nonnull(stream);
    (void)fseek(stream, 0, SEEK_END);
    result->size = (size_t)ftell(stream);
    rewind(stream);
    result->bytes = mem_alloc(result->size);
    ck_assert_uint_eq(fread(result->bytes, 1, result->size, stream), result->size);
    (void)fclose(stream);
    digest_sha256(result->bytes, result->size, result->digest);
}

static struct result play_for(const char *duration, uint64_t seed)
{
    char content[1024];
    (void)snprintf(content, sizeof content, office, duration);
    struct scratch source = scratch_of(content), target = scratch_of("");
    struct scenario scenario;
    struct error err = {0};
    struct result result = {0};
    ck_assert_msg(scenario_read(&scenario, source.path, &err), "%s", err.text);
    scenario.seed = seed;
    struct capture_out *out = capture_out_open(target.path, &scenario.capture, &err);
    ck_assert_ptr_nonnull(out);
    result.peak = play(&scenario, out, NULL);
    result.packets = capture_out_total(out).packets;
    ck_assert(capture_out_close(out, &err));
    read_back(target.path, &result);
    scenario_done(&scenario);
    (void)unlink(source.path);
    (void)unlink(target.path);
    return result;
}

START_TEST(same_seed_same_bytes)
{
    struct result one = play_for("20min", 7), two = play_for("20min", 7);
    struct result other = play_for("20min", 8);
    ck_assert_uint_gt(one.packets, 200);
    ck_assert_int_eq(memcmp(one.digest, two.digest, sizeof one.digest), 0);
    ck_assert_int_ne(memcmp(one.digest, other.digest, sizeof one.digest), 0);
    free(one.bytes);
    free(two.bytes);
    free(other.bytes);
}
END_TEST

START_TEST(packets_are_in_order_of_time)
{
    struct result result = play_for("30min", 3);
    struct bytes file = bytes_of(result.bytes, result.size);
    bytes_skip(&file, 24);
    uint64_t last = 0, count = 0;
    while (bytes_left(&file) > 0) {
        uint64_t seconds = bytes_le32(&file);
        uint64_t now = seconds * 1000000 + bytes_le32(&file);
        uint32_t kept = bytes_le32(&file);
        bytes_skip(&file, 4 + (size_t)kept);
        ck_assert_uint_ge(now, last);
        last = now;
        count++;
        ck_assert(!file.bad);
    }
    ck_assert_uint_eq(count, result.packets);
    free(result.bytes);
}
END_TEST

START_TEST(memory_does_not_grow_with_the_length)
{
    struct result hour = play_for("1h", 5), day = play_for("24h", 5);
    ck_assert_uint_gt(day.packets, 15 * hour.packets);
    ck_assert_uint_lt(day.peak, 3 * hour.peak);
    free(hour.bytes);
    free(day.bytes);
}
END_TEST

START_TEST(the_clock_steps_where_the_plan_says)
{
    struct capture_plan plan = {.steps = {{100, 50}, {200, -80}}, .step_count = 2};
    ck_assert_int_eq(capture_plan_clock(&plan, 99), 99);
    ck_assert_int_eq(capture_plan_clock(&plan, 100), 150);
    ck_assert_int_eq(capture_plan_clock(&plan, 200), 170);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        mistakes_are_named_with_their_place, same_seed_same_bytes,
        packets_are_in_order_of_time,        memory_does_not_grow_with_the_length,
        the_clock_steps_where_the_plan_says, NULL};
    return run_suite(suite_of("synth_scenario", tests));
}
