/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a beat: none -> going -> stopped -> going again, and changes of its period on the way.
 *
 * Only transitions are told, each with hysteresis: a beat is found at the limit of the discovery control and kept whatever
 * later scores say, until it falls silent; another period counts once PERIOD_AGREE scores in a row agree on it, and none of the
 * small multiples that missed beats make; after a silence the beat must be found anew before it has returned.
 *
 * Silence: each beat is missed with the chance that the series itself shows, so that k beats in a row stay away by chance
 * with missed^k; at SILENCE_CHANCE that is believed no more. */
#include <math.h>

#include "base/memory.h"
#include "base/time.h"
#include "behave/pair.h"

enum {
    PERIOD_AGREE = 3,
    BEATS_MIN = 4,  /* so many beats must be missing, however sure the beat was, */
    BEATS_MAX = 24, /* and so many are enough */
    MULTIPLE_MAX = 4
};

#define SILENCE_CHANCE   1e-4
#define MISSED_MIN       0.05 /* nothing is steadier than that for ever */
#define PERIOD_TOLERANCE 0.20
#define PATIENCE_MIN_NS  (60 * NS_PER_S)

int64_t beat_life_patience_ns(const struct beat_life *beat)
{
    double missed = fmax(beat->score.missed, MISSED_MIN);
    double beats = missed < 1.0 ? ceil(log(SILENCE_CHANCE) / log(missed)) : BEATS_MAX;
    beats = fmin(fmax(beats, BEATS_MIN), BEATS_MAX);
    double patience = beats * (1.0 + beat->score.jitter) * (double)beat->score.period_ns;
    return (int64_t)fmax(patience, (double)PATIENCE_MIN_NS);
}

static bool near(int64_t a_ns, int64_t b_ns)
{
    double ratio = (double)a_ns / (double)b_ns;
    return ratio > 1.0 - PERIOD_TOLERANCE && ratio < 1.0 + PERIOD_TOLERANCE;
}

/* True for the same period, and for the multiples and parts of it that missed beats or a second beat make. */
static bool akin(int64_t a_ns, int64_t b_ns)
{
    for (int64_t i = 1; i <= MULTIPLE_MAX; i++)
        if (near(a_ns * i, b_ns) || near(a_ns, b_ns * i))
            return true;
    return false;
}

static bool period_changed(struct beat_life *beat, const struct score *score)
{
    if (akin(score->period_ns, beat->told_period_ns)) {
        beat->other_count = 0;
        return false;
    }
    bool agrees = beat->other_count > 0 && near(score->period_ns, beat->other_period_ns);
    beat->other_count = agrees ? beat->other_count + 1 : 1;
    beat->other_period_ns = score->period_ns;
    return beat->other_count >= PERIOD_AGREE;
}

static void tell(struct beat_life *beat, const struct score *score)
{
    beat->score = *score;
    beat->state = BEAT_GOING;
    beat->told_period_ns = score->period_ns;
    beat->other_count = 0;
}

bool beat_life_judge(struct pair *pair, const struct score *score, double limit,
                     enum change_kind *ret_kind, int64_t *ret_before_ns)
{
    *ret_before_ns = 0;
    if (score->period_ns <= 0 || score->p_value > limit)
        return false;
    struct beat_life *beat = pair->beat;
    if (beat == NULL || beat->state == BEAT_STOPPED) {
        *ret_kind = beat == NULL ? CHANGE_BEAT_FOUND : CHANGE_BEAT_RETURNED;
        if (beat == NULL)
            beat = pair->beat = mem_zeroed(1, sizeof *beat);
        tell(beat, score);
        return true;
    }
    if (period_changed(beat, score)) {
        *ret_kind = CHANGE_BEAT_CHANGED;
        *ret_before_ns = beat->told_period_ns;
        tell(beat, score);
        return true;
    }
    if (akin(score->period_ns, beat->told_period_ns))
        beat->score = *score;
    return false;
}
