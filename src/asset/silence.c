/* SPDX-License-Identifier: Apache-2.0 */
/* The chance of a silence.
 *
 * Contacts come in bursts, so the unit is the hour with contact, and time is the machine's hours of presence.  With n such hours
 * after the first in T hours the rate is about n / T, but few hours leave it unsure: averaged over all rates that fit (prior
 * 1 / rate), S hours of silence have the chance
 *
 *     (T / (T + S)) ^ n        which for many n is exp(-n S / T).
 *
 * An agent that speaks only while somebody works leaves long gaps although its rate is high.  Where the gaps' variance is c times
 * the square of their mean, counts scatter c times as much as those of an even rate (renewal theory: Cox, 1962), so that n
 * hours are worth n / c; c below 1, a timer's, is not used, for missed beats are common.
 *
 * Old times count less: at 256 hours all sums are halved.  Rejected: a fixed time-out (an updater of once a day and a reputation
 * client of once a minute have none in common), and gaps in seconds (bursts make every rate too high). */
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
    silence->squares += (uint64_t)gap * gap;
    if (gap > silence->longest)
        silence->longest = (uint16_t)(gap < UINT16_MAX ? gap : UINT16_MAX);
    if (silence->events >= EVENTS_MAX) {
        silence->events /= 2;
        silence->span = (silence->span + 1) / 2;
        silence->squares = (silence->squares + 1) / 2;
    }
}

/* Returns how much more than those of an even rate the gaps scatter, at least 1. */
static double dispersion(const struct silence *silence)
{
    double mean = (double)silence->span / silence->events;
    double variance = (double)silence->squares / silence->events - mean * mean;
    return fmax(1.0, variance / (mean * mean));
}

double silence_chance(const struct silence *silence, uint32_t hours, double *ret_expected)
{
    *ret_expected = 0.0;
    if (silence->events == 0 || hours <= silence->latest)
        return 1.0;
    double silent = hours - silence->latest;
    *ret_expected = silence->events * silent / silence->span;
    return exp(-silence->events / dispersion(silence) * log1p(silent / silence->span));
}
