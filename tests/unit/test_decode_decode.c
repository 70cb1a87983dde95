/* SPDX-License-Identifier: Apache-2.0 */
/* The stage as a whole: counters, idle frames, and stacks of layers cut at every byte. */
#include <stdlib.h>
#include <string.h>

#include "capture/frame.h"
#include "decode/decode.h"
#include "decode/packet.h"
#include "frames.h"
#include "run.h"

static void stack_ethernet(struct wire *wire)
{
    wire_ethernet(wire, 1, 2);
    wire_vlan(wire, 0x88a8, 5);
    wire_vlan(wire, 0x8100, 6);
    wire_mpls(wire, 3);
    wire_ipv4(wire, "203.0.113.1", "203.0.113.2");
    wire_gre(wire, 0x3000, 0x88be);
    wire_bytes(wire, "\x10\x05\0\x01\0\0\0\x02", 8);
    wire_ethernet(wire, 3, 4);
    wire_ipv6(wire, "2001:db8::3", "2001:db8::4");
    wire_extension(wire, 0, 16);
    wire_extension(wire, 43, 24);
    wire_udp(wire, 1, 6081);
    wire_geneve(wire, 9, 8);
    wire_ethernet(wire, 5, 6);
    wire_ipv4(wire, "192.0.2.1", "192.0.2.2");
    wire_tcp(wire, 1000, 443, TCP_ACK);
}

static void stack_pppoe(struct wire *wire)
{
    wire_ethernet(wire, 1, 2);
    wire_pppoe(wire, 9);
    wire_ppp(wire, false);
    wire_ipv6(wire, "2001:db8::3", "2001:db8::4");
    wire_extension(wire, 44, 8);
    wire_udp(wire, 1, 3544);
    wire_ipv6(wire, "2001:db8::1", "2001:db8::2");
    wire_tcp(wire, 1000, 443, TCP_ACK);
}

static void stack_sll2(struct wire *wire)
{
    wire_sll2(wire);
    wire_vlan(wire, 0x8100, 6);
    wire_ipv4(wire, "203.0.113.1", "203.0.113.2");
    wire_ipv6(wire, "2001:db8::1", "2001:db8::2");
    wire_sctp(wire, 1000, 443);
}

static void stack_vxlan(struct wire *wire)
{
    wire_null(wire, 30, true);
    wire_ipv6(wire, "2001:db8::1", "2001:db8::2");
    wire_udp(wire, 1, 4789);
    wire_vxlan(wire, 4);
    wire_ethernet(wire, 5, 6);
    wire_llc(wire);
    wire_ipv4(wire, "203.0.113.1", "203.0.113.2");
    wire_ping(wire, false, 7);
}

/* Touches every byte that the packet claims, so that the sanitizer can object. */
static unsigned touch(const struct packet *packet)
{
    unsigned sum = 0;
    for (size_t i = 0; i < packet->l3_captured; i++)
        sum += packet->l3[i];
    for (size_t i = 0; i < packet->l4_captured; i++)
        sum += packet->l4[i];
    for (size_t i = 0; i < packet->payload_captured; i++)
        sum += packet->payload[i];
    return sum;
}

static void decode_cut(struct decoder *decoder, const struct wire *wire, uint32_t link_type,
                       size_t cut, bool on_wire)
{
    uint8_t *copy = malloc(cut > 0 ? cut : 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, wire->data, cut);
    struct frame frame = wire_frame_cut(wire, link_type, 0, cut);
    frame.data = copy;
    if (on_wire)
        frame.length = cut;
    struct packet packet;
    memset(&packet, 0xee, sizeof packet);
    enum decode_status status = decode_frame(decoder, &frame, &packet);
    ck_assert(status == DECODE_OK || status == DECODE_INVALID || status == DECODE_NOT_IP);
    if (status == DECODE_OK) {
        ck_assert_uint_lt(touch(&packet), UINT32_MAX);
        ck_assert_uint_le(packet.payload_captured, packet.payload_length);
        ck_assert_uint_le(packet.l3_captured, packet.l3_length);
        ck_assert(packet.payload != NULL || packet.payload_captured == 0);
        ck_assert(packet.truncated || cut == wire->size);
    }
    free(copy);
}

START_TEST(every_stack_survives_a_cut_at_every_byte)
{
    static const struct {
        void (*add)(struct wire *wire);
        uint32_t link_type;
        uint8_t depth;
    } stacks[] = {{stack_ethernet, LINK_ETHERNET, 2},
                  {stack_pppoe, LINK_ETHERNET, 1},
                  {stack_sll2, LINK_LINUX_SLL2, 1},
                  {stack_vxlan, LINK_LOOP, 1}};
    struct decode_options options = decode_options_default();
    options.copies = false;
    for (size_t i = 0; i < sizeof stacks / sizeof stacks[0]; i++) {
        struct decoder *decoder = decoder_new(&options);
        struct wire wire;
        struct packet packet;
        wire_start(&wire);
        stacks[i].add(&wire);
        wire_count(&wire, 0, 30);
        struct frame frame = wire_frame(&wire, stacks[i].link_type, 0);
        for (unsigned k = 0; k < wire.count; k++)
            if (wire_header(&wire, WIRE_EXTENSION, 0) != NULL && stacks[i].add == stack_pppoe)
                wire_header(&wire, WIRE_EXTENSION, 0)[1] = 0;
        ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_OK);
        ck_assert_uint_eq(packet.tunnel_depth, stacks[i].depth);
        ck_assert_uint_eq(packet.payload_length, 30);
        for (size_t cut = 0; cut <= wire.size; cut++) {
            decode_cut(decoder, &wire, stacks[i].link_type, cut, false);
            decode_cut(decoder, &wire, stacks[i].link_type, cut, true);
        }
        decoder_free(decoder);
    }
}
END_TEST

START_TEST(cut_packet_is_marked_and_counted)
{
    struct decode_options options = decode_options_default();
    struct decoder *decoder = decoder_new(&options);
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ethernet(&wire, 1, 2);
    wire_ipv4(&wire, "192.0.2.1", "192.0.2.2");
    wire_udp(&wire, 1, 2);
    wire_count(&wire, 0, 100);
    wire_finish(&wire);
    struct frame frame = wire_frame_cut(&wire, LINK_ETHERNET, 0, 60);
    ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_OK);
    ck_assert(packet.truncated);
    ck_assert_uint_eq(packet.payload_captured, 60 - 42);
    ck_assert_uint_eq(packet.payload_length, 100);
    ck_assert_uint_eq(packet.frame_length, 142);
    ck_assert_uint_eq(decode_counters(decoder)->truncated, 1);
    ck_assert_uint_eq(decode_counters(decoder)->max_pkt_size, 142);
    decoder_free(decoder);
}
END_TEST

START_TEST(each_frame_has_one_outcome)
{
    struct decode_options options = decode_options_default();
    struct decoder *decoder = decoder_new(&options);
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ipv4(&wire, "192.0.2.1", "192.0.2.2");
    wire_udp(&wire, 1, 2);
    static const uint32_t types[] = {LINK_RAW, LINK_RAW, LINK_ETHERNET, LINK_NULL, 147};
    static const enum decode_status expect[] = {DECODE_OK, DECODE_COPY, DECODE_NOT_IP,
                                                DECODE_NOT_IP, DECODE_UNSUPPORTED};
    for (size_t i = 0; i < 5; i++) {
        struct frame frame = wire_frame(&wire, types[i], 0);
        wire.data[0] = 0x45;
        ck_assert_int_eq(decode_frame(decoder, &frame, &packet), expect[i]);
    }
    wire.data[0] = 0x41;
    struct frame frame = wire_frame_cut(&wire, LINK_RAW, 0, wire.size);
    ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_INVALID);
    const struct decode_counters *counters = decode_counters(decoder);
    ck_assert_uint_eq(counters->pkts, 6);
    ck_assert_uint_eq(counters->copies, 1);
    ck_assert_uint_eq(counters->not_ip, 2);
    ck_assert_uint_eq(counters->unsupported, 1);
    ck_assert_uint_eq(counters->invalid, 1);
    decoder_free(decoder);
    decoder_free(NULL);
}
END_TEST

START_TEST(idle_frame_is_not_counted)
{
    struct decode_options options = decode_options_default();
    struct decoder *decoder = decoder_new(&options);
    struct frame frame = {.idle = true, .ts_ns = 5, .link_type = LINK_ETHERNET};
    struct packet packet;
    ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_NOT_IP);
    ck_assert_uint_eq(decode_counters(decoder)->pkts, 0);
    decoder_free(decoder);
}
END_TEST

START_TEST(every_event_has_its_own_name)
{
    for (int i = 0; i < DECODE_EVENTS; i++) {
        for (int k = 0; k < i; k++)
            ck_assert_str_ne(decode_event_text((enum decode_event)i),
                             decode_event_text((enum decode_event)k));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_stack_survives_a_cut_at_every_byte,
                                  cut_packet_is_marked_and_counted,
                                  each_frame_has_one_outcome,
                                  idle_frame_is_not_counted,
                                  every_event_has_its_own_name,
                                  NULL};
    return run_suite(suite_of("decode_decode", tests));
}
