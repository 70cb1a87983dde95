/* SPDX-License-Identifier: Apache-2.0 */
/* What the pipeline makes of a run: policy, repetition, records, counters, time. */
#include "pipeline_talks.h"

/* --- Whose machine, and whose concern ----------------------------------------------------------- */

START_TEST(asset_is_the_home_side)
{
    struct stage *stage = stage_open();
    stage_policy(stage, "policy:\n  home_networks: [10.0.0.0/8]\n");
    stage_run(stage);
    /* The vendor connects to a machine of ours. */
    talk_unknown(stage, NETWORK, ASSET, 9000, true);
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"asset\":{\"ip\":\"10.0.0.5\",");
    check_event(stage, 0, "\"endpoint\":{\"ip\":\"198.51.100.7\"");
    check_event(stage, 0, "\"src_ip\":\"198.51.100.7\"");
    stage_free(stage);
    /* Where neither side is home, it is the client. */
    stage = stage_new();
    talk_unknown(stage, NETWORK, "203.0.113.9", 9000, true);
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 0);
    stage_free(stage);
}
END_TEST

START_TEST(assets_may_have_addresses_of_ipv6)
{
    struct stage *stage = stage_new();
    talk_tls(stage, "2001:db8:1::5", "2001:db8:2::7", "upd.acme.example", false);
    talk_unknown(stage, "2001:db8:1::6", "2001:db8:ac::7", 9000, true);
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 2);
    check_event(stage, 0, "\"asset\":{\"ip\":\"2001:db8:1::5\"");
    check_event(stage, 0, "\"ip_v\":6");
    check_event(stage, 1, "\"value\":\"2001:db8:ac::/48\"");
    stage_free(stage);
}
END_TEST

START_TEST(severity_says_why_it_matters)
{
    static const struct {
        const char *policy, *severity, *concern;
    } cases[] = {
        {"policy:\n  jurisdictions_of_concern: []\n", "\"severity\":3", "\"of_concern\":false"},
        {"policy:\n  jurisdictions_of_concern: [RU]\n", "\"severity\":1",
         "\"concern\":\"jurisdiction\""},
        {"policy:\n  jurisdictions_of_concern: []\n  vendors_of_concern: [acme]\n",
         "\"severity\":1", "\"concern\":\"vendor\""},
        {"policy:\n  jurisdictions_of_concern: []\n  regimes: [yy-other, xx-ban]\n",
         "\"severity\":1", "\"concern\":\"regime\",\"regimes\":[\"xx-ban\"]"},
        {"policy:\n  jurisdictions_of_concern: [NL]\n", "\"severity\":2",
         "\"concern\":\"endpoint-country\""},
        {"policy:\n  jurisdictions_of_concern: [CH]\n", "\"severity\":2",
         "\"concern\":\"network-country\""}};
    char path[1024];
    const char *source = getenv("TELLTALE_SOURCE");
    (void)snprintf(path, sizeof path, "%s/tests/geo/city.mmdb", source != NULL ? source : ".");
    const char *paths[] = {path};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage *stage = stage_open();
        struct error err = {""};
        stage_policy(stage, cases[i].policy);
        stage->geo = geo_open(paths, 1, &err);
        ck_assert_msg(stage->geo != NULL, "%s", err.text);
        stage_run(stage);
        /* By the test database in NL, in a network of CH. */
        talk_tls(stage, ASSET, "185.85.15.7", "upd.acme.example", false);
        check_count(stage, "alert", 1);
        check_event(stage, 0, cases[i].severity);
        check_event(stage, 0, cases[i].concern);
        stage_free(stage);
    }
}
END_TEST

START_TEST(only_what_is_of_concern_where_asked_for)
{
    struct stage *stage = stage_open();
    stage_policy(stage, "policy:\n  jurisdictions_of_concern: [CN]\n  only_concern: true\n");
    stage_run(stage);
    talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);
    talk_tls(stage, ASSET, SERVER, "upd2.acme.example", false);
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 0);
    ck_assert_uint_eq(pipeline_counters(stage->pipeline)->suppressed, 1);
    stage_free(stage);
}
END_TEST

/* --- Exceptions -------------------------------------------------------------------------------- */

START_TEST(exceptions_silence_what_they_name_until_they_expire)
{
    struct stage *stage = stage_open();
    stage_policy(stage,
                 "policy:\n"
                 "  allow:\n    - {asset: 10.0.0.8, reason: wanted}\n"
                 "  suppress:\n"
                 "    - {name: upd.acme.example, reason: known, expires: 2023-11-16}\n");
    stage_run(stage);
    talk_tls(stage, "10.0.0.8", SERVER, "upd.acme.example", false); /* both: allowed */
    talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);
    check_count(stage, "alert", 0);
    ck_assert_uint_eq(pipeline_counters(stage->pipeline)->allowed, 1);
    ck_assert_uint_eq(pipeline_counters(stage->pipeline)->suppressed, 1);
    talk_tls(stage, ASSET, SERVER, "upd2.acme.example", false); /* the other name is not excepted */
    check_count(stage, "alert", 1);
    talk_tls(stage, "10.0.0.6", SERVER, "upd.acme.example", false);
    check_count(stage, "alert", 1);
    stage->now_ns = STAGE_T0 + 3 * NS_PER_DAY;
    talk_tls(stage, "10.0.0.6", SERVER, "upd.acme.example", false);
    check_count(stage, "alert", 2);
    check_event(stage, -1, "\"state\":\"new\"");
    stage_free(stage);
}
END_TEST

/* --- Repetition -------------------------------------------------------------------------------- */

START_TEST(contact_that_goes_on_is_told_again)
{
    struct stage *stage = stage_new();
    for (unsigned i = 0; i < 25; i++) { /* every two hours */
        talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);
        stage->now_ns = STAGE_T0 + (i + 1) * 7200 * NS_PER_S;
    }
    check_count(stage, "alert", 4); /* three of the contact, one of its beat */
    check_event(stage, 3, "\"state\":\"ongoing\",\"count\":13");
    check_event(stage, 3, "\"kind\":\"repeated\"");
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 4); /* nothing came since the last */
    stage_free(stage);
}
END_TEST

START_TEST(end_of_input_tells_what_came_since_the_last_alert)
{
    struct stage *stage = stage_new();
    for (unsigned i = 0; i < 3; i++)
        talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);
    check_count(stage, "alert", 1);
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 2);
    check_event(stage, 1, "\"state\":\"ongoing\",\"count\":3,\"flows\":3");
    check_event(stage, 1, "\"name\":\"upd.acme.example\",\"name_source\":\"sni\"");
    ck_assert_ptr_null(strstr(stage->events[1], "\"flow_id\""));
    stage_free(stage);
}
END_TEST

static void run_twice(struct stage *stage)
{
    talk_lookup(stage, ASSET, RESOLVER, "upd.acme.example", SERVER);
    talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);
    talk_tls(stage, "10.0.0.6", SERVER, "upd.acme.example", false);
    talk_unknown(stage, ASSET, NETWORK, 9000, true);
    talk_tls(stage, ASSET, SERVER, "upd2.acme.example", false);
    pipeline_finish(stage->pipeline);
}

START_TEST(same_input_gives_the_same_events)
{
    struct stage *one = stage_new(), *two = stage_new();
    run_twice(one);
    run_twice(two);
    ck_assert_uint_gt(one->count, 3);
    ck_assert_uint_eq(one->count, two->count);
    for (size_t i = 0; i < one->count; i++) {
        ck_assert_str_eq(one->events[i], two->events[i]);
        for (size_t j = 0; j < i; j++) {
            const char *a = strstr(one->events[i], "\"event_id\":");
            const char *b = strstr(one->events[j], "\"event_id\":");
            ck_assert(a != NULL && b != NULL && strncmp(a, b, 46) != 0);
        }
    }
    stage_free(one);
    stage_free(two);
}
END_TEST

/* --- Records ----------------------------------------------------------------------------------- */

START_TEST(every_flow_has_its_record_where_asked_for)
{
    struct stage *stage = stage_open();
    stage_set(stage, "events.flow_records=true");
    stage_run(stage);
    talk_lookup(stage, ASSET, RESOLVER, "upd.acme.example", SERVER);
    talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);
    talk_unknown(stage, ASSET, "192.0.2.9", 9000, true);
    stage_ip(stage, true, ASSET, SERVER);
    wire_ping(&stage->wire, false, 7);
    stage_frame(stage);
    pipeline_finish(stage->pipeline);
    struct pipeline_capture capture = {.frames = 10};
    pipeline_stats(stage->pipeline, &capture);
    check_count(stage, "flow", 4);
    check_count(stage, "stats", 1);
    for (size_t i = 0; i < stage->count; i++) { /* counted without holes */
        char seq[32];
        (void)snprintf(seq, sizeof seq, "\"seq\":%zu", i);
        check_event(stage, (int)i, seq);
    }
    ck_assert_uint_eq(pipeline_counters(stage->pipeline)->events, stage->count);
    stage_free(stage);
}
END_TEST

START_TEST(flow_that_goes_on_is_cut_and_counted_once)
{
    struct stage *stage = stage_open();
    stage_set(stage, "events.flow_records=true");
    stage_set(stage, "flow.active=60s");
    stage_run(stage);
    struct talk hello = {.size = 0};
    talk_client_hello(&hello, "upd.acme.example", false);
    struct line line = line_open(stage, ASSET, SERVER, 443);
    line_talk(stage, &line, true, &hello);
    for (unsigned i = 0; i < 4; i++) {
        stage->now_ns += 40 * NS_PER_S;
        line_send(stage, &line, false, TCP_ACK, "0123456789", 10);
    }
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 1);
    struct contact *contact = contacts_next(pipeline_contacts(stage->pipeline), NULL);
    struct alert alert = {0};
    ck_assert(contact_peek(pipeline_contacts(stage->pipeline), contact, &alert));
    ck_assert_uint_eq(alert.flows, 1);
    ck_assert_uint_eq(alert.bytes_in, 40 + 4 * 50);
    ck_assert_uint_eq(alert.bytes_out, 40 + 40 + 40 + hello.size);
    ck_assert_uint_gt(stage->count, 2);
    check_event(stage, 1, "\"end_reason\":\"active\"");
    stage_free(stage);
}
END_TEST

START_TEST(visibility_says_what_was_missed)
{
    struct stage *stage = stage_new();
    struct talk hello = {.size = 0};
    talk_client_hello(&hello, "upd.acme.example", false);
    struct line line = {
        .client = ASSET, .server = SERVER, .port = 443, .client_port = 50001, .seq = {1, 1}};
    for (unsigned i = 0; i < 4; i++)
        line_send(stage, &line, true, TCP_ACK, hello.data + 20 * i, i < 3 ? 20 : hello.size - 60);
    check_count(stage, "alert", 1);
    check_event(stage, 0, "\"one_sided\":true");
    line = line_open(stage, "10.0.0.6", SERVER, 443);
    stage_ip(stage, true, "10.0.0.6", SERVER);
    wire_tcp(&stage->wire, line.client_port, 443, TCP_ACK);
    wire_bytes(&stage->wire, hello.data, hello.size);
    wire_finish(&stage->wire);
    struct frame frame =
        wire_frame_cut(&stage->wire, LINK_ETHERNET, stage->now_ns, stage->wire.size - 4);
    frame.number = ++stage->frames;
    pipeline_frame(stage->pipeline, &frame);
    check_count(stage, "alert", 2);
    check_event(stage, 1, "\"one_sided\":false,\"packet_loss\":false,\"truncated\":true");
    stage_free(stage);
}
END_TEST

/* --- Counters and time ------------------------------------------------------------------------- */

/* Returns the number behind the key, which must be there. */
static uint64_t number_of(const char *event, const char *key)
{
    const char *at = strstr(event, key);
    ck_assert_msg(at != NULL, "no %s in %s", key, event);
    return strtoull(at + strlen(key), NULL, 10);
}

START_TEST(counters_add_up)
{
    struct stage *stage = stage_new();
    talk_lookup(stage, ASSET, RESOLVER, "upd.acme.example", SERVER); /* 2 */
    talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);       /* 8 */
    wire_start(&stage->wire);
    wire_ethernet(&stage->wire, 1, 2);
    wire_bytes(&stage->wire, "\0\1\10\0\6\4\0\1", 8);
    wire_finish(&stage->wire);
    stage->wire.data[12] = 0x08; /* ARP */
    stage->wire.data[13] = 0x06;
    struct frame frame =
        wire_frame_cut(&stage->wire, LINK_ETHERNET, stage->now_ns, stage->wire.size);
    pipeline_frame(stage->pipeline, &frame);
    stage_ip(stage, true, ASSET, SERVER); /* a header that says less than itself */
    wire_finish(&stage->wire);
    stage->wire.data[14] = 0x41;
    frame = wire_frame_cut(&stage->wire, LINK_ETHERNET, stage->now_ns, stage->wire.size);
    pipeline_frame(stage->pipeline, &frame);
    struct frame idle = {.ts_ns = stage->now_ns, .idle = true};
    pipeline_frame(stage->pipeline, &idle);
    pipeline_finish(stage->pipeline);
    struct pipeline_capture capture = {.frames = 12, .bytes = 999, .kernel_drops = 3};
    pipeline_stats(stage->pipeline, &capture);
    const char *stats = stage->events[stage->count - 1];
    ck_assert_uint_eq(number_of(stats, "\"decoder\":{\"pkts\":"), 12);
    ck_assert_uint_eq(number_of(stats, "\"invalid\":"), 1);
    ck_assert_uint_eq(number_of(stats, "\"not_ip\":"), 1);
    ck_assert_uint_eq(number_of(stats, "\"copies\":"), 0);
    ck_assert_uint_eq(number_of(stats, "\"kernel_drops\":"), 3);
    ck_assert_uint_eq(number_of(stats, "\"flow\":{\"total\":"), 2);
    ck_assert_uint_eq(number_of(stats, "\"end\":{\"idle\":") + number_of(stats, "\"closed\":") +
                          number_of(stats, "\"evicted\":") + number_of(stats, "\"reused\":") +
                          number_of(stats, "\"shutdown\":"),
                      2);
    ck_assert_uint_eq(number_of(stats, "\"client_hellos\":"), 1);
    ck_assert_uint_eq(number_of(stats, "\"dns_messages\":"), 2);
    ck_assert_uint_eq(number_of(stats, "\"alert\":"), 1);
    stage_free(stage);
}
END_TEST

START_TEST(clock_may_step_in_either_direction)
{
    struct stage *stage = stage_new();
    talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);
    stage->now_ns -= 3600 * NS_PER_S;
    for (unsigned i = 0; i < 10; i++)
        talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);
    stage->now_ns += 9000 * NS_PER_S;
    talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);
    pipeline_finish(stage->pipeline);
    check_count(stage, "alert", 2);
    check_event(stage, -1, "\"flows\":12");
    stage_free(stage);
}
END_TEST

START_TEST(stamps_without_a_clock_do_no_harm)
{
    static const int64_t stamps[] = {0, 1, -NS_PER_DAY, INT64_MAX / 2, -(INT64_MAX / 2)};
    for (size_t i = 0; i < COUNT_OF(stamps); i++) {
        struct stage *stage = stage_new();
        stage->now_ns = stamps[i];
        talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);
        talk_lookup(stage, ASSET, RESOLVER, "upd.acme.example", SERVER);
        stage->now_ns = STAGE_T0;
        talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);
        talk_lookup(stage, ASSET, RESOLVER, "upd.acme.example", SERVER);
        stage->now_ns = stamps[COUNT_OF(stamps) - 1 - i];
        talk_tls(stage, ASSET, SERVER, "upd2.acme.example", false);
        pipeline_finish(stage->pipeline);
        struct pipeline_capture capture = {.frames = 30};
        pipeline_stats(stage->pipeline, &capture);
        check_event(stage, 0, "\"event_type\":\"alert\"");
        ck_assert_uint_lt(number_of(stage->events[stage->count - 1], "\"uptime\":"), UINT64_C(1)
                                                                                         << 40);
        stage_free(stage);
    }
}
END_TEST

START_TEST(pipeline_may_go_with_flows_in_it)
{
    struct stage *stage = stage_new();
    struct talk hello = {.size = 0};
    talk_client_hello(&hello, "upd.acme.example", false);
    struct line line = line_open(stage, ASSET, SERVER, 443);
    line_send(stage, &line, true, TCP_ACK, hello.data, 30);
    line = line_open(stage, ASSET, SERVER, 443);
    line_talk(stage, &line, true, &hello);
    check_count(stage, "alert", 1);
    stage_free(stage); /* the sanitizer counts */
    pipeline_free(NULL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {asset_is_the_home_side,
                                  assets_may_have_addresses_of_ipv6,
                                  severity_says_why_it_matters,
                                  only_what_is_of_concern_where_asked_for,
                                  exceptions_silence_what_they_name_until_they_expire,
                                  contact_that_goes_on_is_told_again,
                                  end_of_input_tells_what_came_since_the_last_alert,
                                  same_input_gives_the_same_events,
                                  every_flow_has_its_record_where_asked_for,
                                  flow_that_goes_on_is_cut_and_counted_once,
                                  visibility_says_what_was_missed,
                                  counters_add_up,
                                  clock_may_step_in_either_direction,
                                  stamps_without_a_clock_do_no_harm,
                                  pipeline_may_go_with_flows_in_it,
                                  NULL};
    return run_suite(suite_of("pipeline", tests));
}
