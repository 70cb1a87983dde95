/* SPDX-License-Identifier: Apache-2.0 */
/* The text of events, byte by byte: what readers of EVE depend on. */
#include <stdio.h>
#include <string.h>

#include "alert/eve.h"
#include "alert/eve_parts.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "classify/dns.h"
#include "classify/label.h"
#include "flow/flow.h"
#include "run.h"

#define T0 (INT64_C(1700000000) * NS_PER_S)

static const struct event_source source = {.sensor = "sensor",
                                           .signatures_version = "0011223344556677",
                                           .signatures_date = "2026-01-02",
                                           .geo = "db 2026-01-01",
                                           .policy_version = "default"};
static const struct vendor acme = {.id = "acme",
                                   .name = "Acme",
                                   .legal_entity = "Acme GmbH",
                                   .jurisdiction = "DE",
                                   .parent = {.name = "Holding", .country = "US"},
                                   .revised = "2026-01-02"};
static const struct service update = {.vendor = &acme,
                                      .id = "update",
                                      .name = "Acme update",
                                      .product_name = "Shield",
                                      .purpose = PURPOSE_OEM_UPDATE,
                                      .embedder_id = "box",
                                      .embedder_name = "Box Inc",
                                      .embedder_product = "Gateway",
                                      .embedder_country = "CA"};

static struct addr address(const char *text)
{
    struct addr addr;
    ck_assert(addr_parse(text, &addr));
    return addr;
}

static struct flow usual_flow(void)
{
    return (struct flow){.client = address("10.0.0.5"),
                         .server = address("192.0.2.7"),
                         .client_port = 50000,
                         .server_port = 443,
                         .protocol = 6,
                         .state = FLOW_CLOSED,
                         .end = FLOW_END_CLOSED,
                         .tcp_flags = {0x1b, 0x12},
                         .vlan = 7,
                         .packets = {5, 4},
                         .bytes = {900, 5000},
                         .gap_bytes = {0, 30},
                         .first_ns = T0,
                         .last_ns = T0 + 61 * NS_PER_S,
                         .id = 12};
}

static void check_text(struct text *text, const char *wanted)
{
    ck_assert_str_eq(text_string(text), wanted);
    text_done(text);
}

static const char *const in_force[] = {"r1"};

static struct alert full_alert(void)
{
    return (struct alert){.ts_ns = T0,
                          .kind = "contact",
                          .event_id = {0xab, 1},
                          .vendor = &acme,
                          .service = &update,
                          .asset = address("10.0.0.5"),
                          .endpoint = address("192.0.2.7"),
                          .asset_port = 50000,
                          .endpoint_port = 443,
                          .protocol = 6,
                          .has_mac = true,
                          .asset_mac = {2, 0, 0, 0, 0, 0xfe},
                          .has_endpoint = true,
                          .name = "upd.acme.example",
                          .name_source = NAME_SOURCE_SNI,
                          .place = {.country = "NL",
                                    .registered_country = "CH",
                                    .city = "Amsterdam",
                                    .asn = 64496,
                                    .as_org = "Example",
                                    .disagree = true,
                                    .other_country = "BE"},
                          .state = CONTACT_ONGOING,
                          .flows = 3,
                          .lookups = 1,
                          .first_ns = T0 - NS_PER_S,
                          .last_ns = T0,
                          .bytes_out = 100,
                          .bytes_in = 200,
                          .names = {"upd.acme.example"},
                          .name_count = 1,
                          .evidence = {{"server-name", "upd.acme.example", 0.855}},
                          .evidence_count = 1,
                          .confidence = 1.0,
                          .severity = 1,
                          .lost_bytes = 4,
                          .concern = "regime",
                          .regimes = in_force,
                          .regime_count = 1};
}

START_TEST(alert_about_the_past)
{
    struct alert alert = full_alert();
    struct text text = {0};
    eve_alert(&source, &alert, 41, &text);
    check_text(
        &text,
        "{\"timestamp\":\"2023-11-14T22:13:20.000000+0000\",\"event_type\":\"alert\",\"host\":\"sensor\","
        "\"src_ip\":\"10.0.0.5\",\"src_port\":50000,\"dest_ip\":\"192.0.2.7\",\"dest_port\":443,"
        "\"proto\":\"TCP\",\"ip_v\":4,"
        "\"alert\":{\"action\":\"allowed\",\"gid\":1,\"signature_id\":1638670754,\"rev\":20260102,"
        "\"signature\":\"TELLTALE contact Acme update (oem_update)\","
        "\"category\":\"Security software contact\",\"severity\":1,"
        "\"metadata\":{\"vendor\":[\"acme\"],\"purpose\":[\"oem_update\"],\"jurisdiction\":[\"DE\"]}},"
        "\"telltale\":{\"event_id\":\"ab010000000000000000000000000000\",\"seq\":41,"
        "\"kind\":\"contact\",\"vendor\":{\"id\":\"acme\",\"name\":\"Acme\",\"legal_entity\":\"Acme GmbH\","
        "\"jurisdiction\":\"DE\",\"parent\":{\"name\":\"Holding\",\"jurisdiction\":\"US\"}},"
        "\"product\":\"Shield\",\"service\":\"update\",\"service_name\":\"Acme update\","
        "\"purpose\":\"oem_update\",\"embedded_in\":{\"id\":\"box\",\"name\":\"Box Inc\","
        "\"product\":\"Gateway\",\"jurisdiction\":\"CA\"},"
        "\"asset\":{\"ip\":\"10.0.0.5\",\"mac\":\"02:00:00:00:00:fe\"},"
        "\"endpoint\":{\"ip\":\"192.0.2.7\",\"port\":443,\"name\":\"upd.acme.example\","
        "\"name_source\":\"sni\",\"country\":\"NL\",\"registered_country\":\"CH\","
        "\"city\":\"Amsterdam\",\"asn\":64496,\"as_org\":\"Example\",\"country_other_database\":\"BE\"},"
        "\"contact\":{\"state\":\"ongoing\",\"count\":3,\"flows\":3,\"lookups\":1,"
        "\"first\":\"2023-11-14T22:13:19.000000+0000\",\"last\":\"2023-11-14T22:13:20.000000+0000\","
        "\"names\":[\"upd.acme.example\"]},"
        "\"evidence\":[{\"kind\":\"server-name\",\"value\":\"upd.acme.example\",\"weight\":0.855}],"
        "\"confidence\":0.999,\"volume\":{\"bytes_out\":100,\"bytes_in\":200,\"ratio\":0.5},"
        "\"visibility\":{\"one_sided\":false,\"packet_loss\":true,\"truncated\":false,"
        "\"name_hidden\":false},\"policy\":{\"jurisdiction\":\"DE\",\"of_concern\":true,"
        "\"concern\":\"regime\",\"regimes\":[\"r1\"],\"version\":\"default\"},"
        "\"knowledge\":{\"signatures\":\"0011223344556677\",\"signatures_date\":\"2026-01-02\","
        "\"geo\":\"db 2026-01-01\",\"program\":\"" TELLTALE_VERSION "\"}}}");
}
END_TEST

/* Fills in what every alert has. */
static struct alert small_alert(void)
{
    return (struct alert){.ts_ns = T0,
                          .kind = "contact",
                          .vendor = &acme,
                          .asset = address("10.0.0.5"),
                          .resolver = address("10.0.0.53"),
                          .asset_port = 50000,
                          .protocol = 17,
                          .name_source = NAME_SOURCE_NETWORK,
                          .severity = 3};
}

static void check_holds(const struct text *text, const char *wanted)
{
    ck_assert_msg(strstr(text_string(text), wanted) != NULL, "no %s in %s", wanted,
                  text_string(text));
}

START_TEST(alert_about_a_look_up_has_no_endpoint_address)
{
    struct alert alert = small_alert();
    static struct dns_message dns;
    dns = (struct dns_message){.id = 9, .question = "a.example", .question_type = DNS_TYPE_AAAA};
    alert.is_lookup = true;
    alert.lookups = 2;
    alert.name = "a.example";
    alert.name_source = NAME_SOURCE_QUERY;
    alert.dns = &dns;
    struct text text = {0};
    eve_alert(&source, &alert, 0, &text);
    check_holds(&text, "\"dest_ip\":\"10.0.0.53\",\"dest_port\":53,\"proto\":\"UDP\"");
    check_holds(&text,
                "\"dns\":{\"type\":\"query\",\"id\":9,\"rrname\":\"a.example\","
                "\"rrtype\":\"AAAA\"}");
    check_holds(&text, "\"endpoint\":{\"name\":\"a.example\",\"name_source\":\"dns-query\"}");
    check_holds(&text, "\"count\":2,\"flows\":0");
    check_holds(&text, "\"service\":\"network\",\"purpose\":\"network_owner\"");
    check_holds(&text, "\"signature\":\"TELLTALE contact Acme (network)\"");
    text_done(&text);
}
END_TEST

START_TEST(alert_about_a_flow_shows_what_it_said)
{
    struct flow flow = usual_flow();
    char alpn[] = "h2", subject[] = "CN=x", san[] = "x.example", serial[] = "0A";
    struct label_tls tls = {.version = 0x0303,
                            .resumed = true,
                            .alpn = {alpn},
                            .alpn_count = 1,
                            .server_alpn = alpn,
                            .ja3 = "0123456789abcdef0123456789abcdef",
                            .ja4 = "t13d",
                            .subject = subject,
                            .issuer = subject,
                            .san = {san},
                            .san_count = 1,
                            .serial = serial,
                            .fingerprint = "aa:bb",
                            .not_before_ns = T0,
                            .not_after_ns = T0 + NS_PER_DAY};
    struct label label = {
        .app = APP_TLS, .server_name = "x.example", .tls = &tls, .ndpi_category = "Web"};
    struct alert alert = small_alert();
    alert.flow = &flow;
    alert.label = &label;
    alert.app = "tls";
    alert.stack = "TLS.X";
    alert.risks[0] = "a risk";
    alert.risk_count = 1;
    struct text text = {0};
    eve_alert(&source, &alert, 0, &text);
    check_holds(&text, "\"flow_id\":12,\"vlan\":[7],\"src_ip\":\"10.0.0.5\",\"src_port\":50000");
    check_holds(&text,
                "\"flow\":{\"pkts_toserver\":5,\"pkts_toclient\":4,\"bytes_toserver\":900,"
                "\"bytes_toclient\":5000,\"start\":\"2023-11-14T22:13:20.000000+0000\"}");
    check_holds(&text,
                "\"tls\":{\"sni\":\"x.example\",\"version\":\"TLS 1.2\","
                "\"client_alpns\":[\"h2\"],\"server_alpns\":[\"h2\"],\"subject\":\"CN=x\","
                "\"issuerdn\":\"CN=x\",\"serial\":\"0A\",\"fingerprint\":\"aa:bb\","
                "\"notbefore\":\"2023-11-14T22:13:20\",\"notafter\":\"2023-11-15T22:13:20\","
                "\"subjectaltname\":[\"x.example\"],\"session_resumed\":true,"
                "\"ja3\":{\"hash\":\"0123456789abcdef0123456789abcdef\"},\"ja4\":\"t13d\"}");
    check_holds(&text,
                "\"ndpi\":{\"protocol\":\"TLS.X\",\"category\":\"Web\",\"risks\":[\"a risk\"]}");
    check_holds(&text, "\"volume\":{\"bytes_out\":900,\"bytes_in\":5000,\"ratio\":0.18}");
    text_done(&text);
}
END_TEST

START_TEST(flow_record)
{
    struct flow flow = usual_flow();
    char method[] = "GET", host[] = "h.example", url[] = "/", agent[] = "A", type[] = "t/x";
    struct label_http http = {.method = method,
                              .host = host,
                              .url = url,
                              .user_agent = agent,
                              .content_type = type,
                              .status = 404};
    struct label label = {.app = APP_HTTP, .http = &http};
    struct place place = {.country = "NL"};
    flow.label = &label;
    struct text text = {0};
    struct flow_event event = {
        .flow = &flow, .place = &place, .name = "h.example", .stack = "HTTP"};
    eve_flow(&source, &event, 3, &text);
    check_text(
        &text,
        "{\"timestamp\":\"2023-11-14T22:14:21.000000+0000\",\"event_type\":\"flow\",\"host\":\"sensor\","
        "\"flow_id\":12,\"vlan\":[7],\"src_ip\":\"10.0.0.5\",\"src_port\":50000,"
        "\"dest_ip\":\"192.0.2.7\",\"dest_port\":443,\"proto\":\"TCP\",\"ip_v\":4,"
        "\"community_id\":\"1:px6bo1/z4vAmTQx7TAtQhejbPH8=\",\"app_proto\":\"http\","
        "\"flow\":{\"pkts_toserver\":5,\"pkts_toclient\":4,\"bytes_toserver\":900,"
        "\"bytes_toclient\":5000,\"start\":\"2023-11-14T22:13:20.000000+0000\","
        "\"end\":\"2023-11-14T22:14:21.000000+0000\",\"age\":61,\"state\":\"closed\","
        "\"reason\":\"timeout\",\"end_reason\":\"closed\"},"
        "\"tcp\":{\"tcp_flags\":\"1b\",\"tcp_flags_ts\":\"1b\",\"tcp_flags_tc\":\"12\",\"fin\":true,"
        "\"syn\":true,\"psh\":true,\"ack\":true,\"ts_gap\":false,\"tc_gap\":true},"
        "\"http\":{\"hostname\":\"h.example\",\"url\":\"/\",\"http_user_agent\":\"A\","
        "\"http_content_type\":\"t/x\",\"http_method\":\"GET\",\"status\":404},"
        "\"telltale\":{\"seq\":3,\"endpoint\":{\"ip\":\"192.0.2.7\",\"name\":\"h.example\","
        "\"country\":\"NL\"},\"ndpi\":{\"protocol\":\"HTTP\"}}}");
}
END_TEST

START_TEST(flow_records_of_all_ends_and_protocols)
{
    static const struct {
        uint8_t end, state, protocol;
        const char *wanted;
    } cases[] = {{FLOW_END_IDLE, FLOW_NEW, 17,
                  "\"state\":\"new\",\"reason\":\"timeout\","
                  "\"end_reason\":\"idle\""},
                 {FLOW_END_ACTIVE, FLOW_ESTABLISHED, 17, "\"end_reason\":\"active\""},
                 {FLOW_END_EVICTED, FLOW_ESTABLISHED, 6, "\"end_reason\":\"evicted\""},
                 {FLOW_END_REUSED, FLOW_ESTABLISHED, 6, "\"end_reason\":\"reused\""},
                 {FLOW_END_SHUTDOWN, FLOW_ESTABLISHED, 6,
                  "\"reason\":\"shutdown\","
                  "\"end_reason\":\"shutdown\""},
                 {FLOW_END_NONE, FLOW_NEW, 1, "\"icmp_type\":50000,\"icmp_code\":443"},
                 {99, FLOW_NEW, 253, "\"proto\":\"253\""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct flow flow = usual_flow();
        struct text text = {0};
        flow.end = cases[i].end;
        flow.state = cases[i].state;
        flow.protocol = cases[i].protocol;
        struct flow_event event = {.flow = &flow};
        eve_flow(&source, &event, 0, &text);
        check_holds(&text, cases[i].wanted);
        check_holds(&text, "\"app_proto\":\"failed\"");
        text_done(&text);
    }
}
END_TEST

START_TEST(stats_nest_where_paths_share_their_beginning)
{
    static const struct stat stats[] = {{"uptime", 1}, {"a.b.c", 2}, {"a.b.d", 3},
                                        {"a.e", 4},    {"f.g", 5},   {"h", 6}};
    struct text text = {0};
    eve_stats(&source, T0, stats, sizeof stats / sizeof stats[0], 8, &text);
    check_holds(&text, "\"event_type\":\"stats\"");
    check_holds(&text,
                "\"stats\":{\"uptime\":1,\"a\":{\"b\":{\"c\":2,\"d\":3},\"e\":4},"
                "\"f\":{\"g\":5},\"h\":6},\"telltale\":{\"seq\":8,\"knowledge\":");
    text_clear(&text);
    eve_stats(&source, T0, stats + 1, 1, 9, &text);
    check_holds(&text, "\"stats\":{\"a\":{\"b\":{\"c\":2}}},\"telltale\"");
    text_done(&text);
}
END_TEST

START_TEST(gap_says_what_is_lost)
{
    struct event_source live = source;
    live.interface = "eth1";
    struct text text = {0};
    struct gap_event event = {.ts_ns = T0, .what = "events", .count = 7, .reason = "queue full"};
    eve_gap(&live, &event, 5, &text);
    check_text(&text,
               "{\"timestamp\":\"2023-11-14T22:13:20.000000+0000\",\"event_type\":\"gap\","
               "\"host\":\"sensor\",\"in_iface\":\"eth1\",\"telltale\":{\"seq\":5,"
               "\"gap\":{\"what\":\"events\",\"count\":7,\"reason\":\"queue full\"}}}");
}
END_TEST

START_TEST(hostile_bytes_stay_inside_their_string)
{
    struct alert alert = small_alert();
    alert.has_endpoint = true;
    alert.name = "a\"},{\"x\":\"\\\x1b[31m\x7f\xff\n";
    struct text text = {0};
    eve_alert(&source, &alert, 0, &text);
    check_holds(&text,
                "\"name\":\"a\\\"},{\\\"x\\\":\\\"\\\\\\u001b[31m\\u007f\xef\xbf\xbd\\u000a\"");
    text_done(&text);
}
END_TEST

static void put_labelled(const struct label *label, const char *wanted)
{
    struct text text = {0};
    struct json json = {.out = &text};
    json_open_object(&json, NULL);
    eve_put_label(&json, label);
    json_close_object(&json);
    check_text(&text, wanted);
}

START_TEST(versions_have_their_names)
{
    static const struct {
        uint16_t version;
        const char *text;
    } cases[] = {{0x0300, "SSLv3"},   {0x0301, "TLSv1"},   {0x0302, "TLS 1.1"},
                 {0x0303, "TLS 1.2"}, {0x0304, "TLS 1.3"}, {0x7f1c, "0x7f1c"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct label_tls tls = {.version = cases[i].version};
        struct label label = {.app = APP_TLS, .tls = &tls};
        char wanted[64];
        (void)snprintf(wanted, sizeof wanted, "{\"tls\":{\"version\":\"%s\"}}", cases[i].text);
        put_labelled(&label, wanted);
    }
    struct label_tls tls = {.version = 0x0304};
    struct label quic = {.app = APP_QUIC, .tls = &tls, .quic_version = 1};
    put_labelled(&quic, "{\"quic\":{\"version\":\"1\"}}");
    quic.quic_version = 0x6b3343cf;
    put_labelled(&quic, "{\"quic\":{\"version\":\"1798521807\"}}");
    put_labelled(NULL, "{}");
}
END_TEST

START_TEST(answers_are_listed)
{
    static struct dns_message dns;
    dns = (struct dns_message){
        .response = true,
        .question = "a.example",
        .question_type = DNS_TYPE_A,
        .answer_count = 2,
        .answers = {
            {.name = "a.example", .target = "b.example", .type = DNS_TYPE_CNAME, .ttl_s = 60},
            {.name = "b.example", .type = DNS_TYPE_A}}};
    dns.answers[1].addr = address("192.0.2.1");
    struct text text = {0};
    struct json json = {.out = &text};
    json_open_object(&json, NULL);
    eve_put_dns(&json, &dns);
    eve_put_dns(&json, NULL);
    json_close_object(&json);
    check_text(&text,
               "{\"dns\":{\"type\":\"answer\",\"id\":0,\"rrname\":\"a.example\","
               "\"rrtype\":\"A\",\"rcode\":\"NOERROR\",\"answers\":[{\"rrname\":\"a.example\","
               "\"rrtype\":\"CNAME\",\"ttl\":60,\"rdata\":\"b.example\"},"
               "{\"rrname\":\"b.example\",\"rrtype\":\"A\",\"ttl\":0,"
               "\"rdata\":\"192.0.2.1\"}]}}");
    ck_assert_str_eq(eve_name_source(NAME_SOURCE_DNS_OTHER), "dns-other");
    ck_assert_str_eq(eve_name_source((enum name_source)99), "none");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {alert_about_the_past,
                                  alert_about_a_look_up_has_no_endpoint_address,
                                  alert_about_a_flow_shows_what_it_said,
                                  flow_record,
                                  flow_records_of_all_ends_and_protocols,
                                  stats_nest_where_paths_share_their_beginning,
                                  gap_says_what_is_lost,
                                  hostile_bytes_stay_inside_their_string,
                                  versions_have_their_names,
                                  answers_are_listed,
                                  NULL};
    return run_suite(suite_of("alert_eve", tests));
}
