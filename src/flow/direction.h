/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "flow/flow.h"

struct packet;
struct flow_key;
struct flow_slot;

/* Returns which side the source of a new flow's key is, and writes how well that is known. */
enum flow_side flow_direction_of(const struct packet *packet, const struct flow_key *key,
                                 enum flow_direction *ret_direction);
/* Turns client and server round, with all that is kept for each of them. */
void flow_direction_turn(struct flow_slot *slot);
