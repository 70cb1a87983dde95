/* SPDX-License-Identifier: Apache-2.0 */
/* Tunnels: what is inside comes out, and what is no such tunnel stays the packet around it. */
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
    wire_ipv4(wire, "203.0.113.1", "203.0.113.2");
}

static void add_inside(struct wire *wire)
{
    wire_ipv4(wire, "192.0.2.1", "192.0.2.2");
    wire_udp(wire, 40000, 53);
    wire_text(wire, "query");
}

static void add_inside6(struct wire *wire)
{
    wire_ipv6(wire, "2001:db8::1", "2001:db8::2");
    wire_udp(wire, 40000, 53);
    wire_text(wire, "query");
}

/* The packet that add_inside() made, at `depth`. */
static void assert_inside(struct wire *wire, unsigned depth)
{
    struct packet packet;
    ck_assert_int_eq(decode(wire_frame(wire, LINK_RAW, 0), &packet), DECODE_OK);
    ck_assert_uint_eq(packet.tunnel_depth, depth);
    ck_assert_uint_eq(packet.src_port, 40000);
    ck_assert_uint_eq(packet.dst_port, 53);
    ck_assert_uint_eq(packet.payload_length, 5);
    ck_assert_mem_eq(packet.payload, "query", 5);
}

/* The packet around, which ends at `dst_port`. */
static void assert_outside(const struct wire *wire, uint8_t protocol, uint16_t dst_port)
{
    struct packet packet;
    ck_assert_int_eq(decode_raw(wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.tunnel_depth, 0);
    ck_assert_uint_eq(packet.protocol, protocol);
    ck_assert_uint_eq(packet.dst_port, dst_port);
    ck_assert_uint_eq(packet.src.bytes[12], 203);
}

START_TEST(ip_in_ip_in_all_four_ways)
{
    for (int way = 0; way < 4; way++) {
        struct wire wire;
        wire_start(&wire);
        if ((way & 1) == 0)
            wire_ipv4(&wire, "203.0.113.1", "203.0.113.2");
        else
            wire_ipv6(&wire, "2001:db8:9::1", "2001:db8:9::2");
        if ((way & 2) == 0)
            add_inside(&wire);
        else
            add_inside6(&wire);
        assert_inside(&wire, 1);
    }
}
END_TEST

START_TEST(gre_with_any_of_its_fields)
{
    static const uint16_t flags[] = {0, 0x8000, 0x2000, 0x1000, 0xb000};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        struct wire wire;
        begin(&wire);
        wire_gre(&wire, flags[i], 0);
        add_inside6(&wire);
        assert_inside(&wire, 1);
        begin(&wire);
        wire_gre(&wire, flags[i], 0);
        wire_ethernet(&wire, 8, 9);
        wire_vlan(&wire, 0x8100, 3);
        add_inside(&wire);
        assert_inside(&wire, 1);
    }
}
END_TEST

START_TEST(gre_source_routes_are_skipped_and_bounded)
{
    struct wire wire;
    begin(&wire);
    wire_gre(&wire, 0x4000, 0x0800);
    wire_bytes(&wire,
               "\x08\0\0\x04"
               "aaaa"
               "\0\0\0\0",
               12);
    add_inside(&wire);
    assert_inside(&wire, 1);

    begin(&wire);
    wire_gre(&wire, 0x4000, 0x0800);
    for (int i = 0; i < 30; i++)
        wire_bytes(&wire,
                   "\x08\0\0\x01"
                   "a",
                   5);
    wire_finish(&wire);
    assert_outside(&wire, 47, 0);
}
END_TEST

START_TEST(pptp_carries_ppp)
{
    struct wire wire;
    struct packet packet;
    begin(&wire);
    wire_gre(&wire, 0x3081, 0x880b); /* key, sequence, acknowledgement */
    wire_bytes(&wire, "ack!", 4);
    wire_ppp(&wire, true);
    add_inside(&wire);
    wire_finish(&wire);
    wire_header(&wire, WIRE_GRE, 0)[5] = 37;
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.tunnel_depth, 1);
    ck_assert_uint_eq(packet.dst_port, 53);

    wire_header(&wire, WIRE_GRE, 0)[0] = 0x20; /* an acknowledgement alone */
    assert_outside(&wire, 47, 0);
}
END_TEST

START_TEST(erspan_of_all_types)
{
    struct wire wire;
    begin(&wire);
    wire_gre(&wire, 0, 0x88be); /* I: no sequence, no header */
    wire_ethernet(&wire, 8, 9);
    add_inside(&wire);
    assert_inside(&wire, 1);

    begin(&wire);
    wire_gre(&wire, 0x1000, 0x88be);
    wire_bytes(&wire, "\x10\x05\0\x01\0\0\0\x02", 8);
    wire_ethernet(&wire, 8, 9);
    add_inside(&wire);
    assert_inside(&wire, 1);

    for (int platform = 0; platform < 2; platform++) {
        begin(&wire);
        wire_gre(&wire, 0x1000, 0x22eb);
        wire_bytes(&wire,
                   platform != 0 ? "\x20\x05\0\x01tttt\0\0\0\x01pppppppp"
                                 : "\x20\x05\0\x01tttt\0\0\0\0",
                   platform != 0 ? 20 : 12);
        wire_ethernet(&wire, 8, 9);
        wire_vlan(&wire, 0x8100, 5);
        add_inside(&wire);
        assert_inside(&wire, 1);
    }
    begin(&wire);
    wire_gre(&wire, 0x1000, 0x22eb);
    wire_bytes(&wire, "\x20\x05\0\x01tttt\0\0\x08\0", 12); /* frames of IP */
    add_inside(&wire);
    assert_inside(&wire, 1);

    begin(&wire);
    wire_gre(&wire, 0x1000, 0x88be);
    wire_bytes(&wire, "\x70\x05\0\x01\0\0\0\x02", 8); /* no such version */
    wire_ethernet(&wire, 8, 9);
    add_inside(&wire);
    wire_finish(&wire);
    assert_outside(&wire, 47, 0);
}
END_TEST

START_TEST(vxlan_on_its_ports)
{
    static const uint16_t ports[] = {4789, 4790, 8472};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        struct wire wire;
        begin(&wire);
        wire_udp(&wire, 55555, ports[i]);
        wire_vxlan(&wire, 77);
        wire_ethernet(&wire, 8, 9);
        add_inside(&wire);
        assert_inside(&wire, 1);
        begin(&wire);
        wire_udp(&wire, 55555, ports[i]);
        wire_vxlan(&wire, 77);
        add_inside6(&wire);
        memcpy(wire_header(&wire, WIRE_VXLAN, 0), "\x0c\0\0\x02", 4); /* next protocol: IPv6 */
        assert_inside(&wire, 1);
    }
}
END_TEST

START_TEST(inner_ethernet_addresses_go_with_the_inner_packet_only)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    wire_ethernet(&wire, 1, 2);
    wire_vlan(&wire, 0x8100, 10);
    wire_ipv4(&wire, "203.0.113.1", "203.0.113.2");
    wire_udp(&wire, 55555, 4789);
    wire_vxlan(&wire, 77);
    wire_ethernet(&wire, 8, 9);
    wire_vlan(&wire, 0x8100, 20);
    add_inside(&wire);
    ck_assert_int_eq(decode(wire_frame(&wire, LINK_ETHERNET, 0), &packet), DECODE_OK);
    ck_assert_uint_eq(packet.src_mac[5], 8);
    ck_assert_uint_eq(packet.vlan_count, 1);
    ck_assert_uint_eq(packet.vlans[0], 10);
    wire_header(&wire, WIRE_IPV4, 1)[0] = 0x55;
    ck_assert_int_eq(decode(wire_frame_cut(&wire, LINK_ETHERNET, 0, wire.size), &packet),
                     DECODE_OK);
    ck_assert_uint_eq(packet.tunnel_depth, 0);
    ck_assert_uint_eq(packet.src_mac[5], 1);
    ck_assert_uint_eq(packet.dst_port, 4789);
    ck_assert_uint_eq(packet.payload_length, 8 + 14 + 4 + 33);
}
END_TEST

START_TEST(geneve_with_options)
{
    for (size_t options = 0; options <= 12; options += 12) {
        struct wire wire;
        begin(&wire);
        wire_udp(&wire, 55555, 6081);
        wire_geneve(&wire, 77, options);
        wire_ethernet(&wire, 8, 9);
        add_inside(&wire);
        assert_inside(&wire, 1);
        begin(&wire);
        wire_udp(&wire, 55555, 6081);
        wire_geneve(&wire, 77, options);
        add_inside(&wire);
        assert_inside(&wire, 1);
    }
}
END_TEST

START_TEST(teredo_with_its_indications)
{
    static const struct {
        const char *bytes;
        size_t size;
    } heads[] = {{"", 0},
                 {"\0\0\x12\x34\xc0\0\x02\x01", 8},
                 {"\0\x01\0\0nnnnnnnnc", 13},
                 {"\0\x01\x02\x03iivvvnnnnnnnnc\0\0\x12\x34\xc0\0\x02\x01", 26}};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        for (int answer = 0; answer < 2; answer++) {
            struct wire wire;
            begin(&wire);
            wire_udp(&wire, answer != 0 ? 3544 : 50000, answer != 0 ? 50000 : 3544);
            wire_bytes(&wire, heads[i].bytes, heads[i].size);
            add_inside6(&wire);
            assert_inside(&wire, 1);
        }
    }
}
END_TEST

START_TEST(gtp_user_data_with_extensions)
{
    struct wire wire;
    struct packet packet;
    begin(&wire);
    wire_udp(&wire, 2152, 2152);
    wire_bytes(&wire, "\x30\xff\0\x21tttt", 8);
    add_inside(&wire);
    assert_inside(&wire, 1);

    begin(&wire);
    wire_udp(&wire, 2152, 2152);
    wire_bytes(&wire, "\x34\xff\0\x29tttt\0\0\0\x85\x01xx\0", 16);
    add_inside(&wire);
    assert_inside(&wire, 1);

    wire_header(&wire, WIRE_BYTES, 0)[1] = 1; /* echo request */
    ck_assert_int_eq(decode_raw(&wire, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.dst_port, 2152);
}
END_TEST

START_TEST(less_common_tunnels)
{
    struct wire wire;
    begin(&wire);
    wire_mpls(&wire, 99);
    add_inside(&wire);
    assert_inside(&wire, 1);

    begin(&wire);
    wire_udp(&wire, 50000, 6635);
    wire_mpls(&wire, 99);
    add_inside(&wire);
    assert_inside(&wire, 1);

    begin(&wire);
    wire_ethernet(&wire, 8, 9); /* protocol 143 */
    add_inside(&wire);
    assert_inside(&wire, 1);

    begin(&wire);
    wire.data[9] = 97;
    wire_bytes(&wire, "\x30\0", 2);
    wire_ethernet(&wire, 8, 9);
    add_inside(&wire);
    assert_inside(&wire, 1);

    for (size_t size = 0; size <= 4; size += 4) {
        begin(&wire);
        wire_gre(&wire, 0, 0x883e);
        wire_bytes(&wire, "\0\x01\x02\x03", size);
        add_inside(&wire);
        assert_inside(&wire, 1);
    }
}
END_TEST

START_TEST(port_alone_makes_no_tunnel)
{
    static const uint16_t ports[] = {4789, 4790, 8472, 6081, 3544, 2152, 6635};
    static const char *const contents[] = {
        "", "x", "plain text that is longer than any header, to be sure of it",
        "\x08\0\0\0\0\0\x01\0\0\0\0\0"};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        for (size_t k = 0; k < sizeof contents / sizeof contents[0]; k++) {
            struct wire wire;
            begin(&wire);
            wire_udp(&wire, 50000, ports[i]);
            wire_bytes(&wire, contents[k], k == 3 ? 12 : strlen(contents[k]));
            wire_finish(&wire);
            assert_outside(&wire, 17, ports[i]);
        }
    }
}
END_TEST

START_TEST(content_that_does_not_fit_makes_no_udp_tunnel)
{
    struct decode_options options = decode_options_default();
    struct decoder *decoder = decoder_new(&options);
    struct wire wire;
    begin(&wire);
    wire_udp(&wire, 50000, 4789);
    wire_vxlan(&wire, 1);
    wire_ethernet(&wire, 8, 9);
    add_inside(&wire);
    wire_finish(&wire);
    wire_header(&wire, WIRE_IPV4, 1)[3] += 1; /* longer than the tunnel */
    assert_outside(&wire, 17, 4789);
    struct frame frame = wire_frame_cut(&wire, LINK_RAW, 0, wire.size);
    struct packet packet;
    ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_OK);
    ck_assert_uint_eq(decode_counters(decoder)->invalid, 0);
    for (int i = 0; i < DECODE_EVENTS; i++)
        ck_assert_uint_eq(decode_counters(decoder)->events[i], 0);
    decoder_free(decoder);
}
END_TEST

START_TEST(broken_content_leaves_the_packet_around_and_an_event)
{
    struct decode_options options = decode_options_default();
    struct decoder *decoder = decoder_new(&options);
    struct wire wire;
    struct packet packet;
    begin(&wire);
    wire_gre(&wire, 0, 0);
    add_inside(&wire);
    wire_finish(&wire);
    wire_header(&wire, WIRE_IPV4, 1)[0] = 0x42;
    struct frame frame = wire_frame_cut(&wire, LINK_RAW, 0, wire.size);
    ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_OK);
    ck_assert_uint_eq(packet.protocol, 47);
    ck_assert_uint_eq(decode_counters(decoder)->events[DECODE_EVENT_IPV4_HEADER], 1);
    ck_assert_str_eq(decode_event_text(DECODE_EVENT_IPV4_HEADER), "ipv4.hlen_too_small");
    decoder_free(decoder);
}
END_TEST

START_TEST(nesting_stops_at_the_bound)
{
    struct decode_options options = decode_options_default();
    for (unsigned depth = 0; depth < 12; depth++) {
        struct decoder *decoder = decoder_new(&options);
        struct wire wire;
        struct packet packet;
        wire_start(&wire);
        for (unsigned i = 0; i < depth; i++)
            wire_ipv4(&wire, "203.0.113.1", "203.0.113.2");
        add_inside(&wire);
        struct frame frame = wire_frame(&wire, LINK_RAW, 0);
        ck_assert_int_eq(decode_frame(decoder, &frame, &packet), DECODE_OK);
        ck_assert_uint_eq(packet.tunnel_depth, depth < 8 ? depth : 8);
        ck_assert_uint_eq(packet.protocol, depth <= 8 ? 17 : 4);
        ck_assert_uint_eq(decode_counters(decoder)->tunnel_depth_exceeded, depth > 8 ? 1 : 0);
        decoder_free(decoder);
    }
}
END_TEST

START_TEST(deepest_tunnels_with_tags_are_within_the_bound_of_layers)
{
    struct wire wire;
    struct packet packet;
    wire_start(&wire);
    for (unsigned i = 0; i < 8; i++) {
        wire_ethernet(&wire, 1, 2);
        wire_vlan(&wire, 0x8100, 2);
        wire_ipv4(&wire, "203.0.113.1", "203.0.113.2");
        wire_udp(&wire, 1, 4789);
        wire_vxlan(&wire, 1);
    }
    wire_ethernet(&wire, 1, 2);
    add_inside(&wire);
    ck_assert_int_eq(decode(wire_frame(&wire, LINK_ETHERNET, 0), &packet), DECODE_OK);
    ck_assert_uint_eq(packet.tunnel_depth, 8);
    ck_assert_uint_eq(packet.dst_port, 53);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {ip_in_ip_in_all_four_ways,
                                  gre_with_any_of_its_fields,
                                  gre_source_routes_are_skipped_and_bounded,
                                  pptp_carries_ppp,
                                  erspan_of_all_types,
                                  vxlan_on_its_ports,
                                  inner_ethernet_addresses_go_with_the_inner_packet_only,
                                  geneve_with_options,
                                  teredo_with_its_indications,
                                  gtp_user_data_with_extensions,
                                  less_common_tunnels,
                                  port_alone_makes_no_tunnel,
                                  content_that_does_not_fit_makes_no_udp_tunnel,
                                  broken_content_leaves_the_packet_around_and_an_event,
                                  nesting_stops_at_the_bound,
                                  deepest_tunnels_with_tags_are_within_the_bound_of_layers,
                                  NULL};
    return run_suite(suite_of("decode_tunnel", tests));
}
