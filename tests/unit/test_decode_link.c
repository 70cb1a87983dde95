/* SPDX-License-Identifier: Apache-2.0 */
/* Link types, tags and labels: each must lead to the same packet inside. */
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

static void assert_inside(enum decode_status status, const struct packet *packet)
{
    ck_assert_int_eq(status, DECODE_OK);
    ck_assert_uint_eq(packet->protocol, 17);
    ck_assert_uint_eq(packet->src_port, 40000);
    ck_assert_uint_eq(packet->dst_port, 53);
    ck_assert_uint_eq(packet->payload_length, 5);
    ck_assert_mem_eq(packet->payload, "query", 5);
    ck_assert(!packet->truncated);
}

static void add_inside(struct wire *wire, int version)
{
    if (version == 4)
        wire_ipv4(wire, "192.0.2.1", "192.0.2.2");
    else
        wire_ipv6(wire, "2001:db8::1", "2001:db8::2");
    wire_udp(wire, 40000, 53);
    wire_text(wire, "query");
}

static void assert_link(struct wire *wire, uint32_t link_type)
{
    struct packet packet;
    enum decode_status status = decode(wire_frame(wire, link_type, 5), &packet);
    assert_inside(status, &packet);
}

START_TEST(ethernet_gives_addresses_and_drops_padding)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ethernet(&wire, 1, 2);
    add_inside(&wire, 4);
    wire_finish(&wire);
    wire_text(&wire, "padding");
    enum decode_status status = decode(wire_frame_cut(&wire, LINK_ETHERNET, 5, wire.size), &packet);
    assert_inside(status, &packet);
    ck_assert(packet.has_mac);
    ck_assert_mem_eq(packet.src_mac, "\x02\0\0\0\0\x01", 6);
    ck_assert_mem_eq(packet.dst_mac, "\x02\0\0\0\0\x02", 6);
    ck_assert_int_eq(packet.ts_ns, 5);
    ck_assert_uint_eq(packet.frame_number, 1);
    ck_assert_uint_eq(packet.l3_length, 33);
    ck_assert_uint_eq(packet.l3_captured, 33);
    ck_assert_uint_eq(packet.frame_length, 14 + 33 + 7);
    ck_assert_ptr_eq(packet.l3, wire.data + 14);
    ck_assert_ptr_eq(packet.l4, wire.data + 34);
}
END_TEST

START_TEST(length_field_means_llc_and_snap)
{
    struct wire wire;
    wire_start(&wire);
    wire_ethernet(&wire, 1, 2);
    wire_llc(&wire);
    add_inside(&wire, 6);
    assert_link(&wire, LINK_ETHERNET);

    struct packet packet;
    memcpy(wire_header(&wire, WIRE_LLC, 0), "\x42\x42\x03", 3); /* spanning tree */
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_ETHERNET, 0, wire.size), &packet),
                     DECODE_NOT_IP);
}
END_TEST

START_TEST(tags_of_every_type_are_taken_off)
{
    static const uint16_t types[] = {0x8100, 0x88a8, 0x9100, 0x9200, 0x9300};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct wire wire;
        struct packet packet;
        wire_start(&wire);
        wire_ethernet(&wire, 1, 2);
        wire_vlan(&wire, types[i], 100);
        wire_vlan(&wire, 0x8100, 200);
        add_inside(&wire, 4);
        enum decode_status status = decode(wire_frame(&wire, LINK_ETHERNET, 0), &packet);
        assert_inside(status, &packet);
        ck_assert_uint_eq(packet.vlan_count, 2);
        ck_assert_uint_eq(packet.vlans[0], 100);
        ck_assert_uint_eq(packet.vlans[1], 200);
    }
}
END_TEST

START_TEST(more_tags_than_kept_are_skipped_and_endless_ones_refused)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ethernet(&wire, 1, 2);
    wire_vlan(&wire, 0x8100, 0); /* priority only */
    for (uint16_t i = 0; i < 6; i++)
        wire_vlan(&wire, 0x8100, i + 1);
    add_inside(&wire, 4);
    enum decode_status status = decode(wire_frame(&wire, LINK_ETHERNET, 0), &packet);
    assert_inside(status, &packet);
    ck_assert_uint_eq(packet.vlan_count, PACKET_VLANS_MAX);
    ck_assert_uint_eq(packet.vlans[0], 1);
    ck_assert_uint_eq(packet.vlans[3], 4);

    wire_start(&wire);
    wire_ethernet(&wire, 1, 2);
    for (uint16_t i = 0; i < 30; i++)
        wire_vlan(&wire, 0x8100, i + 1);
    add_inside(&wire, 4);
    ck_assert_int_eq(decode(wire_frame(&wire, LINK_ETHERNET, 0), &packet), DECODE_INVALID);
}
END_TEST

START_TEST(backbone_and_vntag_headers_are_taken_off)
{
    struct wire wire;
    wire_start(&wire);
    wire_ethernet(&wire, 1, 2);
    wire_bytes(&wire, "\0\0\0\x07", 4);
    wire_ethernet(&wire, 3, 4);
    add_inside(&wire, 4);
    memcpy(wire_header(&wire, WIRE_ETHERNET, 0) + 12, "\x88\xe7", 2);
    assert_link(&wire, LINK_ETHERNET);

    wire_start(&wire);
    wire_ethernet(&wire, 1, 2);
    wire_bytes(&wire, "\0\0\0\x07\x86\xdd", 6);
    add_inside(&wire, 6);
    memcpy(wire_header(&wire, WIRE_ETHERNET, 0) + 12, "\x89\x26", 2);
    assert_link(&wire, LINK_ETHERNET);
}
END_TEST

START_TEST(label_stack_shows_its_content_by_the_first_nibble)
{
    for (int version = 4; version <= 6; version += 2) {
        struct wire wire;
        wire_start(&wire);
        wire_ethernet(&wire, 1, 2);
        wire_vlan(&wire, 0x8100, 7);
        wire_mpls(&wire, 16);
        wire_mpls(&wire, 17);
        add_inside(&wire, version);
        assert_link(&wire, LINK_ETHERNET);
    }
}
END_TEST

START_TEST(pseudowire_is_read_with_and_without_control_word)
{
    for (int with = 0; with < 2; with++) {
        struct wire wire;
        struct packet packet;
        wire_start(&wire);
        wire_ethernet(&wire, 1, 2);
        wire_mpls(&wire, 16);
        wire_bytes(&wire, "\0\0\0\0", with != 0 ? 4 : 0);
        wire_ethernet(&wire, 8, 9);
        add_inside(&wire, 4);
        enum decode_status status = decode(wire_frame(&wire, LINK_ETHERNET, 0), &packet);
        assert_inside(status, &packet);
        ck_assert_uint_eq(packet.src_mac[5], 8);
    }
}
END_TEST

START_TEST(label_stack_without_bottom_is_refused)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ethernet(&wire, 1, 2);
    for (uint32_t i = 0; i < 40; i++)
        wire_mpls(&wire, i);
    add_inside(&wire, 4);
    ck_assert_int_eq(decode(wire_frame(&wire, LINK_ETHERNET, 0), &packet), DECODE_INVALID);
}
END_TEST

START_TEST(loopback_families_of_all_systems_are_known)
{
    static const uint32_t families[] = {2, 10, 23, 24, 28, 30};
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        for (int big = 0; big < 2; big++) {
            struct wire wire;
            wire_start(&wire);
            wire_null(&wire, families[i], big != 0);
            add_inside(&wire, families[i] == 2 ? 4 : 6);
            assert_link(&wire, LINK_NULL);
            assert_link(&wire, LINK_LOOP);
        }
    }
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_null(&wire, 16, false);
    ck_assert_int_eq(decode(wire_frame(&wire, LINK_NULL, 0), &packet), DECODE_NOT_IP);
}
END_TEST

START_TEST(raw_links_go_by_the_version)
{
    static const uint32_t types[] = {LINK_RAW, LINK_IPV4, LINK_IPV6, LINK_RAW_12, LINK_RAW_14};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct wire wire;
        wire_start(&wire);
        add_inside(&wire, types[i] == LINK_IPV6 ? 6 : 4);
        assert_link(&wire, types[i]);
    }
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_text(&wire, "\x30zzzzzzzzzzzzzzzzzzzzzzzz");
    ck_assert_int_eq(decode(wire_frame(&wire, LINK_RAW, 0), &packet), DECODE_INVALID);
    ck_assert_int_eq(decode(wire_frame(&wire, 147, 0), &packet), DECODE_UNSUPPORTED);
}
END_TEST

START_TEST(cooked_captures_are_read_with_tags_and_llc)
{
    struct wire wire;
    wire_start(&wire);
    wire_sll(&wire);
    wire_vlan(&wire, 0x8100, 5);
    add_inside(&wire, 4);
    assert_link(&wire, LINK_LINUX_SLL);

    wire_start(&wire);
    wire_sll2(&wire);
    add_inside(&wire, 6);
    assert_link(&wire, LINK_LINUX_SLL2);

    wire_start(&wire);
    wire_sll(&wire);
    wire_llc(&wire);
    add_inside(&wire, 4);
    wire_finish(&wire);
    wire.data[15] = 4; /* 802.2 */
    struct packet packet;
    enum decode_status status =
        decode(wire_frame_cut(&wire, LINK_LINUX_SLL, 0, wire.size), &packet);
    assert_inside(status, &packet);

    wire.data[15] = 1; /* Novell's raw 802.3 */
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_LINUX_SLL, 0, wire.size), &packet),
                     DECODE_NOT_IP);
}
END_TEST

START_TEST(nflog_payload_is_found_among_the_tlvs_in_both_byte_orders)
{
    struct wire inside;
    wire_start(&inside);
    add_inside(&inside, 4);
    wire_finish(&inside);
    for (int big = 0; big < 2; big++) {
        struct wire wire;
        wire_start(&wire);
        wire_bytes(&wire, "\x02\0\0\0", 4);
        wire_bytes(&wire, big != 0 ? "\0\x06\0\x0axx\0\0" : "\x06\0\x0a\0xx\0\0", 8);
        uint8_t size = (uint8_t)(inside.size + 4);
        uint8_t head[4] = {big != 0 ? 0 : size, big != 0 ? size : 0, big != 0 ? 0 : 9,
                           big != 0 ? 9 : 0};
        wire_bytes(&wire, head, 4);
        wire_bytes(&wire, inside.data, inside.size);
        assert_link(&wire, LINK_NFLOG);
    }
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_bytes(&wire, "\x02\0\0\0\x03\0\x01\0", 8); /* shorter than itself */
    ck_assert_int_eq(decode(wire_frame(&wire, LINK_NFLOG, 0), &packet), DECODE_INVALID);
}
END_TEST

START_TEST(address_resolution_is_no_ip_and_counted)
{
    struct decode_options options = decode_options_default();
    struct decoder *decoder = decoder_new(&options);
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ethernet(&wire, 1, 2);
    wire_count(&wire, 0, 28);
    wire_finish(&wire);
    memcpy(wire.data + 12, "\x08\x06", 2);
    struct frame frame = wire_frame_cut(&wire, LINK_ETHERNET, 0, wire.size);
    ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_NOT_IP);
    ck_assert_uint_eq(decode_counters(decoder)->arp, 1);
    ck_assert_uint_eq(decode_counters(decoder)->not_ip, 1);
    ck_assert_uint_eq(decode_counters(decoder)->bytes, 42);
    decoder_free(decoder);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {ethernet_gives_addresses_and_drops_padding,
                                  length_field_means_llc_and_snap,
                                  tags_of_every_type_are_taken_off,
                                  more_tags_than_kept_are_skipped_and_endless_ones_refused,
                                  backbone_and_vntag_headers_are_taken_off,
                                  label_stack_shows_its_content_by_the_first_nibble,
                                  pseudowire_is_read_with_and_without_control_word,
                                  label_stack_without_bottom_is_refused,
                                  loopback_families_of_all_systems_are_known,
                                  raw_links_go_by_the_version,
                                  cooked_captures_are_read_with_tags_and_llc,
                                  nflog_payload_is_found_among_the_tlvs_in_both_byte_orders,
                                  address_resolution_is_no_ip_and_counted,
                                  NULL};
    return run_suite(suite_of("decode_link", tests));
}
