/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "net/addr.h"
#include "random.h"
#include "route.h"

struct capture_plan;
struct queue;
struct text;

enum {
    MAC_SIZE = 6,
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_ARP = 0x0806,
    ETHERTYPE_IPV6 = 0x86dd
};

/* One end of a conversation. */
struct party {
    struct addr addr;
    uint8_t mac[MAC_SIZE];
    uint16_t port;
    uint16_t ip_id; /* of its next IPv4 packet */
    uint8_t ttl;
};

/* One conversation while it is written: who, by which route, and the time so far.  It lives on the
 * stack of the generator; the frames are in the queue when it ends.  Times may be queued ahead of
 * `now_ns`, never before the moment at which the generator woke. */
struct talk {
    struct queue *queue;             /* borrowed */
    const struct capture_plan *plan; /* borrowed: link types */
    const struct route *route;       /* borrowed */
    struct random *random;           /* borrowed: the generator's */
    struct party party[2];           /* by enum side */
    int64_t now_ns;
    unsigned sent; /* IP packets so far, for route.skip */
};

/* Sends one IP packet at `ts_ns` with `payload` (transport header included, checksum in place):
 * through fragmentation, impairments, tunnels and link headers into the queue. */
void talk_send_ip(struct talk *talk, enum side from, uint8_t protocol, const struct text *payload,
                  int64_t ts_ns);
/* Sends one UDP datagram at the talk's present time. */
void talk_send_udp(struct talk *talk, enum side from, const void *bytes, size_t size);
/* Sends bytes that are no IP packet (ARP) in an Ethernet frame to everybody; interfaces of other
 * types do not carry it. */
void talk_send_link(struct talk *talk, enum side from, uint16_t ethertype,
                    const struct text *payload);
/* Writes the checksum over pseudo header and `payload` at offset `at` (RFC 9293, RFC 8200).  A UDP
 * checksum of 0 becomes 0xffff. */
void talk_checksum(const struct talk *talk, enum side from, uint8_t protocol, struct text *payload,
                   size_t at);

static inline enum side side_other(enum side side)
{
    return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}
