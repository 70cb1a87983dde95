/* SPDX-License-Identifier: Apache-2.0 */
/* Tunnels, tags and link headers.
 *
 * The idea: at any moment the packet is some bytes and the ethertype that names them.  Every layer
 * turns one such pair into another, so tunnels nest in any order: a shim (MPLS, PPPoE) goes in
 * front, GRE takes the ethertype over, VXLAN, GENEVE and ERSPAN first make an Ethernet frame of it.
 * The order is from the innermost tunnel outwards; the link header comes last.
 *
 * Sources: RFC 2784 (GRE), RFC 2890, draft-foschiano-erspan, RFC 7348, RFC 8926, RFC 2003, RFC
 * 4213, RFC 2516, RFC 3032, IEEE 802.1Q. */
#include "link.h"

#include <string.h>

#include "base/text.h"
#include "capture_out.h"
#include "net/protocol.h"
#include "queue.h"
#include "talk.h"
#include "wire.h"

enum {
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_QINQ = 0x88a8,
    ETHERTYPE_BRIDGE = 0x6558,
    ETHERTYPE_ERSPAN = 0x88be,
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_PPPOE = 0x8864,
    PPP_IPV4 = 0x0021,
    PPP_IPV6 = 0x0057,
    PORT_VXLAN = 4789,
    PORT_GENEVE = 6081
};

struct layer {
    struct text bytes;
    uint16_t ethertype;
};

/* Gives the layer new bytes; the old ones are released. */
static void replace(struct layer *layer, struct text bytes, uint16_t ethertype)
{
    text_done(&layer->bytes);
    layer->bytes = bytes;
    layer->ethertype = ethertype;
}

static void add_payload(struct text *out, const struct layer *layer)
{
    text_add_bytes(out, layer->bytes.data, layer->bytes.length);
}

static void add_macs(const struct talk *talk, const struct link_job *job, struct text *out)
{
    static const uint8_t everybody[MAC_SIZE] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    const struct addr *to = &talk->party[side_other(job->from)].addr;
    const uint8_t *multicast = to->bytes + 12;
    uint8_t destination[MAC_SIZE], source[MAC_SIZE];
    memcpy(destination, talk->party[side_other(job->from)].mac, MAC_SIZE);
    memcpy(source, talk->party[job->from].mac, MAC_SIZE);
    bool group = addr_is4(to) && (multicast[0] & 0xf0) == 0xe0;
    if (group) {
        const uint8_t mac[MAC_SIZE] = {1, 0, 0x5e, multicast[1] & 0x7f, multicast[2], multicast[3]};
        memcpy(destination, mac, MAC_SIZE);
    }
    if (job->broadcast || (addr_is4(to) && memcmp(multicast, everybody, 4) == 0))
        memcpy(destination, everybody, MAC_SIZE);
    if (job->copy) {
        source[0] = destination[0] = 0x06; /* both are routers' now */
        source[5] ^= 0x55;
        destination[5] ^= 0xaa;
    }
    text_add_bytes(out, destination, MAC_SIZE);
    text_add_bytes(out, source, MAC_SIZE);
}

static bool tags_apply(const struct route *route, enum side from)
{
    return route->vlan_directions == DIRECTIONS_BOTH ||
           (route->vlan_directions == DIRECTIONS_CLIENT) == (from == SIDE_CLIENT);
}

static void add_tags(const struct talk *talk, const struct link_job *job, struct text *out)
{
    const struct route *route = talk->route;
    if (job->copy) {
        if (route->copy_vlan != 0) {
            wire_u16(out, ETHERTYPE_VLAN);
            wire_u16(out, route->copy_vlan);
        }
        return;
    }
    if (!tags_apply(route, job->from))
        return;
    for (unsigned i = 0; i < route->vlan_count; i++) {
        wire_u16(out, i + 1 < route->vlan_count ? ETHERTYPE_QINQ : ETHERTYPE_VLAN);
        wire_u16(out, route->vlans[i]);
    }
}

/* Makes an Ethernet frame (no tags) of the layer, for tunnels that carry frames. */
static void wrap_bridged(const struct talk *talk, const struct link_job *job, struct layer *layer)
{
    struct text out = {0};
    add_macs(talk, job, &out);
    wire_u16(&out, layer->ethertype);
    add_payload(&out, layer);
    replace(layer, out, ETHERTYPE_BRIDGE);
}

/* Puts the outer IPv4 header before the layer. */
static void wrap_ip(const struct talk *talk, const struct link_job *job, struct layer *layer,
                    uint8_t protocol)
{
    const struct route *route = talk->route;
    bool forth = job->from == SIDE_CLIENT;
    const struct addr *from = forth ? &route->tunnel_client : &route->tunnel_server;
    const struct addr *to = forth ? &route->tunnel_server : &route->tunnel_client;
    struct text out = {0};
    wire_u16(&out, 0x4500);
    wire_u16(&out, 20 + layer->bytes.length);
    wire_u16(&out, (uint64_t)talk->party[job->from].ip_id * 3);
    wire_u16(&out, 0);
    wire_u8(&out, 62);
    wire_u8(&out, protocol);
    wire_u16(&out, 0);
    text_add_bytes(&out, from->bytes + 12, 4);
    text_add_bytes(&out, to->bytes + 12, 4);
    wire_patch(&out, 10, 2, wire_checksum(wire_sum(out.data, 20, 0)));
    add_payload(&out, layer);
    replace(layer, out, ETHERTYPE_IPV4);
}

/* Puts GRE with a sequence number, or without, before the layer. */
static void wrap_gre(const struct talk *talk, const struct link_job *job, struct layer *layer,
                     bool erspan)
{
    struct text out = {0};
    wire_u16(&out, erspan ? 0x1000 : 0);
    wire_u16(&out, erspan ? ETHERTYPE_ERSPAN : layer->ethertype);
    if (erspan) {
        wire_u32(&out, talk->sent);
        wire_u32(&out, UINT64_C(1) << 28 | 10U); /* version II, VLAN 0, session 10 */
        wire_u32(&out, job->from == SIDE_CLIENT ? 1 : 2);
    }
    add_payload(&out, layer);
    replace(layer, out, 0);
    wrap_ip(talk, job, layer, PROTOCOL_GRE);
}

/* Puts UDP (checksum not used, as RFC 7348 has it) and the tunnel's 8 bytes before the layer. */
static void wrap_udp(const struct talk *talk, const struct link_job *job, struct layer *layer,
                     bool geneve)
{
    struct text out = {0};
    wire_u16(&out, 0xc000U | (talk->party[0].port ^ talk->party[1].port));
    wire_u16(&out, geneve ? PORT_GENEVE : PORT_VXLAN);
    wire_u16(&out, 16 + layer->bytes.length);
    wire_u16(&out, 0);
    wire_u16(&out, geneve ? 0 : 0x0800);
    wire_u16(&out, geneve ? ETHERTYPE_BRIDGE : 0);
    wire_u32(&out, 0x00002a00); /* network 42 */
    add_payload(&out, layer);
    replace(layer, out, 0);
    wrap_ip(talk, job, layer, PROTOCOL_UDP);
}

static void wrap_shim(struct layer *layer, enum tunnel tunnel)
{
    struct text out = {0};
    if (tunnel == TUNNEL_MPLS) {
        wire_u32(&out, 16001U << 12 | 0x03e);        /* label, not the last, TTL 62 */
        wire_u32(&out, 24005U << 12 | 0x100 | 0x3e); /* last label */
    } else {
        wire_u16(&out, 0x1100);
        wire_u16(&out, 0x0017); /* session */
        wire_u16(&out, layer->bytes.length + 2);
        wire_u16(&out, layer->ethertype == ETHERTYPE_IPV6 ? PPP_IPV6 : PPP_IPV4);
    }
    add_payload(&out, layer);
    replace(layer, out, tunnel == TUNNEL_MPLS ? ETHERTYPE_MPLS : ETHERTYPE_PPPOE);
}

static void wrap(const struct talk *talk, const struct link_job *job, struct layer *layer,
                 enum tunnel tunnel)
{
    switch (tunnel) {
    case TUNNEL_GRE:
        wrap_gre(talk, job, layer, false);
        break;
    case TUNNEL_ERSPAN2:
        wrap_bridged(talk, job, layer);
        wrap_gre(talk, job, layer, true);
        break;
    case TUNNEL_VXLAN:
    case TUNNEL_GENEVE:
        wrap_bridged(talk, job, layer);
        wrap_udp(talk, job, layer, tunnel == TUNNEL_GENEVE);
        break;
    case TUNNEL_IPIP:
        wrap_ip(talk, job, layer,
                layer->ethertype == ETHERTYPE_IPV6 ? PROTOCOL_IPV6 : PROTOCOL_IPIP);
        break;
    case TUNNEL_PPPOE:
    case TUNNEL_MPLS:
        wrap_shim(layer, tunnel);
        break;
    }
}

/* Adds the header of a link that is no Ethernet. */
static void add_cooked(const struct talk *talk, const struct link_job *job, enum link_type link,
                       uint16_t ethertype, struct text *out)
{
    unsigned packet_type = job->from == SIDE_CLIENT ? 4 : 0; /* sent by us, or to us */
    if (link == LINK_NULL)
        wire_le32(out, ethertype == ETHERTYPE_IPV6 ? 30 : 2);
    else if (link == LINK_LOOP)
        wire_u32(out, ethertype == ETHERTYPE_IPV6 ? 24 : 2);
    else if (link == LINK_PPP) {
        wire_u16(out, 0xff03);
        wire_u16(out, ethertype == ETHERTYPE_IPV6 ? PPP_IPV6 : PPP_IPV4);
    } else if (link == LINK_SLL || link == LINK_SLL2) {
        bool second = link == LINK_SLL2;
        wire_u16(out, second ? ethertype : packet_type);
        wire_u16(out, second ? 0 : 1); /* reserved; ARPHRD_ETHER */
        if (second)
            wire_u32(out, 2); /* interface number */
        wire_u16(out, second ? 1 : MAC_SIZE);
        if (second)
            wire_u16(out, packet_type << 8 | MAC_SIZE);
        text_add_bytes(out, talk->party[job->from].mac, MAC_SIZE);
        wire_u16(out, 0);
        if (!second)
            wire_u16(out, ethertype);
    }
}

void link_send(struct talk *talk, const struct link_job *job, const struct text *bytes)
{
    const struct route *route = talk->route;
    enum link_type link = talk->plan->interfaces[route->interface].link;
    struct layer layer = {.ethertype = job->ethertype};
    text_add_bytes(&layer.bytes, bytes->data, bytes->length);
    for (unsigned i = route->tunnel_count; i > 0; i--)
        wrap(talk, job, &layer, route->tunnels[i - 1]);
    struct text frame = {0};
    if (link == LINK_ETHERNET) {
        add_macs(talk, job, &frame);
        add_tags(talk, job, &frame);
        wire_u16(&frame, layer.ethertype);
    } else {
        add_cooked(talk, job, link, layer.ethertype, &frame);
    }
    add_payload(&frame, &layer);
    if (link == LINK_ETHERNET && frame.length < 60)
        wire_fill(&frame, 0, 60 - frame.length);
    queue_add_frame(talk->queue, job->ts_ns, route->interface, frame.data, frame.length);
    text_done(&frame);
    text_done(&layer.bytes);
}
