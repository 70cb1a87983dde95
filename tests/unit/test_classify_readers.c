/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of messages: DNS over both transports, and QUIC. */
#include <nettle/gcm.h>

#include "classify/quic_keys.h"
#include "classify_rig.h"

/* --- DNS --------------------------------------------------------------------------------------- */

static void check_question(const struct rig *rig, unsigned index, const char *name, bool response)
{
    const struct dns_message *message = classify_dns(rig->classify, index);
    ck_assert_ptr_nonnull(message);
    ck_assert_str_eq(message->question, name);
    ck_assert(message->response == response);
    ck_assert_ptr_null(classify_dns(rig->classify, index + 1));
}

static void run_datagrams(struct classify *classify, uint16_t port)
{
    struct rig rig;
    struct talk query = {.size = 0}, answer = {.size = 0};
    talk_query(&query, 7, "Name.Example.com", DNS_TYPE_A);
    talk_answer(&answer, 7, "name.example.com", "192.0.2.9");
    rig_start(&rig, classify, PROTOCOL_UDP, port);
    ck_assert_uint_eq(rig_talk(&rig, FLOW_CLIENT, &query), LABEL_PROTOCOL | LABEL_DNS);
    check_question(&rig, 0, "name.example.com", false);
    ck_assert_uint_eq(rig_talk(&rig, FLOW_SERVER, &answer), LABEL_DNS);
    check_question(&rig, 0, "name.example.com", true);
    ck_assert_uint_eq(rig_talk(&rig, FLOW_CLIENT, &query), LABEL_DNS);
    ck_assert(!rig.flow.classified);
    ck_assert_str_eq(classify_stack(classify, &rig.flow), "DNS");
    ck_assert_ptr_null(rig.flow.classify); /* datagrams need no state */
    rig_end(&rig);
}

START_TEST(each_datagram_gives_its_message)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    run_datagrams(classify, 53);
    run_datagrams(classify, 5300);
    ck_assert_uint_eq(classify_counters(classify)->dns_messages, 6);
    ck_assert_uint_eq(classify_counters(classify)->flows, 0);
    classify_free(classify);
}
END_TEST

START_TEST(answer_first_turns_a_dns_flow_round)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    struct talk answer = {.size = 0};
    talk_answer(&answer, 7, "name.example.com", "2001:db8::9");
    rig_start(&rig, classify, PROTOCOL_UDP, 5300);
    unsigned news = rig_talk(&rig, FLOW_CLIENT, &answer);
    ck_assert_uint_eq(news, LABEL_PROTOCOL | LABEL_DNS | LABEL_REVERSED);
    rig_end(&rig);
    /* In multicast DNS both sides ask and answer from one port. */
    rig_start(&rig, classify, PROTOCOL_UDP, 5353);
    rig.flow.client_port = 5353;
    ck_assert_uint_eq(rig_talk(&rig, FLOW_CLIENT, &answer), LABEL_PROTOCOL | LABEL_DNS);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(datagram_that_is_no_dns_does_not_end_the_reading)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct talk query = {.size = 0};
    talk_query(&query, 7, "later.example.com", DNS_TYPE_A);
    for (unsigned first = 0; first < 2; first++) {
        struct rig rig;
        rig_start(&rig, classify, PROTOCOL_UDP, 53);
        if (first == 0)
            ck_assert_uint_ne(rig_talk(&rig, FLOW_CLIENT, &query) & LABEL_DNS, 0);
        for (unsigned i = 0; i < 3; i++)
            ck_assert_uint_eq(rig_text(&rig, FLOW_CLIENT, "no message") & LABEL_DNS, 0);
        ck_assert_uint_ne(rig_talk(&rig, FLOW_CLIENT, &query) & LABEL_DNS, 0);
        check_question(&rig, 0, "later.example.com", false);
        ck_assert_ptr_null(rig.flow.classify);
        rig_end(&rig);
    }
    ck_assert_uint_eq(classify_counters(classify)->states, 0);
    classify_free(classify);
}
END_TEST

/* A query with the two length bytes of TCP in front. */
static void add_framed(struct talk *talk, const char *name)
{
    size_t length = talk_open(talk, 2);
    talk_query(talk, 1, name, DNS_TYPE_A);
    talk_close(talk, length, 2);
}

START_TEST(tcp_segments_may_hold_several_messages_or_parts)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    struct talk talk = {.size = 0};
    add_framed(&talk, "one.example.com");
    add_framed(&talk, "two.example.com");
    size_t two = talk.size;
    add_framed(&talk, "three.example.com");
    rig_start(&rig, classify, PROTOCOL_TCP, 53);
    unsigned news = rig_send(&rig, FLOW_CLIENT, talk.data, two + 10);
    ck_assert_uint_eq(news, LABEL_PROTOCOL | LABEL_DNS);
    ck_assert_str_eq(classify_dns(classify, 0)->question, "one.example.com");
    check_question(&rig, 1, "two.example.com", false);
    news = rig_send(&rig, FLOW_CLIENT, talk.data + two + 10, talk.size - two - 10);
    ck_assert_uint_eq(news, LABEL_DNS);
    check_question(&rig, 0, "three.example.com", false);
    /* The SYN once more, then another message: the connection goes on where it was. */
    rig.extra_flags = TCP_SYN;
    ck_assert_uint_eq(rig_send_at(&rig, FLOW_CLIENT, 999, "", 0), 0);
    talk.size = 0;
    add_framed(&talk, "four.example.com");
    ck_assert_uint_eq(rig_talk(&rig, FLOW_CLIENT, &talk), LABEL_DNS);
    check_question(&rig, 0, "four.example.com", false);
    for (unsigned i = 0; i < 3U * options.tcp_packets; i++)
        ck_assert_uint_eq(rig_talk(&rig, FLOW_CLIENT, &talk), LABEL_DNS);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(no_more_than_four_messages_of_a_segment_are_handed_on_at_once)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    struct talk talk = {.size = 0};
    for (unsigned i = 0; i < 6; i++)
        add_framed(&talk, i < 5 ? "early.example.com" : "last.example.com");
    rig_start(&rig, classify, PROTOCOL_TCP, 53);
    (void)rig_talk(&rig, FLOW_CLIENT, &talk);
    check_question(&rig, 3, "early.example.com", false);
    talk.size = 0;
    add_framed(&talk, "next.example.com");
    (void)rig_talk(&rig, FLOW_CLIENT, &talk); /* the rest comes with the next segment */
    ck_assert_str_eq(classify_dns(classify, 1)->question, "last.example.com");
    check_question(&rig, 2, "next.example.com", false);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(what_is_no_dns_on_its_tcp_port_ends_the_reading)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 53);
    unsigned news = rig_send(&rig, FLOW_CLIENT, "\0\20garbage garbage!", 18);
    ck_assert_uint_eq(news, LABEL_DONE);
    ck_assert_uint_eq(classify_counters(classify)->malformed, 1);
    rig_end(&rig);
    /* A message that can never be whole. */
    rig_start(&rig, classify, PROTOCOL_TCP, 53);
    ck_assert_uint_eq(rig_text(&rig, FLOW_CLIENT, "SSH-2.0-x\r\n") & LABEL_DONE, 0);
    rig_end(&rig);
    options.stream_bytes = 512;
    struct classify *small = rig_classify(&options);
    rig_start(&rig, small, PROTOCOL_TCP, 53);
    ck_assert_uint_eq(rig_text(&rig, FLOW_CLIENT, "SSH-2.0-x\r\n"), LABEL_DONE);
    rig_end(&rig);
    classify_free(small);
    classify_free(classify);
}
END_TEST

/* --- QUIC -------------------------------------------------------------------------------------- */

static const uint8_t connection_id[] = {0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08};

/* Seals an Initial of version 1 (RFC 9001 section 5) around bytes `from` to `to` of the CRYPTO stream. */
static void seal_initial(struct talk *ret_talk, uint8_t number, const struct talk *hello,
                         size_t from, size_t to)
{
    struct talk frames = {.size = 0};
    talk_number(&frames, 6, 1);
    talk_number(&frames, 0x4000 | from, 2);
    talk_number(&frames, 0x4000 | (to - from), 2);
    talk_bytes(&frames, hello->data + from, to - from);
    while (frames.size < 1162)
        talk_number(&frames, 0, 1);
    struct quic_keys keys;
    ck_assert(quic_keys_derive(1, connection_id, sizeof connection_id, &keys));
    struct talk *talk = ret_talk;
    talk->size = 0;
    talk_number(talk, 0xc30000000108, 6);
    talk_bytes(talk, connection_id, sizeof connection_id);
    talk_number(talk, 0, 2); /* no source id, no token */
    talk_number(talk, 0x4000 | (frames.size + 20), 2);
    size_t number_at = talk->size;
    talk_number(talk, number, 4);
    uint8_t nonce[12], mask[5];
    memcpy(nonce, keys.iv, sizeof nonce);
    nonce[11] ^= number;
    struct gcm_aes128_ctx gcm;
    gcm_aes128_set_key(&gcm, keys.key);
    gcm_aes128_set_iv(&gcm, sizeof nonce, nonce);
    gcm_aes128_update(&gcm, talk->size, talk->data);
    gcm_aes128_encrypt(&gcm, frames.size, talk->data + talk->size, frames.data);
    talk->size += frames.size;
    gcm_aes128_digest(&gcm, 16, talk->data + talk->size);
    talk->size += 16;
    quic_keys_mask(&keys, talk->data + number_at + 4, mask);
    talk->data[0] ^= mask[0] & 0x0f;
    for (unsigned i = 0; i < 4; i++)
        talk->data[number_at + i] ^= mask[1 + i];
}

/* The handshake message without its record. */
static void put_hello(struct talk *ret_hello, const char *name)
{
    struct talk record = {.size = 0};
    talk_client_hello(&record, name, false);
    ret_hello->size = 0;
    talk_bytes(ret_hello, record.data + 5, record.size - 5);
}

START_TEST(initial_names_the_server)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    struct talk hello, packet;
    put_hello(&hello, "quic.example.com");
    seal_initial(&packet, 0, &hello, 0, hello.size);
    rig_start(&rig, classify, PROTOCOL_UDP, 443);
    unsigned news = rig_talk(&rig, FLOW_CLIENT, &packet);
    ck_assert_uint_eq(news, LABEL_PROTOCOL | LABEL_NAME | LABEL_CLIENT_HELLO | LABEL_DONE);
    ck_assert_int_eq(rig.flow.label->app, APP_QUIC);
    ck_assert_uint_eq(rig.flow.label->quic_version, 1);
    ck_assert_str_eq(rig.flow.label->server_name, "quic.example.com");
    classify_deepen(classify, &rig.flow, FLOW_CLIENT, &rig.packet);
    ck_assert_mem_eq(rig.flow.label->tls->ja4, "q13d02", 6);
    ck_assert_mem_eq(classify_stack(classify, &rig.flow), "QUIC", 4);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(hello_over_two_initials_is_put_together)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    struct talk hello, packet;
    put_hello(&hello, "quic.example.com");
    for (unsigned reversed = 0; reversed < 2; reversed++) {
        rig_start(&rig, classify, PROTOCOL_UDP, 443);
        seal_initial(&packet, 1, &hello, reversed != 0 ? 60 : 0, reversed != 0 ? hello.size : 60);
        ck_assert_uint_eq(rig_talk(&rig, FLOW_CLIENT, &packet), LABEL_PROTOCOL);
        seal_initial(&packet, 2, &hello, reversed != 0 ? 0 : 60, reversed != 0 ? 60 : hello.size);
        ck_assert_uint_ne(rig_talk(&rig, FLOW_CLIENT, &packet) & LABEL_NAME, 0);
        rig_end(&rig);
    }
    ck_assert_uint_eq(classify_counters(classify)->quic_hellos, 2);
    classify_free(classify);
}
END_TEST

START_TEST(name_in_the_initial_that_came_is_used_in_the_end)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    struct talk hello, packet;
    put_hello(&hello, "quic.example.com");
    seal_initial(&packet, 1, &hello, 0, hello.size - 8);
    rig_start(&rig, classify, PROTOCOL_UDP, 443);
    ck_assert_uint_eq(rig_talk(&rig, FLOW_CLIENT, &packet), LABEL_PROTOCOL);
    unsigned news = classify_end(classify, &rig.flow);
    ck_assert_uint_eq(news, LABEL_NAME | LABEL_CLIENT_HELLO | LABEL_DONE);
    ck_assert_str_eq(rig.flow.label->server_name, "quic.example.com");
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(initial_of_the_server_side_turns_the_flow_round)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    struct talk hello, packet;
    put_hello(&hello, "quic.example.com");
    seal_initial(&packet, 0, &hello, 0, hello.size);
    rig_start(&rig, classify, PROTOCOL_UDP, 443);
    unsigned news = rig_talk(&rig, FLOW_SERVER, &packet);
    ck_assert_uint_ne(news & LABEL_REVERSED, 0);
    ck_assert_uint_eq(rig.flow.client_port, 443);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {each_datagram_gives_its_message,
                                  answer_first_turns_a_dns_flow_round,
                                  datagram_that_is_no_dns_does_not_end_the_reading,
                                  tcp_segments_may_hold_several_messages_or_parts,
                                  no_more_than_four_messages_of_a_segment_are_handed_on_at_once,
                                  what_is_no_dns_on_its_tcp_port_ends_the_reading,
                                  initial_names_the_server,
                                  hello_over_two_initials_is_put_together,
                                  name_in_the_initial_that_came_is_used_in_the_end,
                                  initial_of_the_server_side_turns_the_flow_round,
                                  NULL};
    return run_suite(suite_of("classify_readers", tests));
}
