/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "flow_fixture.h"

static struct ended ended;

/* A UDP packet of its own flow for each number, `seconds` after the start. */
static struct packet udp(uint32_t number, double seconds)
{
    struct packet packet = packet_of(PROTOCOL_UDP, "10.0.0.0", 40000, "192.0.2.1", 9999);
    packet.src.bytes[13] = (uint8_t)(number >> 16);
    packet.src.bytes[14] = (uint8_t)(number >> 8);
    packet.src.bytes[15] = (uint8_t)number;
    packet.ts_ns += (int64_t)(seconds * (double)NS_PER_S);
    return packet;
}

static struct packet answer_to(const struct packet *packet)
{
    struct packet answer = *packet;
    answer.src = packet->dst;
    answer.dst = packet->src;
    answer.src_port = packet->dst_port;
    answer.dst_port = packet->src_port;
    return answer;
}

/* A TCP connection of its own for each number, answered. */
static void open_tcp(struct flow_table *table, uint32_t number, double seconds)
{
    struct packet packet = udp(number, seconds);
    packet.protocol = PROTOCOL_TCP;
    packet.tcp_flags = TCP_SYN;
    (void)touch(table, &packet, NULL);
    struct packet answer = answer_to(&packet);
    answer.tcp_flags = TCP_SYN | TCP_ACK;
    answer.tcp_ack = 1;
    (void)touch(table, &answer, NULL);
}

static int64_t at(double seconds)
{
    return T0 * NS_PER_S + (int64_t)(seconds * (double)NS_PER_S);
}

START_TEST(idle_flow_is_ended_after_its_time)
{
    struct flow_table *table = table_of(&ended);
    struct packet packet = udp(1, 0);
    struct flow *flow = touch(table, &packet, NULL);
    ck_assert(flow->first_ns == at(0) && flow->last_ns == at(0));
    flow_table_expire(table, at(59.9));
    ck_assert_uint_eq(ended.count, 0);
    flow_table_expire(table, at(60));
    ck_assert_uint_eq(ended.count, 1);
    ck_assert_int_eq(ended.flows[0].end, FLOW_END_IDLE);
    ck_assert_uint_eq(ended.flows[0].id, packet.frame_number);
    ck_assert_uint_eq(flow_table_counters(table)->ended_idle, 1);
    ck_assert_uint_eq(flow_table_counters(table)->active, 0);
    ck_assert_uint_eq(flow_table_counters(table)->one_sided, 1);
    flow_table_free(table);
}
END_TEST

START_TEST(each_kind_of_flow_has_its_own_time)
{
    struct flow_table *table = table_of(&ended);
    open_tcp(table, 1, 0); /* 300 s */
    struct packet syn = udp(2, 0);
    syn.protocol = PROTOCOL_TCP;
    syn.tcp_flags = TCP_SYN;
    (void)touch(table, &syn, NULL); /* 60 s */
    struct packet dns = udp(3, 0);
    dns.dst_port = 53;
    (void)touch(table, &dns, NULL);
    struct packet answer = answer_to(&dns);
    (void)touch(table, &answer, NULL); /* 10 s */
    struct packet ping = udp(4, 0);
    ping.protocol = PROTOCOL_ICMP;
    ping.src_port = 8;
    (void)touch(table, &ping, NULL); /* 30 s */
    struct packet gre = udp(5, 0);
    gre.protocol = PROTOCOL_GRE;
    (void)touch(table, &gre, NULL); /* 60 s */
    struct packet reset = udp(6, 0);
    reset.protocol = PROTOCOL_TCP;
    reset.tcp_flags = TCP_RST;
    (void)touch(table, &reset, NULL); /* 10 s */
    static const struct {
        double seconds;
        size_t ended;
    } steps[] = {{9.9, 0}, {10, 2}, {29.9, 2}, {30, 3}, {59.9, 3}, {60, 5}, {299.9, 5}, {300, 6}};
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        flow_table_expire(table, at(steps[i].seconds));
        ck_assert_uint_eq(ended.count, steps[i].ended);
    }
    ck_assert_int_eq(ended.flows[1].end, FLOW_END_CLOSED);
    const struct flow_counters *counters = flow_table_counters(table);
    ck_assert_uint_eq(counters->ended_closed, 1);
    ck_assert_uint_eq(counters->tcp, 3);
    ck_assert_uint_eq(counters->udp, 1);
    ck_assert_uint_eq(counters->icmp, 1);
    ck_assert_uint_eq(counters->other, 1);
    ck_assert_uint_eq(counters->syn_unanswered, 1);
    flow_table_free(table);
}
END_TEST

START_TEST(packets_keep_a_flow_alive)
{
    struct flow_table *table = table_of(&ended);
    struct flow *flow = NULL;
    for (int i = 0; i < 20; i++) {
        struct packet packet = udp(1, i * 50);
        flow_table_expire(table, packet.ts_ns);
        struct flow *touched = touch(table, &packet, NULL);
        ck_assert(flow == NULL || touched == flow);
        flow = touched;
    }
    ck_assert_uint_eq(flow->packets[FLOW_CLIENT], 20);
    ck_assert(flow->last_ns == at(950));
    flow_table_free(table);
}
END_TEST

START_TEST(packet_after_the_idle_time_starts_a_new_flow_without_expire)
{
    struct flow_table *table = table_of(&ended);
    struct packet packet = udp(1, 0), later = udp(1, 60);
    (void)touch(table, &packet, NULL);
    struct flow *flow = touch(table, &later, NULL);
    ck_assert_uint_eq(ended.count, 1);
    ck_assert_int_eq(ended.flows[0].end, FLOW_END_IDLE);
    ck_assert_uint_eq(flow->packets[FLOW_CLIENT], 1);
    flow_table_free(table);
}
END_TEST

START_TEST(idle_flows_end_in_order_of_their_last_packet)
{
    struct flow_table *table = table_of(&ended);
    for (uint32_t i = 0; i < 100; i++) { /* of two classes, each second one kept alive */
        struct packet packet = udp(i, i * 0.3);
        if (i % 3 == 0)
            packet.protocol = PROTOCOL_GRE;
        (void)touch(table, &packet, NULL);
    }
    for (uint32_t i = 0; i < 100; i += 2) {
        struct packet packet = udp(i, 30 + i * 0.3);
        if (i % 3 == 0)
            packet.protocol = PROTOCOL_GRE;
        (void)touch(table, &packet, NULL);
    }
    flow_table_expire(table, at(500));
    ck_assert_uint_eq(ended.count, 100);
    for (size_t i = 1; i < ended.count; i++)
        ck_assert(ended.flows[i - 1].last_ns <= ended.flows[i].last_ns);
    flow_table_free(table);
}
END_TEST

START_TEST(flush_ends_all_in_order_of_their_first_packet)
{
    struct flow_table *table = table_of(&ended);
    for (uint32_t i = 0; i < 1000; i++) {
        struct packet packet = udp(i * 2654435761U % 65536, i / 10 * 0.01);
        if (i % 7 == 0)
            packet.protocol = PROTOCOL_GRE;
        (void)touch(table, &packet, NULL);
    }
    flow_table_flush(table);
    ck_assert_uint_eq(ended.count, 1000);
    for (size_t i = 1; i < ended.count; i++) {
        ck_assert(ended.flows[i - 1].first_ns <= ended.flows[i].first_ns);
        ck_assert(ended.flows[i - 1].id < ended.flows[i].id);
    }
    ck_assert_int_eq(ended.flows[0].end, FLOW_END_SHUTDOWN);
    ck_assert_uint_eq(flow_table_counters(table)->ended_shutdown, 1000);
    ck_assert_uint_eq(flow_table_counters(table)->active, 0);
    flow_table_flush(table);
    ck_assert_uint_eq(ended.count, 1000);
    flow_table_free(table);
}
END_TEST

START_TEST(flows_of_one_frame_number_still_have_one_order)
{
    struct flow_table *table = table_of(&ended);
    for (uint32_t i = 0; i < 50; i++) {
        struct packet packet = udp(i, 0);
        packet.frame_number = 1;
        (void)touch(table, &packet, NULL);
    }
    flow_table_flush(table);
    for (uint32_t i = 0; i < 50; i++)
        ck_assert_uint_eq(ended.flows[i].client.bytes[15], i);
    flow_table_free(table);
}
END_TEST

static struct flow_table *small_table(uint32_t flows_max)
{
    struct flow_options options;
    flow_options_default(&options);
    options.flows_max = flows_max;
    return flow_table_new(&options, note_end, &ended);
}

START_TEST(the_bound_is_kept_and_evictions_are_counted)
{
    struct flow_table *table = small_table(10);
    for (uint32_t i = 0; i < 100; i++) {
        struct packet packet = udp(i, i * 0.001);
        (void)touch(table, &packet, NULL);
    }
    const struct flow_counters *counters = flow_table_counters(table);
    ck_assert_uint_eq(counters->active, 10);
    ck_assert_uint_eq(counters->active_peak, 10);
    ck_assert_uint_eq(counters->ended_evicted, 90);
    ck_assert_int_eq(ended.flows[0].end, FLOW_END_EVICTED);
    for (uint32_t i = 0; i < 90; i++) /* the one unseen longest first */
        ck_assert_uint_eq(ended.flows[i].client.bytes[15], i);
    flow_table_free(table);
}
END_TEST

START_TEST(least_worth_keeping_goes_first)
{
    struct flow_table *table = small_table(7);
    open_tcp(table, 1, 0); /* established TCP, the oldest of all */
    struct packet gre = udp(2, 0.5);
    gre.protocol = PROTOCOL_GRE;
    (void)touch(table, &gre, NULL);
    struct packet known = udp(3, 1), known_answer = answer_to(&known);
    (void)touch(table, &known, NULL);
    (void)touch(table, &known_answer, NULL);
    struct packet dns = udp(4, 1.5);
    dns.dst_port = 53;
    (void)touch(table, &dns, NULL);
    struct packet dns_answer = answer_to(&dns);
    (void)touch(table, &dns_answer, NULL);
    struct packet alone = udp(5, 2);
    (void)touch(table, &alone, NULL);
    struct packet syn = udp(6, 2.5);
    syn.protocol = PROTOCOL_TCP;
    syn.tcp_flags = TCP_SYN;
    (void)touch(table, &syn, NULL);
    struct packet closed = udp(7, 3);
    closed.protocol = PROTOCOL_TCP;
    closed.tcp_flags = TCP_RST;
    (void)touch(table, &closed, NULL);
    for (uint32_t i = 0; i < 7; i++)
        open_tcp(table, 100 + i, 4);
    static const uint8_t order[] = {7, 5, 6, 4, 3, 2, 1};
    ck_assert_uint_eq(ended.count, COUNT_OF(order));
    for (size_t i = 0; i < COUNT_OF(order); i++)
        ck_assert_uint_eq(ended.flows[i].client.bytes[15], order[i]);
    flow_table_free(table);
}
END_TEST

START_TEST(a_bound_of_nothing_is_a_bound_of_one)
{
    struct flow_table *table = small_table(0);
    struct packet a = udp(1, 0), b = udp(2, 0);
    (void)touch(table, &a, NULL);
    (void)touch(table, &b, NULL);
    ck_assert_uint_eq(flow_table_counters(table)->active, 1);
    flow_table_free(table);
    flow_table_free(small_table(UINT32_MAX));
    flow_table_free(NULL);
}
END_TEST

START_TEST(records_stay_where_they_are_while_the_table_grows)
{
    enum {
        FLOWS = 5000
    };
    static struct flow *flows[FLOWS];
    struct flow_table *table = small_table(FLOWS);
    for (uint32_t i = 0; i < FLOWS; i++) {
        struct packet packet = udp(i, i * 0.001);
        flows[i] = touch(table, &packet, NULL);
    }
    for (uint32_t i = 0; i < FLOWS; i++) {
        struct packet packet = udp(i, 6 + i * 0.001);
        ck_assert_ptr_eq(touch(table, &packet, NULL), flows[i]);
        ck_assert_uint_eq((uintptr_t)flows[i] % 64, 0);
    }
    ck_assert_uint_le(flow_table_counters(table)->memory_bytes, FLOWS * 220);
    flow_table_free(table);
}
END_TEST

START_TEST(memory_is_used_again)
{
    struct flow_table *table = table_of(&ended);
    uint64_t first_bytes = 0;
    for (int round = 0; round < 20; round++) {
        for (uint32_t i = 0; i < 100; i++) {
            struct packet packet = udp((uint32_t)round * 100 + i, round * 100);
            (void)touch(table, &packet, NULL);
        }
        if (round == 0)
            first_bytes = flow_table_counters(table)->memory_bytes;
        flow_table_expire(table, at(round * 100 + 99));
    }
    ck_assert_uint_eq(flow_table_counters(table)->memory_bytes, first_bytes);
    ck_assert_uint_eq(ended.count, 2000);
    flow_table_free(table);
}
END_TEST

START_TEST(active_limit_cuts_records_and_keeps_the_flow)
{
    struct flow_options options;
    flow_options_default(&options);
    options.active_ns = 100 * NS_PER_S;
    struct flow_table *table = flow_table_new(&options, note_end, &ended);
    uint64_t id = 0;
    struct flow *flow = NULL;
    for (int i = 0; i < 25; i++) {
        struct packet packet = udp(1, i * 10);
        packet.payload_length = 5;
        packet.truncated = i == 0;
        flow = touch(table, &packet, NULL);
        if (i == 0) {
            id = flow->id;
            flow->classified = true;
        }
    }
    ck_assert_uint_eq(ended.count, 2);
    ck_assert_int_eq(ended.flows[0].end, FLOW_END_ACTIVE);
    ck_assert_uint_eq(ended.flows[0].packets[FLOW_CLIENT], 10);
    ck_assert_uint_eq(ended.flows[0].payload[FLOW_CLIENT], 50);
    ck_assert(ended.flows[0].truncated && !ended.flows[1].truncated);
    ck_assert(ended.flows[0].last_ns == at(90));
    ck_assert(ended.flows[1].first_ns == at(100));
    ck_assert_uint_eq(ended.flows[1].id, id);
    ck_assert_uint_eq(flow->id, id);
    ck_assert_uint_eq(flow->packets[FLOW_CLIENT], 5);
    ck_assert_int_eq(flow->end, FLOW_END_NONE);
    ck_assert(flow->classified);
    ck_assert_uint_eq(flow_table_counters(table)->cut, 2);
    ck_assert_uint_eq(flow_table_counters(table)->created, 1);
    flow_table_free(table);
}
END_TEST

START_TEST(reordered_packet_does_not_turn_time_back)
{
    struct flow_table *table = table_of(&ended);
    struct packet packet = udp(1, 10), late = udp(1, 9.5);
    struct flow *flow = touch(table, &packet, NULL);
    (void)touch(table, &late, NULL);
    ck_assert(flow->last_ns == at(10));
    ck_assert_uint_eq(flow_table_counters(table)->late, 1);
    ck_assert_uint_eq(flow_table_counters(table)->backward, 0);
    flow_table_free(table);
}
END_TEST

START_TEST(packets_from_1970_neither_end_flows_nor_stretch_them)
{
    struct flow_table *table = table_of(&ended);
    struct packet packet = udp(1, 0), old = udp(1, 0), other = udp(2, 0), next = udp(1, 1);
    (void)touch(table, &packet, NULL);
    old.ts_ns = other.ts_ns = 0;
    flow_table_expire(table, old.ts_ns);
    (void)touch(table, &old, NULL);
    struct flow *born_old = touch(table, &other, NULL);
    flow_table_expire(table, next.ts_ns);
    struct flow *flow = touch(table, &next, NULL);
    ck_assert_uint_eq(ended.count, 0);
    ck_assert_uint_eq(flow->packets[FLOW_CLIENT], 3);
    ck_assert(flow->first_ns == at(0) && flow->last_ns == at(1));
    ck_assert(born_old->first_ns == at(0));
    ck_assert_uint_eq(flow_table_counters(table)->backward, 2);
    ck_assert_uint_eq(flow_table_counters(table)->clock_steps, 0);
    flow_table_free(table);
}
END_TEST

START_TEST(clock_that_is_set_back_keeps_flows_and_their_idle_time)
{
    struct flow_table *table = table_of(&ended);
    struct packet quiet = udp(1, 3600);
    (void)touch(table, &quiet, NULL);
    for (int i = 0; i < 100; i++) { /* an hour back, and on: one a second */
        struct packet packet = udp(2, i);
        flow_table_expire(table, packet.ts_ns);
        (void)touch(table, &packet, NULL);
    }
    ck_assert_uint_eq(flow_table_counters(table)->clock_steps, 1);
    ck_assert_uint_eq(flow_table_counters(table)->backward, 16);
    ck_assert_uint_eq(ended.count, 1); /* the quiet one, after a minute and not after an hour */
    ck_assert(ended.flows[0].last_ns == at(3600));
    flow_table_free(table);
}
END_TEST

START_TEST(a_pause_of_a_day_ends_everything)
{
    struct flow_table *table = table_of(&ended);
    open_tcp(table, 1, 0);
    struct packet packet = udp(2, 86400);
    flow_table_expire(table, packet.ts_ns);
    ck_assert_uint_eq(ended.count, 1);
    flow_table_free(table);
}
END_TEST

START_TEST(stamps_at_the_ends_of_the_range_do_no_harm)
{
    struct flow_table *table = table_of(&ended);
    for (int i = 0; i < 2000; i++) {
        struct packet packet = udp((uint32_t)i % 5, 0);
        packet.ts_ns = i / 20 % 2 == 0 ? INT64_MIN : INT64_MAX;
        flow_table_expire(table, packet.ts_ns);
        ck_assert_ptr_nonnull(touch(table, &packet, NULL));
    }
    flow_table_flush(table);
    ck_assert_uint_eq(flow_table_counters(table)->active, 0);
    flow_table_free(table);
}
END_TEST

/* Many flows through a small table, random touches: what went in comes out once. */
START_TEST(every_packet_is_in_exactly_one_record)
{
    struct flow_table *table = small_table(300);
    uint64_t state = 5, packets = 0;
    for (int i = 0; i < 3000; i++) {
        state = state * UINT64_C(6364136223846793005) + 1;
        struct packet packet = udp((uint32_t)(state >> 40) % 500, i * 0.02);
        if (state >> 63 != 0)
            packet = answer_to(&packet);
        flow_table_expire(table, packet.ts_ns);
        (void)touch(table, &packet, NULL);
    }
    flow_table_flush(table);
    for (size_t i = 0; i < ended.count; i++)
        packets += ended.flows[i].packets[0] + ended.flows[i].packets[1];
    const struct flow_counters *counters = flow_table_counters(table);
    ck_assert_uint_eq(packets, 3000);
    ck_assert_uint_eq(counters->packets, 3000);
    ck_assert_uint_eq(counters->created, ended.count);
    ck_assert_uint_gt(counters->ended_evicted, 0);
    flow_table_free(table);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {idle_flow_is_ended_after_its_time,
                            each_kind_of_flow_has_its_own_time,
                            packets_keep_a_flow_alive,
                            packet_after_the_idle_time_starts_a_new_flow_without_expire,
                            idle_flows_end_in_order_of_their_last_packet,
                            flush_ends_all_in_order_of_their_first_packet,
                            flows_of_one_frame_number_still_have_one_order,
                            the_bound_is_kept_and_evictions_are_counted,
                            least_worth_keeping_goes_first,
                            a_bound_of_nothing_is_a_bound_of_one,
                            records_stay_where_they_are_while_the_table_grows,
                            memory_is_used_again,
                            active_limit_cuts_records_and_keeps_the_flow,
                            reordered_packet_does_not_turn_time_back,
                            packets_from_1970_neither_end_flows_nor_stretch_them,
                            clock_that_is_set_back_keeps_flows_and_their_idle_time,
                            a_pause_of_a_day_ends_everything,
                            stamps_at_the_ends_of_the_range_do_no_harm,
                            every_packet_is_in_exactly_one_record,
                            NULL};
    return run_suite(suite_of("flow_table", tests));
}
