/* SPDX-License-Identifier: Apache-2.0 */
/* What nDPI gets to see, and what is taken from its answer.
 *
 * The library wants packets and follows sequence numbers itself, but gives up on reordered handshakes.  It
 * therefore sees the bytes in order: the packet as it was where it continues what was shown before, else a
 * packet made of the stream's new bytes behind a plain header (RFC 791, RFC 8200, RFC 9293). */
#include <string.h>

#include "base/intern.h"
#include "base/memory.h"
#include "classify/state.h"
#include "decode/packet.h"
#include "flow/flow.h"
#include "net/protocol.h"

enum {
    IP4_HEADER = 20,
    IP6_HEADER = 40,
    TCP_HEADER = 20,
    SYNTHETIC_MAX = 16384 /* payload of one made packet */
};

static uint8_t *put16(uint8_t *out, uint16_t value)
{
    *out++ = (uint8_t)(value >> 8);
    *out++ = (uint8_t)value;
    return out;
}

static uint8_t *put32(uint8_t *out, uint32_t value)
{
    return put16(put16(out, (uint16_t)(value >> 16)), (uint16_t)value);
}

static uint8_t *put_ip4(uint8_t *out, const struct packet *packet, size_t size)
{
    *out++ = 0x45;
    *out++ = 0;
    out = put16(out, (uint16_t)(IP4_HEADER + TCP_HEADER + size));
    out = put32(out, 0);
    *out++ = 64;
    *out++ = PROTOCOL_TCP;
    out = put16(out, 0);
    memcpy(out, packet->src.bytes + 12, 4);
    memcpy(out + 4, packet->dst.bytes + 12, 4);
    return out + 8;
}

static uint8_t *put_ip6(uint8_t *out, const struct packet *packet, size_t size)
{
    out = put32(out, 0x60000000);
    out = put16(out, (uint16_t)(TCP_HEADER + size));
    *out++ = PROTOCOL_TCP;
    *out++ = 64;
    memcpy(out, packet->src.bytes, 16);
    memcpy(out + 16, packet->dst.bytes, 16);
    return out + 32;
}

/* Makes the packet that `packet` would have been with these bytes as its payload; returns its size. */
static size_t make_packet(uint8_t *scratch, const struct packet *packet, uint32_t seq,
                          struct bytes bytes)
{
    size_t size = bytes_left(&bytes);
    uint8_t *out = addr_is4(&packet->src) && addr_is4(&packet->dst)
                       ? put_ip4(scratch, packet, size)
                       : put_ip6(scratch, packet, size);
    out = put16(out, packet->src_port);
    out = put16(out, packet->dst_port);
    out = put32(out, seq);
    out = put32(out, packet->tcp_ack);
    *out++ = TCP_HEADER / 4 << 4;
    *out++ = TCP_PSH | TCP_ACK;
    out = put16(out, UINT16_MAX);
    out = put32(out, 0);
    if (size > 0)
        memcpy(out, bytes.at, size);
    return (size_t)(out - scratch) + size;
}

static bool feed(struct classify *classify, struct classify_state *state, const uint8_t *l3,
                 size_t size, int64_t ts_ns)
{
    classify->counters.ndpi_packets++;
    return dpi_feed(classify->dpi, state->dpi, l3, size, ts_ns);
}

/* Follows the start of the stream: where an earlier segment has come since and moved it, nothing of it was shown yet. */
static void follow_start(struct classify_state *state, enum flow_side side)
{
    uint32_t *fed = &state->fed[side];
    uint32_t base_seq = state->streams[side].base_seq;
    int32_t moved = (int32_t)(base_seq - state->fed_base[side]);
    state->fed_base[side] = base_seq;
    if (*fed > 0 && moved != 0)
        *fed = moved > 0 && (uint32_t)moved < *fed ? *fed - (uint32_t)moved : 0;
}

static bool feed_stream(struct classify *classify, struct classify_state *state,
                        enum flow_side side, const struct packet *packet)
{
    const struct stream *stream = &state->streams[side];
    struct bytes bytes = stream_bytes(stream);
    follow_start(state, side);
    uint32_t *fed = &state->fed[side];
    bool known = false;
    if (bytes_left(&bytes) <= *fed)
        return false;
    bytes_skip(&bytes, *fed);
    /* The packet itself is just what is new: no need to make one. */
    if (packet->tcp_seq == stream->base_seq + *fed &&
        packet->payload_captured == bytes_left(&bytes)) {
        *fed += (uint32_t)bytes_left(&bytes);
        return feed(classify, state, packet->l3, packet->l3_captured, packet->ts_ns);
    }
    while (bytes_left(&bytes) > 0) {
        struct bytes part = bytes_slice_upto(&bytes, SYNTHETIC_MAX);
        size_t part_size = bytes_left(&part);
        size_t size = make_packet(classify->scratch, packet, stream->base_seq + *fed, part);
        *fed += (uint32_t)part_size;
        known = feed(classify, state, classify->scratch, size, packet->ts_ns);
    }
    return known;
}

bool inspect_packet(struct classify *classify, struct classify_state *state, enum flow_side side,
                    const struct packet *packet)
{
    if (state->dpi == NULL) {
        state->dpi = dpi_flow_take(classify->dpi);
        classify->counters.ndpi_flows++;
    }
    if (packet->protocol == PROTOCOL_TCP && state->streams[side].based)
        return feed_stream(classify, state, side, packet);
    return feed(classify, state, packet->l3, packet->l3_captured, packet->ts_ns);
}

/* The protocols of which the library's "host" is the name of the server. */
static enum app app_of(uint16_t number)
{
    if (number == dpi_number_tls())
        return APP_TLS;
    if (number == dpi_number_quic())
        return APP_QUIC;
    if (number == dpi_number_http())
        return APP_HTTP;
    return number == dpi_number_dns() ? APP_DNS : APP_OTHER;
}

static void take_http(struct flow *flow, const struct dpi_answer *answer)
{
    if (answer->url == NULL && answer->user_agent == NULL)
        return;
    struct label_http *http = classify_label_http(flow);
    if (http->url == NULL)
        http->url = mem_text(answer->url);
    if (http->user_agent == NULL)
        http->user_agent = mem_text(answer->user_agent);
}

static void take_stack(struct classify *classify, struct label *label,
                       const struct dpi_answer *answer)
{
    char text[128];
    size_t length = dpi_stack_text(classify->dpi, answer->master, answer->app, text, sizeof text);
    intern_drop(classify->texts, label->stack);
    label->stack = intern_take(classify->texts, text, length);
    const char *dot = strrchr(text, '.');
    intern_drop(classify->texts, label->app_text);
    label->app_text = classify_lower(classify, dot != NULL ? dot + 1 : text);
}

unsigned inspect_take(struct classify *classify, struct classify_state *state)
{
    struct dpi_answer answer;
    dpi_read(classify->dpi, state->dpi, &answer);
    if (answer.app == 0)
        return 0;
    struct label *label = state->flow->label;
    label->ndpi_master = answer.master;
    label->ndpi_app = answer.app;
    label->ndpi_risks = answer.risks;
    label->ndpi_category = answer.category;
    take_stack(classify, label, &answer);
    enum app app = app_of(answer.master != 0 ? answer.master : answer.app);
    if (app == APP_OTHER)
        app = app_of(answer.app);
    unsigned news = 0;
    if (label->app == APP_UNKNOWN) {
        label->app = app;
        news |= LABEL_PROTOCOL;
    }
    if (app == APP_HTTP)
        take_http(state->flow, &answer);
    bool names_server = app == APP_TLS || app == APP_QUIC || app == APP_HTTP;
    if (names_server && label->server_name == NULL)
        news |= classify_set_name(classify, state->flow, answer.host, strlen(answer.host));
    return news;
}
