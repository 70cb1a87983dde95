/* SPDX-License-Identifier: Apache-2.0 */
/* Reassembly: orders, overlaps, bounds, time-outs, and what is inside a datagram that is whole
 * again. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/time.h"
#include "capture/frame.h"
#include "decode/decode.h"
#include "decode/fragments.h"
#include "decode/packet.h"
#include "frames.h"
#include "run.h"

enum {
    DATA = 1000
};

static struct decoder *new_decoder(void)
{
    struct decode_options options = decode_options_default();
    options.copies = false;
    return decoder_new(&options);
}

/* A UDP datagram of DATA bytes that count up, in IPv4 or IPv6. */
static void make_whole(struct wire *wire, int version)
{
    wire_start(wire);
    wire_ethernet(wire, 1, 2);
    if (version == 4)
        wire_ipv4(wire, "192.0.2.1", "192.0.2.2");
    else
        wire_ipv6(wire, "2001:db8::1", "2001:db8::2");
    wire_udp(wire, 1000, 2000);
    wire_count(wire, 7, DATA);
    wire_finish(wire);
}

static enum decode_status decode_piece(struct decoder *decoder, const struct wire *whole,
                                       size_t offset, size_t size, int64_t ts_ns,
                                       struct packet *ret_packet)
{
    static struct wire piece;
    wire_fragment(whole, offset, size, 0x77, &piece);
    struct frame frame = wire_frame_cut(&piece, LINK_ETHERNET, ts_ns, piece.size);
    return decode_frame(decoder, &frame, ret_packet);
}

static void assert_piece(const struct packet *packet)
{
    ck_assert(packet->fragment);
    ck_assert(!packet->reassembled);
    ck_assert_ptr_null(packet->l4);
    ck_assert_uint_eq(packet->src_port, 0);
    ck_assert_uint_eq(packet->dst_port, 0);
    ck_assert_uint_eq(packet->payload_captured, 0);
    ck_assert_uint_eq(packet->protocol, 17);
}

static void assert_whole(const struct packet *packet, const struct wire *whole)
{
    ck_assert(packet->reassembled);
    ck_assert(!packet->fragment);
    ck_assert(!packet->truncated);
    ck_assert_uint_eq(packet->src_port, 1000);
    ck_assert_uint_eq(packet->dst_port, 2000);
    ck_assert_uint_eq(packet->payload_length, DATA);
    ck_assert_uint_eq(packet->payload_captured, DATA);
    ck_assert_mem_eq(packet->payload, whole->data + whole->size - DATA, DATA);
    ck_assert_uint_eq(packet->l3_length, whole->size - 14);
    ck_assert_uint_eq(packet->l3_captured, whole->size - 14);
}

START_TEST(pieces_in_any_order_make_the_datagram)
{
    static const size_t orders[][3] = {
        {0, 400, 800}, {800, 400, 0}, {400, 0, 800}, {400, 800, 0}, {800, 0, 400}};
    for (int version = 4; version <= 6; version += 2) {
        for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
            struct decoder *decoder = new_decoder();
            struct wire whole;
            struct packet packet;
            make_whole(&whole, version);
            for (size_t k = 0; k < 2; k++) {
                ck_assert_int_eq(decode_piece(decoder, &whole, orders[i][k], 400, 0, &packet),
                                 DECODE_OK);
                assert_piece(&packet);
            }
            ck_assert_int_eq(decode_piece(decoder, &whole, orders[i][2], 400, 0, &packet),
                             DECODE_OK);
            assert_whole(&packet, &whole);
            ck_assert_uint_eq(decode_counters(decoder)->fragments, 3);
            ck_assert_uint_eq(decode_counters(decoder)->reassembled, 1);
            ck_assert_uint_eq(decode_counters(decoder)->fragments_dropped, 0);
            decoder_free(decoder);
        }
    }
}
END_TEST

START_TEST(headers_in_front_of_the_fragment_header_are_kept)
{
    struct decoder *decoder = new_decoder();
    struct wire whole;
    struct wire piece;
    struct packet packet;
    make_whole(&whole, 6);
    for (size_t offset = 0; offset < DATA + 8; offset += 504) {
        wire_start(&piece);
        wire_ipv6(&piece, "2001:db8::1", "2001:db8::2");
        wire_extension(&piece, 60, 16);
        wire_extension(&piece, 44, 8);
        wire_bytes(&piece, whole.data + 54 + offset, 504);
        wire_finish(&piece);
        piece.data[56] = 17;
        piece.data[57] = 0;
        piece.data[58] = (uint8_t)(offset >> 8);
        piece.data[59] = (uint8_t)(offset | (offset == 0));
        struct frame frame = wire_frame_cut(&piece, LINK_RAW, 0, piece.size);
        ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_OK);
    }
    ck_assert(packet.reassembled);
    ck_assert_uint_eq(packet.dst_port, 2000);
    ck_assert_uint_eq(packet.l3_length, 40 + 16 + 8 + DATA);
    ck_assert_uint_eq(packet.l3[40], 17); /* the fragment header is out of the chain */
    ck_assert_mem_eq(packet.payload, whole.data + 62, DATA);
    decoder_free(decoder);
}
END_TEST

START_TEST(piece_that_comes_twice_does_no_harm)
{
    for (int version = 4; version <= 6; version += 2) {
        struct decoder *decoder = new_decoder();
        struct wire whole;
        struct packet packet;
        make_whole(&whole, version);
        (void)decode_piece(decoder, &whole, 0, 504, 0, &packet);
        (void)decode_piece(decoder, &whole, 0, 504, 0, &packet);
        assert_piece(&packet);
        (void)decode_piece(decoder, &whole, 504, 504, 0, &packet);
        assert_whole(&packet, &whole);
        ck_assert_uint_eq(decode_counters(decoder)->fragments_overlapping, 0);
        decoder_free(decoder);
    }
}
END_TEST

START_TEST(ipv4_overlap_keeps_the_first_bytes)
{
    struct decoder *decoder = new_decoder();
    struct wire whole;
    struct wire other;
    struct packet packet;
    make_whole(&whole, 4);
    make_whole(&other, 4);
    memset(other.data + other.size - DATA, 'x', DATA);
    (void)decode_piece(decoder, &whole, 0, 400, 0, &packet);
    (void)decode_piece(decoder, &whole, 600, 200, 0, &packet);
    (void)decode_piece(decoder, &other, 200, 600, 0, &packet); /* fills 400 to 600 only */
    assert_piece(&packet);
    (void)decode_piece(decoder, &other, 800, 400, 0, &packet);
    ck_assert(packet.reassembled);
    ck_assert_uint_eq(packet.payload_length, DATA);
    const uint8_t *was = whole.data + whole.size - DATA;
    ck_assert_mem_eq(packet.payload, was, 392);
    ck_assert_uint_eq(packet.payload[392], 'x');
    ck_assert_uint_eq(packet.payload[591], 'x');
    ck_assert_mem_eq(packet.payload + 592, was + 592, 200);
    ck_assert_uint_eq(packet.payload[792], 'x');
    ck_assert_uint_eq(decode_counters(decoder)->fragments_overlapping, 1);
    decoder_free(decoder);
}
END_TEST

START_TEST(ipv6_overlap_voids_the_datagram)
{
    struct decoder *decoder = new_decoder();
    struct wire whole;
    struct packet packet;
    make_whole(&whole, 6);
    (void)decode_piece(decoder, &whole, 0, 400, 0, &packet);
    (void)decode_piece(decoder, &whole, 392, 200, 0, &packet);
    (void)decode_piece(decoder, &whole, 0, 504, 0, &packet);
    (void)decode_piece(decoder, &whole, 504, 504, 0, &packet);
    assert_piece(&packet);
    ck_assert_uint_eq(decode_counters(decoder)->reassembled, 0);
    ck_assert_uint_eq(decode_counters(decoder)->fragments_overlapping, 1);
    ck_assert_uint_eq(decode_counters(decoder)->fragments_dropped, 3);
    decoder_free(decoder);
}
END_TEST

START_TEST(datagrams_are_told_apart_by_protocol_and_identification)
{
    struct decoder *decoder = new_decoder();
    struct wire whole;
    struct wire piece;
    struct packet packet;
    make_whole(&whole, 4);
    (void)decode_piece(decoder, &whole, 0, 504, 0, &packet);
    wire_fragment(&whole, 504, 504, 0x78, &piece);
    struct frame frame = wire_frame_cut(&piece, LINK_ETHERNET, 0, piece.size);
    ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_OK);
    assert_piece(&packet);
    wire_fragment(&whole, 504, 504, 0x77, &piece);
    piece.data[14 + 9] = 6;
    frame = wire_frame_cut(&piece, LINK_ETHERNET, 0, piece.size);
    ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_OK);
    ck_assert(packet.fragment);
    (void)decode_piece(decoder, &whole, 504, 504, 0, &packet);
    assert_whole(&packet, &whole);
    decoder_free(decoder);
}
END_TEST

START_TEST(late_pieces_find_nothing)
{
    static const int64_t limits[] = {30, 60};
    for (int version = 4; version <= 6; version += 2) {
        int64_t limit = limits[version == 6] * NS_PER_S;
        for (int late = 0; late < 3; late++) {
            struct decoder *decoder = new_decoder();
            struct wire whole;
            struct packet packet;
            make_whole(&whole, version);
            const int64_t steps[] = {limit, limit + 1, -limit - 1};
            (void)decode_piece(decoder, &whole, 0, 504, 1000, &packet);
            (void)decode_piece(decoder, &whole, 504, 504, 1000 + steps[late], &packet);
            ck_assert_int_eq(packet.reassembled, late == 0);
            ck_assert_uint_eq(decode_counters(decoder)->fragments_expired, late != 0);
            decoder_free(decoder);
        }
    }
}
END_TEST

START_TEST(late_datagram_is_dropped_behind_one_that_may_wait_longer)
{
    struct decoder *decoder = new_decoder();
    struct wire whole4;
    struct wire whole6;
    struct packet packet;
    make_whole(&whole4, 4);
    make_whole(&whole6, 6);
    (void)decode_piece(decoder, &whole6, 0, 504, 0, &packet);
    (void)decode_piece(decoder, &whole4, 0, 504, 0, &packet);
    (void)decode_piece(decoder, &whole4, 504, 504, 31 * NS_PER_S, &packet);
    assert_piece(&packet);
    (void)decode_piece(decoder, &whole6, 504, 504, 31 * NS_PER_S, &packet);
    assert_whole(&packet, &whole6);
    ck_assert_uint_eq(decode_counters(decoder)->fragments_expired, 1);
    decoder_free(decoder);
}
END_TEST

START_TEST(datagram_longer_than_its_length_field_is_dropped)
{
    struct decoder *decoder = new_decoder();
    struct wire whole;
    struct packet packet;
    wire_start(&whole);
    wire_ethernet(&whole, 1, 2);
    wire_ipv4(&whole, "192.0.2.1", "192.0.2.2");
    wire_udp(&whole, 1000, 2000);
    wire_count(&whole, 0, 65535 - 8);
    (void)wire_frame(&whole, LINK_ETHERNET, 0);
    (void)decode_piece(decoder, &whole, 0, 32768, 0, &packet);
    (void)decode_piece(decoder, &whole, 32768, 32768, 0, &packet);
    ck_assert(packet.fragment);
    ck_assert_uint_eq(decode_counters(decoder)->reassembled, 0);
    ck_assert_uint_eq(decode_counters(decoder)->fragments_dropped, 1);
    decoder_free(decoder);
}
END_TEST

START_TEST(cut_piece_is_not_put_together)
{
    struct decoder *decoder = new_decoder();
    struct wire whole;
    struct wire piece;
    struct packet packet;
    make_whole(&whole, 4);
    wire_fragment(&whole, 0, 504, 0x77, &piece);
    struct frame frame = wire_frame_cut(&piece, LINK_ETHERNET, 0, piece.size - 1);
    ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_OK);
    assert_piece(&packet);
    ck_assert(packet.truncated);
    (void)decode_piece(decoder, &whole, 504, 504, 0, &packet);
    assert_piece(&packet);
    ck_assert_uint_eq(decode_counters(decoder)->fragments_dropped, 1);
    decoder_free(decoder);
}
END_TEST

START_TEST(pieces_that_cannot_be_right_are_dropped)
{
    struct decoder *decoder = new_decoder();
    struct wire whole;
    struct wire piece;
    struct packet packet;
    make_whole(&whole, 4);
    wire_fragment(&whole, 0, 504, 0x77, &piece);
    piece.data[14 + 3] -= 1; /* more to come, but no multiple of eight */
    struct frame frame = wire_frame_cut(&piece, LINK_ETHERNET, 0, piece.size);
    ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_OK);
    wire_fragment(&whole, 504, 504, 0x77, &piece);
    piece.data[14 + 6] = 0x1f; /* reaches past 64 KiB */
    piece.data[14 + 7] = 0xff;
    frame = wire_frame_cut(&piece, LINK_ETHERNET, 0, piece.size);
    ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_OK);
    assert_piece(&packet);
    ck_assert_uint_eq(decode_counters(decoder)->events[DECODE_EVENT_FRAGMENT_MALFORMED], 2);
    ck_assert_uint_eq(decode_counters(decoder)->fragments_dropped, 2);
    decoder_free(decoder);
}
END_TEST

START_TEST(second_end_that_differs_is_refused)
{
    struct decoder *decoder = new_decoder();
    struct wire whole;
    struct packet packet;
    make_whole(&whole, 4);
    struct wire longer = whole;
    wire_count(&longer, 0, 96);
    wire_finish(&longer);
    (void)decode_piece(decoder, &whole, 504, 504, 0, &packet);
    (void)decode_piece(decoder, &longer, 1008, 504, 0, &packet);
    ck_assert_uint_eq(decode_counters(decoder)->fragments_dropped, 1);
    (void)decode_piece(decoder, &whole, 0, 504, 0, &packet);
    assert_whole(&packet, &whole);
    decoder_free(decoder);
}
END_TEST

START_TEST(tunnel_inside_fragments_and_fragments_inside_a_tunnel)
{
    struct decoder *decoder = new_decoder();
    struct wire whole;
    struct wire piece;
    struct wire outer;
    struct packet packet;
    wire_start(&whole);
    wire_ipv4(&whole, "192.0.2.1", "192.0.2.2");
    wire_udp(&whole, 1000, 2000);
    wire_count(&whole, 7, DATA);
    wire_finish(&whole);
    /* Each half of the inner datagram goes through a tunnel whose packets are halved again. */
    for (unsigned half = 0; half < 2; half++) {
        wire_fragment(&whole, half * 504, 504, 5, &piece);
        for (unsigned quarter = 0; quarter < 2; quarter++) {
            wire_start(&outer);
            wire_ipv4(&outer, "203.0.113.1", "203.0.113.2");
            wire_bytes(&outer, piece.data + 264 * quarter, quarter == 0 ? 264 : piece.size - 264);
            wire_finish(&outer);
            outer.data[9] = 4;
            outer.data[5] = (uint8_t)half;
            outer.data[6] = quarter == 0 ? 0x20 : 0;
            outer.data[7] = (uint8_t)(quarter * 264 / 8);
            struct frame frame = wire_frame_cut(&outer, LINK_RAW, 0, outer.size);
            ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_OK);
            ck_assert_int_eq(packet.fragment, half == 0 || quarter == 0);
            ck_assert_uint_eq(packet.tunnel_depth, quarter);
        }
    }
    ck_assert(packet.reassembled);
    ck_assert_uint_eq(packet.dst_port, 2000);
    ck_assert_uint_eq(packet.payload_length, DATA);
    ck_assert_mem_eq(packet.payload, whole.data + 28, DATA);
    ck_assert_uint_eq(decode_counters(decoder)->reassembled, 3);
    decoder_free(decoder);
}
END_TEST

START_TEST(fragment_inside_a_reassembled_datagram_is_refused)
{
    struct decoder *decoder = new_decoder();
    struct wire whole;
    struct packet packet;
    wire_start(&whole);
    wire_ethernet(&whole, 1, 2);
    wire_ipv6(&whole, "2001:db8::1", "2001:db8::2");
    wire_count(&whole, 0, 64);
    wire_finish(&whole);
    whole.data[20] = 44;
    memcpy(whole.data + 54, "\x11\0\0\x01\0\0\0\x09", 8);
    (void)decode_piece(decoder, &whole, 0, 32, 0, &packet);
    ck_assert_int_eq(decode_piece(decoder, &whole, 32, 32, 0, &packet), DECODE_INVALID);
    decoder_free(decoder);
}
END_TEST

/* Adds one piece of `size` bytes at `offset` of datagram `id`. */
static bool add(struct fragments *fragments, uint32_t id, uint32_t offset, size_t size,
                int64_t ts_ns)
{
    static const uint8_t data[1024];
    static const uint8_t header[20] = {0x45};
    struct bytes whole;
    struct fragment fragment = {.id = id,
                                .ip_version = 4,
                                .protocol = 17,
                                .header = header,
                                .header_size = sizeof header,
                                .offset = offset,
                                .more = true,
                                .data = data,
                                .size = size,
                                .ts_ns = ts_ns};
    return fragments_add(fragments, &fragment, &whole);
}

START_TEST(memory_and_datagrams_are_bounded)
{
    struct decode_options options = decode_options_default();
    struct decode_counters counters = {0};
    options.fragment_memory_bytes = 100000;
    struct fragments *fragments = fragments_new(&options, &counters);
    for (uint32_t id = 0; id < 5000; id++) {
        ck_assert(!add(fragments, id, 0, 800, id));
        ck_assert_uint_le(fragments_memory(fragments), 100000);
    }
    ck_assert_uint_gt(fragments_waiting(fragments), 50);
    ck_assert_uint_eq(counters.fragments_dropped, 5000 - fragments_waiting(fragments));
    fragments_free(fragments);

    options.fragment_memory_bytes = UINT64_C(1) << 30;
    options.fragment_datagrams = 10;
    fragments = fragments_new(&options, &counters);
    for (uint32_t id = 0; id < 50; id++)
        ck_assert(!add(fragments, id, 0, 800, id));
    ck_assert_uint_eq(fragments_waiting(fragments), 10);
    fragments_free(fragments);
}
END_TEST

START_TEST(datagram_of_too_many_pieces_is_dropped)
{
    struct decode_options options = decode_options_default();
    struct decode_counters counters = {0};
    struct fragments *fragments = fragments_new(&options, &counters);
    for (uint32_t i = 0; i < 127; i++)
        ck_assert(!add(fragments, 1, i * 16, 8, 0));
    ck_assert_uint_eq(fragments_waiting(fragments), 1);
    ck_assert(!add(fragments, 1, 127 * 16, 8, 0));
    ck_assert_uint_eq(fragments_waiting(fragments), 0);
    ck_assert_uint_eq(fragments_memory(fragments), 0);
    fragments_free(fragments);
    fragments_free(NULL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {pieces_in_any_order_make_the_datagram,
                                  headers_in_front_of_the_fragment_header_are_kept,
                                  piece_that_comes_twice_does_no_harm,
                                  ipv4_overlap_keeps_the_first_bytes,
                                  ipv6_overlap_voids_the_datagram,
                                  datagrams_are_told_apart_by_protocol_and_identification,
                                  late_pieces_find_nothing,
                                  late_datagram_is_dropped_behind_one_that_may_wait_longer,
                                  datagram_longer_than_its_length_field_is_dropped,
                                  cut_piece_is_not_put_together,
                                  pieces_that_cannot_be_right_are_dropped,
                                  second_end_that_differs_is_refused,
                                  tunnel_inside_fragments_and_fragments_inside_a_tunnel,
                                  fragment_inside_a_reassembled_datagram_is_refused,
                                  memory_and_datagrams_are_bounded,
                                  datagram_of_too_many_pieces_is_dropped,
                                  NULL};
    return run_suite(suite_of("decode_fragments", tests));
}
