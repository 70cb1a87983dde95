/* SPDX-License-Identifier: Apache-2.0 */
/* Transport headers: fields, length rules, and what is left of them when the snapshot length
 * cuts. */
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

static void begin(struct wire *wire)
{
    wire_start(wire);
    wire_ipv4(wire, "192.0.2.1", "192.0.2.2");
}

START_TEST(tcp_fields_are_given)
{
    struct wire wire;
    struct packet packet;
    begin(&wire);
    wire_tcp(&wire, 40000, 443, TCP_PSH | TCP_ACK | TCP_CWR);
    wire_bytes(&wire,
               "\x01\x01\x01\x01"
               "data",
               8);
    wire_finish(&wire);
    wire.data[32] = 0x60; /* four bytes of options */
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.src_port, 40000);
    ck_assert_uint_eq(packet.dst_port, 443);
    ck_assert_uint_eq(packet.tcp_flags, TCP_PSH | TCP_ACK | TCP_CWR);
    ck_assert_uint_eq(packet.tcp_seq, 1000);
    ck_assert_uint_eq(packet.tcp_ack, 2000);
    ck_assert_uint_eq(packet.payload_captured, 4);
    ck_assert_mem_eq(packet.payload, "data", 4);
    ck_assert_uint_eq(packet.l4_captured, 28);
}
END_TEST

START_TEST(tcp_header_cut_after_the_ports_still_gives_them)
{
    struct wire wire;
    struct packet packet;
    begin(&wire);
    wire_tcp(&wire, 40000, 443, TCP_SYN);
    wire_count(&wire, 0, 100);
    wire_finish(&wire);
    for (size_t cut = 24; cut < 140; cut++) {
        ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_RAW, 0, cut), &packet), DECODE_OK);
        ck_assert_uint_eq(packet.dst_port, 443);
        ck_assert(packet.truncated);
        ck_assert_uint_eq(packet.tcp_seq, cut >= 28 ? 1000 : 0);
        ck_assert_uint_eq(packet.tcp_flags, cut >= 36 ? TCP_SYN : 0);
        ck_assert_uint_eq(packet.payload_length, 100);
        ck_assert_uint_eq(packet.payload_captured, cut > 40 ? cut - 40 : 0);
    }
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_RAW, 0, 20), &packet), DECODE_OK);
    ck_assert_ptr_null(packet.l4);
    ck_assert_uint_eq(packet.dst_port, 0);
}
END_TEST

START_TEST(tcp_header_length_must_fit)
{
    struct wire wire;
    struct packet packet;
    begin(&wire);
    wire_tcp(&wire, 1, 2, TCP_ACK);
    wire_finish(&wire);
    wire.data[32] = 0x40;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_INVALID);
    wire.data[32] = 0x60;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_INVALID);
    wire.data[3] = 39;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_INVALID);
}
END_TEST

START_TEST(udp_length_rules)
{
    struct wire wire;
    struct packet packet;
    begin(&wire);
    wire_udp(&wire, 1000, 2000);
    wire_count(&wire, 0, 10);
    wire_finish(&wire);
    uint8_t *length = wire.data + 25;
    *length = 12; /* the rest is padding */
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.payload_length, 4);
    *length = 0; /* jumbogram or offloading: all */
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.payload_length, 10);
    *length = 7;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_INVALID);
    *length = 19;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_INVALID);
    *length = 18;
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_RAW, 0, 31), &packet), DECODE_OK);
    ck_assert_uint_eq(packet.payload_captured, 3);
    ck_assert_uint_eq(packet.payload_length, 10);
}
END_TEST

START_TEST(udplite_length_is_a_coverage)
{
    struct wire wire;
    struct packet packet;
    begin(&wire);
    wire_udp(&wire, 1000, 2000);
    wire_count(&wire, 0, 10);
    wire_finish(&wire);
    wire.data[9] = 136;
    wire.data[25] = 8;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.dst_port, 2000);
    ck_assert_uint_eq(packet.payload_length, 10);
    wire.data[25] = 3;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_INVALID);
}
END_TEST

START_TEST(sctp_gives_ports)
{
    struct wire wire;
    struct packet packet;
    begin(&wire);
    wire_sctp(&wire, 3868, 3869);
    wire_count(&wire, 0, 16);
    wire_finish(&wire);
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.src_port, 3868);
    ck_assert_uint_eq(packet.dst_port, 3869);
    ck_assert_uint_eq(packet.payload_length, 16);
    wire.data[3] = 31;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_INVALID);
}
END_TEST

START_TEST(ping_gives_type_code_and_identifier)
{
    for (int version = 4; version <= 6; version += 2) {
        for (int reply = 0; reply < 2; reply++) {
            struct wire wire;
            struct packet packet;
            wire_start(&wire);
            if (version == 4)
                wire_ipv4(&wire, "192.0.2.1", "192.0.2.2");
            else
                wire_ipv6(&wire, "2001:db8::1", "2001:db8::2");
            wire_ping(&wire, reply != 0, 0x1234);
            wire_count(&wire, 0, 56);
            wire_finish(&wire);
            ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
            unsigned type = version == 4 ? (reply != 0 ? 0 : 8) : (reply != 0 ? 129 : 128);
            ck_assert_uint_eq(packet.src_port, type);
            ck_assert_uint_eq(packet.dst_port, 0);
            ck_assert_uint_eq(packet.icmp_id, 0x1234);
            ck_assert_uint_eq(packet.payload_length, 56);
            uint8_t *header = wire.data + (version == 4 ? 20 : 40);
            header[0] = 3;
            header[1] = 1;
            ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
            ck_assert_uint_eq(packet.icmp_id, 0);
            ck_assert_uint_eq(packet.dst_port, 1);
        }
    }
}
END_TEST

START_TEST(protocol_without_ports_is_a_packet_with_payload)
{
    struct wire wire;
    struct packet packet;
    begin(&wire);
    wire_count(&wire, 0, 24);
    wire_finish(&wire);
    wire.data[9] = 50; /* ESP */
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.protocol, 50);
    ck_assert_uint_eq(packet.payload_length, 24);
    ck_assert_ptr_eq(packet.payload, wire.data + 20);
    ck_assert_uint_eq(packet.src_port, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {tcp_fields_are_given,
                                  tcp_header_cut_after_the_ports_still_gives_them,
                                  tcp_header_length_must_fit,
                                  udp_length_rules,
                                  udplite_length_is_a_coverage,
                                  sctp_gives_ports,
                                  ping_gives_type_code_and_identifier,
                                  protocol_without_ports_is_a_packet_with_payload,
                                  NULL};
    return run_suite(suite_of("decode_transport", tests));
}
