/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "decode/packet.h"
#include "flow/flow.h"
#include "net/protocol.h"

struct assets;
struct change;
struct dns_message;
struct flow_note;
struct judge;
struct judgement;
struct pairs;
struct settings;
struct sighting;

/* What flows say of behaviour: when a machine wakes up and for whom, how much it sends, when it is on.  Feeds behave/ and
 * asset/; what changes there is theirs to tell. */
struct observer;

struct observe_options {
    const struct settings *settings; /* borrowed, as all of these */
    const struct judge *judge;
    struct pairs *pairs;
    struct assets *assets;
    bool follow_all; /* also whom no signature knows, in any country */
};

/* A client that says nothing for so long and then speaks has woken up. */
#define OBSERVE_QUIET_NS (10 * NS_PER_S)

/* Makes an observer; the options are copied, what they point to is borrowed. */
struct observer *observer_new(const struct observe_options *options);
/* NULL is allowed. */
void observer_free(struct observer *observer);

/* True where observe_message() wants this packet: payload of the client in a flow that is not young, or in one whose start was
 * before the capture or its idle time.  For every packet. */
static inline bool observe_wants(const struct flow *flow, enum flow_side side,
                                 const struct packet *packet)
{
    if (side != FLOW_CLIENT || packet->payload_length == 0)
        return false;
    bool midstream = packet->ts_ns == flow->first_ns && packet->protocol == PROTOCOL_TCP &&
                     (packet->tcp_flags & TCP_SYN) == 0;
    return midstream || packet->ts_ns - flow->first_ns >= OBSERVE_QUIET_NS;
}

/* Counts what the client says inside a long flow, where it comes after silence.  May give the flow a note. */
void observe_message(struct observer *observer, struct flow *flow, const struct packet *packet);
/* Counts what a sighting says of the machine's software; `flow` is the one that it was made of. */
void observe_sighting(struct observer *observer, const struct flow *flow,
                      const struct sighting *sighting);
/* Counts that a look-up of a vendor's name was refused: no such name, no address, or an address that leads nowhere. */
void observe_refusal(struct observer *observer, const struct flow *flow,
                     const struct judgement *judgement, int64_t ts_ns);
/* Keeps whom the server's certificate names, where no signature does and the server stands in a country of concern. */
void observe_certificate(struct observer *observer, struct flow *flow);
/* Counts that the flow's client uses its server as a proxy, as its request showed. */
void observe_proxy(struct observer *observer, const struct flow *flow, int64_t ts_ns);
/* Counts a look-up by `asset`; `judgement` NULL where it is no vendor's name. */
void observe_lookup(struct observer *observer, const struct flow *flow,
                    const struct dns_message *message, const struct judgement *judgement,
                    int64_t ts_ns);
/* Counts the start and the payload of a flow that has ended. */
void observe_end(struct observer *observer, struct flow *flow);
/* Tells the machine's account what behave/ found. */
void observe_change(struct observer *observer, const struct change *change);
/* The end of the input. */
void observe_finish(struct observer *observer, int64_t now_ns);
/* Looks for what has fallen silent by `now_ns`; cheap enough for each packet. */
void observe_check(struct observer *observer, int64_t now_ns);
