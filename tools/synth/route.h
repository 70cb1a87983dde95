/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "net/addr.h"

enum {
    ROUTE_VLANS_MAX = 2,
    ROUTE_TUNNELS_MAX = 3
};

/* The two ends of a conversation.  The client is the one who starts it. */
enum side {
    SIDE_CLIENT,
    SIDE_SERVER
};

/* For which directions something holds. */
enum directions {
    DIRECTIONS_BOTH,
    DIRECTIONS_CLIENT, /* what the client sends */
    DIRECTIONS_SERVER
};

enum tunnel {
    TUNNEL_GRE,
    TUNNEL_ERSPAN2,
    TUNNEL_VXLAN,
    TUNNEL_GENEVE,
    TUNNEL_IPIP, /* also 6in4, when the inner packet is IPv6 */
    TUNNEL_PPPOE,
    TUNNEL_MPLS
};

/* What lies between a conversation and the capture file: tags, tunnels, and what goes wrong. */
struct route {
    unsigned interface; /* index in the capture's list */
    uint16_t vlans[ROUTE_VLANS_MAX];
    unsigned vlan_count;
    enum directions vlan_directions;
    enum tunnel tunnels[ROUTE_TUNNELS_MAX]; /* outermost first */
    unsigned tunnel_count;
    struct addr tunnel_client, tunnel_server; /* outer addresses, IPv4 */
    int64_t rtt_ns;
    unsigned mss;
    unsigned fragment;       /* IP packets with more payload than this are fragmented; 0: never */
    bool fragments_reversed; /* last fragment first */
    enum directions only;    /* the directions that the capture sees */
    unsigned skip;           /* packets at the start of each conversation that it does not see */
    double loss, reorder, retransmit; /* shares of packets */
    double copies;                    /* share of packets seen a second time, one router further */
    uint16_t copy_vlan;
};
