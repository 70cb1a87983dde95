/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 and IPv6 headers, options, extension headers, and their length fields. */
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

static enum decode_status decode_raw(const struct wire *wire, struct packet *ret_packet)
{
    return decode(wire_frame_cut(wire, LINK_RAW, 0, wire->size), ret_packet);
}

START_TEST(ipv4_fields_are_given)
{
    struct wire wire;
    struct packet packet;
    char text[ADDR_TEXT_MAX];
    wire_start(&wire);
    wire_ipv4(&wire, "192.0.2.1", "198.51.100.9");
    wire_udp(&wire, 1, 2);
    wire_finish(&wire);
    memcpy(wire.data + 4, "\xab\xcd", 2);
    wire.data[8] = 17;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.ip_version, 4);
    ck_assert_uint_eq(packet.ip_id, 0xabcd);
    ck_assert_uint_eq(packet.ttl, 17);
    ck_assert(!packet.has_mac);
    (void)addr_text(&packet.src, text);
    ck_assert_str_eq(text, "192.0.2.1");
    (void)addr_text(&packet.dst, text);
    ck_assert_str_eq(text, "198.51.100.9");
}
END_TEST

START_TEST(ipv4_options_are_stepped_over)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ipv4(&wire, "192.0.2.1", "192.0.2.2");
    wire_bytes(&wire, "\x94\x04\0\0\x01\x01\x01\x01", 8);
    wire_udp(&wire, 1000, 2000);
    wire_text(&wire, "ab");
    wire_finish(&wire);
    wire.data[0] = 0x47;
    wire.data[9] = 17;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.dst_port, 2000);
    ck_assert_uint_eq(packet.payload_length, 2);
    /* Options cut by the snapshot length: the addresses are still there. */
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_RAW, 0, 22), &packet), DECODE_OK);
    ck_assert(packet.truncated);
    ck_assert_ptr_null(packet.l4);
    ck_assert_uint_eq(packet.protocol, 17);
    ck_assert_uint_eq(packet.dst_port, 0);
}
END_TEST

START_TEST(ipv4_header_that_contradicts_itself_is_invalid)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ipv4(&wire, "192.0.2.1", "192.0.2.2");
    wire_udp(&wire, 1, 2);
    wire_finish(&wire);
    wire.data[0] = 0x44;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_INVALID);
    wire.data[0] = 0x46;
    wire.data[3] = 23; /* shorter than the header */
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_INVALID);
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_RAW, 0, 19), &packet), DECODE_INVALID);
    wire.size = 19;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_INVALID);
}
END_TEST

START_TEST(length_zero_of_offloading_means_all_that_there_is)
{
    for (int version = 4; version <= 6; version += 2) {
        struct wire wire;
        struct packet packet;
        wire_start(&wire);
        if (version == 4)
            wire_ipv4(&wire, "192.0.2.1", "192.0.2.2");
        else
            wire_ipv6(&wire, "2001:db8::1", "2001:db8::2");
        wire_tcp(&wire, 1, 2, TCP_ACK);
        wire_count(&wire, 0, 66000);
        wire_finish(&wire);
        memset(wire.data + (version == 4 ? 2 : 4), 0, 2);
        ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
        ck_assert_uint_eq(packet.payload_length, 66000);
        ck_assert(!packet.truncated);
    }
}
END_TEST

START_TEST(length_past_the_wire_is_taken_as_cut)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ipv4(&wire, "192.0.2.1", "192.0.2.2");
    wire_tcp(&wire, 1, 2, TCP_ACK);
    wire_count(&wire, 0, 100);
    wire_finish(&wire);
    wire.size -= 60; /* as tools do that rewrite the wire length */
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert(packet.truncated);
    ck_assert_uint_eq(packet.payload_captured, 40);
    ck_assert_uint_eq(packet.payload_length, 100);
    ck_assert_uint_eq(packet.l3_length, 140);
}
END_TEST

START_TEST(every_extension_header_is_stepped_over)
{
    static const uint8_t kinds[] = {0, 43, 60, 51, 135, 139, 140};
    for (size_t i = 0; i < sizeof kinds; i++) {
        struct wire wire;
        struct packet packet;
        wire_start(&wire);
        wire_ipv6(&wire, "2001:db8::1", "2001:db8::2");
        wire_extension(&wire, kinds[i], kinds[i] == 51 ? 24 : 16);
        wire_extension(&wire, 60, 8);
        wire_udp(&wire, 1000, 2000);
        wire_text(&wire, "abc");
        wire_finish(&wire);
        ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
        ck_assert_uint_eq(packet.protocol, 17);
        ck_assert_uint_eq(packet.dst_port, 2000);
        ck_assert_uint_eq(packet.payload_length, 3);
        ck_assert_uint_eq(packet.ip_version, 6);
        ck_assert_uint_eq(packet.ip_id, 0);
    }
}
END_TEST

START_TEST(authentication_header_behind_ipv4_is_stepped_over)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ipv4(&wire, "192.0.2.1", "192.0.2.2");
    wire_extension(&wire, 51, 24);
    wire_udp(&wire, 1000, 2000);
    wire_finish(&wire);
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.protocol, 17);
    ck_assert_uint_eq(packet.dst_port, 2000);
}
END_TEST

START_TEST(signalling_without_content_keeps_its_number)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ipv6(&wire, "2001:db8::1", "2001:db8::2");
    wire_extension(&wire, 135, 16);
    wire_finish(&wire);
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.protocol, 135);
}
END_TEST

START_TEST(extension_chains_are_bounded)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ipv6(&wire, "2001:db8::1", "2001:db8::2");
    for (int i = 0; i < 40; i++)
        wire_extension(&wire, 60, 8);
    wire_udp(&wire, 1, 2);
    wire_finish(&wire);
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_INVALID);
}
END_TEST

START_TEST(extension_longer_than_the_packet_is_invalid_and_cut_one_is_not)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ipv6(&wire, "2001:db8::1", "2001:db8::2");
    wire_extension(&wire, 60, 8);
    wire_udp(&wire, 1, 2);
    wire_finish(&wire);
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_RAW, 0, 44), &packet), DECODE_OK);
    ck_assert(packet.truncated);
    ck_assert_ptr_null(packet.l4);
    wire.data[41] = 9;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_INVALID);
}
END_TEST

START_TEST(jumbo_option_gives_the_length)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ipv6(&wire, "2001:db8::1", "2001:db8::2");
    wire_extension(&wire, 0, 8);
    wire_tcp(&wire, 1, 2, TCP_ACK);
    wire_count(&wire, 0, 66000);
    wire_finish(&wire);
    memset(wire.data + 4, 0, 2);
    uint32_t length = 8 + 20 + 66000;
    uint8_t option[6] = {
        0xc2,           4, (uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8),
        (uint8_t)length};
    memcpy(wire.data + 42, option, 6);
    wire.size += 10; /* padding */
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.payload_length, 66000);
    ck_assert_uint_eq(packet.l3_length, 40 + length);
    memset(wire.data + 44, 0, 3); /* a jumbogram that needed none */
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_INVALID);
}
END_TEST

START_TEST(jumbo_option_is_found_among_others)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ipv6(&wire, "2001:db8::1", "2001:db8::2");
    wire_extension(&wire, 0, 16);
    wire_udp(&wire, 1, 2);
    wire_count(&wire, 0, 66000);
    wire_finish(&wire);
    memset(wire.data + 4, 0, 2);
    memset(wire.data + 60, 0, 2); /* UDP has no more room for its length either */
    memcpy(wire.data + 42, "\0\x05\x02\0\0\0\0\0\xc2\x04\0\x01\x01\xe0", 14);
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.payload_length, 0x101e0 - 16 - 8);
    wire.data[50] = 0x01; /* padding instead: all that there is */
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.payload_length, 66000);
    wire.data[0] = 0x70;
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_RAW, 0, wire.size), &packet),
                     DECODE_INVALID);
}
END_TEST

START_TEST(fragment_header_of_a_whole_datagram_is_stepped_over)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ipv6(&wire, "2001:db8::1", "2001:db8::2");
    wire_extension(&wire, 44, 8);
    wire_udp(&wire, 1000, 2000);
    wire_finish(&wire);
    wire.data[41] = 0;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert(!packet.fragment && !packet.reassembled);
    ck_assert_uint_eq(packet.dst_port, 2000);
}
END_TEST

START_TEST(mapped_address_is_the_ipv4_one)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ipv6(&wire, "::ffff:192.0.2.1", "2001:db8::2");
    wire_udp(&wire, 1000, 2000);
    wire_finish(&wire);
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert(addr_is4(&packet.src));
    ck_assert_uint_eq(packet.ip_version, 6);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {ipv4_fields_are_given,
                                  ipv4_options_are_stepped_over,
                                  ipv4_header_that_contradicts_itself_is_invalid,
                                  length_zero_of_offloading_means_all_that_there_is,
                                  length_past_the_wire_is_taken_as_cut,
                                  every_extension_header_is_stepped_over,
                                  authentication_header_behind_ipv4_is_stepped_over,
                                  signalling_without_content_keeps_its_number,
                                  extension_chains_are_bounded,
                                  extension_longer_than_the_packet_is_invalid_and_cut_one_is_not,
                                  jumbo_option_gives_the_length,
                                  jumbo_option_is_found_among_others,
                                  fragment_header_of_a_whole_datagram_is_stepped_over,
                                  mapped_address_is_the_ipv4_one,
                                  NULL};
    return run_suite(suite_of("decode_ip", tests));
}
