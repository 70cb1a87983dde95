/* SPDX-License-Identifier: Apache-2.0 */
#include "flow_fixture.h"
#include "net/community_id.h"

static struct ended ended;

static struct packet icmp(uint8_t protocol, const char *src, const char *dst, uint16_t type,
                          uint16_t id)
{
    struct packet packet = packet_of(protocol, src, type, dst, 0);
    packet.icmp_id = id;
    return packet;
}

START_TEST(both_directions_are_one_flow)
{
    struct flow_table *table = table_of(&ended);
    struct packet there = packet_of(PROTOCOL_UDP, "10.0.0.1", 40000, "192.0.2.1", 53);
    struct packet back = packet_of(PROTOCOL_UDP, "192.0.2.1", 53, "10.0.0.1", 40000);
    enum flow_side side = FLOW_SERVER;
    struct flow *flow = touch(table, &there, &side);
    ck_assert_int_eq(side, FLOW_CLIENT);
    ck_assert_ptr_eq(touch(table, &back, &side), flow);
    ck_assert_int_eq(side, FLOW_SERVER);
    ck_assert_int_eq(flow->state, FLOW_ESTABLISHED);
    ck_assert_uint_eq(flow->packets[0], 1);
    ck_assert_uint_eq(flow->packets[1], 1);
    flow_table_free(table);
}
END_TEST

START_TEST(each_part_of_the_tuple_makes_another_flow)
{
    struct flow_table *table = table_of(&ended);
    struct packet packet = packet_of(PROTOCOL_UDP, "10.0.0.1", 40000, "192.0.2.1", 53);
    (void)touch(table, &packet, NULL);
    struct packet changed = packet;
    changed.src_port++;
    (void)touch(table, &changed, NULL);
    changed = packet;
    changed.dst_port++;
    (void)touch(table, &changed, NULL);
    changed = packet;
    changed.src.bytes[15]++;
    (void)touch(table, &changed, NULL);
    changed = packet;
    changed.dst.bytes[15]++;
    (void)touch(table, &changed, NULL);
    changed = packet;
    changed.protocol = PROTOCOL_UDPLITE;
    (void)touch(table, &changed, NULL);
    changed = packet; /* the same ports at the other addresses */
    changed.src_port = packet.dst_port;
    changed.dst_port = packet.src_port;
    (void)touch(table, &changed, NULL);
    ck_assert_uint_eq(flow_table_counters(table)->created, 7);
    flow_table_free(table);
}
END_TEST

START_TEST(vlan_and_tunnel_do_not_matter)
{
    struct flow_table *table = table_of(&ended);
    struct packet there = packet_of(PROTOCOL_UDP, "10.0.0.1", 40000, "192.0.2.1", 53);
    there.vlan_count = 1;
    there.vlans[0] = 7;
    there.tunnel_depth = 2;
    struct packet back = packet_of(PROTOCOL_UDP, "192.0.2.1", 53, "10.0.0.1", 40000);
    struct flow *flow = touch(table, &there, NULL);
    ck_assert_ptr_eq(touch(table, &back, NULL), flow);
    ck_assert_uint_eq(flow->vlan, 7);
    ck_assert_uint_eq(flow->tunnel_depth, 2);
    flow_table_free(table);
}
END_TEST

START_TEST(one_machine_talking_to_itself_has_two_sides)
{
    struct flow_table *table = table_of(&ended);
    struct packet there = packet_of(PROTOCOL_TCP, "127.0.0.1", 40000, "127.0.0.1", 80);
    struct packet back = packet_of(PROTOCOL_TCP, "127.0.0.1", 80, "127.0.0.1", 40000);
    there.tcp_flags = back.tcp_flags = TCP_ACK;
    enum flow_side side = FLOW_CLIENT;
    struct flow *flow = touch(table, &there, NULL);
    ck_assert_ptr_eq(touch(table, &back, &side), flow);
    ck_assert_int_eq(side, FLOW_SERVER);
    struct packet same = packet_of(PROTOCOL_UDP, "127.0.0.1", 99, "127.0.0.1", 99);
    flow = touch(table, &same, &side);
    ck_assert_ptr_eq(touch(table, &same, &side), flow);
    ck_assert_int_eq(side, FLOW_CLIENT);
    flow_table_flush(table);
    flow_table_free(table);
}
END_TEST

START_TEST(echo_request_and_reply_are_one_flow_for_each_identifier)
{
    struct flow_table *table = table_of(&ended);
    struct packet request = icmp(PROTOCOL_ICMP, "10.0.0.1", "192.0.2.1", 8, 77);
    struct packet reply = icmp(PROTOCOL_ICMP, "192.0.2.1", "10.0.0.1", 0, 77);
    struct packet other = icmp(PROTOCOL_ICMP, "10.0.0.1", "192.0.2.1", 8, 78);
    enum flow_side side = FLOW_CLIENT;
    struct flow *flow = touch(table, &request, NULL);
    ck_assert_ptr_eq(touch(table, &reply, &side), flow);
    ck_assert_int_eq(side, FLOW_SERVER);
    ck_assert_ptr_ne(touch(table, &other, NULL), flow);
    ck_assert_uint_eq(flow->client_port, 8);
    ck_assert_uint_eq(flow->server_port, 0);
    ck_assert_uint_eq(flow_table_counters(table)->icmp, 2);
    flow_table_flush(table);
    flow_table_free(table);
}
END_TEST

START_TEST(a_reply_that_comes_first_is_the_servers)
{
    struct flow_table *table = table_of(&ended);
    struct packet reply = icmp(PROTOCOL_ICMPV6, "2001:db8::2", "2001:db8::1", 129, 5);
    struct packet request = icmp(PROTOCOL_ICMPV6, "2001:db8::1", "2001:db8::2", 128, 5);
    enum flow_side side = FLOW_CLIENT;
    struct flow *flow = touch(table, &reply, &side);
    ck_assert_int_eq(side, FLOW_SERVER);
    ck_assert_uint_eq(flow->client_port, 128);
    ck_assert(addr_equal(&flow->client, &request.src));
    ck_assert_ptr_eq(touch(table, &request, &side), flow);
    ck_assert_int_eq(side, FLOW_CLIENT);
    flow_reverse(flow);
    ck_assert(addr_equal(&flow->client, &request.src));
    flow_table_flush(table);
    flow_table_free(table);
}
END_TEST

START_TEST(two_machines_that_ping_each_other_have_two_flows)
{
    struct flow_table *table = table_of(&ended);
    struct packet there = icmp(PROTOCOL_ICMP, "10.0.0.1", "192.0.2.1", 8, 1);
    struct packet back = icmp(PROTOCOL_ICMP, "192.0.2.1", "10.0.0.1", 8, 1);
    struct flow *flow = touch(table, &there, NULL);
    ck_assert_ptr_ne(touch(table, &back, NULL), flow);
    flow_table_flush(table);
    flow_table_free(table);
}
END_TEST

START_TEST(pinging_oneself_is_one_flow)
{
    struct flow_table *table = table_of(&ended);
    struct packet request = icmp(PROTOCOL_ICMP, "127.0.0.1", "127.0.0.1", 8, 1);
    struct packet reply = icmp(PROTOCOL_ICMP, "127.0.0.1", "127.0.0.1", 0, 1);
    enum flow_side side = FLOW_CLIENT;
    struct flow *flow = touch(table, &request, &side);
    ck_assert_ptr_eq(touch(table, &reply, &side), flow);
    ck_assert_int_eq(side, FLOW_SERVER);
    flow_table_free(table);
}
END_TEST

START_TEST(one_way_icmp_is_a_flow_for_each_direction_and_code)
{
    struct flow_table *table = table_of(&ended);
    struct packet there = icmp(PROTOCOL_ICMP, "10.0.0.1", "192.0.2.1", 3, 0);
    struct packet back = icmp(PROTOCOL_ICMP, "192.0.2.1", "10.0.0.1", 3, 0);
    struct packet code = there;
    code.dst_port = 1;
    struct flow *flow = touch(table, &there, NULL);
    ck_assert_ptr_ne(touch(table, &back, NULL), flow);
    ck_assert_ptr_ne(touch(table, &code, NULL), flow);
    ck_assert_ptr_eq(touch(table, &there, NULL), flow);
    flow_table_flush(table);
    flow_table_free(table);
}
END_TEST

START_TEST(community_id_of_a_flow_is_that_of_its_packets)
{
    static const struct {
        uint8_t protocol;
        uint16_t src_port, dst_port;
    } cases[] = {{PROTOCOL_ICMP, 8, 0},   {PROTOCOL_ICMP, 0, 0},     {PROTOCOL_ICMP, 3, 4},
                 {PROTOCOL_ICMP, 13, 0},  {PROTOCOL_ICMPV6, 136, 0}, {PROTOCOL_ICMPV6, 1, 3},
                 {PROTOCOL_UDP, 53, 999}, {PROTOCOL_SCTP, 7, 9},     {PROTOCOL_GRE, 0, 0}};
    struct flow_table *table = table_of(&ended);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct packet packet = packet_of(cases[i].protocol, "192.0.2.9", cases[i].src_port,
                                         "10.0.0.1", cases[i].dst_port);
        const struct flow *flow = touch(table, &packet, NULL);
        struct community_tuple of_packet = {packet.src, packet.dst, packet.src_port,
                                            packet.dst_port, packet.protocol};
        struct community_tuple of_flow = {flow->client, flow->server, flow->client_port,
                                          flow->server_port, flow->protocol};
        char wanted[COMMUNITY_ID_MAX], text[COMMUNITY_ID_MAX];
        community_id_text(&of_packet, 0, wanted);
        community_id_text(&of_flow, 0, text);
        ck_assert_str_eq(text, wanted);
    }
    flow_table_free(table);
}
END_TEST

START_TEST(fragments_belong_to_no_flow)
{
    struct flow_table *table = table_of(&ended);
    struct packet packet = packet_of(PROTOCOL_UDP, "10.0.0.1", 0, "192.0.2.1", 0);
    packet.fragment = true;
    ck_assert_ptr_null(touch(table, &packet, NULL));
    ck_assert_uint_eq(flow_table_counters(table)->fragments, 1);
    ck_assert_uint_eq(flow_table_counters(table)->packets, 1);
    ck_assert_uint_eq(flow_table_counters(table)->created, 0);
    flow_table_free(table);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {both_directions_are_one_flow,
                            each_part_of_the_tuple_makes_another_flow,
                            vlan_and_tunnel_do_not_matter,
                            one_machine_talking_to_itself_has_two_sides,
                            echo_request_and_reply_are_one_flow_for_each_identifier,
                            a_reply_that_comes_first_is_the_servers,
                            two_machines_that_ping_each_other_have_two_flows,
                            pinging_oneself_is_one_flow,
                            one_way_icmp_is_a_flow_for_each_direction_and_code,
                            community_id_of_a_flow_is_that_of_its_packets,
                            fragments_belong_to_no_flow,
                            NULL};
    return run_suite(suite_of("flow_key", tests));
}
