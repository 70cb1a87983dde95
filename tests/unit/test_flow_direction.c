/* SPDX-License-Identifier: Apache-2.0 */
#include "flow_fixture.h"

static struct ended ended;

/* Touches a first packet between two ports and returns the flow. */
static struct flow *first(struct flow_table *table, uint8_t protocol, uint16_t src_port,
                          uint16_t dst_port)
{
    struct packet packet = packet_of(protocol, "10.0.0.1", src_port, "192.0.2.1", dst_port);
    packet.tcp_flags = TCP_ACK;
    return touch(table, &packet, NULL);
}

START_TEST(ports_tell_the_server_whoever_speaks_first)
{
    static const struct {
        uint16_t server, client;
    } pairs[] = {
        {443, 50000}, {53, 40000},   {80, 1025},  {8443, 40000},
        {853, 61000}, {3389, 20000}, {1883, 700}, /* a known service against a system port */
        {443, 8080},                              /* both known: the system port */
        {777, 1500},                              /* system port against one that is not */
        {5000, 33000} /* low against ephemeral */};
    struct flow_table *table = table_of(&ended);
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        for (int answer_first = 0; answer_first < 2; answer_first++) {
            uint8_t protocol = answer_first != 0 ? PROTOCOL_UDP : PROTOCOL_TCP;
            struct flow *flow = answer_first != 0
                                    ? first(table, protocol, pairs[i].server, pairs[i].client)
                                    : first(table, protocol, pairs[i].client, pairs[i].server);
            ck_assert_uint_eq(flow->server_port, pairs[i].server);
            ck_assert_uint_eq(flow->client_port, pairs[i].client);
            ck_assert_int_eq(flow->direction, FLOW_DIRECTION_PORT);
            ck_assert_uint_eq(flow->packets[FLOW_SERVER], (unsigned)answer_first);
        }
    }
    flow_table_free(table);
}
END_TEST

START_TEST(first_speaker_is_the_client_where_ports_do_not_tell)
{
    static const uint16_t pairs[][2] = {{123, 123}, {40000, 50000}, {20000, 40000}, {5000, 6000}};
    struct flow_table *table = table_of(&ended);
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        struct flow *flow = first(table, PROTOCOL_UDP, pairs[i][0], pairs[i][1]);
        ck_assert_uint_eq(flow->client_port, pairs[i][0]);
        ck_assert_int_eq(flow->direction, FLOW_DIRECTION_FIRST);
    }
    flow_table_free(table);
}
END_TEST

START_TEST(syn_and_syn_ack_beat_ports)
{
    struct flow_table *table = table_of(&ended);
    struct packet syn = packet_of(PROTOCOL_TCP, "10.0.0.1", 443, "192.0.2.1", 50000);
    syn.tcp_flags = TCP_SYN;
    struct flow *flow = touch(table, &syn, NULL);
    ck_assert_uint_eq(flow->server_port, 50000);
    struct packet answer = packet_of(PROTOCOL_TCP, "192.0.2.9", 50000, "10.0.0.1", 443);
    answer.tcp_flags = TCP_SYN | TCP_ACK;
    flow = touch(table, &answer, NULL);
    ck_assert_uint_eq(flow->server_port, 50000);
    ck_assert_uint_eq(flow->packets[FLOW_SERVER], 1);
    ck_assert_int_eq(flow->direction, FLOW_DIRECTION_SYN);
    flow_table_free(table);
}
END_TEST

START_TEST(sctp_init_tells_the_client)
{
    static const uint8_t init[] = {1}, init_ack[] = {2}, data[] = {0};
    struct flow_table *table = table_of(&ended);
    struct packet packet = packet_of(PROTOCOL_SCTP, "10.0.0.1", 80, "192.0.2.1", 50000);
    packet.payload = init;
    packet.payload_captured = 1;
    ck_assert_uint_eq(touch(table, &packet, NULL)->server_port, 50000);
    packet = packet_of(PROTOCOL_SCTP, "10.0.0.2", 50000, "192.0.2.1", 80);
    packet.payload = init_ack;
    packet.payload_captured = 1;
    ck_assert_uint_eq(touch(table, &packet, NULL)->server_port, 50000);
    packet = packet_of(PROTOCOL_SCTP, "10.0.0.3", 50000, "192.0.2.1", 80);
    packet.payload = data;
    packet.payload_captured = 1;
    ck_assert_uint_eq(touch(table, &packet, NULL)->server_port, 80);
    ck_assert_uint_eq(flow_table_counters(table)->sctp, 3);
    flow_table_free(table);
}
END_TEST

START_TEST(a_group_address_is_never_the_client)
{
    struct flow_table *table = table_of(&ended);
    struct packet packet = packet_of(PROTOCOL_UDP, "10.0.0.1", 1900, "239.255.255.250", 50000);
    struct flow *flow = touch(table, &packet, NULL);
    ck_assert_uint_eq(flow->client_port, 1900);
    flow_reverse(flow);
    ck_assert_uint_eq(flow->client_port, 1900);
    flow_table_free(table);
}
END_TEST

START_TEST(reversing_turns_all_that_has_a_side)
{
    struct flow_table *table = table_of(&ended);
    struct packet there = packet_of(PROTOCOL_UDP, "10.0.0.1", 40000, "192.0.2.1", 50000);
    there.payload_length = 5;
    there.l3_length = 33;
    struct flow *flow = touch(table, &there, NULL);
    flow_reverse(flow);
    ck_assert_uint_eq(flow->client_port, 50000);
    ck_assert_uint_eq(flow->server_port, 40000);
    ck_assert(addr_equal(&flow->server, &there.src));
    ck_assert(addr_equal(&flow->client, &there.dst));
    ck_assert_uint_eq(flow->packets[FLOW_SERVER], 1);
    ck_assert_uint_eq(flow->bytes[FLOW_SERVER], 33);
    ck_assert_uint_eq(flow->payload[FLOW_SERVER], 5);
    ck_assert_uint_eq(flow->packets[FLOW_CLIENT], 0);
    ck_assert_int_eq(flow->direction, FLOW_DIRECTION_PAYLOAD);
    enum flow_side side = FLOW_CLIENT;
    ck_assert_ptr_eq(touch(table, &there, &side), flow);
    ck_assert_int_eq(side, FLOW_SERVER);
    flow_reverse(flow); /* what a classifier said once stays */
    ck_assert_uint_eq(flow->client_port, 50000);
    flow_table_flush(table); /* the index still finds it */
    ck_assert_uint_eq(flow_table_counters(table)->active, 0);
    flow_table_free(table);
}
END_TEST

START_TEST(reversing_does_not_beat_a_syn)
{
    struct flow_table *table = table_of(&ended);
    struct flow *flow = tcp(table, true, TCP_SYN, 100, 0, 0);
    flow_reverse(flow);
    ck_assert_uint_eq(flow->server_port, 443);
    ck_assert_int_eq(flow->direction, FLOW_DIRECTION_SYN);
    flow_table_free(table);
}
END_TEST

START_TEST(reversing_tcp_keeps_its_tracking)
{
    struct flow_table *table = table_of(&ended);
    struct packet a = packet_of(PROTOCOL_TCP, "10.0.0.1", 40000, "192.0.2.1", 50000);
    a.tcp_flags = TCP_ACK | TCP_FIN;
    a.tcp_seq = 100;
    a.tcp_ack = 900;
    a.payload_length = 10;
    struct packet b = packet_of(PROTOCOL_TCP, "192.0.2.1", 50000, "10.0.0.1", 40000);
    b.tcp_flags = TCP_ACK;
    b.tcp_seq = 900;
    b.tcp_ack = 111;
    b.payload_length = 20;
    (void)touch(table, &b, NULL);
    struct flow *flow = touch(table, &a, NULL);
    ck_assert_uint_eq(flow->client_port, 50000);
    flow_reverse(flow);
    (void)touch(table, &b, NULL); /* again: a retransmission */
    ck_assert_uint_eq(flow->payload[FLOW_CLIENT], 10);
    ck_assert_uint_eq(flow->payload[FLOW_SERVER], 20);
    b.tcp_seq = 920;
    b.payload_length = 0;
    b.tcp_flags = TCP_ACK | TCP_FIN;
    (void)touch(table, &b, NULL);
    ck_assert_int_eq(flow->state, FLOW_CLOSED); /* both FINs, each on its side */
    flow_table_free(table);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {ports_tell_the_server_whoever_speaks_first,
                            first_speaker_is_the_client_where_ports_do_not_tell,
                            syn_and_syn_ack_beat_ports,
                            sctp_init_tells_the_client,
                            a_group_address_is_never_the_client,
                            reversing_turns_all_that_has_a_side,
                            reversing_does_not_beat_a_syn,
                            reversing_tcp_keeps_its_tracking,
                            NULL};
    return run_suite(suite_of("flow_direction", tests));
}
