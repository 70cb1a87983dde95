/* SPDX-License-Identifier: Apache-2.0 */
#include "flow_fixture.h"

enum {
    SYN_ACK = TCP_SYN | TCP_ACK,
    FIN_ACK = TCP_FIN | TCP_ACK
};

static struct ended ended;

/* A handshake with the client's data at 101 and the server's at 501. */
static struct flow *handshake(struct flow_table *table)
{
    (void)tcp(table, true, TCP_SYN, 100, 0, 0);
    (void)tcp(table, false, SYN_ACK, 500, 101, 0);
    return tcp(table, true, TCP_ACK, 101, 501, 0);
}

START_TEST(handshake_establishes_and_fin_both_ways_closes)
{
    struct flow_table *table = table_of(&ended);
    struct flow *flow = tcp(table, true, TCP_SYN, 100, 0, 0);
    ck_assert_int_eq(flow->state, FLOW_NEW);
    ck_assert_int_eq(flow->direction, FLOW_DIRECTION_SYN);
    (void)tcp(table, false, SYN_ACK, 500, 101, 0);
    ck_assert_int_eq(flow->state, FLOW_ESTABLISHED);
    (void)tcp(table, true, FIN_ACK, 101, 501, 10);
    ck_assert_int_eq(flow->state, FLOW_ESTABLISHED);
    (void)tcp(table, false, FIN_ACK, 501, 112, 20);
    ck_assert_int_eq(flow->state, FLOW_CLOSED);
    (void)tcp(table, true, TCP_ACK, 112, 522, 0);
    ck_assert_int_eq(flow->state, FLOW_CLOSED);
    ck_assert_uint_eq(flow->tcp_flags[FLOW_CLIENT], TCP_SYN | TCP_ACK | TCP_FIN);
    ck_assert_uint_eq(flow->tcp_flags[FLOW_SERVER], TCP_SYN | TCP_ACK | TCP_FIN);
    ck_assert_uint_eq(flow->payload[FLOW_CLIENT], 10);
    ck_assert_uint_eq(flow->payload[FLOW_SERVER], 20);
    ck_assert_uint_eq(flow->packets[FLOW_CLIENT], 3);
    ck_assert_uint_eq(flow->bytes[FLOW_CLIENT], 130);
    ck_assert_uint_eq(flow->gap_bytes[FLOW_CLIENT] + flow->gap_bytes[FLOW_SERVER], 0);
    flow_table_free(table);
}
END_TEST

START_TEST(reset_closes_at_once)
{
    struct flow_table *table = table_of(&ended);
    struct flow *flow = tcp(table, true, TCP_SYN, 100, 0, 0);
    (void)tcp(table, false, TCP_RST | TCP_ACK, 0, 101, 0);
    ck_assert_int_eq(flow->state, FLOW_CLOSED);
    flow_table_free(table);
}
END_TEST

START_TEST(refused_syn_that_tries_again_is_the_same_flow)
{
    struct flow_table *table = table_of(&ended);
    struct flow *flow = tcp(table, true, TCP_SYN, 100, 0, 0);
    (void)tcp(table, false, TCP_RST | TCP_ACK, 0, 101, 0);
    ck_assert_ptr_eq(tcp(table, true, TCP_SYN, 100, 0, 0), flow);
    ck_assert_int_eq(flow->state, FLOW_NEW);
    (void)tcp(table, false, TCP_RST | TCP_ACK, 0, 101, 0);
    ck_assert_int_eq(flow->state, FLOW_CLOSED);
    ck_assert_uint_eq(flow_table_counters(table)->created, 1);
    flow_table_free(table);
}
END_TEST

START_TEST(retransmitted_bytes_count_once_as_payload_and_always_as_bytes)
{
    struct flow_table *table = table_of(&ended);
    struct flow *flow = handshake(table);
    (void)tcp(table, true, TCP_ACK, 101, 501, 100);
    (void)tcp(table, true, TCP_ACK, 101, 501, 100);
    ck_assert_uint_eq(flow->payload[FLOW_CLIENT], 100);
    ck_assert_uint_eq(flow->bytes[FLOW_CLIENT], 2 * 40 + 2 * 140);
    (void)tcp(table, true, TCP_ACK, 151, 501, 100); /* half old, half new */
    ck_assert_uint_eq(flow->payload[FLOW_CLIENT], 150);
    ck_assert_uint_eq(flow_table_counters(table)->retransmissions, 1);
    flow_table_free(table);
}
END_TEST

START_TEST(reordered_segments_all_count)
{
    struct flow_table *table = table_of(&ended);
    struct flow *flow = handshake(table);
    (void)tcp(table, true, TCP_ACK, 201, 501, 100);
    (void)tcp(table, true, TCP_ACK, 301, 501, 100);
    (void)tcp(table, true, TCP_ACK, 101, 501, 100);
    ck_assert_uint_eq(flow->payload[FLOW_CLIENT], 300);
    (void)tcp(table, true, TCP_ACK, 101, 501, 100); /* and now a second time */
    ck_assert_uint_eq(flow->payload[FLOW_CLIENT], 300);
    (void)tcp(table, false, TCP_ACK, 501, 401, 0);
    flow_table_flush(table);
    ck_assert_uint_eq(ended.flows[0].gap_bytes[FLOW_CLIENT], 0);
    flow_table_free(table);
}
END_TEST

START_TEST(acknowledged_bytes_that_were_never_seen_are_a_gap)
{
    struct flow_table *table = table_of(&ended);
    struct flow *flow = handshake(table);
    (void)tcp(table, true, TCP_ACK, 101, 501, 100);
    (void)tcp(table, true, TCP_ACK, 401, 501, 100); /* 200 bytes are not there */
    ck_assert_uint_eq(flow->gap_bytes[FLOW_CLIENT], 0);
    (void)tcp(table, false, TCP_ACK, 501, 501, 0); /* but the server has them */
    (void)tcp(table, true, TCP_ACK, 501, 501, 50);
    ck_assert_uint_eq(flow->gap_bytes[FLOW_CLIENT], 200);
    ck_assert_uint_eq(flow->payload[FLOW_CLIENT], 250);
    ck_assert_uint_eq(flow_table_counters(table)->gap_bytes, 200);
    flow_table_free(table);
}
END_TEST

START_TEST(gap_at_the_end_counts_when_the_flow_ends)
{
    struct flow_table *table = table_of(&ended);
    (void)handshake(table);
    (void)tcp(table, false, TCP_ACK, 501, 131, 0); /* 30 bytes of the client were lost */
    flow_table_flush(table);
    ck_assert_uint_eq(ended.flows[0].gap_bytes[FLOW_CLIENT], 30);
    ck_assert_uint_eq(ended.flows[0].payload[FLOW_CLIENT], 0);
    flow_table_free(table);
}
END_TEST

START_TEST(acknowledgement_captured_before_its_data_is_no_gap)
{
    struct flow_table *table = table_of(&ended);
    struct flow *flow = handshake(table);
    (void)tcp(table, false, TCP_ACK, 501, 301, 0);
    (void)tcp(table, true, TCP_ACK, 101, 501, 100);
    (void)tcp(table, true, TCP_ACK, 201, 501, 100);
    (void)tcp(table, true, TCP_ACK, 301, 501, 100);
    ck_assert_uint_eq(flow->payload[FLOW_CLIENT], 300);
    flow_table_flush(table);
    ck_assert_uint_eq(ended.flows[0].gap_bytes[FLOW_CLIENT], 0);
    flow_table_free(table);
}
END_TEST

START_TEST(a_hole_that_is_not_acknowledged_is_no_gap)
{
    struct flow_table *table = table_of(&ended);
    (void)handshake(table);
    (void)tcp(table, true, TCP_ACK, 201, 501, 100);
    (void)tcp(table, false, TCP_ACK, 501, 101, 0);
    (void)tcp(table, true, TCP_ACK, 301, 501, 100);
    flow_table_flush(table);
    ck_assert_uint_eq(ended.flows[0].gap_bytes[FLOW_CLIENT], 0);
    ck_assert_uint_eq(ended.flows[0].payload[FLOW_CLIENT], 200);
    flow_table_free(table);
}
END_TEST

START_TEST(keep_alive_probes_are_neither_payload_nor_retransmissions)
{
    struct flow_table *table = table_of(&ended);
    struct flow *flow = handshake(table);
    (void)tcp(table, true, TCP_ACK, 101, 501, 10);
    for (int i = 0; i < 5; i++) {
        (void)tcp(table, true, TCP_ACK, 110, 501, 1);
        (void)tcp(table, true, TCP_ACK, 110, 501, 0);
        (void)tcp(table, false, TCP_ACK, 501, 111, 0);
    }
    ck_assert_uint_eq(flow->payload[FLOW_CLIENT], 10);
    ck_assert_uint_eq(flow_table_counters(table)->retransmissions, 0);
    flow_table_free(table);
}
END_TEST

START_TEST(sequence_numbers_wrap)
{
    struct flow_table *table = table_of(&ended);
    (void)tcp(table, true, TCP_SYN, UINT32_MAX - 10, 0, 0);
    (void)tcp(table, false, SYN_ACK, 500, UINT32_MAX - 9, 0);
    struct flow *flow = tcp(table, true, TCP_ACK, UINT32_MAX - 9, 501, 100);
    (void)tcp(table, true, TCP_ACK, 90, 501, 10);
    (void)tcp(table, true, TCP_ACK, UINT32_MAX - 9, 501, 100);
    ck_assert_uint_eq(flow->payload[FLOW_CLIENT], 110);
    flow_table_free(table);
}
END_TEST

START_TEST(sequence_number_from_nowhere_starts_over)
{
    struct flow_table *table = table_of(&ended);
    struct flow *flow = handshake(table);
    (void)tcp(table, true, TCP_ACK, 101, 501, 10);
    (void)tcp(table, true, TCP_ACK, 0x80000000, 501, 10);
    (void)tcp(table, true, TCP_ACK, 0x8000000a, 501, 10);
    (void)tcp(table, false, TCP_ACK, 501, 0x10000000, 10); /* an acknowledgement from nowhere */
    flow_table_flush(table);
    ck_assert_uint_eq(ended.flows[0].payload[FLOW_CLIENT], 30);
    ck_assert_uint_eq(ended.flows[0].gap_bytes[FLOW_CLIENT], 0);
    (void)flow;
    flow_table_free(table);
}
END_TEST

START_TEST(data_on_the_syn_is_payload)
{
    struct flow_table *table = table_of(&ended);
    struct flow *flow = tcp(table, true, TCP_SYN, 100, 0, 30);
    (void)tcp(table, true, TCP_ACK, 131, 501, 10);
    ck_assert_uint_eq(flow->payload[FLOW_CLIENT], 40);
    flow_table_free(table);
}
END_TEST

START_TEST(new_syn_on_a_closed_tuple_is_a_new_flow)
{
    struct flow_table *table = table_of(&ended);
    (void)handshake(table);
    (void)tcp(table, false, TCP_RST, 501, 0, 0);
    struct flow *flow = tcp(table, true, TCP_SYN, 90000, 0, 0);
    ck_assert_uint_eq(ended.count, 1);
    ck_assert_int_eq(ended.flows[0].end, FLOW_END_REUSED);
    ck_assert_int_eq(flow->state, FLOW_NEW);
    ck_assert_uint_eq(flow->packets[FLOW_CLIENT], 1);
    ck_assert_uint_eq(flow_table_counters(table)->ended_reused, 1);
    flow_table_free(table);
}
END_TEST

START_TEST(new_syn_on_an_open_tuple_is_a_new_flow)
{
    struct flow_table *table = table_of(&ended);
    (void)handshake(table);
    (void)tcp(table, true, TCP_SYN, 90000, 0, 0);
    ck_assert_uint_eq(ended.count, 1);
    ck_assert_int_eq(ended.flows[0].end, FLOW_END_REUSED);
    flow_table_free(table);
}
END_TEST

START_TEST(retransmitted_syn_and_syn_ack_stay_in_the_flow)
{
    struct flow_table *table = table_of(&ended);
    (void)tcp(table, true, TCP_SYN, 100, 0, 0);
    (void)tcp(table, true, TCP_SYN, 100, 0, 0);
    (void)tcp(table, false, SYN_ACK, 500, 101, 0);
    struct flow *flow = tcp(table, false, SYN_ACK, 500, 101, 0);
    ck_assert_uint_eq(flow->packets[FLOW_CLIENT], 2);
    ck_assert_uint_eq(flow->packets[FLOW_SERVER], 2);
    ck_assert_uint_eq(ended.count, 0);
    ck_assert_uint_eq(flow->payload[0] + flow->payload[1], 0);
    flow_table_free(table);
}
END_TEST

START_TEST(syn_ack_of_another_connection_reuses_a_closed_tuple)
{
    struct flow_table *table = table_of(&ended);
    (void)handshake(table);
    (void)tcp(table, true, TCP_RST, 101, 0, 0);
    struct flow *flow = tcp(table, false, SYN_ACK, 7000, 8001, 0); /* its SYN was lost */
    ck_assert_uint_eq(ended.count, 1);
    ck_assert_int_eq(flow->direction, FLOW_DIRECTION_SYN);
    ck_assert_uint_eq(flow->server_port, 443);
    flow_table_free(table);
}
END_TEST

START_TEST(both_ends_may_open_at_once)
{
    struct flow_table *table = table_of(&ended);
    (void)tcp(table, true, TCP_SYN, 100, 0, 0);
    struct flow *flow = tcp(table, false, TCP_SYN, 500, 0, 0);
    ck_assert_uint_eq(ended.count, 0);
    ck_assert_uint_eq(flow->client_port, 50000);
    flow_table_free(table);
}
END_TEST

START_TEST(late_syn_belongs_to_its_flow_and_corrects_it)
{
    struct flow_table *table = table_of(&ended);
    /* Neither port says anything, and the server seems to speak first. */
    struct packet data = packet_of(PROTOCOL_TCP, "192.0.2.1", 40001, "10.0.0.1", 40000);
    data.tcp_flags = TCP_ACK;
    data.tcp_seq = 501;
    data.tcp_ack = 101;
    data.payload_length = 10;
    struct flow *flow = touch(table, &data, NULL);
    ck_assert_uint_eq(flow->client_port, 40001);
    ck_assert_int_eq(flow->direction, FLOW_DIRECTION_FIRST);
    struct packet answer = packet_of(PROTOCOL_TCP, "192.0.2.1", 40001, "10.0.0.1", 40000);
    answer.tcp_flags = SYN_ACK;
    answer.tcp_seq = 500;
    answer.tcp_ack = 101;
    enum flow_side side = FLOW_CLIENT;
    ck_assert_ptr_eq(touch(table, &answer, &side), flow);
    ck_assert_int_eq(side, FLOW_SERVER);
    ck_assert_uint_eq(flow->client_port, 40000);
    ck_assert_uint_eq(flow->server_port, 40001);
    ck_assert_int_eq(flow->direction, FLOW_DIRECTION_SYN);
    ck_assert_uint_eq(flow->packets[FLOW_SERVER], 2);
    ck_assert_uint_eq(flow->payload[FLOW_SERVER], 10);
    struct packet syn = packet_of(PROTOCOL_TCP, "10.0.0.1", 40000, "192.0.2.1", 40001);
    syn.tcp_flags = TCP_SYN;
    syn.tcp_seq = 100;
    ck_assert_ptr_eq(touch(table, &syn, NULL), flow);
    ck_assert_uint_eq(flow_table_counters(table)->turned, 1);
    ck_assert_uint_eq(flow_table_counters(table)->midstream, 1);
    flow_table_free(table);
}
END_TEST

START_TEST(unrelated_syn_after_a_midstream_start_is_a_new_flow)
{
    struct flow_table *table = table_of(&ended);
    (void)tcp(table, true, TCP_ACK, 500000, 1, 10);
    (void)tcp(table, true, TCP_SYN, 100, 0, 0);
    ck_assert_uint_eq(ended.count, 1);
    ck_assert_int_eq(ended.flows[0].end, FLOW_END_REUSED);
    flow_table_free(table);
}
END_TEST

START_TEST(one_sided_capture_knows_what_the_other_side_sent)
{
    struct flow_table *table = table_of(&ended);
    (void)tcp(table, true, TCP_SYN, 100, 0, 0);
    struct flow *flow = tcp(table, true, TCP_ACK, 101, 501, 0);
    ck_assert_int_eq(flow->state, FLOW_ESTABLISHED);
    (void)tcp(table, true, TCP_ACK, 101, 501, 50);
    (void)tcp(table, true, TCP_ACK, 151, 2501, 0);
    (void)tcp(table, true, FIN_ACK, 151, 4501, 0);
    ck_assert_int_eq(flow->state, FLOW_CLOSED);
    ck_assert(flow_one_sided(flow));
    flow_table_flush(table);
    ck_assert_uint_eq(ended.flows[0].gap_bytes[FLOW_SERVER], 4000);
    ck_assert_uint_eq(ended.flows[0].payload[FLOW_CLIENT], 50);
    ck_assert_uint_eq(flow_table_counters(table)->one_sided, 1);
    flow_table_free(table);
}
END_TEST

START_TEST(midstream_start_invents_no_gap)
{
    struct flow_table *table = table_of(&ended);
    (void)tcp(table, true, TCP_ACK, 1000, 700000, 10);
    (void)tcp(table, false, TCP_ACK, 900000, 1010, 1000); /* was under way */
    (void)tcp(table, true, TCP_ACK, 1010, 901000, 0);
    flow_table_flush(table);
    ck_assert_uint_eq(ended.flows[0].gap_bytes[FLOW_SERVER], 0);
    ck_assert_uint_eq(ended.flows[0].payload[FLOW_SERVER], 1000);
    flow_table_free(table);
}
END_TEST

START_TEST(gaps_and_holes_are_held_at_the_end_of_their_range)
{
    struct flow_table *table = table_of(&ended);
    (void)handshake(table);
    uint32_t ack = 101;
    for (int i = 0; i < 12; i++)
        (void)tcp(table, false, TCP_ACK, 501, ack += 0x30000000, 0);
    flow_table_flush(table);
    ck_assert_uint_eq(ended.flows[0].gap_bytes[FLOW_CLIENT], UINT32_MAX);
    flow_table_free(table);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {handshake_establishes_and_fin_both_ways_closes,
                            reset_closes_at_once,
                            refused_syn_that_tries_again_is_the_same_flow,
                            retransmitted_bytes_count_once_as_payload_and_always_as_bytes,
                            reordered_segments_all_count,
                            acknowledged_bytes_that_were_never_seen_are_a_gap,
                            gap_at_the_end_counts_when_the_flow_ends,
                            acknowledgement_captured_before_its_data_is_no_gap,
                            a_hole_that_is_not_acknowledged_is_no_gap,
                            keep_alive_probes_are_neither_payload_nor_retransmissions,
                            sequence_numbers_wrap,
                            sequence_number_from_nowhere_starts_over,
                            data_on_the_syn_is_payload,
                            new_syn_on_a_closed_tuple_is_a_new_flow,
                            new_syn_on_an_open_tuple_is_a_new_flow,
                            retransmitted_syn_and_syn_ack_stay_in_the_flow,
                            syn_ack_of_another_connection_reuses_a_closed_tuple,
                            both_ends_may_open_at_once,
                            late_syn_belongs_to_its_flow_and_corrects_it,
                            unrelated_syn_after_a_midstream_start_is_a_new_flow,
                            one_sided_capture_knows_what_the_other_side_sent,
                            midstream_start_invents_no_gap,
                            gaps_and_holes_are_held_at_the_end_of_their_range,
                            NULL};
    return run_suite(suite_of("flow_tcp", tests));
}
