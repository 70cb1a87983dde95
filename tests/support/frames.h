/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame;

/* Builds frames in code, so that no test needs a capture file and each shows what it is about.
 *
 * Headers are added from the outside in; wire_finish() then goes from the inside out and fills
 * in lengths, the numbers that say what follows, and checksums.  What a test wants wrong it
 * changes after that, through wire_header().
 *
 *     struct wire wire;
 *     wire_start(&wire);
 *     wire_ethernet(&wire, 1, 2);
 *     wire_ipv4(&wire, "192.0.2.1", "192.0.2.2");
 *     wire_udp(&wire, 40000, 53);
 *     wire_text(&wire, "query");
 *     struct frame frame = wire_frame(&wire, LINK_ETHERNET, 0); */
enum {
    WIRE_MAX = 72 * 1024,
    WIRE_LAYERS_MAX = 80
};

enum wire_kind {
    WIRE_ETHERNET,
    WIRE_VLAN,
    WIRE_LLC, /* with SNAP */
    WIRE_MPLS,
    WIRE_PPPOE,
    WIRE_PPP,
    WIRE_SLL,
    WIRE_SLL2,
    WIRE_NULL,
    WIRE_IPV4,
    WIRE_IPV6,
    WIRE_EXTENSION,
    WIRE_TCP,
    WIRE_UDP,
    WIRE_SCTP,
    WIRE_ICMP,
    WIRE_ICMPV6,
    WIRE_GRE,
    WIRE_VXLAN,
    WIRE_GENEVE,
    WIRE_BYTES /* anything else; says nothing about itself to the header in front */
};

struct wire {
    uint8_t data[WIRE_MAX];
    size_t size;
    struct {
        enum wire_kind kind;
        size_t start;
        uint16_t number; /* VLAN: EtherType of the tag; extension: its protocol number */
    } layers[WIRE_LAYERS_MAX];
    unsigned count;
};

void wire_start(struct wire *wire);

/* Link layers.  MAC addresses are 02:00:00:00:00:NN. */
void wire_ethernet(struct wire *wire, uint8_t src, uint8_t dst);
void wire_vlan(struct wire *wire, uint16_t tag_type, uint16_t id);
void wire_llc(struct wire *wire);
void wire_mpls(struct wire *wire, uint32_t label);
void wire_pppoe(struct wire *wire, uint16_t session);
/* `address`: with the address and control bytes FF 03 in front. */
void wire_ppp(struct wire *wire, bool address);
void wire_sll(struct wire *wire);
void wire_sll2(struct wire *wire);
void wire_null(struct wire *wire, uint32_t family, bool big_endian);

/* Network and transport.  Addresses are text; IPv4: identification 1, TTL 64, no options.  Equal
 * packets within 1 ms are copies to decode/: give them an identification of their own, or other
 * content, or more time. */
void wire_ipv4(struct wire *wire, const char *src, const char *dst);
void wire_ipv6(struct wire *wire, const char *src, const char *dst);
/* An IPv6 extension header of `size` bytes (a multiple of 8; AH of 4), padding inside. */
void wire_extension(struct wire *wire, uint8_t protocol, size_t size);
void wire_tcp(struct wire *wire, uint16_t src, uint16_t dst, uint8_t flags);
void wire_udp(struct wire *wire, uint16_t src, uint16_t dst);
void wire_sctp(struct wire *wire, uint16_t src, uint16_t dst);
/* Echo request (`reply` false) or reply; ICMPv6 where the header in front is IPv6. */
void wire_ping(struct wire *wire, bool reply, uint16_t id);

/* Tunnels.  GRE: EtherType of what follows unless `protocol` is not 0; `flags` get their zeroed
 * fields. */
void wire_gre(struct wire *wire, uint16_t flags, uint16_t protocol);
void wire_vxlan(struct wire *wire, uint32_t network);
void wire_geneve(struct wire *wire, uint32_t network, size_t option_bytes);

/* Content. */
void wire_bytes(struct wire *wire, const void *bytes, size_t size);
void wire_text(struct wire *wire, const char *text);
/* `size` bytes that count up from `first`. */
void wire_count(struct wire *wire, uint8_t first, size_t size);

/* Fills in lengths, numbers and checksums. */
void wire_finish(struct wire *wire);
/* Returns the header of the `nth` layer (from 0) of that kind, or NULL. */
uint8_t *wire_header(struct wire *wire, enum wire_kind kind, unsigned nth);
/* Finishes, and returns the whole as a frame with number 1; it borrows the wire's bytes. */
struct frame wire_frame(struct wire *wire, uint32_t link_type, int64_t ts_ns);
/* The same without finishing, cut to `captured` bytes as a snapshot length does. */
struct frame wire_frame_cut(const struct wire *wire, uint32_t link_type, int64_t ts_ns,
                            size_t captured);

/* Makes `ret_piece` the IP fragment that carries the bytes from `offset` on (`size` of them,
 * less at the end) of the innermost IP packet of `whole`, which must be finished and have no
 * extension headers. */
void wire_fragment(const struct wire *whole, size_t offset, size_t size, uint32_t id,
                   struct wire *ret_piece);
