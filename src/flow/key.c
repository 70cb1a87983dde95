/* SPDX-License-Identifier: Apache-2.0 */
/* The key of a flow.
 *
 * Both directions hash alike, because the hash is the sum of those of the endpoints (to put them in
 * order first costs a branch that no processor can guess); whether they are one flow is decided by
 * comparing against client and server either way round.  A flow's key
 * is not stored a second time: it is rebuilt from the record when it leaves the index.
 *
 * ICMP has no ports.  Request and reply (icmp.h) are one flow for each asking address, asked
 * address, type and identifier; two machines that ping each other have two.  A type without a
 * reply is a flow for each direction, type and code.  So the Community ID of every packet is the
 * one of its flow. */
#include "flow/key.h"

#include <string.h>

#include "base/hash.h"
#include "decode/packet.h"
#include "flow/slot.h"
#include "net/icmp.h"
#include "net/protocol.h"

static void read_icmp(struct flow_key *key, uint16_t icmp_id)
{
    struct icmp_pair pair;
    key->icmp = true;
    if (!icmp_pair_of(key->protocol, (uint8_t)key->src_port, &pair))
        return;
    key->paired = true;
    key->icmp_id = icmp_id;
    key->reply = key->src_port == pair.reply;
    key->src_port = pair.request;
    if (!key->reply)
        return;
    struct addr asked = key->src;
    key->src = key->dst;
    key->dst = asked;
}

static bool is_icmp(uint8_t protocol)
{
    return protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6;
}

void flow_key_of(const struct packet *packet, struct flow_key *ret_key)
{
    *ret_key = (struct flow_key){.src = packet->src,
                                 .dst = packet->dst,
                                 .src_port = packet->src_port,
                                 .dst_port = packet->dst_port,
                                 .protocol = packet->protocol};
    if (is_icmp(packet->protocol))
        read_icmp(ret_key, packet->icmp_id);
}

void flow_key_again(const struct flow_slot *slot, struct flow_key *ret_key)
{
    const struct flow *flow = &slot->flow;
    *ret_key = (struct flow_key){.src = flow->client,
                                 .dst = flow->server,
                                 .src_port = flow->client_port,
                                 .dst_port = flow->server_port,
                                 .protocol = flow->protocol};
    if (is_icmp(flow->protocol))
        read_icmp(ret_key, (uint16_t)slot->is.icmp_id);
}

static uint64_t hash_end(const struct addr *addr, uint16_t port, uint64_t seed)
{
    uint64_t high = 0, low = 0;
    memcpy(&high, addr->bytes, sizeof high);
    memcpy(&low, addr->bytes + sizeof high, sizeof low);
    return hash_mix(low ^ seed, high ^ port ^ (seed << 32 | seed >> 32));
}

uint32_t flow_key_hash(const struct flow_key *key, uint64_t seed)
{
    uint64_t src = hash_end(&key->src, key->src_port, seed);
    uint64_t dst = hash_end(&key->dst, key->paired ? key->icmp_id : key->dst_port, seed);
    /* A sum does not say which came first, where that must not matter. */
    uint64_t both = key->icmp ? src + 2 * dst : src + dst;
    return (uint32_t)hash_mix(both ^ seed, key->protocol ^ UINT64_C(0x9e3779b97f4a7c15));
}

static bool matches_icmp(const struct flow_key *key, const struct flow_slot *slot, int *ret_side)
{
    const struct flow *flow = &slot->flow;
    *ret_side = key->reply ? FLOW_SERVER : FLOW_CLIENT;
    if (!addr_equal(&key->src, &flow->client) || !addr_equal(&key->dst, &flow->server) ||
        flow->client_port != key->src_port)
        return false;
    return key->paired ? slot->is.icmp_id == key->icmp_id : flow->server_port == key->dst_port;
}

bool flow_key_matches(const struct flow_key *key, const struct flow_slot *slot, int *ret_side)
{
    const struct flow *flow = &slot->flow;
    if (flow->protocol != key->protocol)
        return false;
    if (key->icmp)
        return matches_icmp(key, slot, ret_side);
    *ret_side = FLOW_CLIENT;
    if (flow->client_port == key->src_port && flow->server_port == key->dst_port &&
        addr_equal(&key->src, &flow->client) && addr_equal(&key->dst, &flow->server))
        return true;
    *ret_side = FLOW_SERVER;
    return flow->client_port == key->dst_port && flow->server_port == key->src_port &&
           addr_equal(&key->src, &flow->server) && addr_equal(&key->dst, &flow->client);
}
