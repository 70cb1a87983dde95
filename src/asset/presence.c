/* SPDX-License-Identifier: Apache-2.0 */
/* Hours of presence.
 *
 * Silence means something only while the machine is there, so an agent's rate is counted in hours in which the machine was
 * seen at all: nights off, weekends and holes of the capture do not count, whatever their length.  A count of hours is
 * enough, for exposure between two moments is the difference of two counts; a calendar of bits would cost 21 bytes a week.
 *
 * An hour is calm where the machine had a fifth or less of the flows of its busiest hour: it is on, but nobody works with it.
 *
 * Clocks: an earlier hour is a packet out of order and does not count, unless it is more than two days earlier. */
#include "asset/presence.h"

#include "base/time.h"

enum {
    CLOCK_SET_HOURS = 48,
    CALM_SHARE = 5,
    BUSY_FLOWS = 20, /* with fewer in the busiest hour nothing tells calm from busy */
    CALM_AFTER_HOURS = 3
};

#define PAUSE_NS     (900 * NS_PER_S)
#define CLOCK_SET_NS (INT64_C(3600) * CLOCK_SET_HOURS * NS_PER_S)

int32_t presence_hour(int64_t ts_ns)
{
    int64_t hour_ns = 3600 * NS_PER_S;
    return (int32_t)(ts_ns / hour_ns - (ts_ns % hour_ns < 0));
}

bool presence_moves(int32_t latest, int32_t hour)
{
    return hour > latest || hour < latest - CLOCK_SET_HOURS;
}

/* A clock of the machine's own, finer than hours, for beats that fall silent within minutes. */
static void keep_up(struct presence *presence, int64_t ts_ns)
{
    int64_t since_ns = ts_ns - presence->seen_ns;
    bool set = since_ns < -CLOCK_SET_NS;
    if (since_ns <= 0 && !set)
        return;
    if (presence->hours > 0 && since_ns > 0 && since_ns <= PAUSE_NS)
        presence->up_ns += since_ns;
    presence->seen_ns = ts_ns;
}

enum presence_step presence_note(struct presence *presence, int64_t ts_ns, bool flow)
{
    keep_up(presence, ts_ns);
    int32_t hour = presence_hour(ts_ns);
    enum presence_step step = PRESENCE_SAME;
    if (presence->hours == 0 || presence_moves(presence->hour, hour)) {
        bool calm = presence->hours >= CALM_AFTER_HOURS && presence->busiest >= BUSY_FLOWS &&
                    presence->flows * CALM_SHARE <= presence->busiest;
        step = calm ? PRESENCE_CALM : PRESENCE_NEW;
        presence->hour = hour;
        presence->hours++;
        presence->flows = 0;
    }
    if (flow && presence->flows < UINT16_MAX)
        presence->flows++;
    if (presence->flows > presence->busiest)
        presence->busiest = presence->flows;
    return step;
}
