/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "flow/flow.h"
#include "net/addr.h"

struct dns_message;
struct packet;
struct service;
struct vendor;

/* What the pipeline remembers about a flow: those that a vendor came out of, and long ones. */
struct flow_note {
    const struct vendor *vendor; /* NULL: none so far */
    const struct service *service;
    struct addr asset; /* with a vendor */
    double weight;     /* how sure the vendor is, */
    bool name_hidden;
    bool weak;          /* and whether it proves no agent (judge.h) */
    char *certificate;  /* owned; the server's subject, where nobody knows it; NULL not kept */
    bool started;       /* its start has been counted as a wake-up */
    int64_t message_ns; /* when the client last spoke, once the flow was old enough; 0 never */
    int64_t pending_ns; /* a first message that counts once another follows; 0 none */
    int64_t told_ns;    /* until when its payload has been counted; 0 never, */
    uint64_t told_out, told_in; /* and how much of it */
};

/* The flow, packet and side that are being looked at, for the functions that make events of them. */
struct scene {
    struct flow *flow;
    const struct packet *packet; /* NULL at the flow's end */
    enum flow_side side;
    int64_t ts_ns;
    const struct dns_message *dns; /* NULL unless it is a look-up */
};
