/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "flow/flow.h"

struct flow_counters;
struct flow_slot;
struct packet;

/* Returns true where the packet opens another connection on the flow's tuple. */
bool flow_tcp_starts_anew(const struct flow_slot *slot, const struct packet *packet,
                          enum flow_side side);
/* Learns the direction from a SYN; returns the side that sent the packet, which is another one
 * where client and server had been taken for each other. */
enum flow_side flow_tcp_direct(struct flow_slot *slot, const struct packet *packet,
                               enum flow_side side, struct flow_counters *counters);
/* Counts the new payload bytes of a packet that is counted already, and moves the state on. */
void flow_tcp_track(struct flow_slot *slot, const struct packet *packet, enum flow_side side,
                    struct flow_counters *counters);
/* Counts what is known to be lost when the record ends. */
void flow_tcp_finish(struct flow_slot *slot, struct flow_counters *counters);
