/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* When a machine is switched on, or when something can happen. */
struct hours {
    int64_t on_ns, off_ns; /* time of day; equal: all day; on after off: through midnight */
    bool weekdays;         /* not on Saturday and Sunday */
    int64_t drift_ns;      /* each day begins and ends up to so much earlier or later */
    double absent;         /* share of days on which it is not switched on at all */
};

/* What decides the days of one machine: the scenario's seed and a number of its own. */
struct calendar {
    const struct hours *hours; /* borrowed */
    uint64_t seed, number;
};

/* True where nothing ever switches it off. */
bool hours_always(const struct hours *hours);
bool calendar_is_on(const struct calendar *calendar, int64_t ts_ns);
/* Returns the first moment after `ts_ns` at which it is switched on; INT64_MAX where there is none
 * within the next 60 days. */
int64_t calendar_next_on(const struct calendar *calendar, int64_t ts_ns);
/* Returns when it is switched off next; `ts_ns` itself where it is off, INT64_MAX where it stays on
 * always. */
int64_t calendar_off(const struct calendar *calendar, int64_t ts_ns);
