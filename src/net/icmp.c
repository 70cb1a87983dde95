/* SPDX-License-Identifier: Apache-2.0 */
/* Which ICMP types answer which.  The set is the one of the Community ID, so that what is one flow
 * here has one id. */
#include "net/icmp.h"

#include <stddef.h>

#include "base/memory.h"
#include "net/protocol.h"

bool icmp_pair_of(uint8_t protocol, uint8_t type, struct icmp_pair *ret_pair)
{
    static const struct icmp_pair pairs4[] = {{8, 0}, {13, 14}, {15, 16}, {10, 9}, {17, 18}};
    static const struct icmp_pair pairs6[] = {{128, 129}, {133, 134}, {135, 136},
                                              {130, 131}, {139, 140}, {144, 145}};
    if (protocol != PROTOCOL_ICMP && protocol != PROTOCOL_ICMPV6)
        return false;
    bool is4 = protocol == PROTOCOL_ICMP;
    const struct icmp_pair *pairs = is4 ? pairs4 : pairs6;
    size_t count = is4 ? COUNT_OF(pairs4) : COUNT_OF(pairs6);
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].request == type || pairs[i].reply == type) {
            *ret_pair = pairs[i];
            return true;
        }
    }
    return false;
}
