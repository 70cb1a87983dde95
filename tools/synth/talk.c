/* SPDX-License-Identifier: Apache-2.0 */
/* From transport payload to packets: IP headers, fragments, and the route's impairments.
 *
 * Impairments belong here and not in the protocols, because the capture point misses, doubles and
 * delays packets whatever they carry; the two ends never notice.  A retransmission is the same
 * payload in a new IP packet 200 ms later.  Source: RFC 791, RFC 8200. */
#include "talk.h"

#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "capture_out.h"
#include "link.h"
#include "net/protocol.h"
#include "wire.h"

enum {
    UDP_HEADER = 8,
    TCP_HEADER = 20,
    COPY_DELAY_NS = 23000,
    REORDER_MIN_NS = 300000,
    REORDER_MAX_NS = 900000,
    RETRANSMIT_NS = 200000000
};

/* One IP packet, or the part of one. */
struct ip_part {
    enum side from;
    uint8_t protocol;
    uint8_t ttl;
    bool fragmented, more;
    uint32_t id;
    size_t offset, size; /* of the payload */
};

static void add_header4(const struct talk *talk, const struct ip_part *part, struct text *out)
{
    size_t start = out->length;
    wire_u16(out, 0x4500);
    wire_u16(out, 20 + part->size);
    wire_u16(out, part->id);
    unsigned flags = part->fragmented ? (part->more ? 0x2000U : 0) : 0x4000U;
    wire_u16(out, flags | part->offset / 8);
    wire_u8(out, part->ttl);
    wire_u8(out, part->protocol);
    wire_u16(out, 0);
    text_add_bytes(out, talk->party[part->from].addr.bytes + 12, 4);
    text_add_bytes(out, talk->party[side_other(part->from)].addr.bytes + 12, 4);
    wire_patch(out, start + 10, 2, wire_checksum(wire_sum(out->data + start, 20, 0)));
}

static void add_header6(const struct talk *talk, const struct ip_part *part, struct text *out)
{
    wire_u32(out, 0x60000000U | (part->id & 0xfffff) >> 4);
    wire_u16(out, part->size + (part->fragmented ? 8 : 0));
    wire_u8(out, part->fragmented ? 44 : part->protocol);
    wire_u8(out, part->ttl);
    text_add_bytes(out, talk->party[part->from].addr.bytes, 16);
    text_add_bytes(out, talk->party[side_other(part->from)].addr.bytes, 16);
    if (part->fragmented) {
        wire_u8(out, part->protocol);
        wire_u8(out, 0);
        wire_u16(out, part->offset | part->more);
        wire_u32(out, part->id);
    }
}

static void send_part(struct talk *talk, const struct ip_part *part, const struct text *payload,
                      struct link_job *job)
{
    struct text packet = {0};
    bool four = addr_is4(&talk->party[part->from].addr);
    job->ethertype = four ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
    if (four)
        add_header4(talk, part, &packet);
    else
        add_header6(talk, part, &packet);
    text_add_bytes(&packet, payload->data + part->offset, part->size);
    link_send(talk, job, &packet);
    text_done(&packet);
}

/* Sends the payload as one packet, or as fragments where the route wants that. */
static void send_packet(struct talk *talk, struct ip_part part, const struct text *payload,
                        struct link_job job)
{
    const struct route *route = talk->route;
    size_t step = route->fragment & ~7U;
    if (step == 0 || payload->length <= route->fragment) {
        part.size = payload->length;
        send_part(talk, &part, payload, &job);
        return;
    }
    size_t count = (payload->length + step - 1) / step;
    part.fragmented = true;
    for (size_t i = 0; i < count; i++) {
        size_t index = route->fragments_reversed ? count - 1 - i : i;
        part.offset = index * step;
        part.more = index + 1 < count;
        part.size = part.more ? step : payload->length - part.offset;
        send_part(talk, &part, payload, &job);
        job.ts_ns += 4 * NS_PER_US;
    }
}

static uint32_t next_id(struct talk *talk, enum side from)
{
    struct party *party = &talk->party[from];
    party->ip_id = (uint16_t)(party->ip_id + 1);
    return party->ip_id;
}

static bool is_seen(struct talk *talk, enum side from)
{
    const struct route *route = talk->route;
    bool wanted = route->only == DIRECTIONS_BOTH ||
                  (route->only == DIRECTIONS_CLIENT) == (from == SIDE_CLIENT);
    bool early = talk->sent++ < route->skip;
    return wanted && !early && !random_chance(talk->random, route->loss);
}

void talk_send_ip(struct talk *talk, enum side from, uint8_t protocol, const struct text *payload,
                  int64_t ts_ns)
{
    const struct route *route = talk->route;
    struct ip_part part = {.from = from,
                           .protocol = protocol,
                           .ttl = talk->party[from].ttl,
                           .id = next_id(talk, from)};
    struct link_job job = {.from = from, .ts_ns = ts_ns};
    if (!is_seen(talk, from))
        return;
    if (random_chance(talk->random, route->reorder))
        job.ts_ns += (int64_t)random_between(talk->random, REORDER_MIN_NS, REORDER_MAX_NS);
    send_packet(talk, part, payload, job);
    if (random_chance(talk->random, route->copies)) {
        struct ip_part copy = part;
        copy.ttl--;
        struct link_job second = job;
        second.copy = true;
        second.ts_ns += COPY_DELAY_NS;
        send_packet(talk, copy, payload, second);
    }
    bool data = protocol == PROTOCOL_TCP && payload->length > TCP_HEADER + 12;
    if (data && random_chance(talk->random, route->retransmit)) {
        part.id = next_id(talk, from);
        job.ts_ns += RETRANSMIT_NS;
        send_packet(talk, part, payload, job);
    }
}

void talk_checksum(const struct talk *talk, enum side from, uint8_t protocol, struct text *payload,
                   size_t at)
{
    bool four = addr_is4(&talk->party[from].addr);
    size_t skip = four ? 12 : 0;
    wire_patch(payload, at, 2, 0);
    uint32_t sum = wire_sum(talk->party[0].addr.bytes + skip, 16 - skip, 0);
    sum = wire_sum(talk->party[1].addr.bytes + skip, 16 - skip, sum);
    sum += protocol + (uint32_t)payload->length;
    uint16_t checksum = wire_checksum(wire_sum(payload->data, payload->length, sum));
    if (checksum == 0 && protocol == PROTOCOL_UDP)
        checksum = 0xffff;
    wire_patch(payload, at, 2, checksum);
}

void talk_send_udp(struct talk *talk, enum side from, const void *bytes, size_t size)
{
    struct text datagram = {0};
    wire_u16(&datagram, talk->party[from].port);
    wire_u16(&datagram, talk->party[side_other(from)].port);
    wire_u16(&datagram, UDP_HEADER + size);
    wire_u16(&datagram, 0);
    text_add_bytes(&datagram, bytes, size);
    talk_checksum(talk, from, PROTOCOL_UDP, &datagram, 6);
    talk_send_ip(talk, from, PROTOCOL_UDP, &datagram, talk->now_ns);
    text_done(&datagram);
}

void talk_send_link(struct talk *talk, enum side from, uint16_t ethertype,
                    const struct text *payload)
{
    if (talk->plan->interfaces[talk->route->interface].link != LINK_ETHERNET)
        return;
    struct route plain = {.interface = talk->route->interface,
                          .vlan_count = talk->route->vlan_count,
                          .vlan_directions = talk->route->vlan_directions};
    memcpy(plain.vlans, talk->route->vlans, sizeof plain.vlans);
    struct link_job job = {.from = from,
                           .ethertype = ethertype,
                           .ts_ns = talk->now_ns,
                           .broadcast = from == SIDE_CLIENT};
    const struct route *route = talk->route;
    if (talk->route->tunnel_count > 0)
        talk->route = &plain; /* ARP stays on its own link */
    link_send(talk, &job, payload);
    talk->route = route;
}
