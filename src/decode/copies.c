/* SPDX-License-Identifier: Apache-2.0 */
/* Recognises packets that a mirror port (SPAN), a bridge or a capture on several interfaces
 * delivers twice.
 *
 * The idea: a copy is the same in everything that no router or switch changes: addresses,
 * protocol, lengths, IPv4 identification, transport header without its checksum, first and last
 * bytes of the payload.  It may differ in VLAN, MAC addresses, time to live, service bits,
 * checksums and tunnel.  A hash of the former and a time stamp go into a small set-associative
 * table that forgets by being overwritten.
 *
 * A retransmission must not pass for a copy:
 * - IPv4 with an identification (or any fragment): senders number each packet anew,
 *   retransmissions too, so an equal packet within the window is a copy.
 * - IPv6, and IPv4 with identification 0 (what many systems send with "don't fragment"): the
 *   same bytes may be sent twice.  Within the window it is a copy only where it came another way
 *   (hop limit, VLAN, MAC addresses or tunnel depth differ), or within SAME_WAY_NS, faster than
 *   any retransmission timer; what is lost to that are doubled acknowledgements and doubled
 *   datagrams of the same content, a count and no content.
 * The first delivery's time is kept, so that a train of equal packets is not swallowed as a
 * whole.
 * Time may step back: the distance of two time stamps counts, whichever is later.
 * Of packets that the snapshot length cut, only the first bytes of the payload are looked at,
 * since a tag more or less moves the cut.
 * Rejected: keeping headers to compare them; 32 bits of keyed hash beside the set are wrong once
 * in 2^31 packets at the worst.
 * Cost: 11 to 16 ns, 16 bytes an entry.  A crafted pair that agrees in all of the above and
 * differs in the middle of the payload hides its second half; the same segment sent twice with
 * different bytes is no traffic whose meaning a passive listener could know anyway. */
#include "decode/copies.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/time.h"
#include "decode/packet.h"
#include "net/protocol.h"

enum {
    SETS = 4096,
    PAYLOAD_FIRST = 64,
    PAYLOAD_LAST = 16,
    PAYLOAD_CUT = 16 /* of a cut packet */
};

#define SAME_WAY_NS (50 * NS_PER_US)

struct entry {
    uint32_t hash;
    uint32_t way; /* hash of what another way changes */
    int64_t ts_ns;
};

struct copies {
    int64_t window_ns;
    uint64_t seed;
    struct entry sets[SETS][2]; /* the more recent first */
};

struct copies *copies_new(int64_t window_ns)
{
    struct copies *copies = mem_zeroed(1, sizeof *copies);
    copies->window_ns = window_ns;
    copies->seed = hash_seed();
    for (size_t i = 0; i < SETS; i++) {
        copies->sets[i][0].ts_ns = INT64_MIN;
        copies->sets[i][1].ts_ns = INT64_MIN;
    }
    return copies;
}

void copies_free(struct copies *copies)
{
    free(copies);
}

/* hash_mix() of base/hash.h, here for the inlining: it is called a dozen times for each packet. */
static inline uint64_t mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)(a ^ UINT64_C(0x9e3779b97f4a7c15)) * (b ^ UINT64_C(0xd6e8feb86659fd93));
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t load64(const uint8_t *at)
{
    uint64_t word = 0;
    memcpy(&word, at, sizeof word);
    return word;
}

static inline uint32_t load32(const uint8_t *at)
{
    uint32_t word = 0;
    memcpy(&word, at, sizeof word);
    return word;
}

/* Mixes `size` bytes in.  The last step overlaps the one before, so that no byte loop is needed. */
static inline uint64_t mix_bytes(uint64_t state, const uint8_t *bytes, size_t size)
{
    const uint8_t *at = bytes;
    size_t left = size;
    for (; left > 16; at += 16, left -= 16)
        state = mix(state ^ load64(at), load64(at + 8));
    if (left >= 8)
        return mix(state ^ load64(at), load64(at + left - 8));
    if (left >= 4)
        return mix(state ^ load32(at), load32(at + left - 4));
    if (left > 0)
        return mix(state ^ at[0], (uint64_t)at[left / 2] << 8 | at[left - 1]);
    return state;
}

/* Mixes the transport header in, without its checksum.  `size` is what is captured of it. */
static uint64_t mix_transport(uint64_t state, const struct packet *packet, size_t size)
{
    size_t checksum = 0; /* offset of the two bytes */
    switch (packet->protocol) {
    case PROTOCOL_TCP:
        checksum = 16;
        break;
    case PROTOCOL_UDP:
    case PROTOCOL_UDPLITE:
        checksum = 6;
        break;
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
        checksum = 2;
        break;
    default:
        return mix_bytes(state, packet->l4, size);
    }
    if (size <= checksum + 2)
        return mix_bytes(state, packet->l4, size < checksum ? size : checksum);
    state = mix_bytes(state, packet->l4, checksum);
    return mix_bytes(state, packet->l4 + checksum + 2, size - checksum - 2);
}

static uint64_t mix_payload(uint64_t state, const struct packet *packet)
{
    size_t size = packet->payload_captured;
    if (packet->truncated)
        return mix_bytes(state, packet->payload, size < PAYLOAD_CUT ? 0 : PAYLOAD_CUT);
    if (size <= PAYLOAD_FIRST)
        return mix_bytes(state, packet->payload, size);
    state = mix_bytes(state, packet->payload, PAYLOAD_FIRST);
    return mix_bytes(state, packet->payload + size - PAYLOAD_LAST, PAYLOAD_LAST);
}

/* Hashes what stays the same on every way.  Headers and payload are two chains, which the
 * processor works off side by side. */
static uint64_t content_hash(uint64_t seed, const struct packet *packet, uint64_t fragment)
{
    uint64_t fixed = (uint64_t)packet->l3_length << 32 | (uint64_t)packet->ip_id << 16 |
                     (uint64_t)packet->protocol << 8 | packet->ip_version;
    uint64_t head = mix(seed ^ fixed, fragment ^ packet->payload_length);
    head = mix(head ^ load64(packet->src.bytes + 8), load64(packet->dst.bytes + 8));
    if (packet->ip_version == 6)
        head = mix(head ^ load64(packet->src.bytes), load64(packet->dst.bytes));
    uint64_t body = mix_payload(seed, packet);
    if (packet->l4 != NULL)
        head = mix_transport(head, packet, packet->l4_captured - packet->payload_captured);
    return mix(head, body);
}

/* Hashes what tells one way from another. */
static uint32_t way_hash(uint64_t seed, const struct packet *packet)
{
    uint64_t vlans = 0;
    memcpy(&vlans, packet->vlans, sizeof vlans);
    uint64_t src_mac = (uint64_t)load32(packet->src_mac) << 32 | load32(packet->src_mac + 2);
    uint64_t dst_mac = (uint64_t)load32(packet->dst_mac) << 32 | load32(packet->dst_mac + 2);
    uint64_t rest =
        (uint64_t)packet->ttl << 16 | (uint64_t)packet->tunnel_depth << 8 | packet->vlan_count;
    return (uint32_t)mix(mix(seed ^ vlans, rest) ^ src_mac, dst_mac);
}

static uint64_t distance(int64_t a, int64_t b)
{
    return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

bool copies_seen(struct copies *copies, const struct packet *packet, uint64_t fragment)
{
    uint64_t hash = content_hash(copies->seed, packet, fragment);
    struct entry *set = copies->sets[hash % SETS];
    struct entry fresh = {.hash = (uint32_t)(hash >> 32),
                          .way = way_hash(copies->seed, packet),
                          .ts_ns = packet->ts_ns};
    bool numbered = packet->ip_id != 0 || fragment != 0;
    for (unsigned i = 0; i < 2; i++) {
        if (set[i].hash != fresh.hash)
            continue;
        uint64_t apart = distance(set[i].ts_ns, fresh.ts_ns);
        bool same_way = set[i].way == fresh.way && !numbered;
        uint64_t limit = (uint64_t)copies->window_ns;
        if (same_way && limit > (uint64_t)SAME_WAY_NS)
            limit = (uint64_t)SAME_WAY_NS;
        if (apart <= limit)
            return true;
        set[i] = fresh;
        return false;
    }
    set[1] = set[0];
    set[0] = fresh;
    return false;
}
