/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* When a machine was on: hours of packet time in which anything of it was seen. */
struct presence {
    int32_t hour;            /* the latest, since 1970 */
    uint32_t hours;          /* how many different ones; 0: never seen */
    uint16_t flows, busiest; /* in the latest hour; the most of any hour */
    int64_t seen_ns;         /* last */
    int64_t up_ns; /* for how long it was on: pauses of up to a quarter of an hour count */
};

/* What presence_note() found. */
enum presence_step {
    PRESENCE_SAME, /* the hour goes on */
    PRESENCE_NEW,  /* another hour began */
    PRESENCE_CALM /* another hour began, and in the one before the machine did little of what it can do */
};

/* Returns the hour of a time, since 1970. */
int32_t presence_hour(int64_t ts_ns);
/* True where `hour` is later than `latest`, or so much earlier that the clock was set. */
bool presence_moves(int32_t latest, int32_t hour);
/* The machine was seen; `flow`: with a flow of its own, which counts for how busy the hour is. */
enum presence_step presence_note(struct presence *presence, int64_t ts_ns, bool flow);
