/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/addr.h"

enum tcp_flag {
    TCP_FIN = 0x01,
    TCP_SYN = 0x02,
    TCP_RST = 0x04,
    TCP_PSH = 0x08,
    TCP_ACK = 0x10,
    TCP_URG = 0x20,
    TCP_ECE = 0x40,
    TCP_CWR = 0x80
};

enum {
    PACKET_VLANS_MAX = 4
};

/* The innermost IP packet of a frame: what is left when link, tags and tunnels are taken off.
 * Pointers are borrowed until the next call of the decoder. */
struct packet {
    int64_t ts_ns;
    uint64_t frame_number;
    struct addr src, dst;
    uint16_t src_port, dst_port; /* TCP, UDP, SCTP; ICMP: type and code */
    uint8_t ip_version;          /* 4 or 6 */
    uint8_t protocol;            /* past IPv6 extension headers; see enum protocol */
    uint8_t ttl;                 /* hop limit */
    uint8_t tcp_flags;
    uint32_t tcp_seq, tcp_ack;
    uint16_t icmp_id; /* echo: the identifier, else 0 */
    uint16_t ip_id;   /* IPv4 identification, else 0 */

    const uint8_t *l3;  /* innermost IP header (of the whole datagram where it was reassembled) */
    size_t l3_captured; /* bytes there, link padding taken off */
    size_t l3_length;   /* length by the IP header */
    const uint8_t *l4;  /* transport header; NULL in a fragment that does not hold it */
    size_t l4_captured;
    const uint8_t *payload;  /* of the transport protocol; never NULL when payload_captured > 0 */
    size_t payload_captured; /* bytes there */
    size_t payload_length;   /* bytes by the headers, at least payload_captured */

    size_t frame_length;              /* wire bytes of the frame that carried (or completed) it */
    uint16_t vlans[PACKET_VLANS_MAX]; /* outermost first, in front of the outermost IP header */
    uint8_t vlan_count;               /* at most PACKET_VLANS_MAX, more are skipped */
    uint8_t tunnel_depth;             /* IP-in-something layers taken off */
    bool has_mac;                     /* of the innermost Ethernet header */
    uint8_t src_mac[6], dst_mac[6];
    bool fragment; /* a fragment that does not (yet) make a whole datagram: no ports, no payload */
    bool reassembled; /* completed by this frame */
    bool truncated;   /* snapshot length cut into it */
};
