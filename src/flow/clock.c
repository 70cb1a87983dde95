/* SPDX-License-Identifier: Apache-2.0 */
/* The table's clock: packet time, guarded.
 *
 * Idle times run on a steady time that only grows, by the forward steps of the packets.  So a
 * clock that is set back neither ends flows nor keeps them for ever, and one packet from 1970
 * does nothing: packet time follows backwards only when RUN packets in a row insist.  A forward
 * step is always believed: after a real pause the flows are over.  It counts for at most
 * STEP_MAX, which is more than any idle time and keeps hostile stamps from driving the steady
 * time to the end of its range. */
#include "flow/clock.h"

#include "base/time.h"
#include "flow/table.h"

enum {
    RUN = 16
};

static const int64_t step_max_ns = 30 * NS_PER_DAY;

void flow_clock_advance(struct flow_clock *clock, int64_t ts_ns)
{
    int64_t step = 0;
    if (!clock->started) {
        clock->started = true;
        clock->newest_ns = ts_ns;
    }
    if (ts_ns <= clock->newest_ns)
        return;
    if (__builtin_sub_overflow(ts_ns, clock->newest_ns, &step) || step > step_max_ns)
        step = step_max_ns;
    clock->steady_ns = time_add(clock->steady_ns, step);
    clock->newest_ns = ts_ns;
}

int64_t flow_clock_see(struct flow_clock *clock, int64_t ts_ns, struct flow_counters *counters)
{
    if (!clock->started || ts_ns >= clock->newest_ns) {
        flow_clock_advance(clock, ts_ns);
        clock->behind = 0;
        return ts_ns;
    }
    if (time_add(ts_ns, clock->late_ns) >= clock->newest_ns) {
        counters->late++;
        clock->behind = 0;
        return ts_ns;
    }
    counters->backward++;
    if (++clock->behind < RUN)
        return clock->newest_ns;
    counters->clock_steps++;
    clock->behind = 0;
    clock->newest_ns = ts_ns;
    return ts_ns;
}
