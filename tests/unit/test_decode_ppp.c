/* SPDX-License-Identifier: Apache-2.0 */
/* PPP in all its framings. */
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

static void add_inside(struct wire *wire)
{
    wire_ipv4(wire, "192.0.2.1", "192.0.2.2");
    wire_tcp(wire, 40000, 443, TCP_SYN);
}

static void assert_inside(struct wire *wire, uint32_t link_type)
{
    struct packet packet;
    ck_assert_int_eq(decode(wire_frame(wire, link_type, 0), &packet), DECODE_OK);
    ck_assert_uint_eq(packet.dst_port, 443);
    ck_assert_uint_eq(packet.tcp_flags, TCP_SYN);
}

START_TEST(address_and_control_are_optional)
{
    for (int with = 0; with < 2; with++) {
        struct wire wire;
        wire_start(&wire);
        wire_ppp(&wire, with != 0);
        add_inside(&wire);
        assert_inside(&wire, LINK_PPP);
        assert_inside(&wire, LINK_PPP_HDLC);
    }
}
END_TEST

START_TEST(compressed_protocol_number_is_one_byte)
{
    struct wire wire;
    wire_start(&wire);
    wire_bytes(&wire, "\xff\x03\x21", 3);
    add_inside(&wire);
    assert_inside(&wire, LINK_PPP);
}
END_TEST

START_TEST(cisco_framing_has_an_ethertype)
{
    struct wire wire;
    wire_start(&wire);
    wire_bytes(&wire, "\x0f\0\x08\0", 4);
    add_inside(&wire);
    assert_inside(&wire, LINK_PPP_HDLC);
    assert_inside(&wire, LINK_C_HDLC);
}
END_TEST

START_TEST(pppd_writes_a_direction_first)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_bytes(&wire, "\x01\x03\0\x21", 4);
    add_inside(&wire);
    assert_inside(&wire, LINK_PPP_PPPD);
    wire.data[0] = 7;
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_PPP_PPPD, 0, wire.size), &packet),
                     DECODE_INVALID);
}
END_TEST

START_TEST(session_over_ethernet_is_read_and_trimmed)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ethernet(&wire, 1, 2);
    wire_vlan(&wire, 0x8100, 35);
    wire_pppoe(&wire, 77);
    wire_ppp(&wire, false);
    add_inside(&wire);
    assert_inside(&wire, LINK_ETHERNET);

    uint8_t *header = wire_header(&wire, WIRE_PPPOE, 0);
    header[1] = 0xa7; /* the end of a session */
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_ETHERNET, 0, wire.size), &packet),
                     DECODE_NOT_IP);
    header[1] = 0;
    header[4] = 9; /* longer than the frame */
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_ETHERNET, 0, wire.size), &packet),
                     DECODE_INVALID);

    wire_start(&wire);
    wire_pppoe(&wire, 77);
    wire_ppp(&wire, false);
    add_inside(&wire);
    assert_inside(&wire, LINK_PPP_ETHER);
}
END_TEST

START_TEST(link_control_is_no_ip)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_bytes(&wire, "\xff\x03\xc0\x21\x09\x01\0\x08zzzz", 12);
    ck_assert_int_eq(decode(wire_frame(&wire, LINK_PPP, 0), &packet), DECODE_NOT_IP);
    wire_start(&wire);
    wire_bytes(&wire, "\xff\x03\0", 3);
    ck_assert_int_eq(decode(wire_frame(&wire, LINK_PPP, 0), &packet), DECODE_INVALID);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {address_and_control_are_optional,
                                  compressed_protocol_number_is_one_byte,
                                  cisco_framing_has_an_ethertype,
                                  pppd_writes_a_direction_first,
                                  session_over_ethernet_is_read_and_trimmed,
                                  link_control_is_no_ip,
                                  NULL};
    return run_suite(suite_of("decode_ppp", tests));
}
