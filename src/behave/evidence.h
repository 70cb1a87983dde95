/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "behave/intervals.h"
#include "behave/wakeups.h"

/* What a detector found: the period that it likes best and how much better a beat explains the
 * series than chance does, in nats of log likelihood.  chance.h makes a probability of it. */
struct evidence {
    double nats;
    double period_s; /* 0: none */
    double spread;   /* half-width of the window around the period, as a share of it */
    double share;    /* of the steps that were made, if steps were tried; else 0 */
};

/* A gap under ten seconds is activity, not a rhythm: streams fetch a part every 2 to 10 s. */
#define MERGE_S 10
/* Merging cuts into lengths up to its gap; what a beat is made of must be clear of that. */
#define CLEAR_OF_MERGING 1.2

/* The intervals cluster around a period (renewal.c).  `gap_s`: what the wake-ups were merged
 * with. */
void renewal_evidence(const struct intervals *intervals, double gap_s,
                      struct evidence *ret_evidence);

/* One beat after another is found at the same distance, whatever happens between (chain.c).  For
 * wake-ups merged with MERGE_S. */
void chain_evidence(const struct wakeups *wakeups, struct evidence *ret_evidence);

/* The steps of the walk at a period: fills in their lengths and returns how many there are.
 * `ret_missed` is the share of the beats so found after which the next one did not come. */
size_t chain_steps(const struct wakeups *wakeups, double period_s, double spread,
                   double ret_lengths_s[SCORE_TIMES_MAX], double *ret_missed);

/* Each interval is about as long as the one before (drift.c). */
void drift_evidence(const struct intervals *intervals, struct evidence *ret_evidence);

/* Log likelihood of the `count` shortest intervals, in seconds, under the random process that
 * explains them best (random.c).  `limit_s`: no interval can be longer. */
double random_likelihood(const struct intervals *intervals, size_t count, double limit_s);

/* Binomial log likelihood ratio of `made` out of `tried` where chance makes a share of `chance`; 0
 * where that is no excess. */
double binomial_nats(double made, double tried, double chance);
