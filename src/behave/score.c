/* SPDX-License-Identifier: Apache-2.0 */
#include "behave/score.h"

#include <math.h>

#include "base/time.h"
#include "behave/beat.h"
#include "behave/chance.h"
#include "behave/evidence.h"

#define CERTAIN_LOG     (-9.2)
#define HALF_SCORE_NATS 4.6
#define COARSE_SHARE    12.0
#define COARSE_MAX_S    60.0

struct finding {
    double chance_log;
    enum detector detector;
    struct evidence evidence;
};

static void weigh(enum detector detector, size_t intervals, const struct evidence *evidence,
                  struct finding *best)
{
    if (evidence->period_s <= 0.0)
        return;
    double chance = chance_log(detector, intervals, evidence->nats);
    if (best->evidence.period_s <= 0.0 || chance < best->chance_log)
        *best = (struct finding){chance, detector, *evidence};
}

void score_series(const struct score_input *input, struct score *ret_score)
{
    *ret_score = (struct score){.p_value = 1.0};
    if (input->count == 0)
        return;
    ret_score->first_ns = input->times_ns[0];
    ret_score->last_ns = input->times_ns[input->count - 1];
    struct wakeups wakeups, coarse;
    wakeups_from_times(input->times_ns, input->count, MERGE_S * NS_PER_S, &wakeups);
    ret_score->count = wakeups.count;
    if (wakeups.count < SCORE_TIMES_MIN)
        return;
    struct intervals intervals, coarse_intervals;
    intervals_of(&wakeups, &intervals);
    struct finding best = {0};
    struct evidence evidence;
    renewal_evidence(&intervals, &evidence);
    weigh(DETECTOR_RENEWAL, intervals.count, &evidence, &best);
    if (best.evidence.period_s <= 0.0 || best.chance_log > CERTAIN_LOG) {
        chain_evidence(&wakeups, &evidence);
        weigh(DETECTOR_CHAIN, intervals.count, &evidence, &best);
        drift_evidence(&intervals, &evidence);
        weigh(DETECTOR_DRIFT, intervals.count, &evidence, &best);
        double gap = fmin(wakeups.at_s[wakeups.count - 1] / (double)wakeups.count / COARSE_SHARE,
                          COARSE_MAX_S);
        if (gap > MERGE_S) {
            wakeups_merge(&wakeups, gap, &coarse);
            if (coarse.count < wakeups.count && coarse.count >= SCORE_TIMES_MIN) {
                intervals_of(&coarse, &coarse_intervals);
                renewal_evidence(&coarse_intervals, &evidence);
                weigh(DETECTOR_COARSE, coarse_intervals.count, &evidence, &best);
            }
        }
    }
    if (best.evidence.period_s <= 0.0)
        return;
    struct beat beat;
    if (best.detector == DETECTOR_CHAIN)
        beat_of_chain(&wakeups, &best.evidence, &beat);
    else if (best.detector == DETECTOR_DRIFT)
        beat_of_drift(&intervals, &best.evidence, &beat);
    else if (best.detector == DETECTOR_COARSE) {
        beat_of_intervals(&coarse_intervals, &best.evidence, &beat);
        ret_score->count = coarse.count;
    } else
        beat_of_intervals(&intervals, &best.evidence, &beat);
    double odds = exp(best.chance_log);
    ret_score->p_value = isinf(odds) ? 1.0 : odds / (1.0 + odds);
    double nats = best.chance_log > 0 ? log1p(exp(-best.chance_log))
                                      : log1p(exp(best.chance_log)) - best.chance_log;
    ret_score->score = nats / (nats + HALF_SCORE_NATS);
    ret_score->period_ns = (int64_t)llround(beat.period_s * 1e9);
    ret_score->period_error_ns = (int64_t)llround(beat.period_error_s * 1e9);
    ret_score->jitter = beat.jitter;
    ret_score->missed = beat.missed;
}
