/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the tests of whole flows in classify/ share: a classifier and a flow whose packets are made by hand. */

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "classify/classify.h"
#include "classify/dns.h"
#include "decode/packet.h"
#include "flow/flow.h"
#include "net/protocol.h"
#include "run.h"
#include "talk.h"

enum {
    RIG_HEADERS = 40 /* IPv4 and TCP */
};

/* One conversation between 10.0.0.1:50000 and 192.0.2.1. */
struct rig {
    struct classify *classify; /* borrowed */
    struct flow flow;
    uint32_t seq[2];
    struct packet packet; /* the last one; its bytes are ours */
    uint8_t *bytes;
    uint8_t extra_flags; /* TCP flags of the next packet */
    int64_t later_ns;    /* added to the time of packets */
};

static inline struct classify_options rig_options(void)
{
    return (struct classify_options){.ndpi = CLASSIFY_NDPI_REST,
                                     .states_max = 1000,
                                     .stream_bytes = 32768,
                                     .tcp_packets = 12,
                                     .udp_packets = 8};
}

static inline struct classify *rig_classify(const struct classify_options *options)
{
    struct error err = {""};
    struct classify *classify = classify_new(options, &err);
    ck_assert_msg(classify != NULL, "%s", err.text);
    return classify;
}

static inline void rig_start(struct rig *rig, struct classify *classify, uint8_t protocol,
                             uint16_t server_port)
{
    *rig = (struct rig){.classify = classify, .seq = {1000, 5000}};
    rig->flow = (struct flow){.protocol = protocol,
                              .client_port = 50000,
                              .server_port = server_port,
                              .direction = FLOW_DIRECTION_PORT};
    ck_assert(addr_parse("10.0.0.1", &rig->flow.client));
    ck_assert(addr_parse("192.0.2.1", &rig->flow.server));
}

/* Releases what the flow holds, as the pipeline does at its end. */
static inline void rig_end(struct rig *rig)
{
    classify_forget(rig->classify, &rig->flow);
    free(rig->bytes);
    rig->bytes = NULL;
}

static inline void rig_put(uint8_t *at, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        at[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
}

/* Writes IPv4 and transport headers; returns their size. */
static inline size_t rig_headers(uint8_t *at, const struct packet *packet, size_t size)
{
    bool tcp = packet->protocol == PROTOCOL_TCP;
    size_t headers = tcp ? RIG_HEADERS : 28;
    memset(at, 0, headers);
    at[0] = 0x45;
    rig_put(at + 2, headers + size, 2);
    at[8] = 64;
    at[9] = packet->protocol;
    memcpy(at + 12, packet->src.bytes + 12, 4);
    memcpy(at + 16, packet->dst.bytes + 12, 4);
    rig_put(at + 20, packet->src_port, 2);
    rig_put(at + 22, packet->dst_port, 2);
    if (!tcp) {
        rig_put(at + 24, 8 + size, 2);
        return headers;
    }
    rig_put(at + 24, packet->tcp_seq, 4);
    at[32] = 0x50;
    at[33] = packet->tcp_flags;
    rig_put(at + 34, 8192, 2);
    return headers;
}

/* Client and server change places, as flow_reverse() makes them. */
static inline void rig_turn(struct flow *flow)
{
    struct addr addr = flow->client;
    flow->client = flow->server;
    flow->server = addr;
    uint16_t port = flow->client_port;
    flow->client_port = flow->server_port;
    flow->server_port = port;
    flow->direction = FLOW_DIRECTION_PAYLOAD;
}

/* Sends `size` bytes of which the capture holds `captured`; returns what is new. */
static inline unsigned rig_send_cut(struct rig *rig, enum flow_side side, uint32_t seq,
                                    const void *data, size_t size, size_t captured)
{
    struct flow *flow = &rig->flow;
    bool up = side == FLOW_CLIENT;
    rig->packet = (struct packet){.ts_ns = 1000 * NS_PER_S + rig->later_ns,
                                  .src = up ? flow->client : flow->server,
                                  .dst = up ? flow->server : flow->client,
                                  .src_port = up ? flow->client_port : flow->server_port,
                                  .dst_port = up ? flow->server_port : flow->client_port,
                                  .ip_version = 4,
                                  .protocol = flow->protocol,
                                  .tcp_flags = (uint8_t)(TCP_ACK | rig->extra_flags),
                                  .tcp_seq = seq};
    struct packet *packet = &rig->packet;
    free(rig->bytes);
    rig->bytes = mem_alloc(RIG_HEADERS + captured);
    size_t headers = rig_headers(rig->bytes, packet, size);
    if (headers < RIG_HEADERS) { /* exactly as long as it is, for the sanitizer */
        rig->bytes = mem_resize(rig->bytes, headers + captured, 1);
    }
    if (captured > 0)
        memcpy(rig->bytes + headers, data, captured);
    packet->l3 = rig->bytes;
    packet->l3_captured = headers + captured;
    packet->l3_length = headers + size;
    packet->l4 = rig->bytes + 20;
    packet->l4_captured = headers - 20 + captured;
    packet->payload = captured > 0 ? rig->bytes + headers : NULL;
    packet->payload_captured = captured;
    packet->payload_length = size;
    packet->truncated = captured < size;
    rig->extra_flags = 0;
    unsigned news = classify_packet(rig->classify, flow, side, packet);
    if ((news & LABEL_REVERSED) != 0)
        rig_turn(flow);
    return news;
}

static inline unsigned rig_send_at(struct rig *rig, enum flow_side side, uint32_t seq,
                                   const void *data, size_t size)
{
    return rig_send_cut(rig, side, seq, data, size, size);
}

/* Sends what follows what was sent before. */
static inline unsigned rig_send(struct rig *rig, enum flow_side side, const void *data, size_t size)
{
    uint32_t seq = rig->seq[side];
    rig->seq[side] += (uint32_t)size;
    return rig_send_at(rig, side, seq, data, size);
}

static inline unsigned rig_talk(struct rig *rig, enum flow_side side, const struct talk *talk)
{
    return rig_send(rig, side, talk->data, talk->size);
}

static inline unsigned rig_text(struct rig *rig, enum flow_side side, const char *text)
{
    return rig_send(rig, side, text, strlen(text));
}
