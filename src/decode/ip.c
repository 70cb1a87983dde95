/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4, and IPv6 with its extension headers.
 *
 * The idea: an IP header resets what packet.h says about network and transport, trims the bytes
 * to its own length field, and hands a fragment to fragments.c; a datagram that is whole again
 * goes through its header once more, so that reassembled and plain packets take the same way.
 * Invariants: (1) packet.l3 starts at the header that walk.at stood on; (2) l4 is NULL exactly
 * where the packet is a fragment or the snapshot length cut off the start of the transport
 * header; (3) at most EXTENSIONS_MAX extension headers are passed.
 * Lengths of 0 are what segmentation offload leaves: then the wire's length counts.
 * Sources: RFC 791, RFC 8200, RFC 2675 (jumbograms), RFC 4302 (AH), RFC 6946 (atomic fragments). */
#include <string.h>

#include "decode/copies.h"
#include "decode/fragments.h"
#include "decode/walk.h"
#include "net/protocol.h"

enum {
    IPV4_HEADER_MIN = 20,
    IPV6_HEADER_SIZE = 40,
    IPV6_NEXT_AT = 6, /* where the fixed header says what follows */
    EXTENSIONS_MAX = 16,
    OPTIONS_MAX = 2048, /* an extension header has no more bytes of them */
    JUMBO_OPTION = 0xc2
};

enum extension {
    EXTENSION_HOP_BY_HOP = 0,
    EXTENSION_ROUTING = 43,
    EXTENSION_FRAGMENT = 44,
    EXTENSION_AH = PROTOCOL_AH,
    EXTENSION_NONE = 59,
    EXTENSION_DESTINATION = 60,
    EXTENSION_MOBILITY = 135,
    EXTENSION_HIP = 139,
    EXTENSION_SHIM6 = 140
};

enum layer ip_raw(struct walk *walk)
{
    walk->counters->raw++;
    return LAYER_IP;
}

enum layer ip_any(struct walk *walk)
{
    if (bytes_left(&walk->at) == 0)
        return walk_cut(walk, DECODE_EVENT_IP_VERSION);
    switch (bytes_peek(&walk->at, 0) >> 4) {
    case 4:
        return LAYER_IPV4;
    case 6:
        return LAYER_IPV6;
    default:
        return walk_invalid(walk, DECODE_EVENT_IP_VERSION);
    }
}

/* Names the layer of an IP protocol number.  What is not named is a packet without ports. */
static enum layer ip_protocol(struct walk *walk, uint8_t protocol)
{
    enum {
        PROTOCOL_ETHERIP = 97,
        PROTOCOL_MPLS = 137,
        PROTOCOL_ETHERNET = 143
    };
    switch (protocol) {
    case PROTOCOL_TCP:
        return LAYER_TCP;
    case PROTOCOL_UDP:
        return LAYER_UDP;
    case PROTOCOL_UDPLITE:
        return LAYER_UDPLITE;
    case PROTOCOL_SCTP:
        return LAYER_SCTP;
    case PROTOCOL_ICMP:
        return LAYER_ICMP;
    case PROTOCOL_ICMPV6:
        return LAYER_ICMPV6;
    case PROTOCOL_IPIP:
        walk->counters->ipip++;
        return walk_tunnel(walk, LAYER_IPV4, false);
    case PROTOCOL_IPV6:
        walk->counters->ipip++;
        return walk_tunnel(walk, LAYER_IPV6, false);
    case PROTOCOL_GRE:
        return walk_tunnel(walk, LAYER_GRE, false);
    case PROTOCOL_ETHERIP:
        return walk_tunnel(walk, LAYER_ETHERIP, false);
    case PROTOCOL_ETHERNET:
        return walk_tunnel(walk, LAYER_ETHERNET, false);
    case PROTOCOL_MPLS:
        return walk_tunnel(walk, LAYER_MPLS, false);
    default:
        return LAYER_OTHER;
    }
}

/* Steps over the IP headers: what follows is the transport header, whatever it turns out to be. */
static enum layer ip_payload(struct walk *walk, uint8_t protocol)
{
    struct packet *packet = walk->packet;
    packet->protocol = protocol;
    packet->l4 = packet->payload = walk->at.at;
    packet->l4_captured = packet->payload_captured = bytes_left(&walk->at);
    packet->payload_length = walk_length(walk);
    if (packet->l4_captured > 0 || walk->missing == 0)
        return ip_protocol(walk, protocol);
    packet->l4 = packet->payload = NULL;
    return LAYER_END;
}

/* The snapshot length cut into the IP headers, past the addresses: there is a packet, but no
 * more. */
static enum layer ip_headers_cut(struct walk *walk)
{
    size_t headers = walk->packet->l3_captured;
    size_t length = walk->packet->l3_length;
    walk->packet->payload_length = length > headers ? length - headers : 0;
    return LAYER_END;
}

/* Sets what the IP header decides, with everything past it still empty. */
static void packet_ip(struct walk *walk, size_t length)
{
    struct packet *packet = walk->packet;
    packet->l3 = walk->at.at;
    packet->l3_captured = bytes_left(&walk->at);
    packet->l3_length = length;
    packet->truncated = walk->missing > 0;
    packet->src_port = packet->dst_port = 0;
    packet->tcp_flags = 0;
    packet->tcp_seq = packet->tcp_ack = 0;
    packet->icmp_id = packet->ip_id = 0;
    packet->l4 = packet->payload = NULL;
    packet->l4_captured = packet->payload_captured = packet->payload_length = 0;
}

/* Counts a fragment and puts it to the others of its datagram.  The packet goes on as the whole
 * datagram where this was the last piece, else it ends as a fragment. */
static enum layer ip_fragment(struct walk *walk, struct fragment *fragment)
{
    struct packet *packet = walk->packet;
    walk->counters->fragments++;
    if (walk->rebuilt)
        return walk_invalid(walk, DECODE_EVENT_FRAGMENT_MALFORMED);
    packet->fragment = true;
    packet->payload = walk->at.at;
    packet->payload_captured = bytes_left(&walk->at);
    packet->payload_length = walk_length(walk);
    uint64_t place = (uint64_t)fragment->id << 32 | fragment->offset << 1 | fragment->more;
    if (walk->copies != NULL && copies_seen(walk->copies, packet, place + 1))
        return LAYER_COPY;
    packet->payload = NULL;
    packet->payload_captured = packet->payload_length = 0;

    fragment->ip_version = packet->ip_version;
    fragment->src = packet->src;
    fragment->dst = packet->dst;
    fragment->header = packet->l3;
    fragment->data = walk->at.at;
    fragment->size = bytes_left(&walk->at);
    fragment->cut = walk->missing > 0;
    fragment->ts_ns = packet->ts_ns;
    struct bytes whole;
    if (!fragments_add(walk->fragments, fragment, &whole))
        return LAYER_END;
    packet->fragment = false;
    packet->reassembled = true;
    walk->at = whole;
    walk->missing = 0;
    walk->rebuilt = true;
    return packet->ip_version == 4 ? LAYER_IPV4 : LAYER_IPV6;
}

/* Version (4 bits), header length (4 bits, words), service (1), total length (2); identification
 * (2), flags (3 bits), offset (13 bits, 8 bytes each); time to live (1), protocol (1), checksum
 * (2); source (4), destination (4); options. */
enum layer ip_v4(struct walk *walk)
{
    struct bytes rest = walk->at;
    struct bytes at = bytes_slice(&rest, IPV4_HEADER_MIN); /* one check for all fields */
    if (at.bad)
        return walk_cut(walk, DECODE_EVENT_IPV4_SHORT);
    uint32_t first = bytes_be32(&at);
    uint32_t second = bytes_be32(&at);
    uint32_t third = bytes_be32(&at);
    const uint8_t *src = bytes_take(&at, 4);
    const uint8_t *dst = bytes_take(&at, 4);
    if (src == NULL || dst == NULL)
        return walk_cut(walk, DECODE_EVENT_IPV4_SHORT);
    if (first >> 28 != 4)
        return walk_invalid(walk, DECODE_EVENT_IPV4_VERSION);
    size_t header = (first >> 24 & 0x0f) * (size_t)4;
    if (header < IPV4_HEADER_MIN)
        return walk_invalid(walk, DECODE_EVENT_IPV4_HEADER);
    size_t length = (first & 0xffff) != 0 ? first & 0xffff : walk_length(walk);
    if (length < header)
        return walk_invalid(walk, DECODE_EVENT_IPV4_LENGTH);
    if (walk->guess && length > walk_length(walk))
        return walk_invalid(walk, DECODE_EVENT_IP_TRUNCATED);

    walk->counters->ipv4++;
    walk_trim(walk, length);
    packet_ip(walk, length);
    struct packet *packet = walk->packet;
    packet->ip_version = 4;
    packet->src = addr_from4(src);
    packet->dst = addr_from4(dst);
    packet->ttl = (uint8_t)(third >> 24);
    packet->protocol = third >> 16 & 0xff;
    packet->ip_id = (uint16_t)(second >> 16);
    bytes_skip(&walk->at, header);
    if (walk->at.bad)
        return ip_headers_cut(walk);
    if ((second & 0x3fff) == 0)
        return packet->protocol == PROTOCOL_AH ? LAYER_AH : ip_payload(walk, packet->protocol);
    struct fragment fragment = {.id = packet->ip_id,
                                .protocol = packet->protocol,
                                .header_size = header,
                                .offset = (second & 0x1fff) * 8,
                                .more = (second & 0x2000) != 0};
    return ip_fragment(walk, &fragment);
}

/* Reads the length in the jumbo option of a hop-by-hop header (`at` is past the fixed header); 0
 * where there is no such option. */
static uint32_t jumbo_length(struct bytes at)
{
    bytes_skip(&at, 1);
    size_t size = (bytes_u8(&at) + (size_t)1) * 8;
    struct bytes options = bytes_slice_upto(&at, size - 2);
    for (unsigned i = 0; i < OPTIONS_MAX && bytes_left(&options) > 0; i++) {
        uint8_t type = bytes_u8(&options);
        if (type == 0)
            continue; /* one byte of padding */
        uint8_t length = bytes_u8(&options);
        if (type == JUMBO_OPTION && length == 4)
            return bytes_be32(&options);
        bytes_skip(&options, length);
    }
    return 0;
}

/* Finds the length of the datagram from the fixed header's payload length and what follows
 * (`at`).  Returns false for a jumbogram that is none. */
static bool ipv6_length(const struct walk *walk, struct bytes at, uint32_t second,
                        size_t *ret_length)
{
    size_t payload = second >> 16;
    uint8_t next = second >> 8 & 0xff;
    uint32_t jumbo = payload == 0 && next == EXTENSION_HOP_BY_HOP ? jumbo_length(at) : 0;
    if (jumbo > 0 && jumbo <= 0xffff)
        return false;
    if (payload == 0 && jumbo == 0 && next != EXTENSION_NONE)
        *ret_length = walk_length(walk);
    else
        *ret_length = IPV6_HEADER_SIZE + (jumbo > 0 ? jumbo : payload);
    return true;
}

/* Next header (1), reserved (1), offset (13 bits, 8 bytes each), reserved (2 bits), more (1
 * bit), identification (4).  Returns false, with the layer that follows, where the way leaves
 * the chain of headers; true for a datagram of one piece, which is none of the fragments'
 * business. */
static bool ipv6_fragment(struct walk *walk, size_t next_at, uint8_t *ret_next,
                          enum layer *ret_layer)
{
    struct packet *packet = walk->packet;
    const uint8_t *here = walk->at.at;
    uint8_t next = bytes_u8(&walk->at);
    bytes_skip(&walk->at, 1);
    uint16_t place = bytes_be16(&walk->at);
    uint32_t id = bytes_be32(&walk->at);
    if (walk->at.bad) {
        *ret_layer = walk->missing > 0 ? ip_headers_cut(walk)
                                       : walk_invalid(walk, DECODE_EVENT_IPV6_EXTENSION);
        return false;
    }
    *ret_next = next;
    if ((place & 0xfff9) == 0)
        return true;
    packet->protocol = next;
    struct fragment fragment = {.id = id,
                                .next = next,
                                .next_at = next_at,
                                .header_size = (size_t)(here - packet->l3),
                                .offset = place & 0xfff8,
                                .more = (place & 1) != 0};
    *ret_layer = ip_fragment(walk, &fragment);
    return false;
}

/* Steps over one extension header other than the fragment header: next header (1), length (1),
 * content. */
static bool extension_skip(struct walk *walk, uint8_t kind, uint8_t *ret_next)
{
    uint8_t next = bytes_u8(&walk->at);
    size_t length = bytes_u8(&walk->at);
    size_t size = kind == EXTENSION_AH ? (length + 2) * 4 : (length + 1) * 8;
    bytes_skip(&walk->at, size - 2);
    if (walk->at.bad)
        return false;
    *ret_next = next;
    return true;
}

/* Follows the chain of extension headers from `first`, whose number stands at `next_at` of the
 * IP header.  A chain that ends in "nothing follows" after mobility, HIP or shim6 signalling is
 * that protocol. */
static enum layer ip_extensions(struct walk *walk, uint8_t first, size_t next_at)
{
    uint8_t next = first;
    uint8_t signalling = EXTENSION_NONE;
    for (unsigned i = 0; i < EXTENSIONS_MAX; i++) {
        uint8_t kind = next;
        enum layer layer = LAYER_END;
        walk->packet->protocol = kind;
        size_t here = (size_t)(walk->at.at - walk->packet->l3);
        switch (kind) {
        case EXTENSION_FRAGMENT:
            if (!ipv6_fragment(walk, next_at, &next, &layer))
                return layer;
            break;
        case EXTENSION_MOBILITY:
        case EXTENSION_HIP:
        case EXTENSION_SHIM6:
            signalling = kind;
            __attribute__((fallthrough));
        case EXTENSION_HOP_BY_HOP:
        case EXTENSION_ROUTING:
        case EXTENSION_DESTINATION:
        case EXTENSION_AH:
            if (extension_skip(walk, kind, &next))
                break;
            return walk->missing > 0 ? ip_headers_cut(walk)
                                     : walk_invalid(walk, DECODE_EVENT_IPV6_EXTENSION);
        case EXTENSION_NONE:
            return ip_payload(walk, signalling);
        default:
            return ip_payload(walk, kind);
        }
        next_at = here;
    }
    return walk_invalid(walk, DECODE_EVENT_IPV6_EXTENSION_COUNT);
}

/* AH straight behind an IPv4 header.  What it holds is not taken for an IPv6 extension header. */
enum layer ip_ah(struct walk *walk)
{
    uint8_t next = 0;
    if (!extension_skip(walk, EXTENSION_AH, &next))
        return walk->missing > 0 ? ip_headers_cut(walk)
                                 : walk_invalid(walk, DECODE_EVENT_IPV6_EXTENSION);
    return ip_payload(walk, next);
}

/* Version (4 bits), class (8 bits), flow label (20 bits); payload length (2), next header (1),
 * hop limit (1); source (16), destination (16). */
enum layer ip_v6(struct walk *walk)
{
    struct bytes at = walk->at;
    uint32_t first = bytes_be32(&at);
    uint32_t second = bytes_be32(&at);
    const uint8_t *src = bytes_take(&at, 16);
    const uint8_t *dst = bytes_take(&at, 16);
    if (at.bad || src == NULL || dst == NULL)
        return walk_cut(walk, DECODE_EVENT_IPV6_SHORT);
    if (first >> 28 != 6)
        return walk_invalid(walk, DECODE_EVENT_IPV6_VERSION);
    size_t length = 0;
    if (!ipv6_length(walk, at, second, &length))
        return walk_invalid(walk, DECODE_EVENT_IPV6_JUMBO);
    if (walk->guess && length > walk_length(walk))
        return walk_invalid(walk, DECODE_EVENT_IP_TRUNCATED);

    walk->counters->ipv6++;
    walk_trim(walk, length);
    packet_ip(walk, length);
    struct packet *packet = walk->packet;
    packet->ip_version = 6;
    packet->src = addr_from6(src);
    packet->dst = addr_from6(dst);
    packet->ttl = second & 0xff;
    bytes_skip(&walk->at, IPV6_HEADER_SIZE);
    return ip_extensions(walk, second >> 8 & 0xff, IPV6_NEXT_AT);
}
