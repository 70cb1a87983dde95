/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "flow/flow.h"

/* Lists of flows that share an idle time, each ordered by the last packet. */
enum flow_class {
    FLOW_CLASS_TCP_CLOSED,
    FLOW_CLASS_TCP_NEW,
    FLOW_CLASS_UDP_NEW, /* one-sided */
    FLOW_CLASS_ICMP,
    FLOW_CLASS_DNS, /* answered UDP of port 53 */
    FLOW_CLASS_UDP,
    FLOW_CLASS_OTHER,
    FLOW_CLASS_TCP,
    FLOW_CLASS_COUNT
};

/* What TCP tracking knows of the bytes of one side.  Everything before next_seq counts as seen, but
 * for `missing` bytes that lie before `hole_end`. */
struct flow_stream {
    uint32_t hole_end;
    uint32_t missing;
};

enum flow_mark {
    FLOW_MARK_ANSWERED = 1,     /* packets from both sides seen, ever */
    FLOW_MARK_ISN = 2,          /* isn is set */
    FLOW_MARK_FIN_CLIENT = 4,   /* FIN of the client; FLOW_MARK_FIN_CLIENT << side */
    FLOW_MARK_FIN_SERVER = 8,   /* and of the server */
    FLOW_MARK_LOST_CLIENT = 16, /* what is missing of the client was acknowledged; << side */
    FLOW_MARK_LOST_SERVER = 32,
    FLOW_MARK_DIRECTED = 64 /* cannot be reversed: ICMP, or the server is a group address */
};

/* A flow and what only the table knows of it: three cache lines. */
struct flow_slot {
    struct flow flow;      /* first: a struct flow * of ours is its slot */
    int64_t touched_ns;    /* of the table's own clock */
    uint32_t newer, older; /* in the list of its class; `newer` also links free slots */
    union {
        uint32_t isn;     /* TCP: initial sequence number of the client */
        uint32_t icmp_id; /* ICMP echo */
    } is;
    uint8_t class;
    uint8_t marks; /* enum flow_mark */
    struct flow_stream stream[2];
};

_Static_assert(sizeof(struct flow_slot) == 192, "a flow record is three cache lines");
