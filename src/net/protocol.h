/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/* IP protocol numbers that we name (IANA "Assigned Internet Protocol Numbers"): enum and
 * upper-case text from one list. */
#define PROTOCOL_LIST(X)                                                                           \
    X(ICMP, 1, "ICMP")                                                                             \
    X(IGMP, 2, "IGMP")                                                                             \
    X(IPIP, 4, "IPIP")                                                                             \
    X(TCP, 6, "TCP")                                                                               \
    X(UDP, 17, "UDP")                                                                              \
    X(IPV6, 41, "IPV6")                                                                            \
    X(GRE, 47, "GRE")                                                                              \
    X(ESP, 50, "ESP")                                                                              \
    X(AH, 51, "AH")                                                                                \
    X(ICMPV6, 58, "IPV6-ICMP")                                                                     \
    X(OSPF, 89, "OSPF")                                                                            \
    X(SCTP, 132, "SCTP")                                                                           \
    X(UDPLITE, 136, "UDPLITE")

enum protocol {
#define PROTOCOL_ENUM(name, number, text) PROTOCOL_##name = (number),
    PROTOCOL_LIST(PROTOCOL_ENUM)
#undef PROTOCOL_ENUM
};

/* Returns the text for events (`TCP`), or NULL for a number that we do not name. */
const char *protocol_text(uint8_t number);
