/* SPDX-License-Identifier: Apache-2.0 */
/* Agents and machines of a scenario: their hours, what keeps them out, who speaks for them, and what
 * the truth file says of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "capture_out.h"
#include "hours.h"
#include "play.h"
#include "run.h"
#include "scenario.h"
#include "truth.h"

#define HOUR_NS (3600 * NS_PER_S)

/* Three days of machines that are on from eight to four. */
#define HEAD                                                                                       \
    "start: 2026-03-02\n"                                                                          \
    "duration: 3d\n"                                                                               \
    "assets:\n"                                                                                    \
    "  - {name: pc, ip: 10.20.0.5, on: 08:00-16:00}\n"                                             \
    "  - {name: box, ip: 10.20.0.9}\n"

#define TLS(more)                                                                                  \
    "    activities: [{label: a, do: tls, to: {name: a.example.com, address: 192.0.2.7}, every: "  \
    "1h" more "}]\n"

static void write_file(const char *path, const char *content)
{
    FILE *stream = fopen(path, "we");
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_ge(fputs(content, stream), 0);
    (void)fclose(stream);
}

static char *read_file(const char *path, size_t *ret_size)
{
    FILE *stream = fopen(path, "rbe");
    ck_assert_ptr_nonnull(stream);
    (void)fseek(stream, 0, SEEK_END);
    size_t size = (size_t)ftell(stream);
    rewind(stream);
    char *bytes = mem_alloc(size + 1);
    ck_assert_uint_eq(fread(bytes, 1, size, stream), size);
    bytes[size] = '\0';
    (void)fclose(stream);
    *ret_size = size;
    return bytes;
}

/* A folder with a scenario in it and what comes of it. */
struct stage {
    char folder[32], scenario[64], capture[64], truth[64];
};

static struct stage stage_of(const char *content)
{
    struct stage stage = {.folder = "/tmp/test_synth_XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(stage.folder));
    (void)snprintf(stage.scenario, sizeof stage.scenario, "%s/scenario.yaml", stage.folder);
    (void)snprintf(stage.capture, sizeof stage.capture, "%s/out.pcap", stage.folder);
    (void)snprintf(stage.truth, sizeof stage.truth, "%s/truth", stage.folder);
    write_file(stage.scenario, content);
    return stage;
}

static void stage_done(const struct stage *stage)
{
    (void)unlink(stage->scenario);
    (void)unlink(stage->capture);
    (void)unlink(stage->truth);
    ck_assert_int_eq(rmdir(stage->folder), 0);
}

static void play_stage(const struct stage *stage)
{
    struct scenario scenario;
    struct error err = {0};
    ck_assert_msg(scenario_read(&scenario, stage->scenario, &err), "%s", err.text);
    struct capture_out *out = capture_out_open(stage->capture, &scenario.capture, &err);
    struct truth_file *truth = truth_open(stage->truth, &err);
    ck_assert(out != NULL && truth != NULL);
    (void)play(&scenario, out, truth);
    ck_assert(truth_close(truth, &err));
    ck_assert(capture_out_close(out, &err));
    scenario_done(&scenario);
}

/* Plays a scenario; gives the truth file, which the caller frees. */
static char *truth_of(const char *content)
{
    struct stage stage = stage_of(content);
    size_t size = 0;
    play_stage(&stage);
    char *truth = read_file(stage.truth, &size);
    stage_done(&stage);
    return truth;
}

/* Expects every one of the NULL-terminated `words` in the truth of the scenario. */
static void expect_truth(const char *content, const char *const *words)
{
    char *truth = truth_of(content);
    for (size_t i = 0; words[i] != NULL; i++)
        ck_assert_msg(strstr(truth, words[i]) != NULL, "no %s in\n%s", words[i], truth);
    free(truth);
}

static void refuse(const char *content, const char *place, const char *word)
{
    struct stage stage = stage_of(content);
    struct scenario scenario;
    struct error err = {0};
    ck_assert(!scenario_read(&scenario, stage.scenario, &err));
    stage_done(&stage);
    ck_assert_msg(strstr(err.text, place) != NULL && strstr(err.text, word) != NULL, "%s",
                  err.text);
}

START_TEST(mistakes_are_named_with_their_place)
{
    refuse(HEAD "agents:\n  - {vendor: ESET, who: pc}\n", ":7:14:", "vendor id");
    refuse(HEAD "agents:\n  - {vendor: eset, who: nobody}\n", ":7:5:", "'who'");
    refuse(HEAD "agents:\n  - {vendor: eset, who: pc, from: 2d, until: 1d}\n", ":7:5:", "'until'");
    refuse(HEAD "agents:\n  - {vendor: eset, who: pc, scale: 0}\n", ":7:5:", "'scale'");
    refuse(HEAD "agents:\n  - {vendor: eset, who: pc, blocked: refuse}\n", ":7:38:", "refused");
    refuse(HEAD "agents:\n  - {profile: none-such, who: pc}\n", "none-such.yaml", "");
    refuse(HEAD "agents:\n  - {vendor: eset, who: pc, activities: [{do: arp, who: pc}]}\n",
           ":7:42:", "the agent's");
    refuse(HEAD "machines:\n  - {who: pc, embedded: [A]}\n", ":7:25:", "vendor id");
    refuse(HEAD "machines:\n  - {who: pc, behind: [{vendor: eset, server: ksc}]}\n",
           ":7:24:", "'server'");
    refuse(HEAD "activities:\n  - {who: pc, do: arp, shows: [beacons]}\n", ":7:31:", "kind");
    refuse(HEAD "machines:\n  - {who: ksc}\n", ":7:5:", "'who'");
    refuse(HEAD "activities:\n  - {who: pc, do: tls, to: {name: a}, repeat: 0}\n",
           ":7:5:", "'pause'");
    refuse(HEAD "activities:\n  - {who: pc, do: dns, to: {name: a}, dns: {tries: 0}}\n",
           ":7:44:", "'tries'");
}
END_TEST

START_TEST(a_mistake_in_a_profile_names_the_profile)
{
    struct stage stage = stage_of("profiles: .\n" HEAD "agents: [{profile: eset, who: pc}]\n");
    char path[64];
    (void)snprintf(path, sizeof path, "%s/eset.yaml", stage.folder);
    write_file(path, "vendor: eset\nactivities:\n  - {do: tls}\n");
    struct scenario scenario;
    struct error err = {0};
    ck_assert(!scenario_read(&scenario, stage.scenario, &err));
    ck_assert_msg(strstr(err.text, "eset.yaml:3:5:") != NULL, "%s", err.text);
    (void)unlink(path);
    stage_done(&stage);
}
END_TEST

START_TEST(days_drift_but_each_has_one_answer)
{
    struct hours hours = {
        .on_ns = 8 * HOUR_NS, .off_ns = 16 * HOUR_NS, .drift_ns = HOUR_NS, .weekdays = true};
    struct calendar calendar = {.hours = &hours, .seed = 5, .number = 3};
    int64_t from_ns = 20514 * NS_PER_DAY; /* 2026-03-02, a Monday */
    int64_t seen_ns[7] = {0};
    unsigned days = 0;
    for (int64_t at_ns = from_ns; at_ns < from_ns + 7 * NS_PER_DAY && days < 7;) {
        int64_t on_ns = calendar_next_on(&calendar, at_ns);
        ck_assert_int_eq(calendar_next_on(&calendar, on_ns - 1), on_ns);
        ck_assert(calendar_is_on(&calendar, on_ns) && !calendar_is_on(&calendar, on_ns - 1));
        int64_t off_ns = calendar_off(&calendar, on_ns);
        ck_assert(off_ns > on_ns + 6 * HOUR_NS && off_ns < on_ns + 10 * HOUR_NS);
        ck_assert(!calendar_is_on(&calendar, off_ns));
        seen_ns[days++] = on_ns % NS_PER_DAY;
        at_ns = off_ns;
    }
    ck_assert_uint_eq(days, 6); /* five days of this week, Monday of the next */
    ck_assert_int_ne(seen_ns[0], seen_ns[1]);
    ck_assert(seen_ns[0] > 7 * HOUR_NS && seen_ns[0] < 9 * HOUR_NS);
}
END_TEST

START_TEST(hours_through_midnight_and_days_without)
{
    struct hours night = {.on_ns = 22 * HOUR_NS, .off_ns = 6 * HOUR_NS};
    struct calendar calendar = {.hours = &night};
    int64_t day_ns = 20514 * NS_PER_DAY;
    ck_assert(calendar_is_on(&calendar, day_ns + 23 * HOUR_NS));
    ck_assert(calendar_is_on(&calendar, day_ns + HOUR_NS));
    ck_assert(!calendar_is_on(&calendar, day_ns + 7 * HOUR_NS));
    struct hours never = {.absent = 1.0};
    calendar.hours = &never;
    ck_assert(!hours_always(&never) && !calendar_is_on(&calendar, day_ns));
    ck_assert_int_eq(calendar_next_on(&calendar, day_ns), INT64_MAX);
    struct hours always = {0};
    calendar.hours = &always;
    ck_assert_int_eq(calendar_off(&calendar, day_ns), INT64_MAX);
}
END_TEST

START_TEST(software_starts_when_its_machine_is_switched_on)
{
    static const char *const words[] = {"\"first_ts\":\"2026-03-02T08:00:50", "\"starts\":24",
                                        NULL};
    expect_truth(
        HEAD "agents:\n  - vendor: eset\n    who: pc\n" TLS(", schedule: boot, start: 50s"), words);
}
END_TEST

START_TEST(what_is_removed_falls_silent_and_may_return)
{
    static const char *const words[] = {
        "\"installed\":[\"avast\",\"eset\"]",
        "\"vendor\":\"eset\",\"removed_at\":\"2026-03-03T00:00:00.000000000Z\",\"replaced_by\":\"avast\"",
        "\"vendor\":\"eset\",\"added_at\":\"2026-03-04T00:00:00.000000000Z\",\"returned\":true",
        "\"last_ts\":\"2026-03-02T23", NULL};
    expect_truth(HEAD
                 "agents:\n  - vendor: eset\n    who: box\n    until: 1d\n    replaced_by: "
                 "avast\n" TLS("") "  - vendor: avast\n    who: box\n    from: 1d\n" TLS(
                     "") "  - vendor: eset\n    who: box\n    from: 2d\n" TLS(""),
                 words);
}
END_TEST

START_TEST(what_is_kept_out_is_not_removed)
{
    static const char *const words[] = {"\"installed\":[\"eset\"]", "\"blocked\":\"refused\"",
                                        NULL};
    const char *content = HEAD "agents:\n  - vendor: eset\n    who: box\n    until: 1d\n" TLS(
        "") "  - vendor: eset\n    who: box\n    from: 1d\n    blocked: refused\n" TLS("");
    expect_truth(content, words);
    char *truth = truth_of(content);
    ck_assert_ptr_null(strstr(truth, "removed_at"));
    ck_assert_ptr_null(strstr(truth, "returned"));
    free(truth);
}
END_TEST

START_TEST(a_proxy_that_is_a_machine_speaks_too)
{
    static const char *const words[] = {"\"asset\":\"pc\",\"ip\":\"10.20.0.5\",\"label\":\"a\"",
                                        "\"asset\":\"box\",\"ip\":\"10.20.0.9\",\"label\":\"a\"",
                                        "\"client\":\"pc\"",
                                        "\"asset\":\"box\",\"ip\":\"10.20.0.9\",\"installed\":[]",
                                        "\"speaks_for\":[{\"vendor\":\"eset\",\"clients\":1}]",
                                        "\"role\":\"proxy\"",
                                        NULL};
    expect_truth(HEAD "agents:\n  - vendor: eset\n    who: pc\n    proxy: 10.20.0.9\n" TLS(
                     "") "machines: [{who: box, role: proxy}]\n",
                 words);
}
END_TEST

START_TEST(a_server_speaks_for_those_behind_it)
{
    static const char *const words[] = {
        "\"speaks_for\":[{\"vendor\":\"kaspersky\",\"clients\":1}]",
        "\"behind\":[{\"vendor\":\"kaspersky\",\"server\":\"10.20.0.9\"}]",
        "\"embedded\":[\"avira\"],\"decoys\":[\"sophos\"]", "\"ip\":\"10.20.0.9\",\"installed\":[]",
        NULL};
    expect_truth(HEAD "agents:\n  - vendor: kaspersky\n    who: box\n" TLS(
                     "") "machines:\n"
                         "  - {who: pc, behind: [{vendor: kaspersky, server: box}]}\n"
                         "  - {who: box, embedded: [avira], decoys: [sophos]}\n",
                 words);
}
END_TEST

/* Returns how many frames of the scenario's capture hold `bytes`. */
static unsigned count_bytes(const char *content, const char *bytes, size_t length)
{
    struct stage stage = stage_of(content);
    size_t size = 0;
    unsigned count = 0;
    play_stage(&stage);
    char *capture = read_file(stage.capture, &size);
    for (size_t i = 0; i + length <= size; i++)
        count += memcmp(capture + i, bytes, length) == 0;
    free(capture);
    stage_done(&stage);
    return count;
}

/* IPv4 addresses as they stand in a packet. */
#define PC     "\x0a\x14\x00\x05"
#define SERVER "\xc0\x00\x02\x07"
#define GOOGLE "\x08\x08\x08\x08"
#define QUAD9  "\x09\x09\x09\x09"
#define ONE    "\x01\x01\x01\x01"
#define TO(a)  PC a, 8
#define BLOCKED(word)                                                                              \
    HEAD "agents:\n  - vendor: eset\n    who: pc\n    blocked: " word "\n" TLS(", count: 1")

START_TEST(a_resolver_that_fails_leaves_no_connection)
{
    ck_assert_uint_eq(count_bytes(BLOCKED("nxdomain"), TO(SERVER)), 0);
    ck_assert_uint_eq(count_bytes(BLOCKED("servfail"), TO(SERVER)), 0);
    ck_assert_uint_eq(count_bytes(BLOCKED("silence"), TO(SERVER)), 0);
    ck_assert_uint_eq(count_bytes(BLOCKED("sinkhole"), TO(SERVER)), 0);
    ck_assert_uint_eq(count_bytes(BLOCKED("refused"), TO(SERVER)), 1);
    ck_assert_uint_eq(count_bytes(BLOCKED("unanswered"), TO(SERVER)), 4);
}
END_TEST

#define FALLBACK(answers)                                                                                \
    HEAD                                                                                                 \
        "activities:\n  - {who: pc, do: tls, to: {name: a.example.com, address: 192.0.2.7}, "            \
        "count: 1, start: 9h, dns: {result: servfail, tries: 2, fallback: [8.8.8.8, 9.9.9.9, 1.1.1.1], " \
        "fallback_answers: " answers "}}\n"

START_TEST(further_resolvers_are_asked_in_order_until_one_answers)
{
    ck_assert_uint_eq(count_bytes(FALLBACK("2"), TO(GOOGLE)), 2); /* silent: asked twice */
    ck_assert_uint_eq(count_bytes(FALLBACK("2"), TO(QUAD9)), 1);
    ck_assert_uint_eq(count_bytes(FALLBACK("2"), TO(ONE)), 0);
    ck_assert_uint_gt(count_bytes(FALLBACK("2"), TO(SERVER)), 3);
    ck_assert_uint_eq(count_bytes(FALLBACK("0"), TO(ONE)), 2);
    ck_assert_uint_eq(count_bytes(FALLBACK("0"), TO(SERVER)), 0);
}
END_TEST

START_TEST(a_resolver_of_ours_asks_its_own)
{
    const char *content = "network: {resolver: 10.20.0.9, upstream: 9.9.9.9}\n" HEAD
                          "activities:\n"
                          "  - {who: pc, do: dns, to: {name: a.example.com}, start: 9h}\n";
    ck_assert_uint_eq(count_bytes(content, "\x0a\x14\x00\x09" QUAD9, 8), 1);
    ck_assert_uint_eq(count_bytes(content, TO("\x0a\x14\x00\x09")), 1);
}
END_TEST

START_TEST(an_endless_session_ends_with_the_machine)
{
    /* From 08:01 to 16:00, an exchange each ten minutes or so; each request is one segment. */
    const char *content = HEAD
        "activities:\n"
        "  - {who: pc, do: opaque-tcp, to: {address: 192.0.2.7, port: 4}, schedule: boot,\n"
        "     start: 1min, every: 0s, repeat: 0, pause: 10min, pause_jitter: 0.1, end: open,\n"
        "     stop: 1d, payload: {send: PING}, up: 4, down: 4}\n";
    unsigned count = count_bytes(content, "PING", 4);
    ck_assert_uint_ge(count, 44);
    ck_assert_uint_le(count, 52);
}
END_TEST

START_TEST(nobody_answers_a_blocked_datagram)
{
    const char *content = HEAD
        "activities:\n"
        "  - {who: pc, do: opaque-udp, to: {address: 192.0.2.7, port: 4}, result: unanswered,\n"
        "     start: 9h, up: 20, down: 20}\n"
        "  - {who: pc, do: quic, to: {name: a.example.com, address: 192.0.2.7}, start: 9h,\n"
        "     result: unanswered}\n";
    ck_assert_uint_eq(count_bytes(content, TO(SERVER)), 6); /* three tries each */
    ck_assert_uint_eq(count_bytes(content, SERVER PC, 8), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {mistakes_are_named_with_their_place,
                                  a_mistake_in_a_profile_names_the_profile,
                                  days_drift_but_each_has_one_answer,
                                  hours_through_midnight_and_days_without,
                                  software_starts_when_its_machine_is_switched_on,
                                  what_is_removed_falls_silent_and_may_return,
                                  what_is_kept_out_is_not_removed,
                                  a_proxy_that_is_a_machine_speaks_too,
                                  a_server_speaks_for_those_behind_it,
                                  a_resolver_that_fails_leaves_no_connection,
                                  further_resolvers_are_asked_in_order_until_one_answers,
                                  a_resolver_of_ours_asks_its_own,
                                  an_endless_session_ends_with_the_machine,
                                  nobody_answers_a_blocked_datagram,
                                  NULL};
    return run_suite(suite_of("synth_agents", tests));
}
