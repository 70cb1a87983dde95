/* SPDX-License-Identifier: Apache-2.0 */
/* The key of a flow.
 *
 * Both directions hash alike, because the hash is taken over the ordered endpoints; whether they are
 * one flow is decided by comparing against client and server either way round.  A flow's key is not
 * stored a second time: it is rebuilt from the record when it leaves the index.
 *
 * ICMP has no ports.  Request and reply (icmp.h) are one flow for each pair of addresses, type and echo
 * identifier; a type without a reply is a flow for each direction, type and code, so that the Community ID of
 * every packet is the one of its flow. */
#include "flow/key.h"

#include <string.h>

#include "base/hash.h"
#include "decode/packet.h"
#include "flow/slot.h"
#include "net/icmp.h"
#include "net/protocol.h"

static bool is_icmp(uint8_t protocol)
{
    return protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6;
}

static void classify_icmp(struct flow_key *key)
{
    struct icmp_pair pair;
    key->paired = icmp_pair_of(key->protocol, (uint8_t)key->src_port, &pair);
    key->one_way = !key->paired;
    if (!key->paired)
        return;
    key->reply = key->src_port == pair.reply;
    key->src_port = pair.request;
}

void flow_key_of(const struct packet *packet, struct flow_key *ret_key)
{
    *ret_key = (struct flow_key){.src = packet->src,
                                 .dst = packet->dst,
                                 .src_port = packet->src_port,
                                 .dst_port = packet->dst_port,
                                 .protocol = packet->protocol};
    if (is_icmp(packet->protocol)) {
        ret_key->icmp_id = packet->icmp_id;
        classify_icmp(ret_key);
    }
}

void flow_key_again(const struct flow_slot *slot, struct flow_key *ret_key)
{
    const struct flow *flow = &slot->flow;
    *ret_key = (struct flow_key){.src = flow->client,
                                 .dst = flow->server,
                                 .src_port = flow->client_port,
                                 .dst_port = flow->server_port,
                                 .protocol = flow->protocol};
    if (is_icmp(flow->protocol)) {
        ret_key->icmp_id = slot->is.icmp_id;
        classify_icmp(ret_key);
    }
}

uint32_t flow_key_hash(const struct flow_key *key, uint64_t seed)
{
    struct {
        struct addr low, high;
        uint16_t low_port, high_port;
        uint32_t protocol;
    } input = {key->src, key->dst, key->src_port, key->dst_port, key->protocol};
    _Static_assert(sizeof input == 40, "no padding, which would be hashed");
    int order = key->one_way ? -1 : addr_compare(&key->src, &key->dst);
    if (key->paired) {
        input.low_port = key->src_port;
        input.high_port = (uint16_t)key->icmp_id;
    }
    if (order > 0) {
        input.low = key->dst;
        input.high = key->src;
    }
    bool swap_ports = order > 0 || (order == 0 && key->src_port > key->dst_port);
    if (swap_ports && !key->paired) {
        input.low_port = key->dst_port;
        input.high_port = key->src_port;
    }
    return (uint32_t)hash_bytes(&input, sizeof input, seed);
}

static bool matches_icmp(const struct flow_key *key, const struct flow_slot *slot, bool forward,
                         int *ret_side)
{
    const struct flow *flow = &slot->flow;
    if (flow->client_port != key->src_port || slot->is.icmp_id != key->icmp_id)
        return false;
    if (key->one_way) {
        *ret_side = FLOW_CLIENT;
        return forward && flow->server_port == key->dst_port;
    }
    /* The client is who asked, so the type says who sent this; but both may ask under one identifier. */
    *ret_side = forward ? FLOW_CLIENT : FLOW_SERVER;
    if (addr_equal(&key->src, &key->dst))
        *ret_side = key->reply ? FLOW_SERVER : FLOW_CLIENT;
    return true;
}

bool flow_key_matches(const struct flow_key *key, const struct flow_slot *slot, int *ret_side)
{
    const struct flow *flow = &slot->flow;
    if (flow->protocol != key->protocol)
        return false;
    bool forward = addr_equal(&key->src, &flow->client) && addr_equal(&key->dst, &flow->server);
    bool backward = addr_equal(&key->src, &flow->server) && addr_equal(&key->dst, &flow->client);
    if (!forward && !backward)
        return false;
    if (key->paired || key->one_way)
        return matches_icmp(key, slot, forward, ret_side);
    if (forward && flow->client_port == key->src_port && flow->server_port == key->dst_port) {
        *ret_side = FLOW_CLIENT;
        return true;
    }
    *ret_side = FLOW_SERVER;
    return backward && flow->client_port == key->dst_port && flow->server_port == key->src_port;
}
