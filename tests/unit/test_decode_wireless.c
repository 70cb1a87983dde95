/* SPDX-License-Identifier: Apache-2.0 */
/* 802.11 data frames and the headers in front of them. */
#include <stdlib.h>
#include <string.h>

#include "capture/frame.h"
#include "decode/decode.h"
#include "decode/packet.h"
#include "frames.h"
#include "run.h"

/* Decodes one frame with a decoder of its own. */
static enum decode_status decode(struct frame frame, struct packet *ret_packet)
{
    struct decode_options options = decode_options_default();
    struct decoder *decoder = decoder_new(&options);
    enum decode_status status = decode_frame(decoder, &frame, ret_packet);
    decoder_free(decoder);
    return status;
}

/* An 802.11 data frame (`kind` is the first byte, `flags` the second) around a UDP packet. */
static void add_data(struct wire *wire, uint8_t kind, uint8_t flags, const char *more,
                     size_t more_size)
{
    uint8_t header[24] = {kind, flags};
    for (uint8_t i = 0; i < 3; i++)
        memset(header + 4 + 6 * i, 0x10 + i, 6);
    wire_bytes(wire, header, sizeof header);
    wire_bytes(wire, more, more_size);
    wire_llc(wire);
    wire_ipv4(wire, "192.0.2.1", "192.0.2.2");
    wire_udp(wire, 1000, 2000);
    wire_text(wire, "air");
    wire_finish(wire);
}

static void assert_inside(struct wire *wire, uint32_t link_type, uint8_t src, uint8_t dst)
{
    struct packet packet;
    ck_assert_int_eq(decode(wire_frame_cut(wire, link_type, 0, wire->size), &packet), DECODE_OK);
    ck_assert_uint_eq(packet.dst_port, 2000);
    ck_assert_uint_eq(packet.payload_length, 3);
    ck_assert_uint_eq(packet.src_mac[0], src);
    ck_assert_uint_eq(packet.dst_mac[0], dst);
}

START_TEST(direction_bits_place_the_addresses)
{
    static const uint8_t expect[4][2] = {{0x11, 0x10}, {0x11, 0x12}, {0x12, 0x10}, {0x13, 0x12}};
    for (uint8_t direction = 0; direction < 4; direction++) {
        struct wire wire;
        wire_start(&wire);
        add_data(&wire, 0x08, direction, "\x13\x13\x13\x13\x13\x13", direction == 3 ? 6 : 0);
        assert_inside(&wire, LINK_IEEE802_11, expect[direction][0], expect[direction][1]);
    }
}
END_TEST

START_TEST(quality_of_service_and_aggregates_are_read)
{
    struct wire wire;
    wire_start(&wire);
    add_data(&wire, 0x88, 0x02, "\x00\x00", 2);
    assert_inside(&wire, LINK_IEEE802_11, 0x12, 0x10);

    wire_start(&wire);
    add_data(&wire, 0x88, 0x82, "\x00\x00\0\0\0\0", 6); /* high throughput field */
    assert_inside(&wire, LINK_IEEE802_11, 0x12, 0x10);

    wire_start(&wire);
    add_data(&wire, 0x88, 0x02,
             "\x80\x00"
             "ddddddssssss\0\x27",
             16);
    wire_text(&wire, "second subframe");
    assert_inside(&wire, LINK_IEEE802_11, 0x12, 0x10);
}
END_TEST

START_TEST(frames_without_readable_data_are_no_ip)
{
    static const uint8_t heads[][2] = {{0x80, 0}, {0x48, 1}, {0xc8, 1}, {0x08, 0x41}, {0xd4, 0}};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct wire wire;
        struct packet packet;
        wire_start(&wire);
        add_data(&wire, heads[i][0], heads[i][1], "", 0);
        ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_IEEE802_11, 0, wire.size), &packet),
                         DECODE_NOT_IP);
    }
}
END_TEST

START_TEST(radiotap_flags_say_where_the_frame_ends_and_begins)
{
    struct wire wire;
    struct packet packet;
    /* A second word of present bits moves the time stamp, whose alignment moves the flags. */
    wire_start(&wire);
    wire_bytes(&wire,
               "\0\0\x1a\0\x03\0\0\x80\0\0\0\0"
               "pppp"
               "tttttttt"
               "\x30"
               "z",
               26);
    add_data(&wire, 0x88, 0x01, "\0\0\0\0", 4); /* padded to four bytes */
    wire_text(&wire, "FCS!");
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_IEEE802_11_RADIOTAP, 0, wire.size), &packet),
                     DECODE_OK);
    ck_assert_uint_eq(packet.payload_length, 3);
    ck_assert_uint_eq(packet.dst_port, 2000);
    wire.data[24] = 0x50; /* a bad checksum */
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_IEEE802_11_RADIOTAP, 0, wire.size), &packet),
                     DECODE_INVALID);
}
END_TEST

START_TEST(radiotap_checksum_is_not_part_of_the_packet)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_bytes(&wire, "\0\0\x09\0\x02\0\0\0\x10", 9);
    add_data(&wire, 0x08, 0x01, "", 0);
    wire_text(&wire, "FCS!");
    wire_header(&wire, WIRE_IPV4, 0)[3] = 0; /* all that there is */
    wire_header(&wire, WIRE_UDP, 0)[5] = 0;
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_IEEE802_11_RADIOTAP, 0, wire.size), &packet),
                     DECODE_OK);
    ck_assert_uint_eq(packet.payload_length, 3);
}
END_TEST

START_TEST(prism_and_avs_headers_are_skipped_by_their_length)
{
    struct wire wire;
    wire_start(&wire);
    wire_bytes(&wire, "\x44\0\0\0\x10\0\0\0wlan0\0\0\0", 16);
    add_data(&wire, 0x08, 0x01, "", 0);
    assert_inside(&wire, LINK_IEEE802_11_PRISM, 0x11, 0x12);

    wire_start(&wire);
    wire_bytes(&wire, "\x80\x21\x10\x02\0\0\0\x10zzzzzzzz", 16);
    add_data(&wire, 0x08, 0x01, "", 0);
    assert_inside(&wire, LINK_IEEE802_11_PRISM, 0x11, 0x12);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {direction_bits_place_the_addresses,
                                  quality_of_service_and_aggregates_are_read,
                                  frames_without_readable_data_are_no_ip,
                                  radiotap_flags_say_where_the_frame_ends_and_begins,
                                  radiotap_checksum_is_not_part_of_the_packet,
                                  prism_and_avs_headers_are_skipped_by_their_length,
                                  NULL};
    return run_suite(suite_of("decode_wireless", tests));
}
