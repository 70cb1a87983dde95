/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "decode/decode.h"
#include "decode/packet.h"

struct copies;
struct fragments;

/* Internal to decode/: the way through the layers of one frame.
 *
 * A layer is a function that takes its header off walk->at, notes what it learnt in
 * walk->packet, and names the layer that follows; decode_frame() calls one after the other.  A
 * new protocol is a row here, its function, and the case that names it where its number is read:
 * link_first() for link types, link_ethertype() for EtherTypes, ip_protocol() for IP protocols,
 * udp_tunnel() for UDP ports. */
#define LAYER_LIST(X)                                                                              \
    X(ETHERNET, link_ethernet)                                                                     \
    X(VLAN, link_vlan)                                                                             \
    X(LLC, link_llc)                                                                               \
    X(MPLS, link_mpls)                                                                             \
    X(BACKBONE, link_backbone)                                                                     \
    X(VNTAG, link_vntag)                                                                           \
    X(LINK_NULL, link_null)                                                                        \
    X(SLL, link_sll)                                                                               \
    X(SLL2, link_sll2)                                                                             \
    X(NFLOG, link_nflog)                                                                           \
    X(PPP, ppp_frame)                                                                              \
    X(PPP_PPPD, ppp_pppd)                                                                          \
    X(PPPOE, ppp_over_ethernet)                                                                    \
    X(RADIOTAP, wireless_radiotap)                                                                 \
    X(PRISM, wireless_prism)                                                                       \
    X(IEEE80211, wireless_frame)                                                                   \
    X(RAW, ip_raw)                                                                                 \
    X(IP, ip_any)                                                                                  \
    X(IPV4, ip_v4)                                                                                 \
    X(IPV6, ip_v6)                                                                                 \
    X(AH, ip_ah)                                                                                   \
    X(TCP, transport_tcp)                                                                          \
    X(UDP, transport_udp)                                                                          \
    X(UDPLITE, transport_udplite)                                                                  \
    X(SCTP, transport_sctp)                                                                        \
    X(ICMP, transport_icmp)                                                                        \
    X(ICMPV6, transport_icmpv6)                                                                    \
    X(OTHER, transport_other)                                                                      \
    X(GRE, tunnel_gre)                                                                             \
    X(ERSPAN2, tunnel_erspan2)                                                                     \
    X(ERSPAN3, tunnel_erspan3)                                                                     \
    X(WCCP, tunnel_wccp)                                                                           \
    X(ETHERIP, tunnel_etherip)                                                                     \
    X(VXLAN, tunnel_vxlan)                                                                         \
    X(GENEVE, tunnel_geneve)                                                                       \
    X(TEREDO, tunnel_teredo)                                                                       \
    X(GTPU, tunnel_gtpu)

enum layer {
    /* Where the way ends. */
    LAYER_END, /* walk->packet is complete */
    LAYER_NOT_IP,
    LAYER_INVALID,
    LAYER_UNSUPPORTED,
    LAYER_COPY,
#define LAYER_ENUM(name, function) LAYER_##name,
    LAYER_LIST(LAYER_ENUM)
#undef LAYER_ENUM
};

struct walk {
    struct bytes at;       /* what is captured from here on; later layers never see past its end */
    size_t missing;        /* bytes that follow at.end on the wire but were not captured */
    struct packet *packet; /* filled in place */
    struct decode_counters *counters;
    const struct decode_options *options;
    struct fragments *fragments;
    struct copies *copies; /* NULL: off */
    bool guess;     /* in a UDP tunnel that only a port number promised: be strict, blame nobody */
    bool has_outer; /* `outer` is the packet to fall back on */
    bool rebuilt;   /* `at` is a reassembled datagram, which must not be a fragment again */
    struct packet outer;
};

#define LAYER_PROTOTYPE(name, function) enum layer function(struct walk *walk);
/* One function for each layer: takes its header off and names the next layer. */
LAYER_LIST(LAYER_PROTOTYPE)
#undef LAYER_PROTOTYPE

/* Names the first layer of a link type (LINKTYPE_ number). */
enum layer link_first(uint32_t link_type);
/* Names the layer of an EtherType (also of SLL, GRE, GENEVE); below 1536 it is a length (802.3). */
enum layer link_ethertype(struct walk *walk, uint16_t type);

/* Returns the bytes from here on by the headers, captured or not. */
static inline size_t walk_length(const struct walk *walk)
{
    return bytes_left(&walk->at) + walk->missing;
}

/* Counts why the layer is malformed and ends the way. */
static inline enum layer walk_invalid(struct walk *walk, enum decode_event event)
{
    walk->counters->events[event] += walk->guess ? 0 : 1;
    return LAYER_INVALID;
}

/* For a header that goes on past the captured bytes: `event` where the wire had no more either. */
static inline enum layer walk_cut(struct walk *walk, enum decode_event event)
{
    return walk_invalid(walk, walk->missing > 0 ? DECODE_EVENT_TRUNCATED : event);
}

/* Limits what follows to `length` bytes (a length field; takes padding off).  A length past the
 * wire's is taken as bytes that somebody cut before us, because tools that cut captures often
 * rewrite the wire length too. */
static inline void walk_trim(struct walk *walk, size_t length)
{
    size_t left = bytes_left(&walk->at);
    if (length <= left) {
        walk->at.end = walk->at.at + length;
        walk->missing = 0;
    } else {
        walk->missing = length - left;
    }
}

/* Takes `size` bytes off the end of the wire's bytes (a trailing checksum). */
static inline void walk_drop_tail(struct walk *walk, size_t size)
{
    size_t length = walk_length(walk);
    walk_trim(walk, length > size ? length - size : 0);
}

/* Goes into the tunnel `layer`: what is decoded so far is kept to fall back on.  At the
 * configured depth the way ends here instead, with the packet as it is. */
static inline enum layer walk_tunnel(struct walk *walk, enum layer layer, bool guess)
{
    if (walk->packet->tunnel_depth >= walk->options->tunnel_depth_max) {
        walk->counters->tunnel_depth_exceeded++;
        return LAYER_END;
    }
    walk->outer = *walk->packet;
    walk->has_outer = true;
    walk->guess = guess;
    walk->rebuilt = false;
    walk->packet->tunnel_depth++;
    return layer;
}
