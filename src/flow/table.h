/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "flow/flow.h"

struct packet;

/* Idle times count from a flow's last packet. */
struct flow_options {
    uint32_t flows_max;      /* records kept, 1 to 64 Mi */
    int64_t tcp_idle_ns;     /* established TCP */
    int64_t tcp_new_idle_ns; /* TCP of which one side was seen */
    int64_t tcp_closed_ns;   /* after FIN both ways or RST */
    int64_t udp_idle_ns;
    int64_t dns_idle_ns; /* answered UDP of port 53 */
    int64_t icmp_idle_ns;
    int64_t other_idle_ns;
    int64_t active_ns; /* a record is cut at the first packet so long after its first; 0: never */
    int64_t late_ns;   /* reordering that is normal: so far a packet may lie behind the newest */
};

struct flow_counters {
    uint64_t packets;   /* all that were touched, fragments included */
    uint64_t fragments; /* packets without ports: they belong to no flow */
    uint64_t created, tcp, udp, icmp, sctp, other;
    uint64_t ended_idle, ended_closed, ended_evicted, ended_reused, ended_shutdown;
    uint64_t cut;             /* records cut by the active limit; the flow went on */
    uint64_t midstream;       /* TCP flows that began without a SYN */
    uint64_t one_sided;       /* flows that ended with one side unseen */
    uint64_t syn_unanswered;  /* of these: TCP with a SYN of the client */
    uint64_t turned;          /* direction put right by a later SYN */
    uint64_t late;            /* packets behind the newest by at most late_ns */
    uint64_t backward;        /* packets further behind; they count at the newest time */
    uint64_t clock_steps;     /* times that the clock was set back, because such packets went on */
    uint64_t retransmissions; /* TCP segments without a new byte, keep-alive probes not counted */
    uint64_t gap_bytes;       /* see struct flow */
    uint64_t memory_bytes;    /* now */
    uint32_t active, active_peak;
};

/* The conversations that are going on.  One thread, one table for each pipeline. */
struct flow_table;

/* Writes the defaults: 1 Mi flows; 300 s, 60 s, 10 s, 60 s, 10 s, 30 s, 60 s; no active limit; 1
 * s late. */
void flow_options_default(struct flow_options *ret_options);

/* Returns a table; `on_end` is called with `ctx` for each record that ends, with flow->end set,
 * while the record is still whole.  The flow goes away when it returns, except after
 * FLOW_END_ACTIVE: then the same flow goes on with its id, slots and state, and counts from
 * zero.  It must not call the table. */
struct flow_table *flow_table_new(const struct flow_options *options,
                                  void (*on_end)(void *ctx, struct flow *flow), void *ctx);
/* Releases the table without calling `on_end`: flush first. */
void flow_table_free(struct flow_table *table);

/* Counts `packet` to its flow, which is created if it is new, and writes the side that sent it.
 *
 * Ends the old flow of the same tuple first where that was idle too long, or where the packet is
 * the SYN of another connection.  At flows_max one flow is evicted first, so that this cannot
 * fail: closed TCP, then the one-sided of TCP, UDP and ICMP, then DNS, UDP, other protocols,
 * established TCP; in each of these the one unseen longest.
 *
 * Time is the newest packet.ts_ns so far.  A packet behind it by at most late_ns keeps its time;
 * one further behind (a 1970 stamp, another clock in a merged capture) counts at the newest time,
 * until 16 in a row lie behind: then the clock is set back, and flows stay as old as they were.
 *
 * Returns the flow, borrowed until it ends; NULL for a fragment, which has no ports. */
struct flow *flow_table_touch(struct flow_table *table, const struct packet *packet,
                              enum flow_side *ret_side);

/* Ends the flows that are idle at `now_ns`, which may be ahead of the packets (a quiet line).  In
 * order of their last packet, then id.  A flow may stay up to 1.1 s longer than its idle time; a
 * packet of its own in that time starts a new flow all the same.  Cheap enough for each packet. */
void flow_table_expire(struct flow_table *table, int64_t now_ns);

/* Ends all flows as FLOW_END_SHUTDOWN, in order of their first packet, then id. */
void flow_table_flush(struct flow_table *table);

/* Says that client and server are the other way round, as a classifier saw.  Does nothing where the
 * direction is known at least as well, or cannot be turned (a group address is no client). */
void flow_reverse(struct flow *flow);

/* Returns the counters, brought up to date. */
const struct flow_counters *flow_table_counters(struct flow_table *table);
