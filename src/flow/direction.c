/* SPDX-License-Identifier: Apache-2.0 */
/* Who is the client?
 *
 * Best evidence first: what the protocol says (TCP SYN, SCTP INIT, ICMP type); a group address,
 * which can only be spoken to; a port where a service is known to listen; a system port (RFC 6335
 * section 6: below 1024) against one that is not; a port below 10000 against an ephemeral one
 * (Linux takes these from 32768 up, others from 49152); and at last, who spoke first.  Only the
 * first packet is looked at, so that a capture that starts with an answer still comes out right. */
#include "flow/direction.h"

#include <stddef.h>

#include "base/memory.h"
#include "decode/packet.h"
#include "flow/key.h"
#include "flow/slot.h"
#include "flow/table.h"
#include "net/protocol.h"

enum {
    SYSTEM_PORTS = 1024,
    REGISTERED_LOW = 10000,
    EPHEMERAL_FIRST = 32768,
    SCTP_INIT = 1,
    SCTP_INIT_ACK = 2
};

/* True for ports where servers of a widely used protocol listen; sorted.  Source: IANA "Service
 * Name and Transport Protocol Port Number Registry", and custom for the alternative web ports. */
static bool is_service(uint16_t port)
{
    static const uint16_t ports[] = {
        21,   22,   23,   25,   53,   67,    69,    80,    88,    110,   111,  123,  135,
        137,  138,  139,  143,  161,  162,   179,   389,   443,   445,   465,  500,  514,
        515,  547,  554,  587,  631,  636,   853,   873,   989,   990,   993,  995,  1194,
        1433, 1521, 1701, 1723, 1812, 1813,  1883,  1900,  2049,  2055,  3128, 3268, 3306,
        3389, 3478, 3702, 4500, 4739, 5060,  5061,  5222,  5223,  5228,  5353, 5355, 5432,
        5671, 5672, 5900, 5985, 5986, 6379,  6443,  8000,  8008,  8080,  8081, 8443, 8530,
        8531, 8883, 8888, 9200, 9443, 10443, 13000, 14000, 15000, 27017, 51820};
    size_t low = 0, high = COUNT_OF(ports);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ports[middle] < port)
            low = middle + 1;
        else
            high = middle;
    }
    return low < COUNT_OF(ports) && ports[low] == port;
}

/* Returns 1 where `port` is the server's by its number, -1 where `other` is, 0 where they do not
 * tell. */
static int compare_ports(uint16_t port, uint16_t other)
{
    int services = is_service(port) - is_service(other);
    if (services != 0)
        return services;
    int systems = (port < SYSTEM_PORTS) - (other < SYSTEM_PORTS);
    if (systems != 0)
        return systems;
    return (port < REGISTERED_LOW && other >= EPHEMERAL_FIRST) -
           (other < REGISTERED_LOW && port >= EPHEMERAL_FIRST);
}

static enum flow_side side_by_ports(const struct packet *packet, enum flow_direction *ret_direction)
{
    *ret_direction = FLOW_DIRECTION_PORT;
    if (addr_is_group(&packet->dst))
        return FLOW_CLIENT;
    int order = compare_ports(packet->src_port, packet->dst_port);
    if (order == 0)
        *ret_direction = FLOW_DIRECTION_FIRST;
    return order > 0 ? FLOW_SERVER : FLOW_CLIENT;
}

enum flow_side flow_direction_of(const struct packet *packet, const struct flow_key *key,
                                 enum flow_direction *ret_direction)
{
    *ret_direction = FLOW_DIRECTION_SYN;
    if (key->icmp)
        return FLOW_CLIENT; /* the key is turned already */
    if (packet->protocol == PROTOCOL_TCP && (packet->tcp_flags & TCP_SYN) != 0)
        return (packet->tcp_flags & TCP_ACK) != 0 ? FLOW_SERVER : FLOW_CLIENT;
    if (packet->protocol == PROTOCOL_SCTP && packet->payload_captured > 0) {
        uint8_t chunk = packet->payload[0];
        if (chunk == SCTP_INIT || chunk == SCTP_INIT_ACK)
            return chunk == SCTP_INIT ? FLOW_CLIENT : FLOW_SERVER;
    }
    return side_by_ports(packet, ret_direction);
}

#define SWAP(type, a, b)                                                                           \
    do {                                                                                           \
        type swapped = (a);                                                                        \
        (a) = (b);                                                                                 \
        (b) = swapped;                                                                             \
    } while (0)

/* Exchanges the two bits of a mark that stands for each side. */
static unsigned swap_bits(unsigned marks, unsigned first)
{
    unsigned both = first | first << 1;
    unsigned bits = marks & both;
    return (marks & ~both) | ((bits << 1 | bits >> 1) & both);
}

void flow_direction_turn(struct flow_slot *slot)
{
    struct flow *flow = &slot->flow;
    SWAP(struct addr, flow->client, flow->server);
    SWAP(uint16_t, flow->client_port, flow->server_port);
    SWAP(uint8_t, flow->tcp_flags[0], flow->tcp_flags[1]);
    SWAP(uint32_t, flow->packets[0], flow->packets[1]);
    SWAP(uint64_t, flow->bytes[0], flow->bytes[1]);
    SWAP(uint64_t, flow->payload[0], flow->payload[1]);
    SWAP(uint32_t, flow->next_seq[0], flow->next_seq[1]);
    SWAP(uint32_t, flow->gap_bytes[0], flow->gap_bytes[1]);
    SWAP(struct flow_stream, slot->stream[0], slot->stream[1]);
    flow->seq_known = (uint8_t)swap_bits(flow->seq_known, 1);
    unsigned marks = swap_bits(slot->marks, FLOW_MARK_FIN_CLIENT);
    slot->marks = (uint8_t)swap_bits(marks, FLOW_MARK_LOST_CLIENT);
}

void flow_reverse(struct flow *flow)
{
    struct flow_slot *slot = (struct flow_slot *)flow; /* see slot.h */
    if (flow->direction <= FLOW_DIRECTION_PAYLOAD || (slot->marks & FLOW_MARK_DIRECTED) != 0)
        return;
    flow_direction_turn(slot);
    flow->direction = FLOW_DIRECTION_PAYLOAD;
}
