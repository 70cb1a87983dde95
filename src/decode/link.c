/* SPDX-License-Identifier: Apache-2.0 */
/* Link layers, tags and labels: everything in front of an IP header that is neither wireless nor
 * PPP.
 *
 * The idea: link_first() maps the capture's link type and link_ethertype() any EtherType to a
 * layer; each layer takes its own header off and names the next.  Lengths of link headers trim
 * the bytes, so that padding never reaches IP.
 * Invariant: nothing here reads past a header of fixed size, but for the loops over tags, labels
 * and TLVs, which have a constant bound.
 * Sources: IEEE 802.3, 802.1Q, 802.1ah; RFC 1042 (SNAP), RFC 3032 and 4385 (MPLS, control word);
 * https://www.tcpdump.org/linktypes.html for NULL, LOOP, SLL, SLL2 and NFLOG. */
#include <string.h>

#include "capture/frame.h"
#include "decode/walk.h"

enum {
    TAGS_MAX = 16,
    LABELS_MAX = 16,
    TLVS_MAX = 64
};

enum ethertype {
    ETHERTYPE_LENGTH_MAX = 0x05ff, /* 802.3: up to here it is a length */
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_ARP = 0x0806,
    ETHERTYPE_TEB = 0x6558, /* transparent Ethernet bridging, RFC 1701 */
    ETHERTYPE_CTAG = 0x8100,
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_PPP = 0x880b,
    ETHERTYPE_WCCP = 0x883e,
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_MPLS_MULTICAST = 0x8848,
    ETHERTYPE_PPPOE = 0x8864,
    ETHERTYPE_JUMBO_LLC = 0x8870,
    ETHERTYPE_STAG = 0x88a8,
    ETHERTYPE_BACKBONE = 0x88e7,
    ETHERTYPE_VNTAG = 0x8926,
    ETHERTYPE_QINQ_1 = 0x9100,
    ETHERTYPE_QINQ_2 = 0x9200,
    ETHERTYPE_QINQ_3 = 0x9300
};

enum layer link_first(uint32_t link_type)
{
    switch (link_type) {
    case LINK_ETHERNET:
        return LAYER_ETHERNET;
    case LINK_NULL:
    case LINK_LOOP:
        return LAYER_LINK_NULL;
    case LINK_PPP:
    case LINK_PPP_HDLC:
    case LINK_C_HDLC:
        return LAYER_PPP;
    case LINK_PPP_PPPD:
        return LAYER_PPP_PPPD;
    case LINK_PPP_ETHER:
        return LAYER_PPPOE;
    case LINK_RAW:
    case LINK_RAW_12:
    case LINK_RAW_14:
    case LINK_IPV4:
    case LINK_IPV6:
        return LAYER_RAW;
    case LINK_IEEE802_11:
        return LAYER_IEEE80211;
    case LINK_IEEE802_11_PRISM:
        return LAYER_PRISM;
    case LINK_IEEE802_11_RADIOTAP:
        return LAYER_RADIOTAP;
    case LINK_LINUX_SLL:
        return LAYER_SLL;
    case LINK_LINUX_SLL2:
        return LAYER_SLL2;
    case LINK_NFLOG:
        return LAYER_NFLOG;
    default:
        return LAYER_UNSUPPORTED;
    }
}

static bool is_tag(uint16_t type)
{
    return type == ETHERTYPE_CTAG || type == ETHERTYPE_STAG || type == ETHERTYPE_QINQ_1 ||
           type == ETHERTYPE_QINQ_2 || type == ETHERTYPE_QINQ_3;
}

enum layer link_ethertype(struct walk *walk, uint16_t type)
{
    switch (type) {
    case ETHERTYPE_IPV4:
        return LAYER_IPV4;
    case ETHERTYPE_IPV6:
        return LAYER_IPV6;
    case ETHERTYPE_CTAG:
    case ETHERTYPE_STAG:
    case ETHERTYPE_QINQ_1:
    case ETHERTYPE_QINQ_2:
    case ETHERTYPE_QINQ_3:
        return LAYER_VLAN;
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
        return LAYER_MPLS;
    case ETHERTYPE_PPPOE:
        return LAYER_PPPOE;
    case ETHERTYPE_PPP:
        return LAYER_PPP;
    case ETHERTYPE_TEB:
        return LAYER_ETHERNET;
    case ETHERTYPE_WCCP:
        return LAYER_WCCP;
    case ETHERTYPE_BACKBONE:
        return LAYER_BACKBONE;
    case ETHERTYPE_VNTAG:
        return LAYER_VNTAG;
    case ETHERTYPE_JUMBO_LLC:
        return LAYER_LLC;
    case ETHERTYPE_ARP:
        walk->counters->arp++;
        return LAYER_NOT_IP;
    default:
        break;
    }
    if (type > ETHERTYPE_LENGTH_MAX)
        return LAYER_NOT_IP;
    if (type <= walk_length(walk))
        walk_trim(walk, type);
    return LAYER_LLC;
}

/* Destination (6), source (6), EtherType or length (2). */
enum layer link_ethernet(struct walk *walk)
{
    struct bytes at = walk->at;
    const uint8_t *dst = bytes_take(&at, 6);
    const uint8_t *src = bytes_take(&at, 6);
    uint16_t type = bytes_be16(&at);
    if (at.bad || src == NULL || dst == NULL)
        return walk_cut(walk, DECODE_EVENT_ETHERNET_SHORT);
    walk->at = at;
    walk->counters->ethernet++;
    struct packet *packet = walk->packet;
    packet->has_mac = true;
    memcpy(packet->dst_mac, dst, 6);
    memcpy(packet->src_mac, src, 6);
    return link_ethertype(walk, type);
}

static void note_vlan(struct walk *walk, unsigned position, uint16_t id)
{
    uint64_t *counts[] = {&walk->counters->vlan, &walk->counters->vlan_qinq,
                          &walk->counters->vlan_qinqinq};
    (*counts[position < 2 ? position : 2])++;
    struct packet *packet = walk->packet;
    /* Number 0 carries a priority only; inside a tunnel the numbers are somebody else's. */
    if (id != 0 && !walk->has_outer && packet->vlan_count < PACKET_VLANS_MAX)
        packet->vlans[packet->vlan_count++] = id;
}

/* Priority (3 bits), drop eligible (1), VLAN number (12), EtherType (2): one tag after another. */
enum layer link_vlan(struct walk *walk)
{
    for (unsigned i = 0; i < TAGS_MAX; i++) {
        uint16_t control = bytes_be16(&walk->at);
        uint16_t type = bytes_be16(&walk->at);
        if (walk->at.bad)
            return walk_cut(walk, DECODE_EVENT_VLAN_SHORT);
        note_vlan(walk, i, control & 0x0fff);
        if (!is_tag(type))
            return link_ethertype(walk, type);
    }
    return walk_invalid(walk, DECODE_EVENT_VLAN_COUNT);
}

/* 802.1ah: priority and flags (1), service number (3), then the customer's Ethernet header. */
enum layer link_backbone(struct walk *walk)
{
    bytes_skip(&walk->at, 4);
    return walk->at.bad ? walk_cut(walk, DECODE_EVENT_VLAN_SHORT) : LAYER_ETHERNET;
}

/* 802.1BR: interface numbers (4), EtherType (2). */
enum layer link_vntag(struct walk *walk)
{
    bytes_skip(&walk->at, 4);
    uint16_t type = bytes_be16(&walk->at);
    return walk->at.bad ? walk_cut(walk, DECODE_EVENT_VLAN_SHORT) : link_ethertype(walk, type);
}

/* 802.2: destination and source service (1 each), control (1); with SNAP (AA AA 03) an
 * organisation (3) and its protocol number (2), which is an EtherType for the organisations 0
 * and 0000F8. */
enum layer link_llc(struct walk *walk)
{
    uint32_t head = bytes_be24(&walk->at);
    if (walk->at.bad)
        return walk_cut(walk, DECODE_EVENT_LLC_SHORT);
    if (head == 0x060603)
        return LAYER_IPV4;
    if (head != 0xaaaa03)
        return LAYER_NOT_IP;
    uint32_t organisation = bytes_be24(&walk->at);
    uint16_t type = bytes_be16(&walk->at);
    if (walk->at.bad)
        return walk_cut(walk, DECODE_EVENT_LLC_SHORT);
    bool known = organisation == 0 || organisation == 0x0000f8;
    return known && type > ETHERTYPE_LENGTH_MAX ? link_ethertype(walk, type) : LAYER_NOT_IP;
}

/* True where an Ethernet header with an EtherType that we go into stands `skip` bytes from here. */
static bool looks_ethernet(const struct walk *walk, size_t skip)
{
    uint16_t type = (uint16_t)((unsigned)bytes_peek(&walk->at, skip + 12) << 8 |
                               bytes_peek(&walk->at, skip + 13));
    return type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6 || type == ETHERTYPE_ARP ||
           type == ETHERTYPE_PPPOE || type == ETHERTYPE_MPLS || is_tag(type);
}

/* Label stack entries: label (20 bits), class (3), bottom of stack (1), time to live (8).
 * Nothing says what follows, so the first nibble does: 4 and 6 are IP, 0 a control word (RFC
 * 4385) in front of Ethernet, 1 a control channel; a pseudowire without control word shows by
 * its EtherType. */
enum layer link_mpls(struct walk *walk)
{
    walk->counters->mpls++;
    for (unsigned i = 0; i < LABELS_MAX; i++) {
        uint32_t entry = bytes_be32(&walk->at);
        if (walk->at.bad)
            return walk_cut(walk, DECODE_EVENT_MPLS_SHORT);
        if ((entry & 0x100) == 0)
            continue;
        if (bytes_left(&walk->at) == 0)
            return walk_cut(walk, DECODE_EVENT_MPLS_SHORT);
        unsigned nibble = bytes_peek(&walk->at, 0) >> 4;
        if (nibble == 4 || nibble == 6)
            return nibble == 4 ? LAYER_IPV4 : LAYER_IPV6;
        if (nibble == 0 && (looks_ethernet(walk, 4) || !looks_ethernet(walk, 0)))
            bytes_skip(&walk->at, 4);
        else if (!looks_ethernet(walk, 0))
            return LAYER_NOT_IP;
        return LAYER_ETHERNET;
    }
    return walk_invalid(walk, DECODE_EVENT_MPLS_COUNT);
}

/* Address family (4), in the byte order of the capturing machine (NULL) or of the network
 * (LOOP).  The numbers are small, so the order shows by itself.  IPv6 is 10 on Linux, 23 on
 * Windows, 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on Darwin. */
enum layer link_null(struct walk *walk)
{
    uint32_t family = bytes_le32(&walk->at);
    if (walk->at.bad)
        return walk_cut(walk, DECODE_EVENT_NULL_SHORT);
    walk->counters->null++;
    if (family > 0xffff)
        family = __builtin_bswap32(family);
    switch (family) {
    case 2:
        return LAYER_IPV4;
    case 10:
    case 23:
    case 24:
    case 28:
    case 30:
        return LAYER_IPV6;
    default:
        return LAYER_NOT_IP;
    }
}

/* Names the layer of a cooked capture's protocol field: 4 is 802.2, other small numbers are no
 * IP. */
static enum layer cooked(struct walk *walk, uint16_t hardware, uint16_t protocol)
{
    enum {
        HARDWARE_NETLINK = 824,
        PROTOCOL_LLC = 4
    };
    if (hardware == HARDWARE_NETLINK)
        return LAYER_NOT_IP;
    if (protocol > ETHERTYPE_LENGTH_MAX)
        return link_ethertype(walk, protocol);
    return protocol == PROTOCOL_LLC ? LAYER_LLC : LAYER_NOT_IP;
}

/* Packet type (2), hardware type (2), address length (2), address (8), protocol (2). */
enum layer link_sll(struct walk *walk)
{
    bytes_skip(&walk->at, 2);
    uint16_t hardware = bytes_be16(&walk->at);
    bytes_skip(&walk->at, 10);
    uint16_t protocol = bytes_be16(&walk->at);
    if (walk->at.bad)
        return walk_cut(walk, DECODE_EVENT_SLL_SHORT);
    walk->counters->sll++;
    return cooked(walk, hardware, protocol);
}

/* Protocol (2), reserved (2), interface (4), hardware type (2), packet type (1), address length
 * (1), address (8). */
enum layer link_sll2(struct walk *walk)
{
    uint16_t protocol = bytes_be16(&walk->at);
    bytes_skip(&walk->at, 6);
    uint16_t hardware = bytes_be16(&walk->at);
    bytes_skip(&walk->at, 10);
    if (walk->at.bad)
        return walk_cut(walk, DECODE_EVENT_SLL_SHORT);
    walk->counters->sll2++;
    return cooked(walk, hardware, protocol);
}

/* Family (1), version (1), resource (2), then TLVs: length with its own four bytes (2), type
 * (2), value, padding to four.  Length and type are in the byte order of the capturing machine;
 * types are small, so the order shows by itself. */
enum layer link_nflog(struct walk *walk)
{
    enum {
        TLV_PAYLOAD = 9
    };
    walk->counters->nflog++;
    bytes_skip(&walk->at, 4);
    for (unsigned i = 0; i < TLVS_MAX; i++) {
        uint16_t length = bytes_le16(&walk->at);
        uint16_t type = bytes_le16(&walk->at);
        if (type > 0xff) {
            length = __builtin_bswap16(length);
            type = __builtin_bswap16(type);
        }
        if (walk->at.bad || length < 4)
            return walk_cut(walk, DECODE_EVENT_NFLOG_MALFORMED);
        if (type == TLV_PAYLOAD) {
            walk_trim(walk, length - 4U);
            return LAYER_IP;
        }
        bytes_skip(&walk->at, (length - 4U + 3U) & ~3U);
    }
    return walk_invalid(walk, DECODE_EVENT_NFLOG_MALFORMED);
}
