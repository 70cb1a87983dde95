/* SPDX-License-Identifier: Apache-2.0 */
/* What behaviour makes of whole conversations, through the pipeline. */
#include "pipeline_talks.h"

#define HOUR_NS (3600 * NS_PER_S)

/* Evidence rows have kinds, too: that of the event follows its number. */
static bool is_kind(const char *event, const char *kind)
{
    const char *at = strstr(event, "\"seq\":");
    at = at != NULL ? strstr(at, "\"kind\":\"") : NULL;
    return at != NULL && strncmp(at + 8, kind, strlen(kind)) == 0 && at[8 + strlen(kind)] == '"';
}

static size_t count_kind(const struct stage *stage, const char *kind)
{
    size_t count = 0;
    for (size_t i = 0; i < stage->count; i++)
        count += is_kind(stage->events[i], kind);
    return count;
}

/* Returns the last event of the kind. */
static const char *event_of(const struct stage *stage, const char *kind)
{
    for (size_t i = stage->count; i-- > 0;)
        if (is_kind(stage->events[i], kind))
            return stage->events[i];
    ck_abort_msg("no event of kind %s among %zu", kind, stage->count);
    return NULL;
}

static void check_holds(const char *event, const char *wanted)
{
    ck_assert_msg(strstr(event, wanted) != NULL, "no %s in %s", wanted, event);
}

/* A TLS connection at each beat. */
static void beat_tls(struct stage *stage, const char *server, const char *name, int64_t period_ns,
                     unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        int64_t start_ns = stage->now_ns;
        talk_tls(stage, ASSET, server, name, false);
        stage->now_ns = start_ns + period_ns;
    }
}

START_TEST(service_that_is_called_at_a_period_is_a_beacon)
{
    struct stage *stage = stage_new();
    beat_tls(stage, SERVER, "upd.acme.example", 600 * NS_PER_S, 20);
    ck_assert_uint_eq(count_kind(stage, "beacon"), 1);
    const char *event = event_of(stage, "beacon");
    check_holds(event, "\"state\":\"new\",\"channel\":\"connect\",\"period_s\":600");
    check_holds(event, "\"service\":\"update\"");
    check_holds(event, "{\"kind\":\"periodic\"");
    stage_free(stage);
}
END_TEST

START_TEST(addresses_of_one_service_beat_together)
{
    struct stage *stage = stage_new();
    for (unsigned i = 0; i < 12; i++) {
        int64_t start_ns = stage->now_ns;
        talk_tls(stage, ASSET, i % 2 == 0 ? SERVER : NETWORK,
                 i % 3 == 0 ? "upd2.acme.example" : "upd.acme.example", false);
        stage->now_ns = start_ns + 600 * NS_PER_S;
    }
    pipeline_finish(stage->pipeline);
    check_holds(event_of(stage, "beacon"), "\"period_s\":600");
    stage_free(stage);
}
END_TEST

START_TEST(heartbeat_inside_one_connection_is_a_beacon)
{
    struct stage *stage = stage_new();
    struct talk hello = {.size = 0}, answer = {.size = 0}, ping = {.size = 0};
    talk_client_hello(&hello, "upd.acme.example", false);
    talk_server_hello(&answer, true);
    talk_text(&ping, "\x17\x03\x03\x00\x05hello");
    struct line line = line_open(stage, ASSET, SERVER, 443);
    line_talk(stage, &line, true, &hello);
    line_talk(stage, &line, false, &answer);
    for (unsigned i = 0; i < 12; i++) {
        stage->now_ns += 60 * NS_PER_S;
        line_talk(stage, &line, true, &ping);
        stage->now_ns -= NS_PER_MS;
    }
    const char *event = event_of(stage, "beacon");
    check_holds(event, "\"channel\":\"message\",\"period_s\":60");
    check_holds(event, "\"service\":\"update\"");
    ck_assert_uint_eq(count_kind(stage, "beacon"), 1);
    stage_free(stage);
}
END_TEST

START_TEST(heartbeat_slower_than_the_idle_time_is_one_too)
{
    struct stage *stage = stage_open();
    stage_set(stage, "flow.tcp_idle=60s");
    stage_run(stage);
    struct talk ping = {.size = 0};
    talk_text(&ping, "\x01\x02ping");
    struct line line = line_open(stage, ASSET, NETWORK, 4430);
    for (unsigned i = 0; i < 12; i++) {
        line_talk(stage, &line, true, &ping);
        line_talk(stage, &line, false, &ping);
        stage->now_ns += 180 * NS_PER_S - 2 * NS_PER_MS;
    }
    pipeline_finish(stage->pipeline);
    check_holds(event_of(stage, "beacon"), "\"channel\":\"message\",\"period_s\":180");
    stage_free(stage);
}
END_TEST

START_TEST(connections_that_nobody_answers_are_kept_apart)
{
    struct stage *stage = stage_new();
    for (unsigned i = 0; i < 12; i++) {
        int64_t start_ns = stage->now_ns;
        talk_lookup(stage, ASSET, RESOLVER, "upd.acme.example", SERVER);
        struct line line = {
            .client = ASSET, .server = SERVER, .port = 443, .client_port = ++stage->port};
        line_send(stage, &line, true, TCP_SYN, NULL, 0);
        line_send(stage, &line, false, TCP_RST | TCP_ACK, NULL, 0);
        stage->now_ns = start_ns + 900 * NS_PER_S;
    }
    pipeline_finish(stage->pipeline);
    check_holds(event_of(stage, "beacon"), "\"channel\":\"attempt\",\"period_s\":900");
    stage_free(stage);
}
END_TEST

START_TEST(beat_that_falls_silent_has_stopped_while_the_machine_is_on)
{
    struct stage *stage = stage_new();
    beat_tls(stage, SERVER, "upd.acme.example", 600 * NS_PER_S, 20);
    ck_assert_uint_eq(count_kind(stage, "beacon-stopped"), 0);
    for (unsigned i = 0; i < 60; i++) { /* somebody works on it */
        talk_tls(stage, ASSET, "192.0.2.9", "www.example.org", false);
        stage->now_ns += 240 * NS_PER_S;
    }
    ck_assert_uint_eq(count_kind(stage, "beacon-stopped"), 1);
    check_holds(event_of(stage, "beacon-stopped"), "\"state\":\"stopped\"");
    stage_free(stage);
}
END_TEST

START_TEST(machine_that_sleeps_has_not_stopped)
{
    struct stage *stage = stage_new();
    beat_tls(stage, SERVER, "upd.acme.example", 600 * NS_PER_S, 20);
    stage->now_ns += 12 * HOUR_NS;
    beat_tls(stage, SERVER, "upd.acme.example", 600 * NS_PER_S, 20);
    ck_assert_uint_eq(count_kind(stage, "beacon-stopped"), 0);
    stage_free(stage);
}
END_TEST

/* Sends `kib` KiB up a TLS connection. */
static void upload(struct stage *stage, const char *server, const char *name, unsigned kib)
{
    struct talk hello = {.size = 0}, answer = {.size = 0};
    talk_client_hello(&hello, name, false);
    talk_server_hello(&answer, true);
    struct line line = line_open(stage, ASSET, server, 443);
    line_talk(stage, &line, true, &hello);
    line_talk(stage, &line, false, &answer);
    static const uint8_t block[1024] = {0x17, 0x03, 0x03, 0x03, 0xfb};
    for (unsigned i = 0; i < kib; i++)
        line_send(stage, &line, true, TCP_ACK, block, sizeof block);
    line_close(stage, &line);
    stage->now_ns += 30 * NS_PER_S;
}

START_TEST(many_bytes_out_are_an_upload)
{
    struct stage *stage = stage_new();
    upload(stage, SERVER, "a.rep.acme.example", 8);
    ck_assert_uint_eq(count_kind(stage, "upload"), 0);
    upload(stage, SERVER, "a.rep.acme.example", 300);
    pipeline_finish(stage->pipeline);
    ck_assert_uint_eq(count_kind(stage, "upload"), 1);
    check_holds(event_of(stage, "upload"), "\"upload\":{\"bytes_out\":3");
    stage_free(stage);
}
END_TEST

START_TEST(upload_is_seen_while_it_goes_on)
{
    struct stage *stage = stage_new();
    struct talk hello = {.size = 0}, answer = {.size = 0};
    talk_client_hello(&hello, "upd.acme.example", false);
    talk_server_hello(&answer, true);
    struct line line = line_open(stage, ASSET, SERVER, 443);
    line_talk(stage, &line, true, &hello);
    line_talk(stage, &line, false, &answer);
    static const uint8_t block[1024] = {0x17, 0x03, 0x03, 0x03, 0xfb};
    for (unsigned i = 0; i < 1200; i++) {
        line_send(stage, &line, true, TCP_ACK, block, sizeof block);
        stage->now_ns += 200 * NS_PER_MS;
    }
    ck_assert_uint_eq(count_kind(stage, "upload"), 1);
    stage_free(stage);
}
END_TEST

START_TEST(connection_that_stays_open_is_told_once)
{
    struct stage *stage = stage_new();
    struct talk hello = {.size = 0}, answer = {.size = 0}, ping = {.size = 0};
    talk_client_hello(&hello, "upd.acme.example", false);
    talk_server_hello(&answer, true);
    talk_text(&ping, "\x17\x03\x03\x00\x05hello");
    struct line line = line_open(stage, ASSET, SERVER, 443);
    line_talk(stage, &line, true, &hello);
    line_talk(stage, &line, false, &answer);
    for (unsigned i = 0; i < 60; i++) {
        stage->now_ns += 300 * NS_PER_S;
        line_talk(stage, &line, true, &ping);
    }
    ck_assert_uint_eq(count_kind(stage, "long-session"), 1);
    check_holds(event_of(stage, "long-session"), "\"session\":{\"first\":");
    stage_free(stage);
}
END_TEST

static struct stage *stage_worried_about(const char *jurisdiction)
{
    struct stage *stage = stage_open();
    struct error err = {""};
    char path[512];
    (void)snprintf(path, sizeof path, "%s/tests/geo/city.mmdb", getenv("TELLTALE_SOURCE"));
    const char *paths[] = {path};
    stage->geo = geo_open(paths, 1, &err);
    ck_assert_msg(stage->geo != NULL, "%s", err.text);
    stage_set(stage, jurisdiction);
    stage_run(stage);
    return stage;
}

START_TEST(nobodys_beat_matters_towards_a_country_of_concern)
{
    struct stage *stage = stage_worried_about("policy.jurisdictions_of_concern=CH");
    beat_tls(stage, "185.85.15.9", "sync.example.org", 600 * NS_PER_S, 30);
    pipeline_finish(stage->pipeline);
    ck_assert_uint_eq(count_kind(stage, "unattributed-beacon"), 1);
    const char *event = event_of(stage, "unattributed-beacon");
    check_holds(event, "\"severity\":3");
    check_holds(event, "\"concern\":\"network-country\"");
    check_holds(event, "\"domain\":\"example.org\"");
    check_holds(event, "\"name\":\"sync.example.org\"");
    check_holds(event, "\"registered_country\":\"CH\"");
    ck_assert_ptr_null(strstr(event, "\"vendor\":{"));
    stage_free(stage);
}
END_TEST

START_TEST(nobodys_beat_to_other_countries_is_not_told)
{
    struct stage *stage = stage_worried_about("policy.jurisdictions_of_concern=RU");
    beat_tls(stage, "185.85.15.9", "sync.example.org", 600 * NS_PER_S, 30);
    pipeline_finish(stage->pipeline);
    ck_assert_uint_eq(stage->count, 0);
    stage_free(stage);
}
END_TEST

START_TEST(beat_that_is_explained_is_not_told)
{
    struct stage *stage = stage_worried_about("policy.jurisdictions_of_concern=CH");
    beat_tls(stage, "185.85.15.9", "0.pool.ntp.org", 600 * NS_PER_S, 30);
    pipeline_finish(stage->pipeline);
    ck_assert_uint_eq(stage->count, 0);
    stage_free(stage);
}
END_TEST

START_TEST(agent_is_said_to_be_installed)
{
    struct stage *stage = stage_new();
    for (unsigned i = 0; i < 24; i++) {
        int64_t start_ns = stage->now_ns;
        talk_tls(stage, ASSET, SERVER, i % 4 == 0 ? "upd.acme.example" : "a.rep.acme.example",
                 false);
        stage->now_ns = start_ns + HOUR_NS;
    }
    pipeline_finish(stage->pipeline);
    ck_assert_uint_eq(count_kind(stage, "installed"), 1);
    const char *event = event_of(stage, "installed");
    check_holds(event, "\"event_type\":\"asset\"");
    check_holds(event, "\"role\":\"agent\",\"state\":\"installed\",\"blocked\":false");
    check_holds(event, "\"product\":\"Acme Shield\"");
    check_holds(event, "\"policy\":{\"jurisdiction\":\"RU\",\"of_concern\":true");
    check_holds(event_of(stage, "contact"), "\"verdict\":{\"role\":\"agent\"");
    stage_free(stage);
}
END_TEST

START_TEST(one_contact_installs_nothing)
{
    struct stage *stage = stage_new();
    talk_lookup(stage, ASSET, RESOLVER, "upd.acme.example", SERVER);
    talk_tls(stage, ASSET, SERVER, "upd.acme.example", false);
    pipeline_finish(stage->pipeline);
    ck_assert_uint_eq(count_kind(stage, "installed"), 0);
    stage_free(stage);
}
END_TEST

START_TEST(proxy_speaks_for_its_clients)
{
    struct stage *stage = stage_new();
    for (unsigned i = 0; i < 24; i++) {
        int64_t start_ns = stage->now_ns;
        struct talk request = {.size = 0}, answer = {.size = 0};
        talk_text(&request,
                  "CONNECT upd.acme.example:443 HTTP/1.1\r\n"
                  "Host: upd.acme.example:443\r\n\r\n");
        talk_text(&answer, "HTTP/1.1 200 Connection established\r\n\r\n");
        struct line line = line_open(stage, ASSET, "10.0.0.8", 3128);
        line_talk(stage, &line, true, &request);
        line_talk(stage, &line, false, &answer);
        line_close(stage, &line);
        talk_tls(stage, "10.0.0.8", SERVER, i % 3 == 0 ? "upd.acme.example" : "a.rep.acme.example",
                 false);
        stage->now_ns = start_ns + HOUR_NS;
    }
    pipeline_finish(stage->pipeline);
    bool proxy = false;
    for (size_t i = 0; i < stage->count; i++)
        proxy = proxy || (strstr(stage->events[i], "\"event_type\":\"asset\"") != NULL &&
                          strstr(stage->events[i], "\"ip\":\"10.0.0.8\"") != NULL &&
                          strstr(stage->events[i], "\"role\":\"speaks-for\"") != NULL);
    ck_assert(proxy);
    stage_free(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {service_that_is_called_at_a_period_is_a_beacon,
                                  addresses_of_one_service_beat_together,
                                  heartbeat_inside_one_connection_is_a_beacon,
                                  heartbeat_slower_than_the_idle_time_is_one_too,
                                  connections_that_nobody_answers_are_kept_apart,
                                  beat_that_falls_silent_has_stopped_while_the_machine_is_on,
                                  machine_that_sleeps_has_not_stopped,
                                  many_bytes_out_are_an_upload,
                                  upload_is_seen_while_it_goes_on,
                                  connection_that_stays_open_is_told_once,
                                  nobodys_beat_matters_towards_a_country_of_concern,
                                  nobodys_beat_to_other_countries_is_not_told,
                                  beat_that_is_explained_is_not_told,
                                  agent_is_said_to_be_installed,
                                  one_contact_installs_nothing,
                                  proxy_speaks_for_its_clients,
                                  NULL};
    return run_suite(suite_of("observe", tests));
}
