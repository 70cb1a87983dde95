/* SPDX-License-Identifier: Apache-2.0 */
/* Tunnel headers: what stands between an outer IP packet and the IP or Ethernet inside.
 *
 * The idea: walk_tunnel() has kept the outer packet, so a layer here only checks its header and
 * names what follows; "this is no such tunnel" falls back on the outer packet.
 * UDP tunnels are known by port only, and anybody may use a port: their fixed and reserved
 * fields must be right, and what they carry must fit (walk.guess), else the packet stays the UDP
 * datagram that it was.
 * Sources: RFC 2784, 2890, 1701 (GRE and routing), 2637 (version 1, PPTP),
 * draft-foschiano-erspan (ERSPAN), RFC 3378 (EtherIP), 7348 (VXLAN), draft-ietf-nvo3-vxlan-gpe,
 * RFC 8926 (GENEVE), 4380 (Teredo), 3GPP TS 29.281 (GTP-U). */
#include "decode/walk.h"

enum {
    ROUTES_MAX = 16,
    GTP_EXTENSIONS_MAX = 8
};

enum gre_flag {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_ACKNOWLEDGE = 0x0080, /* version 1 */
    GRE_VERSION = 0x0007
};

enum gre_protocol {
    GRE_PPP = 0x880b,
    GRE_ERSPAN = 0x88be, /* types I and II */
    GRE_ERSPAN3 = 0x22eb
};

/* Steps over source routes: family (2), offset (1), length (1), content; the last has length 0. */
static void skip_routes(struct bytes *at)
{
    for (unsigned i = 0; i < ROUTES_MAX; i++) {
        bytes_skip(at, 3);
        uint8_t length = bytes_u8(at);
        if (length == 0)
            return;
        bytes_skip(at, length);
    }
    bytes_skip(at, bytes_left(at) + 1); /* endless: goes bad */
}

/* Version 1: payload length (2) and call (2), then sequence and acknowledgement (4 each) where
 * flagged. */
static enum layer gre_version1(struct walk *walk, uint16_t flags, uint16_t protocol)
{
    uint16_t length = bytes_be16(&walk->at);
    bytes_skip(&walk->at, 2);
    if ((flags & GRE_SEQUENCE) != 0)
        bytes_skip(&walk->at, 4);
    if ((flags & GRE_ACKNOWLEDGE) != 0)
        bytes_skip(&walk->at, 4);
    if (walk->at.bad)
        return walk_cut(walk, DECODE_EVENT_GRE_SHORT);
    if (protocol != GRE_PPP || (flags & GRE_KEY) == 0)
        return walk_invalid(walk, DECODE_EVENT_GRE_VERSION);
    if ((flags & GRE_SEQUENCE) == 0 || length == 0)
        return LAYER_NOT_IP; /* an acknowledgement alone */
    if (length < walk_length(walk))
        walk_trim(walk, length);
    return LAYER_PPP;
}

/* Flags (13 bits), version (3 bits), EtherType (2); then where flagged: checksum and offset (4),
 * key (4), sequence (4), routes. */
enum layer tunnel_gre(struct walk *walk)
{
    uint16_t flags = bytes_be16(&walk->at);
    uint16_t protocol = bytes_be16(&walk->at);
    if (walk->at.bad)
        return walk_cut(walk, DECODE_EVENT_GRE_SHORT);
    walk->counters->gre++;
    if ((flags & GRE_VERSION) == 1)
        return gre_version1(walk, flags, protocol);
    if ((flags & GRE_VERSION) != 0)
        return walk_invalid(walk, DECODE_EVENT_GRE_VERSION);
    if ((flags & (GRE_CHECKSUM | GRE_ROUTING)) != 0)
        bytes_skip(&walk->at, 4);
    if ((flags & GRE_KEY) != 0)
        bytes_skip(&walk->at, 4);
    if ((flags & GRE_SEQUENCE) != 0)
        bytes_skip(&walk->at, 4);
    if ((flags & GRE_ROUTING) != 0)
        skip_routes(&walk->at);
    if (walk->at.bad)
        return walk_cut(walk, DECODE_EVENT_GRE_SHORT);
    if (protocol == GRE_ERSPAN3)
        return LAYER_ERSPAN3;
    if (protocol != GRE_ERSPAN)
        return protocol > 0x05ff ? link_ethertype(walk, protocol) : LAYER_NOT_IP;
    if ((flags & GRE_SEQUENCE) != 0)
        return LAYER_ERSPAN2;
    walk->counters->erspan++; /* type I has no header of its own */
    return LAYER_ETHERNET;
}

/* Version (4 bits, 1), VLAN (12 bits), class and flags (6 bits), session (10 bits), reserved and
 * port (4). */
enum layer tunnel_erspan2(struct walk *walk)
{
    uint32_t head = bytes_be32(&walk->at);
    bytes_skip(&walk->at, 4);
    if (walk->at.bad)
        return walk_cut(walk, DECODE_EVENT_ERSPAN_MALFORMED);
    if (head >> 28 != 1)
        return walk_invalid(walk, DECODE_EVENT_ERSPAN_MALFORMED);
    walk->counters->erspan++;
    return LAYER_ETHERNET;
}

/* Version (4 bits, 2) and the rest as type II (4), time stamp (4), group (2), then P (1 bit),
 * frame type (5 bits), hardware (6 bits), direction (1 bit), granularity (2 bits), O (1 bit): a
 * platform header (8) follows. */
enum layer tunnel_erspan3(struct walk *walk)
{
    uint32_t head = bytes_be32(&walk->at);
    bytes_skip(&walk->at, 4);
    uint32_t tail = bytes_be32(&walk->at);
    if ((tail & 1) != 0)
        bytes_skip(&walk->at, 8);
    if (walk->at.bad)
        return walk_cut(walk, DECODE_EVENT_ERSPAN_MALFORMED);
    if (head >> 28 != 2)
        return walk_invalid(walk, DECODE_EVENT_ERSPAN_MALFORMED);
    walk->counters->erspan++;
    switch (tail >> 10 & 0x1f) {
    case 0:
        return LAYER_ETHERNET;
    case 2:
        return LAYER_IP;
    default:
        return LAYER_NOT_IP;
    }
}

/* Version 2 has a header of four bytes, version 1 has none; an IPv4 header cannot begin like it. */
enum layer tunnel_wccp(struct walk *walk)
{
    if (bytes_peek(&walk->at, 0) >> 4 != 4)
        bytes_skip(&walk->at, 4);
    return LAYER_IPV4;
}

/* Version (4 bits, 3), reserved (12 bits). */
enum layer tunnel_etherip(struct walk *walk)
{
    uint16_t head = bytes_be16(&walk->at);
    if (walk->at.bad)
        return walk_cut(walk, DECODE_EVENT_TUNNEL_MALFORMED);
    return head >> 12 == 3 ? LAYER_ETHERNET : walk_invalid(walk, DECODE_EVENT_TUNNEL_MALFORMED);
}

/* Flags (1), reserved (2), next protocol (1), network number (3), reserved (1).  Without the
 * flag that announces it (the generic extension) there is no next protocol, but Ethernet; the
 * group policy extension has a group in the reserved bytes, and other reserved bits are to be
 * ignored. */
enum layer tunnel_vxlan(struct walk *walk)
{
    enum {
        FLAG_NETWORK = 0x08,
        FLAG_NEXT = 0x04,
        VERSION = 0x30
    };
    uint8_t flags = bytes_u8(&walk->at);
    uint32_t next = bytes_be24(&walk->at) & 0xff;
    uint32_t network = bytes_be32(&walk->at);
    if (walk->at.bad || (flags & (FLAG_NETWORK | VERSION)) != FLAG_NETWORK || (network & 0xff) != 0)
        return walk_invalid(walk, DECODE_EVENT_TUNNEL_MALFORMED);
    walk->counters->vxlan++;
    switch ((flags & FLAG_NEXT) != 0 ? next : 0) {
    case 1:
        return LAYER_IPV4;
    case 2:
        return LAYER_IPV6;
    case 0: /* plain, or an early writer of the extension's flag without its field */
    case 3:
        return LAYER_ETHERNET;
    default:
        return LAYER_NOT_IP;
    }
}

/* Version (2 bits, 0), length of options (6 bits, words), flags (2 bits), reserved (6 bits),
 * EtherType (2), network number (3), reserved (1), options. */
enum layer tunnel_geneve(struct walk *walk)
{
    uint32_t head = bytes_be32(&walk->at);
    uint32_t network = bytes_be32(&walk->at);
    bytes_skip(&walk->at, (head >> 24 & 0x3f) * (size_t)4);
    uint16_t type = (uint16_t)head;
    if (walk->at.bad || head >> 30 != 0 || (head & 0x3f0000) != 0 || (network & 0xff) != 0 ||
        type <= 0x05ff)
        return walk_invalid(walk, DECODE_EVENT_TUNNEL_MALFORMED);
    walk->counters->geneve++;
    return link_ethertype(walk, type);
}

/* Authentication, where the first two bytes are 0001: lengths of identifier and value (1 each),
 * both, nonce (8), confirmation (1).  Origin, where they are 0000: port (2), address (4).  Then
 * IPv6. */
enum layer tunnel_teredo(struct walk *walk)
{
    struct bytes *at = &walk->at;
    if (bytes_peek(at, 0) == 0 && bytes_peek(at, 1) == 1) {
        bytes_skip(at, 2);
        size_t identifier = bytes_u8(at);
        size_t value = bytes_u8(at);
        bytes_skip(at, identifier + value + 9);
    }
    if (bytes_peek(at, 0) == 0 && bytes_peek(at, 1) == 0)
        bytes_skip(at, 8);
    if (at->bad || bytes_peek(at, 0) >> 4 != 6)
        return walk_invalid(walk, DECODE_EVENT_TUNNEL_MALFORMED);
    walk->counters->teredo++;
    return LAYER_IPV6;
}

/* Version (3 bits, 1), type (1 bit, 1), reserved (1 bit), flags (3 bits), message (1, 255 for
 * user data), length past these eight bytes (2), tunnel (4); with any flag: sequence (2), number
 * (1), next extension (1).  Extensions: length in words (1), content, next extension (1). */
enum layer tunnel_gtpu(struct walk *walk)
{
    struct bytes *at = &walk->at;
    uint8_t flags = bytes_u8(at);
    uint8_t message = bytes_u8(at);
    uint16_t length = bytes_be16(at);
    bytes_skip(at, 4);
    if (at->bad || (flags & 0xf8) != 0x30 || message != 0xff || length != walk_length(walk))
        return walk_invalid(walk, DECODE_EVENT_TUNNEL_MALFORMED);
    uint8_t next = 0;
    if ((flags & 0x07) != 0) {
        bytes_skip(at, 3);
        next = bytes_u8(at);
    }
    for (unsigned i = 0; next != 0 && i < GTP_EXTENSIONS_MAX; i++) {
        uint8_t words = bytes_u8(at);
        if (words == 0)
            break;
        bytes_skip(at, words * (size_t)4 - 2);
        next = bytes_u8(at);
    }
    if (at->bad || next != 0)
        return walk_invalid(walk, DECODE_EVENT_TUNNEL_MALFORMED);
    walk->counters->gtpu++;
    return LAYER_IP;
}
