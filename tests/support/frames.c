/* SPDX-License-Identifier: Apache-2.0 */
/* Frames built in code: see frames.h.  A layer is a kind and a place; one function for each kind
 * knows how to fill in what depends on what is inside. */
#include "frames.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

#include "capture/frame.h"

static void put16(uint8_t *at, size_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

static uint8_t *add(struct wire *wire, enum wire_kind kind, size_t size)
{
    assert(wire->size + size <= WIRE_MAX && wire->count < WIRE_LAYERS_MAX);
    uint8_t *header = wire->data + wire->size;
    memset(header, 0, size);
    wire->layers[wire->count].kind = kind;
    wire->layers[wire->count].start = wire->size;
    wire->layers[wire->count].number = 0;
    wire->count++;
    wire->size += size;
    return header;
}

void wire_start(struct wire *wire)
{
    wire->size = 0;
    wire->count = 0;
}

void wire_ethernet(struct wire *wire, uint8_t src, uint8_t dst)
{
    uint8_t *header = add(wire, WIRE_ETHERNET, 14);
    header[0] = header[6] = 2;
    header[5] = dst;
    header[11] = src;
}

void wire_vlan(struct wire *wire, uint16_t tag_type, uint16_t id)
{
    put16(add(wire, WIRE_VLAN, 4), id);
    wire->layers[wire->count - 1].number = tag_type;
}

void wire_llc(struct wire *wire)
{
    memcpy(add(wire, WIRE_LLC, 8), "\xaa\xaa\x03", 3);
}

void wire_mpls(struct wire *wire, uint32_t label)
{
    put32(add(wire, WIRE_MPLS, 4), label << 12 | 64);
}

void wire_pppoe(struct wire *wire, uint16_t session)
{
    uint8_t *header = add(wire, WIRE_PPPOE, 6);
    header[0] = 0x11;
    put16(header + 2, session);
}

void wire_ppp(struct wire *wire, bool address)
{
    if (address)
        wire_bytes(wire, "\xff\x03", 2);
    (void)add(wire, WIRE_PPP, 2);
}

void wire_sll(struct wire *wire)
{
    uint8_t *header = add(wire, WIRE_SLL, 16);
    put16(header + 2, 1);
    put16(header + 4, 6);
}

void wire_sll2(struct wire *wire)
{
    uint8_t *header = add(wire, WIRE_SLL2, 20);
    put32(header + 4, 2);
    put16(header + 8, 1);
    header[11] = 6;
}

void wire_null(struct wire *wire, uint32_t family, bool big_endian)
{
    uint8_t *header = add(wire, WIRE_NULL, 4);
    for (unsigned i = 0; i < 4; i++)
        header[i] = (uint8_t)(family >> (big_endian ? 24 - 8 * i : 8 * i));
}

void wire_ipv4(struct wire *wire, const char *src, const char *dst)
{
    uint8_t *header = add(wire, WIRE_IPV4, 20);
    header[0] = 0x45;
    put16(header + 4, 1);
    header[8] = 64;
    bool good =
        inet_pton(AF_INET, src, header + 12) == 1 && inet_pton(AF_INET, dst, header + 16) == 1;
    assert(good);
    (void)good;
}

void wire_ipv6(struct wire *wire, const char *src, const char *dst)
{
    uint8_t *header = add(wire, WIRE_IPV6, 40);
    header[0] = 0x60;
    header[7] = 64;
    bool good =
        inet_pton(AF_INET6, src, header + 8) == 1 && inet_pton(AF_INET6, dst, header + 24) == 1;
    assert(good);
    (void)good;
}

void wire_extension(struct wire *wire, uint8_t protocol, size_t size)
{
    uint8_t *header = add(wire, WIRE_EXTENSION, size);
    header[0] = 59;
    header[1] = (uint8_t)(protocol == 51 ? size / 4 - 2 : size / 8 - 1);
    wire->layers[wire->count - 1].number = protocol;
}

void wire_tcp(struct wire *wire, uint16_t src, uint16_t dst, uint8_t flags)
{
    uint8_t *header = add(wire, WIRE_TCP, 20);
    put16(header, src);
    put16(header + 2, dst);
    put32(header + 4, 1000);
    put32(header + 8, 2000);
    header[12] = 0x50;
    header[13] = flags;
    put16(header + 14, 8192);
}

void wire_udp(struct wire *wire, uint16_t src, uint16_t dst)
{
    uint8_t *header = add(wire, WIRE_UDP, 8);
    put16(header, src);
    put16(header + 2, dst);
}

void wire_sctp(struct wire *wire, uint16_t src, uint16_t dst)
{
    uint8_t *header = add(wire, WIRE_SCTP, 12);
    put16(header, src);
    put16(header + 2, dst);
}

void wire_ping(struct wire *wire, bool reply, uint16_t id)
{
    assert(wire->count > 0);
    bool is4 = wire->layers[wire->count - 1].kind == WIRE_IPV4;
    uint8_t *header = add(wire, is4 ? WIRE_ICMP : WIRE_ICMPV6, 8);
    header[0] = (uint8_t)(is4 ? (reply ? 0 : 8) : (reply ? 129 : 128));
    put16(header + 4, id);
    put16(header + 6, 1);
}

void wire_gre(struct wire *wire, uint16_t flags, uint16_t protocol)
{
    size_t size = 4;
    size += (flags & 0xc000) != 0 ? 4 : 0;
    size += (flags & 0x2000) != 0 ? 4 : 0;
    size += (flags & 0x1000) != 0 ? 4 : 0;
    uint8_t *header = add(wire, WIRE_GRE, size);
    put16(header, flags);
    put16(header + 2, protocol);
}

void wire_vxlan(struct wire *wire, uint32_t network)
{
    uint8_t *header = add(wire, WIRE_VXLAN, 8);
    header[0] = 0x08;
    put32(header + 4, network << 8);
}

void wire_geneve(struct wire *wire, uint32_t network, size_t option_bytes)
{
    uint8_t *header = add(wire, WIRE_GENEVE, 8 + option_bytes);
    header[0] = (uint8_t)(option_bytes / 4);
    put32(header + 4, network << 8);
}

void wire_bytes(struct wire *wire, const void *bytes, size_t size)
{
    memcpy(add(wire, WIRE_BYTES, size), bytes, size);
}

void wire_text(struct wire *wire, const char *text)
{
    wire_bytes(wire, text, strlen(text));
}

void wire_count(struct wire *wire, uint8_t first, size_t size)
{
    uint8_t *at = add(wire, WIRE_BYTES, size);
    for (size_t i = 0; i < size; i++)
        at[i] = (uint8_t)(first + i);
}

/* Returns the EtherType of a layer, 0 where it has none. */
static uint16_t ethertype_of(enum wire_kind kind, uint16_t number)
{
    switch ((int)kind) {
    case WIRE_ETHERNET:
        return 0x6558;
    case WIRE_VLAN:
        return number;
    case WIRE_MPLS:
        return 0x8847;
    case WIRE_PPPOE:
        return 0x8864;
    case WIRE_PPP:
        return 0x880b;
    case WIRE_IPV4:
        return 0x0800;
    case WIRE_IPV6:
        return 0x86dd;
    default:
        return 0;
    }
}

static uint8_t protocol_of(enum wire_kind kind, uint16_t number)
{
    switch ((int)kind) {
    case WIRE_ETHERNET:
        return 143;
    case WIRE_MPLS:
        return 137;
    case WIRE_IPV4:
        return 4;
    case WIRE_IPV6:
        return 41;
    case WIRE_EXTENSION:
        return (uint8_t)number;
    case WIRE_TCP:
        return 6;
    case WIRE_UDP:
        return 17;
    case WIRE_SCTP:
        return 132;
    case WIRE_ICMP:
        return 1;
    case WIRE_ICMPV6:
        return 58;
    case WIRE_GRE:
        return 47;
    default:
        return 0;
    }
}

static uint32_t sum(uint32_t start, const uint8_t *bytes, size_t size)
{
    uint32_t total = start;
    for (size_t i = 0; i < size; i++)
        total += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
    return total;
}

static void put_checksum(uint8_t *at, uint32_t total)
{
    uint32_t folded = (total & 0xffff) + (total >> 16);
    put16(at, ~(folded + (folded >> 16)) & 0xffff);
}

/* Fills in a checksum that covers the addresses too: of TCP, UDP, ICMPv6. */
static void finish_transport(struct wire *wire, unsigned index, size_t checksum_at)
{
    uint8_t *header = wire->data + wire->layers[index].start;
    size_t size = wire->size - wire->layers[index].start;
    uint32_t total = (uint32_t)size;
    total += protocol_of(wire->layers[index].kind, 0);
    unsigned i = index;
    while (i > 0 && wire->layers[i].kind != WIRE_IPV4 && wire->layers[i].kind != WIRE_IPV6)
        i--;
    const uint8_t *ip = wire->data + wire->layers[i].start;
    if (wire->layers[i].kind == WIRE_IPV4)
        total = sum(total, ip + 12, 8);
    else if (wire->layers[i].kind == WIRE_IPV6)
        total = sum(total, ip + 8, 32);
    put16(header + checksum_at, 0);
    put_checksum(header + checksum_at, sum(total, header, size));
}

static void finish_link(uint8_t *header, enum wire_kind kind, uint16_t type, size_t size)
{
    static const uint8_t type_at[] = {
        [WIRE_ETHERNET] = 12, [WIRE_VLAN] = 2, [WIRE_LLC] = 6,   [WIRE_SLL] = 14,
        [WIRE_SLL2] = 0,      [WIRE_GRE] = 2,  [WIRE_GENEVE] = 2};
    if (kind == WIRE_GRE && (header[2] != 0 || header[3] != 0))
        return; /* the test has said what follows */
    if (type != 0)
        put16(header + type_at[kind], type);
    else if (kind == WIRE_ETHERNET && header[12] == 0 && header[13] == 0)
        put16(header + 12, size - 14); /* LLC follows: 802.3 */
}

static void finish_ppp(uint8_t *header, enum wire_kind inner)
{
    uint16_t number = inner == WIRE_MPLS ? 0x0281 : 0x0021;
    put16(header, inner == WIRE_IPV6 ? 0x0057 : number);
}

static void finish_ipv4(uint8_t *header, uint8_t protocol, size_t size)
{
    put16(header + 2, size);
    if (protocol != 0)
        header[9] = protocol;
    put16(header + 10, 0);
    put_checksum(header + 10, sum(0, header, 20));
}

static void finish_layer(struct wire *wire, unsigned i)
{
    bool last = i + 1 == wire->count;
    enum wire_kind inner = last ? WIRE_BYTES : wire->layers[i + 1].kind;
    uint16_t number = last ? 0 : wire->layers[i + 1].number;
    uint8_t protocol = protocol_of(inner, number);
    uint8_t *header = wire->data + wire->layers[i].start;
    size_t size = wire->size - wire->layers[i].start;
    switch (wire->layers[i].kind) {
    case WIRE_ETHERNET:
    case WIRE_VLAN:
    case WIRE_LLC:
    case WIRE_SLL:
    case WIRE_SLL2:
    case WIRE_GENEVE:
    case WIRE_GRE:
        finish_link(header, wire->layers[i].kind, ethertype_of(inner, number), size);
        break;
    case WIRE_MPLS:
        header[2] = (uint8_t)((header[2] & 0xfe) | (inner != WIRE_MPLS));
        break;
    case WIRE_PPPOE:
        put16(header + 4, size - 6);
        break;
    case WIRE_PPP:
        finish_ppp(header, inner);
        break;
    case WIRE_IPV4:
        finish_ipv4(header, protocol, size);
        break;
    case WIRE_IPV6:
        put16(header + 4, size - 40);
        header[6] = protocol != 0 || inner == WIRE_EXTENSION ? protocol : header[6];
        break;
    case WIRE_EXTENSION:
        header[0] = protocol != 0 ? protocol : header[0];
        break;
    case WIRE_TCP:
        finish_transport(wire, i, 16);
        break;
    case WIRE_UDP:
        put16(header + 4, size);
        finish_transport(wire, i, 6);
        break;
    case WIRE_ICMPV6:
        finish_transport(wire, i, 2);
        break;
    case WIRE_ICMP:
        put16(header + 2, 0);
        put_checksum(header + 2, sum(0, header, size));
        break;
    case WIRE_NULL:
    case WIRE_SCTP:
    case WIRE_VXLAN:
    case WIRE_BYTES:
        break;
    }
}

void wire_finish(struct wire *wire)
{
    for (unsigned i = wire->count; i > 0; i--)
        finish_layer(wire, i - 1);
}

uint8_t *wire_header(struct wire *wire, enum wire_kind kind, unsigned nth)
{
    unsigned seen = 0;
    for (unsigned i = 0; i < wire->count; i++) {
        if (wire->layers[i].kind == kind && seen++ == nth)
            return wire->data + wire->layers[i].start;
    }
    return NULL;
}

struct frame wire_frame_cut(const struct wire *wire, uint32_t link_type, int64_t ts_ns,
                            size_t captured)
{
    return (struct frame){.data = wire->data,
                          .captured = captured < wire->size ? captured : wire->size,
                          .length = wire->size,
                          .ts_ns = ts_ns,
                          .number = 1,
                          .link_type = link_type};
}

struct frame wire_frame(struct wire *wire, uint32_t link_type, int64_t ts_ns)
{
    wire_finish(wire);
    return wire_frame_cut(wire, link_type, ts_ns, wire->size);
}

void wire_fragment(const struct wire *whole, size_t offset, size_t size, uint32_t id,
                   struct wire *ret_piece)
{
    unsigned ip = whole->count - 1;
    while (ip > 0 && whole->layers[ip].kind != WIRE_IPV4 && whole->layers[ip].kind != WIRE_IPV6)
        ip--;
    bool is4 = whole->layers[ip].kind == WIRE_IPV4;
    size_t data = whole->layers[ip].start + (is4 ? 20 : 40);
    size_t left = whole->size - data - offset;
    size_t take = size < left ? size : left;
    memcpy(ret_piece->data, whole->data, data);
    memcpy(ret_piece->layers, whole->layers, sizeof whole->layers);
    ret_piece->size = data;
    ret_piece->count = ip + 1;
    uint8_t *header = ret_piece->data + whole->layers[ip].start;
    if (is4) {
        put16(header + 4, id);
        put16(header + 6, offset / 8 | (take < left ? 0x2000 : 0));
    } else {
        wire_extension(ret_piece, 44, 8);
        uint8_t *extension = ret_piece->data + ret_piece->size - 8;
        extension[0] = header[6];
        extension[1] = 0;
        put16(extension + 2, offset | (take < left ? 1 : 0));
        put32(extension + 4, id);
    }
    wire_bytes(ret_piece, whole->data + data + offset, take);
    wire_finish(ret_piece);
}
