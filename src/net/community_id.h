/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "net/addr.h"

enum {
    COMMUNITY_ID_MAX = 32
};

/* The five-tuple as the packet has it.  For ICMP and ICMPv6 `src_port` is the type and `dst_port`
 * the code. */
struct community_tuple {
    struct addr src, dst;
    uint16_t src_port, dst_port;
    uint8_t protocol;
};

/* Writes the Community ID, version 1 (`1:` and base64, 30 characters) and a NUL.  Both directions
 * give the same id; for ICMP, request and reply do.  Source:
 * https://github.com/corelight/community-id-spec. */
void community_id_text(const struct community_tuple *tuple, uint16_t seed,
                       char ret_text[static COMMUNITY_ID_MAX]);
