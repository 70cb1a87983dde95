/* SPDX-License-Identifier: Apache-2.0 */
/* From packets to our own parsers: which reader a flow gets, and what each reader still waits for.
 *
 * A handshake that fits into one segment is read where it lies.  Only one that does not is copied into a
 * stream (stream.h), and the reader tries again with each segment: a hello is parsed twice at most times,
 * which is cheaper than a parser that can stop anywhere, and much simpler.
 * Bytes that the snapshot length cut off stand as zeros: the parsers keep what came before them. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "classify/dns.h"
#include "classify/http.h"
#include "classify/quic.h"
#include "classify/state.h"
#include "classify/tls.h"
#include "decode/packet.h"
#include "flow/flow.h"
#include "net/protocol.h"

enum {
    PORT_DNS = 53,
    PORT_NETBIOS = 137,
    PORT_MDNS = 5353,
    PORT_LLMNR = 5355,
    HELLO_CLIENT = 1,
    HELLO_SERVER = 2,
    CERTIFICATE = 11,
    TLS_1_3 = 0x0304,
    SWITCHING_PROTOCOLS = 101
};

void reader_keep(struct classify_state *state, enum flow_side side, const struct packet *packet)
{
    /* A SYN takes a sequence number of its own, in front of the data that it may carry (RFC 7413). */
    uint32_t seq = packet->tcp_seq + ((packet->tcp_flags & TCP_SYN) != 0 ? 1 : 0);
    stream_add(&state->streams[side], seq, packet->payload, packet->payload_captured,
               packet->payload_length - packet->payload_captured);
}

struct bytes reader_look(struct classify_state *state, enum flow_side side,
                         const struct packet *packet, bool *ret_direct)
{
    const struct stream *stream = &state->streams[side];
    *ret_direct = !stream->based && packet->payload_captured == packet->payload_length;
    if (*ret_direct)
        return bytes_of(packet->payload, packet->payload_captured);
    reader_keep(state, side, packet);
    return stream_bytes(stream);
}

/* The message of `side` shows that it is `expected`; turns the flow round where it was thought the other. */
static unsigned expect_side(struct classify_state *state, enum flow_side side,
                            enum flow_side expected)
{
    return side == expected ? 0 : classify_swap_sides(state);
}

static unsigned set_app(struct flow *flow, enum app app)
{
    struct label *label = classify_label(flow);
    if (label->app == app)
        return 0;
    label->app = app;
    return LABEL_PROTOCOL;
}

/* --- TLS -------------------------------------------------------------------------------------- */

static unsigned take_client_hello(struct classify *classify, struct flow *flow, struct bytes body,
                                  bool quic)
{
    struct tls_client_hello hello;
    struct label_tls *tls = classify_label_tls(flow);
    (void)tls_read_client_hello(body, quic, classify->options.fingerprints, &hello, tls);
    classify->counters.client_hellos++;
    return LABEL_CLIENT_HELLO |
           classify_set_name(classify, flow, hello.server_name, strlen(hello.server_name));
}

static enum tls_result find(struct classify *classify, struct bytes stream, uint8_t want,
                            struct bytes *ret_body)
{
    bool cut = false;
    return tls_find_message(stream, want, classify->scratch, SCRATCH_SIZE, ret_body, &cut);
}

/* Reads the server's messages that are there: ServerHello, then, up to TLS 1.2, Certificate. */
static unsigned read_server_flight(struct classify *classify, struct classify_state *state,
                                   struct bytes stream, enum tls_result *ret_result)
{
    struct flow *flow = state->flow;
    unsigned news = 0;
    struct bytes body;
    if ((flow->label->seen & LABEL_SERVER_HELLO) == 0) {
        *ret_result = find(classify, stream, HELLO_SERVER, &body);
        if (*ret_result != TLS_OK)
            return 0;
        (void)tls_read_server_hello(body, classify_label_tls(flow));
        classify_label_tls(flow)->handshake_done = true;
        news |= LABEL_SERVER_HELLO;
        flow->label->seen |= news;
    }
    if (classify_label_tls(flow)->version >= TLS_1_3) {
        state->server_ended = true;
        *ret_result = TLS_OK;
        return news;
    }
    *ret_result = find(classify, stream, CERTIFICATE, &body);
    if (*ret_result == TLS_OK && tls_read_certificate(body, classify_label_tls(flow))) {
        classify->counters.certificates++;
        news |= LABEL_CERTIFICATE;
    }
    if (*ret_result == TLS_OK)
        state->server_ended = true;
    return news;
}

static unsigned read_server_side(struct classify *classify, struct classify_state *state,
                                 enum flow_side side, const struct packet *packet)
{
    if (state->server_ended)
        return 0;
    bool direct = false;
    struct bytes stream = reader_look(state, side, packet, &direct);
    enum tls_result result = TLS_MORE;
    unsigned news = read_server_flight(classify, state, stream, &result);
    /* What is no handshake may be a later segment that came first: wait for the packet limit. */
    bool hello = ((state->flow->label->seen | news) & LABEL_SERVER_HELLO) != 0;
    if (result == TLS_INVALID && hello)
        state->server_ended = true;
    else if (result != TLS_OK && direct)
        reader_keep(state, side, packet);
    return news;
}

static unsigned read_client_side(struct classify *classify, struct classify_state *state,
                                 enum flow_side side, const struct packet *packet)
{
    if ((state->flow->label->seen & LABEL_CLIENT_HELLO) != 0)
        return 0;
    bool direct = false;
    struct bytes stream = reader_look(state, side, packet, &direct);
    struct bytes body;
    if (find(classify, stream, HELLO_CLIENT, &body) == TLS_OK)
        return take_client_hello(classify, state->flow, body, false);
    if (direct)
        reader_keep(state, side, packet);
    return 0;
}

unsigned reader_tls(struct classify *classify, struct classify_state *state, enum flow_side side,
                    const struct packet *packet)
{
    unsigned news = side == FLOW_CLIENT ? read_client_side(classify, state, side, packet)
                                        : read_server_side(classify, state, side, packet);
    unsigned seen = state->flow->label->seen | news;
    if (state->server_ended && (seen & LABEL_CLIENT_HELLO) != 0)
        news |= LABEL_DONE;
    return news;
}

void reader_fingerprint(struct classify *classify, struct classify_state *state,
                        const struct packet *packet)
{
    struct label_tls *tls = state->flow->label->tls;
    if (tls == NULL || tls->ja4[0] != '\0')
        return;
    struct bytes body;
    bool found = false;
    bool quic = state->flow->label->app == APP_QUIC;
    if (quic) {
        found = state->quic != NULL;
        if (found)
            body = quic_client_hello(state->quic);
    } else {
        struct bytes stream = stream_bytes(&state->streams[FLOW_CLIENT]);
        if (bytes_left(&stream) == 0)
            stream = bytes_of(packet->payload, packet->payload_captured);
        found = find(classify, stream, HELLO_CLIENT, &body) == TLS_OK;
    }
    if (!found)
        return;
    struct tls_client_hello hello;
    struct label_tls again = {0};
    (void)tls_read_client_hello(body, quic, true, &hello, &again);
    memcpy(tls->ja3, again.ja3, sizeof tls->ja3);
    memcpy(tls->ja4, again.ja4, sizeof tls->ja4);
    label_tls_done(&again);
}

/* --- HTTP ------------------------------------------------------------------------------------- */

/* True where no more of the head can come: the snapshot cut it or the stream is full. */
static bool head_is_cut(const struct classify *classify, struct bytes stream,
                        const struct packet *packet)
{
    return packet->payload_captured < packet->payload_length ||
           bytes_left(&stream) >= classify->options.stream_bytes;
}

/* Reads the request at the start of `stream`; 0 where it is not whole (`cut`: all that there will be). */
static unsigned take_request(struct classify *classify, struct flow *flow, struct bytes stream,
                             bool cut)
{
    struct label_http http = {0};
    if (http_read_request(stream, cut, &http) != HTTP_OK) {
        label_http_done(&http);
        return 0;
    }
    /* What the response has said stays; what nDPI has said of the request goes. */
    struct label_http *kept = classify_label_http(flow);
    http.status = kept->status;
    http.content_type = kept->content_type;
    http.server = kept->server;
    kept->content_type = kept->server = NULL;
    label_http_done(kept);
    *kept = http;
    classify->counters.http_requests++;
    const char *host = kept->host != NULL ? kept->host : "";
    return LABEL_REQUEST | classify_set_name(classify, flow, host, strlen(host));
}

/* A later request of a kept-alive connection, which through a proxy may be meant for another server.  It is read where it
 * begins a segment, as far as that goes: no stream is kept for it. */
static unsigned read_next_request(struct classify *classify, struct classify_state *state,
                                  const struct packet *packet)
{
    struct bytes bytes = bytes_of(packet->payload, packet->payload_captured);
    unsigned news = take_request(classify, state->flow, bytes, true);
    if (news == 0)
        return 0;
    struct label_http *http = classify_label_http(state->flow);
    free(http->content_type);
    free(http->server);
    http->content_type = http->server = NULL;
    http->status = 0;
    state->flow->label->seen &= ~(unsigned)LABEL_RESPONSE;
    stream_done(&state->streams[FLOW_SERVER]);
    stream_init(&state->streams[FLOW_SERVER], classify->options.stream_bytes);
    return news;
}

static unsigned read_request(struct classify *classify, struct classify_state *state,
                             enum flow_side side, const struct packet *packet)
{
    if ((state->flow->label->seen & LABEL_REQUEST) != 0)
        return read_next_request(classify, state, packet);
    bool direct = false;
    struct bytes stream = reader_look(state, side, packet, &direct);
    unsigned news =
        take_request(classify, state->flow, stream, head_is_cut(classify, stream, packet));
    if (news == 0 && direct)
        reader_keep(state, side, packet);
    return news;
}

static unsigned read_response(struct classify *classify, struct classify_state *state,
                              enum flow_side side, const struct packet *packet)
{
    if ((state->flow->label->seen & LABEL_RESPONSE) != 0)
        return 0;
    bool direct = false;
    struct bytes stream = reader_look(state, side, packet, &direct);
    struct label_http http = {0};
    enum http_result result =
        http_read_response(stream, head_is_cut(classify, stream, packet), &http);
    if (result != HTTP_OK) {
        label_http_done(&http);
        if (direct)
            reader_keep(state, side, packet);
        return 0;
    }
    struct label_http *kept = classify_label_http(state->flow);
    free(kept->content_type);
    free(kept->server);
    kept->status = http.status;
    kept->content_type = http.content_type;
    kept->server = http.server;
    http.content_type = http.server = NULL;
    label_http_done(&http);
    return LABEL_RESPONSE;
}

unsigned reader_http(struct classify *classify, struct classify_state *state, enum flow_side side,
                     const struct packet *packet)
{
    unsigned news = side == FLOW_CLIENT ? read_request(classify, state, side, packet)
                                        : read_response(classify, state, side, packet);
    /* What follows CONNECT or an upgrade is another protocol. */
    const struct label_http *http = state->flow->label->http;
    bool tunnel = http != NULL && (http->connect || http->status == SWITCHING_PROTOCOLS);
    if (tunnel && (news & LABEL_RESPONSE) != 0)
        news |= LABEL_DONE;
    return news;
}

/* --- DNS -------------------------------------------------------------------------------------- */

static struct dns_message *dns_slot(struct classify *classify)
{
    struct dns_message **slot = &classify->dns[classify->dns_count];
    if (*slot == NULL)
        *slot = mem_zeroed(1, sizeof **slot);
    return *slot;
}

static unsigned took_dns(struct classify *classify, struct flow *flow)
{
    classify->dns_count++;
    classify->counters.dns_messages++;
    return LABEL_DNS | set_app(flow, APP_DNS);
}

static bool is_dns_port(uint16_t port)
{
    return port == PORT_DNS || port == PORT_MDNS || port == PORT_LLMNR;
}

unsigned reader_dns_datagram(struct classify *classify, struct flow *flow,
                             const struct packet *packet)
{
    /* NetBIOS names come in the same form (RFC 1002 section 4.2.1), but are names of another world. */
    if (packet->src_port == PORT_NETBIOS || packet->dst_port == PORT_NETBIOS)
        return 0;
    struct dns_message *message = dns_slot(classify);
    if (!dns_parse(packet->payload, packet->payload_captured, message))
        return 0;
    bool by_port = is_dns_port(packet->src_port) || is_dns_port(packet->dst_port);
    /* On other ports only what is DNS beyond doubt: one whole, clean question for a real name. */
    bool certain = message->question_count == 1 && message->question[0] != '\0' &&
                   message->question_class == 1 && !message->malformed;
    bool known = flow->label != NULL && flow->label->app == APP_DNS;
    if (!by_port && !certain && !known)
        return 0;
    bool first = flow->label == NULL;
    if (first)
        flow->label = &classify->look_up;
    unsigned news = took_dns(classify, flow) | (first ? LABEL_PROTOCOL : 0);
    /* mDNS has no client: both sides ask and answer from the same port. */
    bool one_port = packet->src_port == packet->dst_port;
    enum flow_side sender = packet->src_port == flow->client_port ? FLOW_CLIENT : FLOW_SERVER;
    bool turned = message->response == (sender == FLOW_CLIENT);
    if (turned && !one_port && flow->direction > FLOW_DIRECTION_PAYLOAD)
        news |= LABEL_REVERSED;
    return news;
}

unsigned reader_dns(struct classify *classify, struct classify_state *state, enum flow_side side,
                    const struct packet *packet)
{
    struct stream *stream = &state->streams[side];
    reader_keep(state, side, packet);
    unsigned news = 0;
    while (classify->dns_count < CLASSIFY_DNS_MAX) {
        struct bytes bytes = stream_bytes(stream);
        size_t length = bytes_be16(&bytes);
        struct bytes body = bytes_slice(&bytes, length);
        if (bytes.bad)
            return length + 2 > stream->limit ? news | LABEL_DONE : news;
        if (!dns_parse(body.at, length, dns_slot(classify))) {
            classify->counters.malformed++;
            return news | LABEL_DONE;
        }
        stream_consume(stream, length + 2);
        news |= took_dns(classify, state->flow);
    }
    return news;
}

/* --- QUIC ------------------------------------------------------------------------------------- */

static struct quic_crypto *quic_of(struct classify *classify, struct classify_state *state)
{
    if (state->quic != NULL)
        return state->quic;
    state->quic = classify->spare_quic;
    classify->spare_quic = NULL;
    if (state->quic == NULL)
        state->quic = mem_alloc(sizeof *state->quic);
    memset(state->quic, 0, sizeof *state->quic);
    return state->quic;
}

unsigned reader_quic(struct classify *classify, struct classify_state *state, enum flow_side side,
                     const struct packet *packet)
{
    struct flow *flow = state->flow;
    bool cut = packet->payload_captured < packet->payload_length;
    enum quic_result result =
        quic_read(quic_of(classify, state), packet->payload, packet->payload_captured, cut);
    if (result == QUIC_NOT)
        return 0;
    unsigned news = set_app(flow, APP_QUIC);
    if (flow->label->quic_version == 0)
        flow->label->quic_version = quic_version(packet->payload, packet->payload_captured);
    if (result == QUIC_MORE || result == QUIC_HELLO)
        news |= expect_side(state, side, FLOW_CLIENT);
    if (result != QUIC_HELLO)
        return news;
    classify->counters.quic_hellos++;
    news |= take_client_hello(classify, flow, quic_client_hello(state->quic), true);
    return news | LABEL_DONE;
}

/* --- The end ----------------------------------------------------------------------------------- */

/* A hello of which the end was lost may have said the name before. */
static unsigned last_hello(struct classify *classify, struct flow *flow, struct bytes body,
                           bool quic)
{
    if (bytes_left(&body) == 0 || (flow->label->seen & LABEL_CLIENT_HELLO) != 0)
        return 0;
    return take_client_hello(classify, flow, body, quic);
}

unsigned reader_last(struct classify *classify, struct classify_state *state)
{
    struct flow *flow = state->flow;
    struct bytes stream = stream_bytes(&state->streams[FLOW_CLIENT]);
    struct bytes body;
    switch ((enum reader)state->reader) {
    case READER_TLS:
        if (find(classify, stream, HELLO_CLIENT, &body) == TLS_INVALID)
            return 0;
        return last_hello(classify, flow, body, false);
    case READER_QUIC:
        if (state->quic == NULL)
            return 0;
        return last_hello(classify, flow, quic_client_hello(state->quic), true);
    case READER_HTTP:
        if ((flow->label->seen & LABEL_REQUEST) != 0)
            return 0;
        return take_request(classify, flow, stream, true);
    case READER_PROBE:
    case READER_DNS:
        break;
    }
    return 0;
}

/* --- Which reader ------------------------------------------------------------------------------ */

static unsigned start_tls(struct classify *classify, struct classify_state *state,
                          enum flow_side side, struct bytes stream, const struct packet *packet)
{
    struct bytes body;
    bool server = find(classify, stream, HELLO_SERVER, &body) == TLS_OK;
    bool client = !server && find(classify, stream, HELLO_CLIENT, &body) != TLS_INVALID;
    if (!server && !client)
        return 0;
    state->reader = READER_TLS;
    enum flow_side expected = server ? FLOW_SERVER : FLOW_CLIENT;
    unsigned news = set_app(state->flow, APP_TLS) | expect_side(state, side, expected);
    return news | reader_tls(classify, state, expected, packet);
}

static unsigned start_http(struct classify *classify, struct classify_state *state,
                           enum flow_side side, struct bytes stream, const struct packet *packet)
{
    struct label_http http = {0};
    bool response = http_read_response(stream, false, &http) != HTTP_NOT;
    bool request = !response && http_read_request(stream, false, &http) != HTTP_NOT;
    label_http_done(&http);
    if (!response && !request)
        return 0;
    state->reader = READER_HTTP;
    enum flow_side expected = response ? FLOW_SERVER : FLOW_CLIENT;
    unsigned news = set_app(state->flow, APP_HTTP) | expect_side(state, side, expected);
    return news | reader_http(classify, state, expected, packet);
}

static unsigned probe_stream(struct classify *classify, struct classify_state *state,
                             enum flow_side side, struct bytes stream, const struct packet *packet)
{
    unsigned news = 0;
    if (tls_plausible(stream))
        news = start_tls(classify, state, side, stream, packet);
    return news != 0 ? news : start_http(classify, state, side, stream, packet);
}

/* Probes a connection whose start went by before the capture began.  What came first may be the rest of a message or a
 * keep-alive probe; the next message starts a segment, so that each segment may be the start. */
static unsigned probe_again(struct classify *classify, struct classify_state *state,
                            enum flow_side side, const struct packet *packet)
{
    if ((state->flow->tcp_flags[side] & TCP_SYN) != 0 || packet->payload_captured == 0)
        return 0;
    struct stream missed = state->streams[side];
    stream_init(&state->streams[side], classify->options.stream_bytes);
    bool direct = false;
    struct bytes stream = reader_look(state, side, packet, &direct);
    unsigned news = probe_stream(classify, state, side, stream, packet);
    if (news != 0) {
        stream_done(&missed);
        return news;
    }
    stream_done(&state->streams[side]);
    state->streams[side] = missed;
    return 0;
}

static unsigned probe_segment(struct classify *classify, struct classify_state *state,
                              enum flow_side side, const struct packet *packet)
{
    bool direct = false;
    struct bytes stream = reader_look(state, side, packet, &direct);
    unsigned news = 0;
    if (bytes_left(&stream) > 0)
        news = probe_stream(classify, state, side, stream, packet);
    if (news == 0 && direct)
        reader_keep(state, side, packet);
    else if (news == 0)
        news = probe_again(classify, state, side, packet);
    return news;
}

unsigned reader_probe(struct classify *classify, struct classify_state *state, enum flow_side side,
                      const struct packet *packet)
{
    if (packet->protocol == PROTOCOL_UDP) {
        if (!quic_plausible(packet->payload, packet->payload_captured))
            return 0;
        unsigned news = reader_quic(classify, state, side, packet);
        if (news != 0)
            state->reader = READER_QUIC;
        return news;
    }
    if (packet->src_port == PORT_DNS || packet->dst_port == PORT_DNS) {
        state->reader = READER_DNS;
        return reader_dns(classify, state, side, packet);
    }
    return probe_segment(classify, state, side, packet);
}
