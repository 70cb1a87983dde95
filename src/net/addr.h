/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* An IPv4 or IPv6 address as one type: IPv4 stands as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2),
 * in network byte order.  A v4-mapped address inside a real IPv6 header is thereby the same as
 * the IPv4 one, which is what an analyst means by it. */
struct addr {
    uint8_t bytes[16];
};

enum {
    ADDR_TEXT_MAX = 46
};

static inline struct addr addr_from4(const uint8_t bytes[static 4])
{
    struct addr addr = {
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, bytes[0], bytes[1], bytes[2], bytes[3]}};
    return addr;
}

static inline struct addr addr_from6(const uint8_t bytes[static 16])
{
    struct addr addr;
    memcpy(addr.bytes, bytes, 16);
    return addr;
}

static inline bool addr_is4(const struct addr *addr)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return memcmp(addr->bytes, mapped, 12) == 0;
}

/* Orders as big-endian numbers; IPv4 among IPv6 at ::ffff:0:0/96. */
static inline int addr_compare(const struct addr *a, const struct addr *b)
{
    return memcmp(a->bytes, b->bytes, 16);
}

static inline bool addr_equal(const struct addr *a, const struct addr *b)
{
    return memcmp(a->bytes, b->bytes, 16) == 0;
}

/* Writes the text form (RFC 5952; IPv4 dotted) and a NUL; returns the length. */
size_t addr_text(const struct addr *addr, char ret_text[static ADDR_TEXT_MAX]);
/* Reads an IPv4 or IPv6 address (no zone, no brackets).  False for anything else. */
bool addr_parse(const char *text, struct addr *ret_addr);
/* True for multicast, IPv4 broadcast 255.255.255.255 and the unspecified address: never one
 * machine. */
bool addr_is_group(const struct addr *addr);
/* True for addresses that no public database places: private, shared (RFC 6598), link-local,
 * loopback, unique local, multicast, documentation and reserved ranges (RFC 6890). */
bool addr_is_special(const struct addr *addr);
