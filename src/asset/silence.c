/* SPDX-License-Identifier: Apache-2.0 */
/* The chance of a silence.
 *
 * Contacts come in bursts, so the unit is the hour with contact, and time is the machine's hours of presence.  With n such hours
 * after the first in T hours the rate is about n / T, but few hours leave it unsure: averaged over all rates that fit (prior 1 /
 * rate), S hours of silence have the chance
 *
 *     (T / (T + S)) ^ n        which for many n is exp(-n S / T).
 *
 * An agent that speaks only while somebody works leaves long gaps although its rate is high.  The longest of n gaps of an even
 * rate is expected at H(n) = 1 + 1/2 + ... + 1/n mean gaps, so a longest gap G speaks for a mean gap of G / H(n): the longer of both
 * means counts.
 *
 * Old times count less: at 256 hours both counts are halved.  Rejected: a fixed time-out (an updater of once a day and a
 * reputation client of once a minute have none in common), and gaps in seconds (bursts make every rate too high). */
#include "asset/silence.h"

#include <math.h>

enum {
    EVENTS_MAX = 256
};

void silence_begin(struct silence *silence, uint32_t hours)
{
    *silence = (struct silence){.latest = hours};
}

void silence_note(struct silence *silence, uint32_t hours)
{
    if (hours <= silence->latest)
        return;
    uint32_t gap = hours - silence->latest;
    silence->latest = hours;
    silence->events++;
    silence->span += gap;
    if (gap > silence->longest)
        silence->longest = (uint16_t)(gap < UINT16_MAX ? gap : UINT16_MAX);
    if (silence->events >= EVENTS_MAX) {
        silence->events /= 2;
        silence->span = (silence->span + 1) / 2;
    }
}

static double harmonic(unsigned count)
{
    double sum = 0.0;
    for (unsigned i = 1; i <= count; i++)
        sum += 1.0 / i;
    return sum;
}

double silence_chance(const struct silence *silence, uint32_t hours, double *ret_expected)
{
    *ret_expected = 0.0;
    if (silence->events == 0 || hours <= silence->latest)
        return 1.0;
    double events = silence->events, silent = hours - silence->latest;
    double span = silence->span;
    double by_longest = events * silence->longest / harmonic(silence->events);
    if (by_longest > span)
        span = by_longest;
    *ret_expected = events * silent / span;
    return exp(-events * log1p(silent / span));
}
