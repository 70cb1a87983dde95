/* SPDX-License-Identifier: Apache-2.0 */
/* Which second packet is a copy, and which is traffic. */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "capture/frame.h"
#include "decode/decode.h"
#include "decode/packet.h"
#include "frames.h"
#include "run.h"

static struct decoder *new_decoder(bool copies)
{
    struct decode_options options = decode_options_default();
    options.copies = copies;
    return decoder_new(&options);
}

/* A TCP segment with `id` as its identification; IPv6 where `version` says so. */
static void make(struct wire *wire, int version, uint16_t vlan, uint8_t id)
{
    wire_start(wire);
    wire_ethernet(wire, 1, 2);
    if (vlan != 0)
        wire_vlan(wire, 0x8100, vlan);
    if (version == 4)
        wire_ipv4(wire, "192.0.2.1", "192.0.2.2");
    else
        wire_ipv6(wire, "2001:db8::1", "2001:db8::2");
    wire_tcp(wire, 1000, 2000, TCP_ACK);
    wire_count(wire, 0, 200);
    wire_finish(wire);
    if (version == 4)
        wire_header(wire, WIRE_IPV4, 0)[5] = id;
}

static enum decode_status decode(struct decoder *decoder, const struct wire *wire, int64_t ts_ns)
{
    struct packet packet;
    struct frame frame = wire_frame_cut(wire, LINK_ETHERNET, ts_ns, wire->size);
    return decode_frame(decoder, &frame, &packet);
}

START_TEST(second_delivery_with_another_tag_is_a_copy)
{
    for (int version = 4; version <= 6; version += 2) {
        for (uint8_t id = 0; id < 2; id++) {
            struct decoder *decoder = new_decoder(true);
            struct wire wire;
            make(&wire, version, 0, id);
            ck_assert_int_eq(decode(decoder, &wire, 0), DECODE_OK);
            make(&wire, version, 10, id);
            ck_assert_int_eq(decode(decoder, &wire, NS_PER_MS), DECODE_COPY);
            ck_assert_int_eq(decode(decoder, &wire, NS_PER_MS + 1), DECODE_OK);
            ck_assert_uint_eq(decode_counters(decoder)->copies, 1);
            decoder_free(decoder);
        }
    }
}
END_TEST

START_TEST(what_routers_change_does_not_hide_a_copy)
{
    struct decoder *decoder = new_decoder(true);
    struct wire wire;
    make(&wire, 4, 0, 9);
    ck_assert_int_eq(decode(decoder, &wire, 0), DECODE_OK);
    wire.data[0] ^= 4;  /* MAC address */
    wire.data[15] = 40; /* service */
    wire.data[22] -= 1; /* time to live */
    wire.data[24] ^= 1; /* checksums */
    wire.data[50] ^= 1;
    ck_assert_int_eq(decode(decoder, &wire, 20 * NS_PER_US), DECODE_COPY);
    decoder_free(decoder);
}
END_TEST

START_TEST(every_other_difference_makes_another_packet)
{
    /* Identification, protocol, addresses, ports, sequence, acknowledgement, flags, window,
     * urgent pointer, payload at its start and its end. */
    static const size_t places[] = {19, 23, 29, 33, 35, 37, 41, 45, 47, 49, 53, 54, 117, 253};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct decoder *decoder = new_decoder(true);
        struct wire wire;
        make(&wire, 4, 0, 9);
        ck_assert_int_eq(decode(decoder, &wire, 0), DECODE_OK);
        wire.data[places[i]] ^= places[i] == 23 ? 0x80 : 0x02;
        ck_assert_int_eq(decode(decoder, &wire, 0), DECODE_OK);
        decoder_free(decoder);
    }
}
END_TEST

START_TEST(without_identification_the_same_way_must_be_fast)
{
    for (int version = 4; version <= 6; version += 2) {
        struct decoder *decoder = new_decoder(true);
        struct wire wire;
        make(&wire, version, 0, 0);
        ck_assert_int_eq(decode(decoder, &wire, 0), DECODE_OK);
        ck_assert_int_eq(decode(decoder, &wire, 50 * NS_PER_US), DECODE_COPY);
        ck_assert_int_eq(decode(decoder, &wire, 51 * NS_PER_US), DECODE_OK);
        wire.data[version == 4 ? 22 : 21] -= 1; /* one hop on */
        ck_assert_int_eq(decode(decoder, &wire, 500 * NS_PER_US), DECODE_COPY);
        decoder_free(decoder);
    }
}
END_TEST

START_TEST(retransmission_is_no_copy)
{
    struct decoder *decoder = new_decoder(true);
    struct wire wire;
    make(&wire, 4, 0, 1);
    ck_assert_int_eq(decode(decoder, &wire, 0), DECODE_OK);
    make(&wire, 4, 0, 2);
    ck_assert_int_eq(decode(decoder, &wire, 100), DECODE_OK);
    decoder_free(decoder);
}
END_TEST

START_TEST(packet_beside_its_tunnelled_self_is_a_copy)
{
    struct decoder *decoder = new_decoder(true);
    struct wire wire;
    wire_start(&wire);
    wire_ethernet(&wire, 1, 2);
    wire_ipv6(&wire, "2001:db8::1", "2001:db8::2");
    wire_udp(&wire, 1, 2);
    wire_finish(&wire);
    ck_assert_int_eq(decode(decoder, &wire, 0), DECODE_OK);
    wire_start(&wire);
    wire_ethernet(&wire, 1, 2);
    wire_ipv4(&wire, "203.0.113.1", "203.0.113.2");
    wire_ipv6(&wire, "2001:db8::1", "2001:db8::2");
    wire_udp(&wire, 1, 2);
    wire_finish(&wire);
    ck_assert_int_eq(decode(decoder, &wire, 300 * NS_PER_US), DECODE_COPY);
    decoder_free(decoder);
}
END_TEST

START_TEST(copied_pieces_do_not_spoil_reassembly)
{
    struct decoder *decoder = new_decoder(true);
    struct wire whole;
    struct wire piece;
    make(&whole, 4, 0, 1);
    for (size_t offset = 0; offset < 220; offset += 112) {
        wire_fragment(&whole, offset, 112, 5, &piece);
        ck_assert_int_eq(decode(decoder, &piece, 10), DECODE_OK);
        ck_assert_int_eq(decode(decoder, &piece, 20), DECODE_COPY);
    }
    ck_assert_uint_eq(decode_counters(decoder)->reassembled, 1);
    ck_assert_uint_eq(decode_counters(decoder)->copies, 2);
    decoder_free(decoder);
}
END_TEST

START_TEST(snapshot_length_and_tags_together_do_not_hide_a_copy)
{
    struct decoder *decoder = new_decoder(true);
    struct wire wire;
    struct packet packet;
    make(&wire, 4, 0, 9);
    struct frame frame = wire_frame_cut(&wire, LINK_ETHERNET, 0, 96);
    ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_OK);
    make(&wire, 4, 77, 9);
    frame = wire_frame_cut(&wire, LINK_ETHERNET, 0, 96);
    ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_COPY);
    decoder_free(decoder);
}
END_TEST

START_TEST(time_that_steps_back_is_no_reason_to_lose_packets)
{
    struct decoder *decoder = new_decoder(true);
    struct wire wire;
    make(&wire, 4, 0, 9);
    ck_assert_int_eq(decode(decoder, &wire, 10 * NS_PER_S), DECODE_OK);
    ck_assert_int_eq(decode(decoder, &wire, 0), DECODE_OK);
    ck_assert_int_eq(decode(decoder, &wire, 10), DECODE_COPY);
    ck_assert_int_eq(decode(decoder, &wire, INT64_MIN), DECODE_OK);
    ck_assert_int_eq(decode(decoder, &wire, INT64_MAX), DECODE_OK);
    decoder_free(decoder);
}
END_TEST

START_TEST(option_switches_it_off)
{
    struct decoder *decoder = new_decoder(false);
    struct wire wire;
    make(&wire, 4, 0, 9);
    ck_assert_int_eq(decode(decoder, &wire, 0), DECODE_OK);
    ck_assert_int_eq(decode(decoder, &wire, 0), DECODE_OK);
    decoder_free(decoder);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {second_delivery_with_another_tag_is_a_copy,
                                  what_routers_change_does_not_hide_a_copy,
                                  every_other_difference_makes_another_packet,
                                  without_identification_the_same_way_must_be_fast,
                                  retransmission_is_no_copy,
                                  packet_beside_its_tunnelled_self_is_a_copy,
                                  copied_pieces_do_not_spoil_reassembly,
                                  snapshot_length_and_tags_together_do_not_hide_a_copy,
                                  time_that_steps_back_is_no_reason_to_lose_packets,
                                  option_switches_it_off,
                                  NULL};
    return run_suite(suite_of("decode_copies", tests));
}
