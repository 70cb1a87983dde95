/* SPDX-License-Identifier: Apache-2.0 */
/* Which flows our own readers take for what. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "classify/classify.h"
#include "classify/dns.h"
#include "decode/packet.h"
#include "net/protocol.h"
#include "run.h"

static struct classify *new_classify(void)
{
    struct classify_options options = {
        .states_max = 1000, .stream_bytes = 16384, .tcp_packets = 16, .udp_packets = 16};
    struct error err;
    struct classify *classify = classify_new(&options, &err);
    ck_assert_ptr_nonnull(classify);
    return classify;
}

/* Gives one datagram of a flow of its own; returns the news. */
static unsigned give(struct classify *classify, uint16_t port, const void *data, size_t size)
{
    struct flow flow = {.client_port = 40000, .server_port = port, .protocol = PROTOCOL_UDP};
    ck_assert(addr_parse("192.0.2.1", &flow.client));
    ck_assert(addr_parse("192.0.2.2", &flow.server));
    struct packet packet = {.src = flow.client,
                            .dst = flow.server,
                            .src_port = flow.client_port,
                            .dst_port = port,
                            .ip_version = 4,
                            .protocol = PROTOCOL_UDP,
                            .payload = data,
                            .payload_captured = size,
                            .payload_length = size};
    flow.packets[FLOW_CLIENT] = 1;
    unsigned news = classify_packet(classify, &flow, FLOW_CLIENT, &packet);
    classify_forget(classify, &flow);
    return news;
}

static const char question[] =
    "\x12\x34\x01\0\0\1\0\0\0\0\0\0"
    "\1a\7example\3com\0\0\1\0\1";
/* The same form, but the name is 16 bytes of NetBIOS as letters (RFC 1002 section 4.1), its type NB. */
static const char netbios[] =
    "\x12\x34\x01\0\0\1\0\0\0\0\0\0"
    "\x20"
    "FHFAEBEECACACACACACACACACACACAAA\0\0\x20\0\1";

START_TEST(whole_question_on_another_port_is_dns)
{
    struct classify *classify = new_classify();
    ck_assert((give(classify, 53, question, sizeof question - 1) & LABEL_DNS) != 0);
    ck_assert_str_eq(classify_dns(classify, 0)->question, "a.example.com");
    ck_assert((give(classify, 5300, question, sizeof question - 1) & LABEL_DNS) != 0);
    classify_free(classify);
}
END_TEST

START_TEST(netbios_names_are_no_dns)
{
    struct classify *classify = new_classify();
    ck_assert((give(classify, 137, netbios, sizeof netbios - 1) & LABEL_DNS) == 0);
    ck_assert_ptr_null(classify_dns(classify, 0));
    classify_free(classify);
}
END_TEST

/* Gives one segment of the client to a connection whose start was not seen; returns the news. */
static unsigned give_segment(struct classify *classify, struct flow *flow, uint32_t seq,
                             const char *text)
{
    struct packet packet = {.src = flow->client,
                            .dst = flow->server,
                            .src_port = flow->client_port,
                            .dst_port = flow->server_port,
                            .ip_version = 4,
                            .protocol = PROTOCOL_TCP,
                            .tcp_flags = TCP_ACK,
                            .tcp_seq = seq,
                            .payload = (const uint8_t *)text,
                            .payload_captured = strlen(text),
                            .payload_length = strlen(text)};
    flow->packets[FLOW_CLIENT]++;
    return classify_packet(classify, flow, FLOW_CLIENT, &packet);
}

static struct flow midstream_flow(void)
{
    struct flow flow = {.client_port = 40000, .server_port = 80, .protocol = PROTOCOL_TCP};
    flow.tcp_flags[FLOW_CLIENT] = TCP_ACK;
    ck_assert(addr_parse("192.0.2.1", &flow.client));
    ck_assert(addr_parse("192.0.2.2", &flow.server));
    return flow;
}

START_TEST(request_behind_a_keep_alive_probe_is_found)
{
    struct classify *classify = new_classify();
    struct flow flow = midstream_flow();
    ck_assert_uint_eq(give_segment(classify, &flow, 1000, "x") & LABEL_REQUEST, 0);
    ck_assert((give_segment(classify, &flow, 1001, "GET / HTTP/1.1\r\nHost: up.example.com\r\n") &
               LABEL_PROTOCOL) != 0);
    ck_assert((give_segment(classify, &flow, 1039, "\r\n") & LABEL_NAME) != 0);
    ck_assert_str_eq(flow.label->server_name, "up.example.com");
    classify_forget(classify, &flow);
    classify_free(classify);
}
END_TEST

START_TEST(connection_that_was_seen_to_begin_is_read_from_there)
{
    struct classify *classify = new_classify();
    struct flow flow = midstream_flow();
    flow.tcp_flags[FLOW_CLIENT] |= TCP_SYN;
    ck_assert_uint_eq(give_segment(classify, &flow, 1000, "x") & LABEL_REQUEST, 0);
    unsigned news =
        give_segment(classify, &flow, 1001, "GET / HTTP/1.1\r\nHost: up.example.com\r\n\r\n");
    ck_assert_uint_eq(news & LABEL_REQUEST, 0);
    classify_forget(classify, &flow);
    classify_free(classify);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {whole_question_on_another_port_is_dns, netbios_names_are_no_dns,
                                  request_behind_a_keep_alive_probe_is_found,
                                  connection_that_was_seen_to_begin_is_read_from_there, NULL};
    return run_suite(suite_of("classify_probe", tests));
}
