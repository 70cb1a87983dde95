/* SPDX-License-Identifier: Apache-2.0 */
/* Transport headers: ports, flags, and where the payload is.
 *
 * Invariants: (1) a header that the snapshot length cut gives the fields in front of the cut,
 * and the payload length that its fields promise; (2) a header that is short on the wire itself,
 * or whose length fields contradict the IP header, is malformed.  Checksums are not looked at
 * (decode.h says why).
 * Sources: RFC 9293, 768, 2675 (UDP length 0), 3828, 9260, 792, 4443. */
#include "decode/walk.h"

enum {
    TCP_HEADER_MIN = 20,
    UDP_HEADER_SIZE = 8,
    SCTP_HEADER_SIZE = 12,
    ICMP_HEADER_SIZE = 8
};

enum udp_port {
    PORT_GTPU = 2152,
    PORT_TEREDO = 3544,
    PORT_VXLAN = 4789,
    PORT_VXLAN_GPE = 4790,
    PORT_GENEVE = 6081,
    PORT_MPLS = 6635,
    PORT_VXLAN_LINUX = 8472
};

/* Steps over a header of `size` bytes; the payload is what follows. */
static enum layer payload_after(struct walk *walk, size_t size)
{
    struct packet *packet = walk->packet;
    size_t length = walk_length(walk);
    bytes_skip(&walk->at, size);
    packet->payload_captured = bytes_left(&walk->at);
    packet->payload = packet->payload_captured > 0 ? walk->at.at : NULL;
    packet->payload_length = length > size ? length - size : 0;
    return LAYER_END;
}

/* Ends the way at a header that is not there as a whole: cut by the snapshot length, or `event`. */
static enum layer header_cut(struct walk *walk, size_t size, enum decode_event event)
{
    if (walk_length(walk) < size || walk->missing == 0)
        return walk_invalid(walk, event);
    return payload_after(walk, size);
}

/* Source and destination port (2, 2), sequence (4), acknowledgement (4), header length (4 bits,
 * words), reserved (4 bits), flags (1), window (2), checksum (2), urgent pointer (2), options. */
enum layer transport_tcp(struct walk *walk)
{
    struct packet *packet = walk->packet;
    struct bytes at = walk->at;
    uint32_t ports = bytes_be32(&at);
    packet->src_port = (uint16_t)(ports >> 16);
    packet->dst_port = (uint16_t)ports;
    packet->tcp_seq = bytes_be32(&at);
    packet->tcp_ack = bytes_be32(&at);
    uint32_t control = bytes_be32(&at);
    packet->tcp_flags = control >> 16 & 0xff;
    bytes_skip(&at, 4);
    size_t size = (control >> 28) * (size_t)4;
    walk->counters->tcp++;
    if (at.bad)
        return header_cut(walk, size > TCP_HEADER_MIN ? size : TCP_HEADER_MIN,
                          DECODE_EVENT_TCP_SHORT);
    if (size < TCP_HEADER_MIN || size > walk_length(walk))
        return walk_invalid(walk, DECODE_EVENT_TCP_HEADER);
    return payload_after(walk, size);
}

/* Names the tunnel that lives at a port.  Its own header must then agree (tunnel.c). */
static enum layer udp_tunnel(uint16_t src_port, uint16_t dst_port)
{
    switch (dst_port) {
    case PORT_VXLAN:
    case PORT_VXLAN_GPE:
    case PORT_VXLAN_LINUX:
        return LAYER_VXLAN;
    case PORT_GENEVE:
        return LAYER_GENEVE;
    case PORT_MPLS:
        return LAYER_MPLS;
    case PORT_GTPU:
        return LAYER_GTPU;
    case PORT_TEREDO:
        return LAYER_TEREDO;
    default: /* a Teredo server answers from its port */
        return src_port == PORT_TEREDO ? LAYER_TEREDO : LAYER_END;
    }
}

/* Source and destination port (2, 2), length with the header (2), checksum (2). */
enum layer transport_udp(struct walk *walk)
{
    struct packet *packet = walk->packet;
    struct bytes at = walk->at;
    uint32_t ports = bytes_be32(&at);
    uint32_t rest = bytes_be32(&at);
    packet->src_port = (uint16_t)(ports >> 16);
    packet->dst_port = (uint16_t)ports;
    walk->counters->udp++;
    if (at.bad)
        return header_cut(walk, UDP_HEADER_SIZE, DECODE_EVENT_UDP_SHORT);
    size_t length = rest >> 16 != 0 ? rest >> 16 : walk_length(walk);
    if (length < UDP_HEADER_SIZE || length > walk_length(walk))
        return walk_invalid(walk, DECODE_EVENT_UDP_LENGTH);
    walk_trim(walk, length);
    (void)payload_after(walk, UDP_HEADER_SIZE);
    enum layer layer = udp_tunnel(packet->src_port, packet->dst_port);
    return layer == LAYER_END ? LAYER_END : walk_tunnel(walk, layer, true);
}

/* As UDP, but the length field says how much the checksum covers: 0 for everything, else at
 * least the header. */
enum layer transport_udplite(struct walk *walk)
{
    struct packet *packet = walk->packet;
    struct bytes at = walk->at;
    uint32_t ports = bytes_be32(&at);
    uint32_t rest = bytes_be32(&at);
    packet->src_port = (uint16_t)(ports >> 16);
    packet->dst_port = (uint16_t)ports;
    walk->counters->udp++;
    if (at.bad)
        return header_cut(walk, UDP_HEADER_SIZE, DECODE_EVENT_UDP_SHORT);
    size_t coverage = rest >> 16;
    if ((coverage != 0 && coverage < UDP_HEADER_SIZE) || coverage > walk_length(walk))
        return walk_invalid(walk, DECODE_EVENT_UDP_LENGTH);
    return payload_after(walk, UDP_HEADER_SIZE);
}

/* Source and destination port (2, 2), verification tag (4), checksum (4), chunks. */
enum layer transport_sctp(struct walk *walk)
{
    struct packet *packet = walk->packet;
    struct bytes at = walk->at;
    uint32_t ports = bytes_be32(&at);
    bytes_skip(&at, 8);
    packet->src_port = (uint16_t)(ports >> 16);
    packet->dst_port = (uint16_t)ports;
    walk->counters->sctp++;
    if (at.bad)
        return header_cut(walk, SCTP_HEADER_SIZE, DECODE_EVENT_SCTP_SHORT);
    return payload_after(walk, SCTP_HEADER_SIZE);
}

/* Type (1), code (1), checksum (2), then for echo and its like an identifier (2) and a number
 * (2). */
static enum layer icmp(struct walk *walk, uint32_t with_id, enum decode_event event)
{
    struct packet *packet = walk->packet;
    struct bytes at = walk->at;
    packet->src_port = bytes_u8(&at);
    packet->dst_port = bytes_u8(&at);
    bytes_skip(&at, 2);
    uint16_t id = bytes_be16(&at);
    bytes_skip(&at, 2);
    if (packet->src_port < 32 && (with_id >> packet->src_port & 1) != 0)
        packet->icmp_id = id;
    return at.bad ? header_cut(walk, ICMP_HEADER_SIZE, event)
                  : payload_after(walk, ICMP_HEADER_SIZE);
}

enum layer transport_icmp(struct walk *walk)
{
    /* Echo reply and request, time stamp, information, address mask. */
    const uint32_t with_id =
        1U << 0 | 1U << 8 | 1U << 13 | 1U << 14 | 1U << 15 | 1U << 16 | 1U << 17 | 1U << 18;
    walk->counters->icmpv4++;
    return icmp(walk, with_id, DECODE_EVENT_ICMP_SHORT);
}

enum layer transport_icmpv6(struct walk *walk)
{
    walk->counters->icmpv6++;
    enum layer layer = icmp(walk, 0, DECODE_EVENT_ICMPV6_SHORT);
    struct packet *packet = walk->packet;
    if (layer == LAYER_END && (packet->src_port == 128 || packet->src_port == 129)) {
        struct bytes at = bytes_of(packet->l4, packet->l4_captured);
        bytes_skip(&at, 4);
        packet->icmp_id = bytes_be16(&at);
    }
    return layer;
}

/* A protocol without ports: everything after the IP headers is payload, as ip.c has set it. */
enum layer transport_other(struct walk *walk)
{
    walk->counters->other++;
    return LAYER_END;
}
