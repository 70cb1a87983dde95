/* SPDX-License-Identifier: Apache-2.0 */
/* The key of a flow.
 *
 * Both directions hash alike, because the hash is taken over the ordered endpoints; whether they
 * are one flow is decided by comparing against client and server either way round.  A flow's key
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
    key->icmp = key->protocol == PROTOCOL_ICMP || key->protocol == PROTOCOL_ICMPV6;
    if (!key->icmp || !icmp_pair_of(key->protocol, (uint8_t)key->src_port, &pair))
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

void flow_key_of(const struct packet *packet, struct flow_key *ret_key)
{
    *ret_key = (struct flow_key){.src = packet->src,
                                 .dst = packet->dst,
                                 .src_port = packet->src_port,
                                 .dst_port = packet->dst_port,
                                 .protocol = packet->protocol};
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
    read_icmp(ret_key, (uint16_t)slot->is.icmp_id);
}

/* An endpoint as words, for ordering and hashing; the order means nothing but that it is the same for both directions. */
struct end {
    uint64_t high, low, port;
};

static struct end end_of(const struct addr *addr, uint16_t port)
{
    struct end end = {.port = port};
    memcpy(&end.high, addr->bytes, sizeof end.high);
    memcpy(&end.low, addr->bytes + sizeof end.high, sizeof end.low);
    return end;
}

static bool is_after(const struct end *a, const struct end *b)
{
    if (a->low != b->low)
        return a->low > b->low;
    return a->high != b->high ? a->high > b->high : a->port > b->port;
}

uint32_t flow_key_hash(const struct flow_key *key, uint64_t seed)
{
    struct end first = end_of(&key->src, key->src_port);
    struct end second = end_of(&key->dst, key->paired ? key->icmp_id : key->dst_port);
    if (!key->icmp && is_after(&first, &second)) {
        struct end other = first;
        first = second;
        second = other;
    }
    uint64_t rest = first.port << 32 | second.port << 16 | key->protocol;
    uint64_t secret = hash_mix(seed ^ rest, UINT64_C(0x9e3779b97f4a7c15));
    uint64_t state = hash_mix(first.low ^ secret, second.low ^ seed);
    state = hash_mix(first.high ^ state, second.high ^ secret);
    return (uint32_t)hash_mix(state ^ secret, UINT64_C(0xd6e8feb86659fd93));
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
