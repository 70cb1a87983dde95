/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Requests and replies of ICMP (RFC 792, 950, 1256) and ICMPv6 (RFC 4443, 4861, 2710, 4620). */
struct icmp_pair {
    uint8_t request, reply;
};

/* Returns true and the pair that `type` belongs to; false for one-way types and other protocols. */
bool icmp_pair_of(uint8_t protocol, uint8_t type, struct icmp_pair *ret_pair);
