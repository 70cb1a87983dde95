/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "route.h"

struct talk;
struct text;

/* One packet on its way to a frame. */
struct link_job {
    enum side from;
    uint16_t ethertype;
    int64_t ts_ns;
    bool copy;      /* the second sighting behind a router: other MACs, other VLAN */
    bool broadcast; /* to everybody on the link */
};

/* Wraps the packet in `bytes` in the route's tunnels, tags and link header, and queues the frame.
 * */
void link_send(struct talk *talk, const struct link_job *job, const struct text *bytes);
