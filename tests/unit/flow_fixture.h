/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the tests of flow/ share: a table that notes what ends, and packets made by hand. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/time.h"
#include "decode/packet.h"
#include "flow/flow.h"
#include "flow/table.h"
#include "net/protocol.h"
#include "run.h"

enum {
    ENDED_MAX = 4096,
    T0 = 1000 /* seconds */
};

/* Copies of the records that ended, in order. */
struct ended {
    struct flow flows[ENDED_MAX];
    size_t count;
};

static inline void note_end(void *ctx, struct flow *flow)
{
    struct ended *ended = ctx;
    ck_assert_uint_lt(ended->count, ENDED_MAX);
    ended->flows[ended->count++] = *flow;
}

static inline struct packet packet_of(uint8_t protocol, const char *src, uint16_t src_port,
                                      const char *dst, uint16_t dst_port)
{
    static uint64_t frame_number;
    frame_number++;
    struct packet packet = {.ts_ns = T0 * NS_PER_S,
                            .frame_number = frame_number,
                            .src_port = src_port,
                            .dst_port = dst_port,
                            .protocol = protocol,
                            .ip_version = 4,
                            .l3_length = 40};
    ck_assert(addr_parse(src, &packet.src));
    ck_assert(addr_parse(dst, &packet.dst));
    return packet;
}

/* A TCP packet between 10.0.0.1:50000 and 192.0.2.1:443. */
static inline struct packet tcp_packet(bool from_client, uint8_t flags, uint32_t seq, uint32_t ack,
                                       size_t length)
{
    struct packet packet = from_client
                               ? packet_of(PROTOCOL_TCP, "10.0.0.1", 50000, "192.0.2.1", 443)
                               : packet_of(PROTOCOL_TCP, "192.0.2.1", 443, "10.0.0.1", 50000);
    packet.tcp_flags = flags;
    packet.tcp_seq = seq;
    packet.tcp_ack = ack;
    packet.payload_length = length;
    packet.l3_length = 40 + length;
    return packet;
}

static inline struct flow_table *table_of(struct ended *ended)
{
    struct flow_options options;
    flow_options_default(&options);
    return flow_table_new(&options, note_end, ended);
}

/* Touches and returns the flow; writes the side where wanted. */
static inline struct flow *touch(struct flow_table *table, const struct packet *packet,
                                 enum flow_side *ret_side)
{
    enum flow_side side = FLOW_CLIENT;
    struct flow *flow = flow_table_touch(table, packet, &side);
    if (ret_side != NULL)
        *ret_side = side;
    return flow;
}

/* Touches with a packet of the TCP pair. */
static inline struct flow *tcp(struct flow_table *table, bool from_client, uint8_t flags,
                               uint32_t seq, uint32_t ack, size_t length)
{
    struct packet packet = tcp_packet(from_client, flags, seq, ack, length);
    return touch(table, &packet, NULL);
}
