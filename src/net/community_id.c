/* SPDX-License-Identifier: Apache-2.0 */
/* Community ID, version 1: SHA-1 over the ordered five-tuple, so that tools agree on a flow's name.
 *
 *     seed (2) | lower address (4 or 16) | higher address | protocol (1) | 0 (1) | ports (2 + 2)
 *
 * The lower endpoint is the one with the lower (address, port) as big-endian bytes.  ICMP has no
 * ports: the type stands for the one and its answering type for the other; a type without an
 * answer stands with its code and is not reordered.  Protocols without ports leave them out.
 * Source: https://github.com/corelight/community-id-spec.  Cost: one SHA-1 block, about 0.3 us. */
#include "net/community_id.h"

#include <stdbool.h>

#include "base/digest.h"
#include "net/icmp.h"
#include "net/protocol.h"

struct input {
    uint8_t bytes[40];
    size_t length;
};

static void put16(struct input *input, uint16_t value)
{
    input->bytes[input->length++] = (uint8_t)(value >> 8);
    input->bytes[input->length++] = (uint8_t)value;
}

static void put_addr(struct input *input, const struct addr *addr, bool as4)
{
    size_t skip = as4 ? 12 : 0;
    memcpy(input->bytes + input->length, addr->bytes + skip, 16 - skip);
    input->length += 16 - skip;
}

static bool has_ports(uint8_t protocol)
{
    return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP || protocol == PROTOCOL_SCTP ||
           protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6;
}

/* Puts the "ports" of ICMP into the tuple.  Returns true for a type that has no answer. */
static bool translate_icmp(struct community_tuple *tuple)
{
    if (tuple->protocol != PROTOCOL_ICMP && tuple->protocol != PROTOCOL_ICMPV6)
        return false;
    struct icmp_pair pair;
    if (!icmp_pair_of(tuple->protocol, (uint8_t)tuple->src_port, &pair))
        return true;
    tuple->dst_port = tuple->src_port == pair.request ? pair.reply : pair.request;
    return false;
}

/* Brings the lower endpoint to the front; equal addresses are told apart by the ports alone. */
static void put_in_order(struct community_tuple *tuple)
{
    int order = addr_compare(&tuple->src, &tuple->dst);
    if (order < 0 || (order == 0 && tuple->src_port <= tuple->dst_port))
        return;
    struct community_tuple turned = {.src = tuple->dst,
                                     .dst = tuple->src,
                                     .src_port = tuple->dst_port,
                                     .dst_port = tuple->src_port,
                                     .protocol = tuple->protocol};
    *tuple = turned;
}

void community_id_text(const struct community_tuple *tuple, uint16_t seed,
                       char ret_text[static COMMUNITY_ID_MAX])
{
    struct community_tuple ordered = *tuple;
    if (!translate_icmp(&ordered))
        put_in_order(&ordered);
    bool as4 = addr_is4(&tuple->src) && addr_is4(&tuple->dst);
    struct input input = {.length = 0};
    put16(&input, seed);
    put_addr(&input, &ordered.src, as4);
    put_addr(&input, &ordered.dst, as4);
    put16(&input, (uint16_t)(ordered.protocol << 8));
    if (has_ports(ordered.protocol)) {
        put16(&input, ordered.src_port);
        put16(&input, ordered.dst_port);
    }
    uint8_t digest[DIGEST_SHA1_SIZE];
    digest_sha1(input.bytes, input.length, digest);
    ret_text[0] = '1';
    ret_text[1] = ':';
    digest_base64(digest, sizeof digest, ret_text + 2);
}
