/* SPDX-License-Identifier: Apache-2.0 */
#include "classify/state.h"
#include "classify_certificates.h"
#include "classify_rig.h"

static void check_name(const struct rig *rig, enum app app, const char *name)
{
    ck_assert_ptr_nonnull(rig->flow.label);
    ck_assert_int_eq(rig->flow.label->app, app);
    ck_assert_ptr_nonnull(rig->flow.label->server_name);
    ck_assert_str_eq(rig->flow.label->server_name, name);
}

/* --- TLS --------------------------------------------------------------------------------------- */

START_TEST(hello_in_one_segment_names_the_server)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    struct talk hello = {.size = 0}, server = {.size = 0};
    talk_client_hello(&hello, "Update.Example.com", false);
    talk_server_hello(&server, true);
    rig_start(&rig, classify, PROTOCOL_TCP, 443);
    unsigned news = rig_talk(&rig, FLOW_CLIENT, &hello);
    ck_assert_uint_eq(news, LABEL_PROTOCOL | LABEL_NAME | LABEL_CLIENT_HELLO);
    check_name(&rig, APP_TLS, "update.example.com");
    ck_assert_str_eq(label_app_text(rig.flow.label), "tls");
    /* From TLS 1.3 on nothing readable follows the ServerHello. */
    news = rig_talk(&rig, FLOW_SERVER, &server);
    ck_assert_uint_eq(news, LABEL_SERVER_HELLO | LABEL_DONE);
    ck_assert(rig.flow.classified);
    ck_assert_uint_eq(rig.flow.label->tls->version, 0x0304);
    ck_assert_uint_eq(rig_talk(&rig, FLOW_CLIENT, &hello), 0);
    ck_assert_uint_eq(classify_counters(classify)->client_hellos, 1);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

/* Sends a hello in `count` segments, in the order that `forward` and `twice` say; returns all news. */
static unsigned send_hello_in(struct rig *rig, unsigned count, bool forward, bool twice)
{
    struct talk hello = {.size = 0};
    talk_client_hello(&hello, "split.example.com", false);
    size_t step = (hello.size + count - 1) / count;
    unsigned news = 0;
    for (unsigned i = 0; i < count; i++) {
        size_t from = (forward ? i : count - 1 - i) * step;
        if (from >= hello.size)
            continue;
        size_t size = hello.size - from < step ? hello.size - from : step;
        for (unsigned again = 0; again < 1U + twice; again++)
            news |= rig_send_at(rig, FLOW_CLIENT, 1000 + (uint32_t)from, hello.data + from, size);
    }
    return news;
}

START_TEST(hello_in_any_number_of_segments_names_the_server)
{
    struct classify_options options = rig_options();
    options.tcp_packets = 60;
    struct classify *classify = rig_classify(&options);
    for (unsigned count = 2; count <= 24; count++) {
        struct rig rig;
        rig_start(&rig, classify, PROTOCOL_TCP, 443);
        unsigned news = send_hello_in(&rig, count, true, count % 2 == 0);
        ck_assert_uint_eq(news & (LABEL_NAME | LABEL_CLIENT_HELLO),
                          LABEL_NAME | LABEL_CLIENT_HELLO);
        check_name(&rig, APP_TLS, "split.example.com");
        rig_end(&rig);
    }
    classify_free(classify);
}
END_TEST

START_TEST(hello_in_reversed_order_names_the_server)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    for (unsigned count = 2; count <= 5; count++) {
        struct rig rig;
        rig_start(&rig, classify, PROTOCOL_TCP, 443);
        unsigned news = send_hello_in(&rig, count, false, false);
        ck_assert_msg((news & LABEL_NAME) != 0, "%u segments: %x, %s", count, news,
                      label_app_text(rig.flow.label));
        check_name(&rig, APP_TLS, "split.example.com");
        rig_end(&rig);
    }
    classify_free(classify);
}
END_TEST

START_TEST(hello_in_a_fast_open_syn_goes_on_behind_it)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct talk hello = {.size = 0};
    talk_client_hello(&hello, "fast.example.com", false);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 443);
    rig.extra_flags = TCP_SYN; /* takes a sequence number of its own (RFC 7413) */
    (void)rig_send_at(&rig, FLOW_CLIENT, 1000, hello.data, 60);
    (void)rig_send_at(&rig, FLOW_CLIENT, 1061, hello.data + 60, hello.size - 60);
    check_name(&rig, APP_TLS, "fast.example.com");
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(flow_with_a_lost_segment_is_given_up_at_the_limit)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct talk hello = {.size = 0};
    talk_client_hello(&hello, "lost.example.com", false);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 443);
    unsigned news = rig_send_at(&rig, FLOW_CLIENT, 1000, hello.data, 10);
    ck_assert_uint_eq(news, LABEL_PROTOCOL);
    for (unsigned i = 1; i < options.tcp_packets; i++) {
        ck_assert_uint_eq(news & LABEL_DONE, 0);
        news = rig_send_at(&rig, FLOW_CLIENT, 3000, hello.data + 20, hello.size - 20);
    }
    ck_assert_uint_ne(news & LABEL_DONE, 0);
    ck_assert(rig.flow.classified);
    ck_assert_ptr_null(rig.flow.label->server_name);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(name_in_the_part_of_a_hello_that_came_is_used_in_the_end)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct talk hello = {.size = 0};
    talk_client_hello(&hello, "partly.example.com", false);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 443);
    ck_assert_uint_eq(rig_send(&rig, FLOW_CLIENT, hello.data, hello.size - 8), LABEL_PROTOCOL);
    unsigned news = classify_end(classify, &rig.flow);
    ck_assert_uint_eq(news, LABEL_NAME | LABEL_CLIENT_HELLO | LABEL_DONE);
    check_name(&rig, APP_TLS, "partly.example.com");
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(hello_cut_by_the_snapshot_length_still_names_the_server)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct talk hello = {.size = 0};
    talk_client_hello(&hello, "cut.example.com", false);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 443);
    (void)rig_send_cut(&rig, FLOW_CLIENT, 1000, hello.data, hello.size, hello.size - 10);
    check_name(&rig, APP_TLS, "cut.example.com");
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(server_hello_first_turns_the_flow_round)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct talk hello = {.size = 0}, server = {.size = 0};
    talk_client_hello(&hello, "turned.example.com", false);
    talk_server_hello(&server, false);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 443);
    unsigned news = rig_talk(&rig, FLOW_CLIENT, &server);
    ck_assert_uint_eq(news, LABEL_PROTOCOL | LABEL_REVERSED | LABEL_SERVER_HELLO);
    news = rig_talk(&rig, FLOW_CLIENT, &hello); /* of the side that is the client now */
    ck_assert_uint_eq(news, LABEL_NAME | LABEL_CLIENT_HELLO);
    check_name(&rig, APP_TLS, "turned.example.com");
    rig_end(&rig);
    /* A handshake that was seen has settled it. */
    rig_start(&rig, classify, PROTOCOL_TCP, 443);
    rig.flow.direction = FLOW_DIRECTION_SYN;
    news = rig_talk(&rig, FLOW_CLIENT, &server);
    ck_assert_uint_eq(news & LABEL_REVERSED, 0);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(certificate_over_several_segments_is_read)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    for (size_t step = 100; step < 900; step += 150) {
        struct talk hello = {.size = 0}, server = {.size = 0};
        talk_client_hello(&hello, NULL, false);
        talk_server_hello(&server, false);
        talk_certificate(&server, certificate_plain, sizeof certificate_plain);
        struct rig rig;
        rig_start(&rig, classify, PROTOCOL_TCP, 443);
        ck_assert_uint_eq(rig_talk(&rig, FLOW_CLIENT, &hello), LABEL_PROTOCOL | LABEL_CLIENT_HELLO);
        unsigned news = 0;
        for (size_t at = 0; at < server.size; at += step) {
            size_t left = server.size - at;
            ck_assert_uint_eq(news & LABEL_DONE, 0);
            news |= rig_send(&rig, FLOW_SERVER, server.data + at, left < step ? left : step);
        }
        ck_assert_uint_eq(news, LABEL_SERVER_HELLO | LABEL_CERTIFICATE | LABEL_DONE);
        ck_assert_ptr_nonnull(rig.flow.label->tls->subject);
        ck_assert_uint_gt(rig.flow.label->tls->san_count, 0);
        rig_end(&rig);
    }
    ck_assert_uint_eq(classify_counters(classify)->certificates, 6);
    classify_free(classify);
}
END_TEST

START_TEST(server_side_ends_where_no_handshake_follows)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct talk hello = {.size = 0}, server = {.size = 0};
    talk_client_hello(&hello, "resumed.example.com", false);
    talk_server_hello(&server, false);
    talk_number(&server, 0x140303000101, 6); /* ChangeCipherSpec: a session goes on */
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 443);
    (void)rig_talk(&rig, FLOW_CLIENT, &hello);
    ck_assert_uint_eq(rig_talk(&rig, FLOW_SERVER, &server), LABEL_SERVER_HELLO | LABEL_DONE);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(deepening_gives_fingerprints_and_the_stack)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    struct talk hello = {.size = 0};
    talk_client_hello(&hello, "www.example.com", false);
    for (unsigned split = 0; split < 2; split++) {
        rig_start(&rig, classify, PROTOCOL_TCP, 443);
        rig.flow.direction = FLOW_DIRECTION_SYN;
        if (split == 1)
            (void)rig_send(&rig, FLOW_CLIENT, hello.data, 50);
        (void)rig_send(&rig, FLOW_CLIENT, hello.data + 50 * split, hello.size - 50 * split);
        ck_assert_str_eq(rig.flow.label->tls->ja4, "");
        classify_deepen(classify, &rig.flow, FLOW_CLIENT, &rig.packet);
        ck_assert_uint_eq(strlen(rig.flow.label->tls->ja3), 32);
        ck_assert_mem_eq(rig.flow.label->tls->ja4, "t13d02", 6);
        ck_assert_mem_eq(classify_stack(classify, &rig.flow), "TLS", 3);
        classify_deepen(classify, &rig.flow, FLOW_CLIENT, &rig.packet); /* changes nothing */
        classify_compact(&rig.flow);
        ck_assert_ptr_null(rig.flow.label->tls);
        check_name(&rig, APP_TLS, "www.example.com");
        rig_end(&rig);
    }
    ck_assert_uint_gt(classify_counters(classify)->ndpi_packets, 0);
    classify_free(classify);
}
END_TEST

START_TEST(fingerprints_for_all_hellos_where_asked_for)
{
    struct classify_options options = rig_options();
    options.fingerprints = true;
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    struct talk hello = {.size = 0};
    talk_client_hello(&hello, "www.example.com", false);
    rig_start(&rig, classify, PROTOCOL_TCP, 443);
    (void)rig_talk(&rig, FLOW_CLIENT, &hello);
    ck_assert_uint_eq(strlen(rig.flow.label->tls->ja3), 32);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

/* --- HTTP -------------------------------------------------------------------------------------- */

static const char request[] =
    "GET /update/list?v=2 HTTP/1.1\r\nHost: Files.Example.com:80\r\n"
    "User-Agent: Agent/1\r\nX-Client: 7\r\n\r\n";
static const char response[] =
    "HTTP/1.1 404 Not Found\r\nServer: s\r\nContent-Type: text/html\r\n"
    "Content-Length: 0\r\n\r\n";

static void check_http(const struct rig *rig)
{
    const struct label_http *http = rig->flow.label->http;
    check_name(rig, APP_HTTP, "files.example.com");
    ck_assert_str_eq(http->method, "GET");
    ck_assert_str_eq(http->url, "/update/list?v=2");
    ck_assert_str_eq(http->user_agent, "Agent/1");
    ck_assert_uint_eq(http->header_count, 3);
    ck_assert_uint_eq(http->status, 404);
    ck_assert_str_eq(http->content_type, "text/html");
    ck_assert_str_eq(http->server, "s");
}

/* One request and its response, in segments of `step` bytes. */
static void run_http(struct classify *classify, size_t step)
{
    struct rig rig;
    unsigned news = 0;
    rig_start(&rig, classify, PROTOCOL_TCP, 80);
    rig.flow.direction = FLOW_DIRECTION_SYN;
    for (size_t at = 0; at < strlen(request); at += step)
        news |= rig_send(&rig, FLOW_CLIENT, request + at,
                         strlen(request) - at < step ? strlen(request) - at : step);
    ck_assert_uint_eq(news, LABEL_PROTOCOL | LABEL_NAME | LABEL_REQUEST);
    news = 0;
    for (size_t at = 0; at < strlen(response); at += step)
        news |= rig_send(&rig, FLOW_SERVER, response + at,
                         strlen(response) - at < step ? strlen(response) - at : step);
    ck_assert_uint_eq(news, LABEL_RESPONSE);
    check_http(&rig);
    ck_assert_str_eq(classify_stack(classify, &rig.flow), "HTTP");
    rig_end(&rig);
}

START_TEST(request_and_response_are_read_however_they_are_split)
{
    struct classify_options options = rig_options();
    options.tcp_packets = 200;
    for (unsigned all = 0; all < 2; all++) {
        options.ndpi = all == 1 ? CLASSIFY_NDPI_ALL : CLASSIFY_NDPI_REST;
        struct classify *classify = rig_classify(&options);
        for (size_t step = 8; step < 200; step += 13)
            run_http(classify, step);
        ck_assert_uint_eq(classify_counters(classify)->http_requests, 15);
        classify_free(classify);
    }
}
END_TEST

START_TEST(response_first_turns_the_flow_round)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 8081);
    unsigned news = rig_text(&rig, FLOW_CLIENT, response);
    ck_assert_uint_eq(news, LABEL_PROTOCOL | LABEL_REVERSED | LABEL_RESPONSE);
    news = rig_text(&rig, FLOW_CLIENT, request);
    ck_assert_uint_eq(news, LABEL_NAME | LABEL_REQUEST);
    check_http(&rig);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(every_request_of_a_kept_connection_is_read)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 3128);
    (void)rig_text(&rig, FLOW_CLIENT, request);
    (void)rig_text(&rig, FLOW_SERVER, response);
    for (unsigned i = 0; i < 40; i++) {
        (void)rig_text(&rig, FLOW_SERVER, "body that is no head of anything");
        (void)rig_text(&rig, FLOW_CLIENT, "form=data&more=data");
    }
    unsigned news = rig_text(&rig, FLOW_CLIENT,
                             "GET http://other.example/x HTTP/1.1\r\nHost: other.example\r\n\r\n");
    ck_assert_uint_eq(news, LABEL_NAME | LABEL_REQUEST);
    ck_assert_str_eq(rig.flow.label->server_name, "other.example");
    ck_assert_uint_eq(rig.flow.label->http->status, 0);
    ck_assert_uint_eq(rig_text(&rig, FLOW_SERVER, response), LABEL_RESPONSE);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(tunnel_through_a_proxy_is_done_with_its_answer)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 3128);
    unsigned news = rig_text(
        &rig, FLOW_CLIENT, "CONNECT inner.example:443 HTTP/1.1\r\nHost: inner.example:443\r\n\r\n");
    ck_assert((news & LABEL_NAME) != 0);
    ck_assert_str_eq(rig.flow.label->server_name, "inner.example");
    news = rig_text(&rig, FLOW_SERVER, "HTTP/1.1 200 Connection established\r\n\r\n");
    ck_assert_uint_eq(news, LABEL_RESPONSE | LABEL_DONE);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(flow_without_an_answer_gives_its_bytes_back)
{
    struct classify_options options = rig_options();
    options.patience_ns = 30 * NS_PER_S;
    struct classify *classify = rig_classify(&options);
    struct rig opaque, web;
    rig_start(&opaque, classify, PROTOCOL_TCP, 4711);
    (void)rig_text(&opaque, FLOW_CLIENT, "\x7f\x01opaque one");
    ck_assert_ptr_nonnull(opaque.flow.classify->dpi);
    ck_assert(opaque.flow.classify->streams[FLOW_CLIENT].based);
    rig_start(&web, classify, PROTOCOL_TCP, 80);
    web.later_ns = 30 * NS_PER_S;
    (void)rig_text(&web, FLOW_CLIENT, request);
    ck_assert_ptr_nonnull(opaque.flow.classify->dpi);
    web.later_ns = 31 * NS_PER_S;
    (void)rig_text(&web, FLOW_SERVER, response);
    ck_assert_ptr_null(opaque.flow.classify->dpi);
    ck_assert_ptr_null(opaque.flow.classify->streams[FLOW_CLIENT].data);
    ck_assert(opaque.flow.classify->silent);
    /* It is listened to all the same: what it says next is read. */
    opaque.later_ns = 3600 * NS_PER_S;
    unsigned news = rig_text(&opaque, FLOW_CLIENT, request);
    ck_assert_uint_eq(news & (LABEL_REQUEST | LABEL_NAME), LABEL_REQUEST | LABEL_NAME);
    rig_end(&opaque);
    rig_end(&web);
    classify_free(classify);
}
END_TEST

START_TEST(nameless_talk_is_told_when_both_sides_have_spoken)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 4711);
    ck_assert_uint_eq(rig_text(&rig, FLOW_CLIENT, "\x7f\x01opaque one") & LABEL_SPOKEN, 0);
    ck_assert_uint_eq(rig_text(&rig, FLOW_CLIENT, "\x7f\x02opaque two") & LABEL_SPOKEN, 0);
    ck_assert_uint_ne(rig_text(&rig, FLOW_SERVER, "\x7f\x03opaque three") & LABEL_SPOKEN, 0);
    ck_assert_uint_eq(rig_text(&rig, FLOW_SERVER, "\x7f\x04opaque four") & LABEL_SPOKEN, 0);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(request_without_its_end_is_used_in_the_end)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 80);
    (void)rig_send(&rig, FLOW_CLIENT, request, strlen(request) - 10);
    unsigned news = classify_end(classify, &rig.flow);
    ck_assert_uint_eq(news, LABEL_NAME | LABEL_REQUEST | LABEL_DONE);
    check_name(&rig, APP_HTTP, "files.example.com");
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(protocols_without_ports_are_labelled_by_their_number)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    static const struct {
        uint8_t number;
        const char *stack, *app;
    } cases[] = {{PROTOCOL_ICMP, "ICMP", "icmp"},
                 {PROTOCOL_ICMPV6, "IPV6-ICMP", "ipv6-icmp"},
                 {PROTOCOL_ESP, "ESP", "esp"},
                 {253, "IP", "ip"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct rig rig;
        rig_start(&rig, classify, cases[i].number, 0);
        unsigned news = rig_text(&rig, FLOW_CLIENT, "data");
        ck_assert_uint_eq(news, LABEL_PROTOCOL | LABEL_DONE);
        ck_assert_str_eq(classify_stack(classify, &rig.flow), cases[i].stack);
        ck_assert_str_eq(label_app_text(rig.flow.label), cases[i].app);
        rig_end(&rig);
    }
    classify_free(classify);
}
END_TEST

START_TEST(packets_without_payload_say_nothing)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 443);
    ck_assert_uint_eq(rig_text(&rig, FLOW_CLIENT, ""), 0);
    ck_assert_ptr_null(rig.flow.label);
    ck_assert_ptr_null(classify_stack(classify, &rig.flow));
    ck_assert_uint_eq(classify_end(classify, &rig.flow), 0);
    classify_deepen(classify, &rig.flow, FLOW_CLIENT, &rig.packet);
    rig_end(&rig);
    classify_free(classify);
    classify_free(NULL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {hello_in_one_segment_names_the_server,
                                  hello_in_any_number_of_segments_names_the_server,
                                  hello_in_reversed_order_names_the_server,
                                  hello_in_a_fast_open_syn_goes_on_behind_it,
                                  flow_with_a_lost_segment_is_given_up_at_the_limit,
                                  name_in_the_part_of_a_hello_that_came_is_used_in_the_end,
                                  hello_cut_by_the_snapshot_length_still_names_the_server,
                                  server_hello_first_turns_the_flow_round,
                                  certificate_over_several_segments_is_read,
                                  server_side_ends_where_no_handshake_follows,
                                  deepening_gives_fingerprints_and_the_stack,
                                  fingerprints_for_all_hellos_where_asked_for,
                                  request_and_response_are_read_however_they_are_split,
                                  response_first_turns_the_flow_round,
                                  every_request_of_a_kept_connection_is_read,
                                  tunnel_through_a_proxy_is_done_with_its_answer,
                                  nameless_talk_is_told_when_both_sides_have_spoken,
                                  flow_without_an_answer_gives_its_bytes_back,
                                  request_without_its_end_is_used_in_the_end,
                                  protocols_without_ports_are_labelled_by_their_number,
                                  packets_without_payload_say_nothing,
                                  NULL};
    return run_suite(suite_of("classify_classify", tests));
}
