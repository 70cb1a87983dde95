/* SPDX-License-Identifier: Apache-2.0 */
/* TCP connections: handshake, segments, acknowledgements, keep-alives, and the ways they end.
 *
 * The capture point is near the client: what the client sends is seen when it is sent, what the
 * server answers a round trip later.  Acknowledgements of the server are queued ahead of time
 * rather than waited for, so that an upload runs at line speed.  No congestion control: a pause of
 * a tenth of the round trip after each ten segments is close enough to tell a flow's shape. */
#include "tcp.h"

#include "base/text.h"
#include "base/time.h"
#include "net/protocol.h"
#include "talk.h"
#include "wire.h"

enum {
    FLAG_FIN = 0x01,
    FLAG_SYN = 0x02,
    FLAG_RST = 0x04,
    FLAG_PSH = 0x08,
    FLAG_ACK = 0x10,
    WINDOW = 64240,
    SEGMENT_GAP_NS = 60000,
    ACK_DELAY_NS = 35000,
    SYN_TRIES = 4
};

struct segment {
    enum side from;
    unsigned flags;
    uint32_t sequence;
    const void *bytes;
    size_t size;
    int64_t ts_ns;
};

static void add_options(const struct talk *talk, enum side from, struct text *out)
{
    wire_u16(out, 0x0204);
    wire_u16(out, talk->route->mss);
    wire_u32(out, 0x01030300 | (from == SIDE_CLIENT ? 8 : 7)); /* window scale */
    wire_u32(out, 0x01010402);                                 /* SACK permitted */
}

static void send_segment(const struct tcp *tcp, const struct segment *segment)
{
    struct talk *talk = tcp->talk;
    enum side to = side_other(segment->from);
    bool syn = (segment->flags & FLAG_SYN) != 0;
    struct text out = {0};
    wire_u16(&out, talk->party[segment->from].port);
    wire_u16(&out, talk->party[to].port);
    wire_u32(&out, segment->sequence);
    wire_u32(&out, (segment->flags & FLAG_ACK) != 0 ? tcp->sequence[to] : 0);
    wire_u16(&out, (syn ? 8U : 5U) << 12 | segment->flags);
    wire_u16(&out, (segment->flags & FLAG_RST) != 0 ? 0 : WINDOW);
    wire_u32(&out, 0); /* checksum and urgent pointer */
    if (syn)
        add_options(talk, segment->from, &out);
    if (segment->size > 0)
        text_add_bytes(&out, segment->bytes, segment->size);
    talk_checksum(talk, segment->from, PROTOCOL_TCP, &out, 16);
    talk_send_ip(talk, segment->from, PROTOCOL_TCP, &out, segment->ts_ns);
    text_done(&out);
}

/* Sends a segment without data. */
static void send_flags(const struct tcp *tcp, enum side from, unsigned flags, int64_t ts_ns)
{
    struct segment segment = {
        .from = from, .flags = flags, .sequence = tcp->sequence[from], .ts_ns = ts_ns};
    send_segment(tcp, &segment);
}

static struct tcp tcp_of(struct talk *talk)
{
    return (struct tcp){
        .talk = talk,
        .sequence = {(uint32_t)random_next(talk->random), (uint32_t)random_next(talk->random)}};
}

void tcp_open(struct tcp *tcp, struct talk *talk)
{
    *tcp = tcp_of(talk);
    send_flags(tcp, SIDE_CLIENT, FLAG_SYN, talk->now_ns);
    tcp->sequence[SIDE_CLIENT]++;
    talk->now_ns += talk->route->rtt_ns;
    send_flags(tcp, SIDE_SERVER, FLAG_SYN | FLAG_ACK, talk->now_ns);
    tcp->sequence[SIDE_SERVER]++;
    talk->now_ns += ACK_DELAY_NS;
    send_flags(tcp, SIDE_CLIENT, FLAG_ACK, talk->now_ns);
    talk->now_ns += SEGMENT_GAP_NS;
    tcp->last = SIDE_CLIENT;
}

/* Passes the time that a change of direction takes. */
static void turn(struct tcp *tcp, enum side from)
{
    struct talk *talk = tcp->talk;
    if (tcp->last == from)
        return;
    int64_t thought_ns = (int64_t)random_between(talk->random, 200000, 2500000);
    talk->now_ns += thought_ns + (from == SIDE_SERVER ? talk->route->rtt_ns : 0);
    tcp->last = from;
}

void tcp_send(struct tcp *tcp, enum side from, const void *bytes, size_t size)
{
    struct talk *talk = tcp->talk;
    const uint8_t *at = bytes;
    int64_t ack_ns = from == SIDE_SERVER ? ACK_DELAY_NS : talk->route->rtt_ns;
    turn(tcp, from);
    for (unsigned count = 1; size > 0; count++) {
        size_t part = size < talk->route->mss ? size : talk->route->mss;
        bool last = part == size;
        struct segment segment = {.from = from,
                                  .flags = FLAG_ACK | (last ? FLAG_PSH : 0),
                                  .sequence = tcp->sequence[from],
                                  .bytes = at,
                                  .size = part,
                                  .ts_ns = talk->now_ns};
        send_segment(tcp, &segment);
        tcp->sequence[from] += (uint32_t)part;
        at += part;
        size -= part;
        if (last || count % 2 == 0)
            send_flags(tcp, side_other(from), FLAG_ACK, talk->now_ns + ack_ns);
        talk->now_ns += SEGMENT_GAP_NS;
        if (count % 10 == 0)
            talk->now_ns += talk->route->rtt_ns / 10;
    }
}

void tcp_send_text(struct tcp *tcp, enum side from, const struct text *bytes)
{
    tcp_send(tcp, from, bytes->data, bytes->length);
}

void tcp_idle(struct tcp *tcp, int64_t idle_ns, int64_t keep_alive_ns)
{
    struct talk *talk = tcp->talk;
    int64_t end_ns = time_add(talk->now_ns, idle_ns);
    static const uint8_t nothing[1] = {0};
    while (keep_alive_ns > 0 && talk->now_ns + keep_alive_ns < end_ns) {
        talk->now_ns += keep_alive_ns;
        struct segment probe = {.from = SIDE_CLIENT,
                                .flags = FLAG_ACK,
                                .sequence = tcp->sequence[SIDE_CLIENT] - 1,
                                .bytes = nothing,
                                .size = 1,
                                .ts_ns = talk->now_ns};
        send_segment(tcp, &probe);
        send_flags(tcp, SIDE_SERVER, FLAG_ACK, talk->now_ns + talk->route->rtt_ns);
    }
    talk->now_ns = end_ns;
}

void tcp_close(struct tcp *tcp, enum tcp_end end)
{
    struct talk *talk = tcp->talk;
    if (end == TCP_END_OPEN)
        return;
    talk->now_ns +=
        talk->route->rtt_ns + (int64_t)2 * ACK_DELAY_NS; /* the last acknowledgement is in */
    if (end == TCP_END_RESET) {
        send_flags(tcp, SIDE_CLIENT, FLAG_RST | FLAG_ACK, talk->now_ns);
        return;
    }
    send_flags(tcp, SIDE_CLIENT, FLAG_FIN | FLAG_ACK, talk->now_ns);
    tcp->sequence[SIDE_CLIENT]++;
    talk->now_ns += talk->route->rtt_ns;
    send_flags(tcp, SIDE_SERVER, FLAG_FIN | FLAG_ACK, talk->now_ns);
    tcp->sequence[SIDE_SERVER]++;
    talk->now_ns += ACK_DELAY_NS;
    send_flags(tcp, SIDE_CLIENT, FLAG_ACK, talk->now_ns);
}

void tcp_refused(struct talk *talk)
{
    struct tcp tcp = tcp_of(talk);
    send_flags(&tcp, SIDE_CLIENT, FLAG_SYN, talk->now_ns);
    tcp.sequence[SIDE_CLIENT]++;
    tcp.sequence[SIDE_SERVER] = 0;
    talk->now_ns += talk->route->rtt_ns;
    send_flags(&tcp, SIDE_SERVER, FLAG_RST | FLAG_ACK, talk->now_ns);
}

void tcp_unanswered(struct talk *talk)
{
    struct tcp tcp = tcp_of(talk);
    int64_t wait_ns = NS_PER_S;
    for (unsigned i = 0; i < SYN_TRIES; i++) {
        send_flags(&tcp, SIDE_CLIENT, FLAG_SYN, talk->now_ns);
        talk->now_ns += wait_ns;
        wait_ns *= 2;
    }
}
