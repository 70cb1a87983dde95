/* SPDX-License-Identifier: Apache-2.0 */
/* TCP: connection state, and which payload bytes are new (RFC 9293).
 *
 * For each side next_seq is the end of what it sent so far.  A segment that starts there is new.
 * One that starts later leaves a hole: its bytes are `missing`.  One that starts before brings
 * bytes that are missing (reordering) or bytes a second time (retransmission); without a list of
 * holes the two are told apart by `hole_end` and `missing`: before the end of the last hole, the
 * first `missing` bytes count as new.  That is exact for one hole at a time, and never counts
 * more bytes than were sent.
 *
 * Bytes that the other side acknowledges did arrive there, so what is missing below an
 * acknowledgement was lost in front of the sensor: a gap.  It counts as one only when the side
 * goes on with new data or the record ends, because a capture may show the acknowledgement before
 * the data.  Where only one side is captured and its SYN was, the other side's bytes are all a
 * gap; a FIN among them counts as one byte.
 *
 * A list of segments for each side was rejected: it needs a bound and an allocation for each
 * flow, and hostile segments decide its size.  Cost: 16 bytes a flow, no loop. */
#include "flow/tcp.h"

#include "decode/packet.h"
#include "flow/direction.h"
#include "flow/slot.h"
#include "flow/table.h"

enum {
    SEQ_WINDOW =
        1 << 30, /* greatest window (RFC 7323 section 2.3): further off is another connection */
    LATE_SYN_WINDOW = 1 << 16
};

static bool has_mark(const struct flow_slot *slot, unsigned mark)
{
    return (slot->marks & mark) != 0;
}

static void set_mark(struct flow_slot *slot, unsigned mark)
{
    slot->marks = (uint8_t)(slot->marks | mark);
}

static void clear_mark(struct flow_slot *slot, unsigned mark)
{
    slot->marks = (uint8_t)(slot->marks & ~mark);
}

static bool is_known(const struct flow *flow, enum flow_side side)
{
    return (flow->seq_known >> side & 1) != 0;
}

static enum flow_side other_side(enum flow_side side)
{
    return side == FLOW_CLIENT ? FLOW_SERVER : FLOW_CLIENT;
}

static uint32_t add_held(uint32_t a, uint32_t b)
{
    return b > UINT32_MAX - a ? UINT32_MAX : a + b;
}

/* How far `a` lies after `b`; negative where before. */
static int32_t seq_after(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* True where a SYN of `seq` may be the late first packet of what the side sent. */
static bool is_late_syn(const struct flow *flow, enum flow_side side, uint32_t seq)
{
    return flow->state != FLOW_CLOSED && is_known(flow, side) &&
           flow->next_seq[side] - seq <= LATE_SYN_WINDOW;
}

bool flow_tcp_starts_anew(const struct flow_slot *slot, const struct packet *packet,
                          enum flow_side side)
{
    const struct flow *flow = &slot->flow;
    if ((packet->tcp_flags & (TCP_SYN | TCP_RST)) != TCP_SYN)
        return false;
    if (!has_mark(slot, FLOW_MARK_ISN))
        return !is_late_syn(flow, side, packet->tcp_seq);
    if ((packet->tcp_flags & TCP_ACK) != 0)
        return flow->state == FLOW_CLOSED && packet->tcp_ack - 1 != slot->is.isn;
    if (side == FLOW_SERVER && flow->state == FLOW_NEW)
        return false; /* both open at once (RFC 9293 section 3.5) */
    return side == FLOW_SERVER || packet->tcp_seq != slot->is.isn;
}

enum flow_side flow_tcp_direct(struct flow_slot *slot, const struct packet *packet,
                               enum flow_side side, struct flow_counters *counters)
{
    struct flow *flow = &slot->flow;
    if ((packet->tcp_flags & (TCP_SYN | TCP_RST)) != TCP_SYN || has_mark(slot, FLOW_MARK_ISN))
        return side;
    bool answer = (packet->tcp_flags & TCP_ACK) != 0;
    slot->is.isn = answer ? packet->tcp_ack - 1 : packet->tcp_seq;
    set_mark(slot, FLOW_MARK_ISN);
    enum flow_side client = answer ? other_side(side) : side;
    flow->direction = FLOW_DIRECTION_SYN;
    if (client == FLOW_CLIENT)
        return side;
    flow_direction_turn(slot);
    counters->turned++;
    return other_side(side);
}

/* What is missing of the side is now known to be lost. */
static void settle_gap(struct flow_slot *slot, enum flow_side side, struct flow_counters *counters)
{
    struct flow_stream *stream = &slot->stream[side];
    if (!has_mark(slot, FLOW_MARK_LOST_CLIENT << side))
        return;
    clear_mark(slot, FLOW_MARK_LOST_CLIENT << side);
    slot->flow.gap_bytes[side] = add_held(slot->flow.gap_bytes[side], stream->missing);
    counters->gap_bytes += stream->missing;
    stream->missing = 0;
}

/* Takes the first `old` bytes at `start`, all before next_seq; returns how many of them were
 * missing. */
static uint32_t fill_hole(struct flow_slot *slot, enum flow_side side, uint32_t start, uint32_t old)
{
    struct flow_stream *stream = &slot->stream[side];
    int32_t before_end = seq_after(stream->hole_end, start);
    if (stream->missing == 0 || before_end <= 0)
        return 0;
    uint32_t filled = old < stream->missing ? old : stream->missing;
    filled = filled < (uint32_t)before_end ? filled : (uint32_t)before_end;
    stream->missing -= filled;
    if (stream->missing == 0)
        clear_mark(slot, FLOW_MARK_LOST_CLIENT << side);
    return filled;
}

static void resume_at(struct flow_slot *slot, enum flow_side side, uint32_t next)
{
    slot->flow.next_seq[side] = next;
    slot->flow.seq_known = (uint8_t)(slot->flow.seq_known | 1U << side);
    slot->stream[side] = (struct flow_stream){0};
    clear_mark(slot, FLOW_MARK_LOST_CLIENT << side);
}

static void count_payload(struct flow_slot *slot, const struct packet *packet, enum flow_side side,
                          struct flow_counters *counters)
{
    struct flow *flow = &slot->flow;
    uint32_t start = packet->tcp_seq + ((packet->tcp_flags & TCP_SYN) != 0 ? 1 : 0);
    uint32_t length = (uint32_t)packet->payload_length;
    uint32_t end = start + length + ((packet->tcp_flags & TCP_FIN) != 0 ? 1 : 0);
    int32_t ahead = seq_after(start, flow->next_seq[side]);
    if (!is_known(flow, side) || ahead > SEQ_WINDOW || ahead < -SEQ_WINDOW) {
        resume_at(slot, side, end);
        flow->payload[side] += length;
        return;
    }
    if (ahead >= 0) {
        if (length > 0)
            settle_gap(slot, side, counters);
        if (ahead > 0) {
            slot->stream[side].missing = add_held(slot->stream[side].missing, (uint32_t)ahead);
            slot->stream[side].hole_end = start;
            clear_mark(slot, FLOW_MARK_LOST_CLIENT << side);
        }
        flow->payload[side] += length;
        flow->next_seq[side] = end;
        return;
    }
    uint32_t behind = (uint32_t)-ahead;
    uint32_t old = length < behind ? length : behind;
    uint32_t fresh = length - old + fill_hole(slot, side, start, old);
    flow->payload[side] += fresh;
    bool probe = length <= 1 && behind == 1;
    if (fresh == 0 && length > 0 && !probe)
        counters->retransmissions++;
    if (seq_after(end, flow->next_seq[side]) > 0)
        flow->next_seq[side] = end;
}

/* Takes the acknowledgement that the other side of `side` sent. */
static void take_ack(struct flow_slot *slot, const struct packet *packet, enum flow_side side)
{
    struct flow *flow = &slot->flow;
    uint32_t ack = packet->tcp_ack;
    if (!is_known(flow, side)) {
        /* The client's first after its SYN: the server's bytes start here, though none was seen. */
        if (side == FLOW_SERVER && has_mark(slot, FLOW_MARK_ISN))
            resume_at(slot, side, ack);
        return;
    }
    int32_t ahead = seq_after(ack, flow->next_seq[side]);
    if (ahead > SEQ_WINDOW || ahead < -SEQ_WINDOW)
        return;
    struct flow_stream *stream = &slot->stream[side];
    if (ahead > 0) {
        stream->missing = add_held(stream->missing, (uint32_t)ahead);
        stream->hole_end = ack;
        flow->next_seq[side] = ack;
    }
    if (stream->missing > 0 && seq_after(ack, stream->hole_end) >= 0)
        set_mark(slot, FLOW_MARK_LOST_CLIENT << side);
}

/* Established is: both sides spoke, or the only side that is captured acknowledges more than
 * once. */
static void move_state(struct flow_slot *slot, const struct packet *packet, enum flow_side side)
{
    struct flow *flow = &slot->flow;
    bool answered = has_mark(slot, FLOW_MARK_ANSWERED);
    bool any_fin = has_mark(slot, FLOW_MARK_FIN_CLIENT | FLOW_MARK_FIN_SERVER);
    if ((packet->tcp_flags & TCP_SYN) != 0 && flow->state == FLOW_CLOSED && !any_fin)
        flow->state = FLOW_NEW; /* refused, and the same SYN tries again */
    if ((packet->tcp_flags & TCP_FIN) != 0)
        set_mark(slot, FLOW_MARK_FIN_CLIENT << side);
    bool both_fin = has_mark(slot, FLOW_MARK_FIN_CLIENT) && has_mark(slot, FLOW_MARK_FIN_SERVER);
    bool only_fin = !answered && (packet->tcp_flags & TCP_FIN) != 0;
    if ((packet->tcp_flags & TCP_RST) != 0 || both_fin || only_fin) {
        flow->state = FLOW_CLOSED;
        return;
    }
    if (flow->state != FLOW_NEW || (packet->tcp_flags & TCP_ACK) == 0)
        return;
    bool opens = (packet->tcp_flags & TCP_SYN) != 0;
    if (answered || (!opens && flow->packets[side] > 1))
        flow->state = FLOW_ESTABLISHED;
}

void flow_tcp_track(struct flow_slot *slot, const struct packet *packet, enum flow_side side,
                    struct flow_counters *counters)
{
    slot->flow.tcp_flags[side] |= packet->tcp_flags;
    if ((packet->tcp_flags & TCP_RST) == 0) {
        count_payload(slot, packet, side, counters);
        if ((packet->tcp_flags & TCP_ACK) != 0)
            take_ack(slot, packet, other_side(side));
    }
    move_state(slot, packet, side);
}

void flow_tcp_finish(struct flow_slot *slot, struct flow_counters *counters)
{
    settle_gap(slot, FLOW_CLIENT, counters);
    settle_gap(slot, FLOW_SERVER, counters);
}
