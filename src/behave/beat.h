/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "behave/evidence.h"

/* A beat in numbers; see struct score for what they mean. */
struct beat {
    double period_s, period_error_s, jitter, missed;
};

/* Measures the beat that a detector found.  The evidence must have a period. */
void beat_of_intervals(const struct intervals *intervals, const struct evidence *evidence,
                       struct beat *ret_beat);
void beat_of_chain(const struct wakeups *wakeups, const struct evidence *evidence,
                   struct beat *ret_beat);
void beat_of_drift(const struct intervals *intervals, const struct evidence *evidence,
                   struct beat *ret_beat);
