/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "net/addr.h"

/* Directions of a flow, and index of its per-direction arrays. */
enum flow_side {
    FLOW_CLIENT = 0, /* from the client, to the server */
    FLOW_SERVER = 1
};

enum flow_state {
    FLOW_NEW,         /* one direction seen */
    FLOW_ESTABLISHED, /* both directions seen (TCP: a handshake or data both ways) */
    FLOW_CLOSED       /* TCP: FIN both ways or RST */
};

enum flow_end {
    FLOW_END_NONE,    /* still there */
    FLOW_END_IDLE,    /* nothing for its idle time */
    FLOW_END_ACTIVE,  /* longer than the active limit: a record is cut, the flow goes on */
    FLOW_END_CLOSED,  /* the protocol said so */
    FLOW_END_EVICTED, /* made room for another at the bound */
    FLOW_END_REUSED,  /* the same tuple started again (a new SYN) */
    FLOW_END_SHUTDOWN /* end of input */
};

/* How the client was told from the server, best reason first. */
enum flow_direction {
    FLOW_DIRECTION_SYN,     /* TCP SYN or SYN-ACK seen, SCTP INIT or INIT ACK; ICMP by its type */
    FLOW_DIRECTION_PAYLOAD, /* a classifier saw a request or an answer (see flow_reverse()) */
    FLOW_DIRECTION_PORT, /* one port is a well-known service and the other is not, or the lower */
    FLOW_DIRECTION_FIRST /* nothing better than who spoke first */
};

struct classify_state; /* classify/: freed by classify_forget() */
struct label;          /* classify/: see classify/label.h */
struct flow_note;      /* pipeline: what it remembers about a flow; freed by its on_end */

/* One conversation.  A record for as long as the table keeps it; read-only outside flow/, except
 * for the slots at the end.  In the order in which a packet needs it: the first cache line is the
 * look-up, the second the counting, the rest is for the end. */
struct flow {
    struct addr client, server;
    uint16_t client_port,
        server_port; /* ICMP: type and code of what the client sent, 0 and 0 of others */
    uint8_t protocol;
    uint8_t state;        /* enum flow_state */
    uint8_t end;          /* enum flow_end */
    uint8_t direction;    /* enum flow_direction */
    uint8_t tcp_flags[2]; /* all flags seen, per side */
    uint8_t seq_known;    /* bit of each side: next_seq is set */
    uint8_t tunnel_depth;
    bool truncated;  /* a packet was cut by the snapshot length */
    bool classified; /* classify/ is done with it: no more payload is wanted */
    uint16_t vlan;   /* outermost tag of the first packet, 0 for none */
    uint32_t packets[2];
    int64_t last_ns; /* never less than first_ns */

    uint64_t bytes[2]; /* IP bytes, by length fields, not by what was captured */
    uint64_t
        payload[2]; /* transport payload bytes, by length fields, retransmissions counted once */
    uint32_t next_seq[2]; /* TCP: next expected sequence number, where known */

    /* Slots of later stages; each is owned by the stage in its comment. */
    struct classify_state *classify;
    struct label *label;
    struct flow_note *note;

    int64_t first_ns;
    uint64_t id; /* unique and deterministic within a run: frame number of its first packet */
    uint32_t gap_bytes[2]; /* TCP bytes of this side, acknowledged by the other but never seen: loss
                            * before the sensor */
};

/* True where packets were seen from one side only. */
static inline bool flow_one_sided(const struct flow *flow)
{
    return flow->packets[FLOW_CLIENT] == 0 || flow->packets[FLOW_SERVER] == 0;
}

/* Returns the TCP bytes of both sides that were acknowledged but never seen. */
static inline uint64_t flow_lost_bytes(const struct flow *flow)
{
    return (uint64_t)flow->gap_bytes[FLOW_CLIENT] + flow->gap_bytes[FLOW_SERVER];
}
