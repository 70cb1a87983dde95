/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct flow_counters;

/* Two times: that of the packets, which may jump, and one that never runs backwards, for idle
 * times. */
struct flow_clock {
    int64_t newest_ns; /* packet time */
    int64_t steady_ns; /* since the first packet */
    int64_t late_ns;
    uint32_t behind; /* packets in a row that were too far behind */
    bool started;
};

/* Moves on to a packet of `ts_ns`, and returns the time at which the packet counts; see
 * flow_table_touch(). */
int64_t flow_clock_see(struct flow_clock *clock, int64_t ts_ns, struct flow_counters *counters);
/* Moves on to `ts_ns` where that is later. */
void flow_clock_advance(struct flow_clock *clock, int64_t ts_ns);
