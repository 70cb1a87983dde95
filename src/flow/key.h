/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "net/addr.h"

struct packet;
struct flow_slot;

/* What a packet is looked up by: its tuple as it came; an ICMP reply is turned round, so that
 * `src` is who asked. */
struct flow_key {
    struct addr src, dst;
    uint16_t src_port, dst_port; /* ICMP: type (of the request where there is one) and code */
    uint16_t icmp_id;
    uint8_t protocol;
    bool icmp;   /* the client is src: the other direction is another flow */
    bool paired; /* ICMP with request and reply, of any code */
    bool reply;  /* ICMP: dst sent it */
};

/* Reads the key of a packet.  The VLAN is no part of it, because one direction may be tagged and
 * the other not; nor are tunnels. */
void flow_key_of(const struct packet *packet, struct flow_key *ret_key);
/* Rebuilds the key of the packets that a flow's client sends. */
void flow_key_again(const struct flow_slot *slot, struct flow_key *ret_key);
/* Returns the hash; the same for both directions. */
uint32_t flow_key_hash(const struct flow_key *key, uint64_t seed);
/* Returns true where the packet belongs to the flow, and the side that sent it (enum flow_side). */
bool flow_key_matches(const struct flow_key *key, const struct flow_slot *slot, int *ret_side);
