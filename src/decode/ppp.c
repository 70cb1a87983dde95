/* SPDX-License-Identifier: Apache-2.0 */
/* PPP in its framings: HDLC-like, pppd's captures, PPPoE sessions, and Cisco's HDLC, which
 * shares a link type with it (and has one of its own).
 *
 * Invariant: each header is optional but for the protocol number, so the first byte decides: an
 * address byte FF cannot begin a protocol number, whose first byte is even unless it is
 * compressed to one byte.
 * Sources: RFC 1661 section 6.5 (compression), RFC 1662 (framing), RFC 2516 (PPPoE). */
#include "decode/walk.h"

enum layer ppp_frame(struct walk *walk)
{
    enum {
        HDLC_ADDRESS = 0xff,
        CISCO_UNICAST = 0x0f,
        CISCO_BROADCAST = 0x8f
    };
    uint8_t first = bytes_peek(&walk->at, 0);
    uint8_t second = bytes_peek(&walk->at, 1);
    if ((first == CISCO_UNICAST || first == CISCO_BROADCAST) && second == 0) {
        bytes_skip(&walk->at, 2);
        uint16_t type = bytes_be16(&walk->at);
        return walk->at.bad ? walk_cut(walk, DECODE_EVENT_PPP_SHORT) : link_ethertype(walk, type);
    }
    if (first == HDLC_ADDRESS && second == 0x03)
        bytes_skip(&walk->at, 2);
    uint16_t protocol = bytes_u8(&walk->at);
    if ((protocol & 1) == 0)
        protocol = (uint16_t)(protocol << 8 | bytes_u8(&walk->at));
    if (walk->at.bad)
        return walk_cut(walk, DECODE_EVENT_PPP_SHORT);
    walk->counters->ppp++;
    switch (protocol) {
    case 0x0021:
        return LAYER_IPV4;
    case 0x0057:
        return LAYER_IPV6;
    case 0x0281:
    case 0x0283:
        return LAYER_MPLS;
    default: /* link control, authentication, compressed and encrypted data */
        return LAYER_NOT_IP;
    }
}

/* pppd writes 0 (in) or 1 (out) where the address byte was. */
enum layer ppp_pppd(struct walk *walk)
{
    if (bytes_u8(&walk->at) > 1)
        return walk_cut(walk, DECODE_EVENT_PPP_SHORT);
    if (bytes_peek(&walk->at, 0) == 0x03)
        bytes_skip(&walk->at, 1);
    return LAYER_PPP;
}

/* Version and type (1, always 0x11), code (1), session (2), length (2). */
enum layer ppp_over_ethernet(struct walk *walk)
{
    uint8_t version = bytes_u8(&walk->at);
    uint8_t code = bytes_u8(&walk->at);
    bytes_skip(&walk->at, 2);
    uint16_t length = bytes_be16(&walk->at);
    if (walk->at.bad)
        return walk_cut(walk, DECODE_EVENT_PPPOE_SHORT);
    if (version != 0x11)
        return walk_invalid(walk, DECODE_EVENT_PPPOE_MALFORMED);
    walk->counters->pppoe++;
    if (code != 0)
        return LAYER_NOT_IP;
    if (length > walk_length(walk) && walk->missing == 0)
        return walk_invalid(walk, DECODE_EVENT_PPPOE_MALFORMED);
    walk_trim(walk, length);
    return LAYER_PPP;
}
