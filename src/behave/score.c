/* SPDX-License-Identifier: Apache-2.0 */
/* The score of a series: is there a beat, how sure, and which?
 *
 * Connections are merged into wake-ups, and three detectors look for what a beat cannot hide:
 * intervals around a period (renewal.c), a wake-up one period after each (chain.c), intervals like
 * their neighbours (drift.c).  The first looks a second time at wake-ups merged further, for beats
 * whose connections are spread over a minute.  Each compares a beat with the best random process
 * and gives its evidence; chance.c makes a probability of it, and the smallest one counts.
 *
 * The p-value is that probability.  The score is the same on a scale from 0 to 1, standardized for
 * length: the longer a series, the easier a slight departure from all random processes reaches a
 * small p, and the less it means.
 *
 * Invariants: (1) no chance, no clock, no state: the same times give the same score, at any offset,
 * on every machine; (2) no memory but the stack, about 60 kB; (3) every loop is bounded by the
 * wake-ups.
 * Rejected: Monte Carlo of each series (a p of 0.005 costs 200 times as much, and the shuffled
 * series is no random one); one weighted sum of several scores (no p-value, no reason).
 * Cost: 40 ns a wake-up where the first detector is certain, 150 ns else (docs/beacons.md).
 * Source of the standardized p: I. J. Good, Standardized tail-area probabilities (1982). */
#include "behave/score.h"

#include <math.h>

#include "base/time.h"
#include "behave/beat.h"
#include "behave/chance.h"
#include "behave/evidence.h"

/* One in ten thousand, and narrow: the other detectors would change neither verdict nor period. */
#define CERTAIN_LOG    (-9.2)
#define CERTAIN_SPREAD 0.1
/* What a chain must have to explain a wide window: one in a hundred, nearly all steps. */
#define CHAIN_LOG   (-4.6)
#define CHAIN_SHARE 0.85
/* Merging further: up to this share of the mean distance, and up to a minute. */
#define COARSE_SHARE (1.0 / 4.0)
#define COARSE_MAX_S 60.0
/* Evidence of one in a hundred from this many intervals scores one half. */
#define STANDARD_NATS      4.6
#define STANDARD_INTERVALS 10.0

/* One look at the series. */
struct view {
    double gap_s; /* that connections were merged with */
    struct wakeups wakeups;
    struct intervals intervals;
};

struct finding {
    enum detector detector;
    struct evidence evidence;
    double chance_log;
};

static void weigh(enum detector detector, const struct view *view, const struct evidence *evidence,
                  struct finding *best)
{
    if (evidence->period_s <= 0.0)
        return;
    double chance = chance_log(detector, view->intervals.count, evidence->nats);
    if (best->evidence.period_s <= 0.0 || chance < best->chance_log)
        *best = (struct finding){detector, *evidence, chance};
}

/* False if further merging changes nothing or leaves too little. */
static bool look_coarsely(const struct wakeups *wakeups, struct view *ret_coarse)
{
    double mean = wakeups->at_s[wakeups->count - 1] / (double)wakeups->count;
    double gap = fmin(mean * COARSE_SHARE, COARSE_MAX_S);
    if (gap <= MERGE_S)
        return false;
    ret_coarse->gap_s = gap;
    wakeups_merge(wakeups, gap, &ret_coarse->wakeups);
    size_t count = ret_coarse->wakeups.count;
    if (count == wakeups->count || count < SCORE_TIMES_MIN)
        return false;
    intervals_of(&ret_coarse->wakeups, &ret_coarse->intervals);
    return true;
}

/* Two beats on one server never let an interval grow longer than the shorter period, and that
 * bound can look like a beat with much jitter.  A walk that finds the same in a narrower window
 * names one of the two periods. */
static void prefer_chain(const struct view *view, const struct evidence *chain,
                         struct finding *best)
{
    if (best->detector == DETECTOR_CHAIN || chain->share < CHAIN_SHARE)
        return;
    double chance = chance_log(DETECTOR_CHAIN, view->intervals.count, chain->nats);
    if (chance > CHAIN_LOG || chain->spread >= best->evidence.spread)
        return;
    best->detector = DETECTOR_CHAIN;
    best->evidence = *chain;
}

static void find(const struct view *view, struct view *ret_coarse, struct finding *ret_best)
{
    struct evidence evidence, chain;
    *ret_best = (struct finding){.detector = DETECTORS};
    renewal_evidence(&view->intervals, view->gap_s, &evidence);
    weigh(DETECTOR_RENEWAL, view, &evidence, ret_best);
    if (ret_best->detector == DETECTOR_RENEWAL && ret_best->chance_log < CERTAIN_LOG &&
        evidence.spread <= CERTAIN_SPREAD)
        return;
    chain_evidence(&view->wakeups, &chain);
    weigh(DETECTOR_CHAIN, view, &chain, ret_best);
    drift_evidence(&view->intervals, &evidence);
    weigh(DETECTOR_DRIFT, view, &evidence, ret_best);
    if (look_coarsely(&view->wakeups, ret_coarse)) {
        renewal_evidence(&ret_coarse->intervals, ret_coarse->gap_s, &evidence);
        weigh(DETECTOR_COARSE, ret_coarse, &evidence, ret_best);
    }
    prefer_chain(view, &chain, ret_best);
}

/* ln(1 + e^x) without overflow. */
static double soft_plus(double x)
{
    return x > 0.0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

static void report(const struct view *view, const struct finding *finding, struct score *ret_score)
{
    double length = (double)view->intervals.count / STANDARD_INTERVALS;
    double nats = soft_plus(-finding->chance_log - 0.5 * log(length));
    ret_score->score = nats / (nats + STANDARD_NATS);
    /* Odds to probability, so that no evidence is exactly 1 and no two series are alike. */
    ret_score->p_value = exp(-soft_plus(-finding->chance_log));
    ret_score->count = view->wakeups.count;
    if (finding->chance_log >= 0.0)
        return; /* rather chance than not: what it liked best is no period */
    struct beat beat;
    if (finding->detector == DETECTOR_CHAIN)
        beat_of_chain(&view->wakeups, &finding->evidence, &beat);
    else if (finding->detector == DETECTOR_DRIFT)
        beat_of_drift(&view->intervals, &finding->evidence, &beat);
    else
        beat_of_intervals(&view->intervals, &finding->evidence, &beat);
    ret_score->period_ns = llround(beat.period_s * (double)NS_PER_S);
    ret_score->period_error_ns = llround(beat.period_error_s * (double)NS_PER_S);
    ret_score->jitter = beat.jitter;
    ret_score->missed = beat.missed;
}

void score_series(const struct score_input *input, struct score *ret_score)
{
    *ret_score = (struct score){.p_value = 1.0};
    if (input->count == 0)
        return;
    ret_score->first_ns = input->times_ns[0];
    ret_score->last_ns = input->times_ns[input->count - 1];
    struct view view = {.gap_s = MERGE_S}, coarse;
    wakeups_from_times(input->times_ns, input->count, MERGE_S * NS_PER_S, &view.wakeups);
    ret_score->count = view.wakeups.count;
    if (view.wakeups.count < SCORE_TIMES_MIN)
        return;
    intervals_of(&view.wakeups, &view.intervals);
    struct finding finding;
    find(&view, &coarse, &finding);
    if (finding.detector != DETECTORS)
        report(finding.detector == DETECTOR_COARSE ? &coarse : &view, &finding, ret_score);
}
