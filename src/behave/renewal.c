/* SPDX-License-Identifier: Apache-2.0 */
/* Do the intervals cluster around a period?  A likelihood ratio of beat against chance.
 *
 * Idea: the shortest window (as a ratio of its ends) that holds a given share of the intervals is
 * the candidate for "one period, give or take the jitter"; a ladder of shares covers beats of
 * which many or few are whole.  For each window a histogram of the intervals is the beat's
 * density: uniform in the window around the period, thinner by a constant factor in the windows
 * around its double, triple and quadruple (beats that were missed; they widen with the square
 * root, as independent sleeps add up), and a uniform background up to 4.5 periods.  What is
 * longer is a night, a weekend or a restart and counts for neither side.  Its log likelihood less
 * that of the best random process (random.c) is the evidence: shape counts, not only spread, so
 * that an even jitter of 75 % is told from a dead time with an exponential tail.
 *
 * The window's ends are two of the intervals themselves, so one of them is free: its density is
 * not counted.  With that the evidence is nearly distributed like a test of one parameter, on all
 * random processes alike (chance.c).
 *
 * Rejected: the coefficient of variation and MAD/median (one night or a missed beat ruins the
 * first, both ignore shape); quantile skewness (blind to CV); a Fourier transform of the series
 * (jitter that accumulates smears its line; patents read on it); a Gaussian mixture fitted by
 * iteration (slow, finds peaks in noise).
 *
 * Cost: 14 windows, each one pass over the sorted intervals and about 0.5 us.
 * Sources: Kulldorff, A spatial scan statistic (1997), for the maximal likelihood ratio over
 * windows; Rousseeuw and Leroy, the shortest half (1988), for the windows. */
#include <math.h>

#include "behave/evidence.h"

enum {
    MULTIPLES = 4
};

#define LIMIT (MULTIPLES + 0.5)
/* Wider than a jitter of 70 % nothing is left of a beat. */
#define SPREAD_MAX 0.7
/* Windows around multiples would touch. */
#define SPREAD_MISSED 0.35
/* A window must hold this share of what is counted, else it is a coincidence of a few. */
#define SHARE_MIN 0.25
/* Network and scheduler: no interval is known better. */
#define CLOCK_S 0.05
/* The free parameter of the model with missed beats. */
#define MISSED_NATS 1.0

struct window {
    double period_s, spread;
    size_t counted;             /* intervals up to LIMIT periods */
    size_t held[MULTIPLES + 1]; /* in the window around each multiple; entry 0 is unused */
};

/* Fills in the windows around the multiples. */
static void window_hold(const struct intervals *intervals, struct window *window)
{
    for (int k = 2; k <= MULTIPLES; k++) {
        double half = fmin(window->spread * sqrt(k), 0.5);
        window->held[k] = intervals_within(intervals, (k - half) * window->period_s,
                                           (k + half) * window->period_s);
    }
}

/* Log likelihood, in units of the period, with multiples up to `multiples`. */
static double beat_likelihood(const struct window *window, int multiples)
{
    double inside = 0.0, periods = 0.0;
    for (int k = 1; k <= multiples; k++) {
        inside += (double)window->held[k];
        periods += k * (double)window->held[k];
    }
    double missed = 1.0 - inside / periods, width = 2.0 * window->spread;
    double first = (double)window->held[1], counted = (double)window->counted;
    double nats = -(first - 1.0) * log(width) + inside * log(inside / counted);
    if (missed > 0.0)
        nats += inside * log(1.0 - missed) - MISSED_NATS;
    for (int k = 2; k <= multiples; k++) {
        if (window->held[k] > 0)
            nats +=
                (double)window->held[k] * ((k - 1) * log(missed) - log(fmin(width * sqrt(k), 1.0)));
    }
    double outside = counted - inside;
    if (outside > 0.0)
        nats += outside * log(outside / (counted * LIMIT));
    return nats;
}

static void consider(const struct intervals *intervals, double from_s, double to_s,
                     struct evidence *best)
{
    struct window window = {.period_s = (from_s + to_s) / 2.0};
    window.spread = fmax((to_s - from_s) / (to_s + from_s), CLOCK_S / window.period_s);
    if (window.spread > SPREAD_MAX)
        return;
    window.counted = intervals_up_to(intervals, LIMIT * window.period_s);
    window.held[1] = intervals_within(intervals, from_s, to_s);
    double counted = (double)window.counted;
    if ((double)window.held[1] < SHARE_MIN * counted || 2 * window.counted < intervals->count)
        return;
    double beat = beat_likelihood(&window, 1);
    if (window.spread <= SPREAD_MISSED) {
        window_hold(intervals, &window);
        size_t missed = window.held[2] + window.held[3] + window.held[4];
        /* More gaps than beats: no beat, but retries that double their wait. */
        if (missed > 0 && missed <= window.held[1])
            beat = fmax(beat, beat_likelihood(&window, MULTIPLES));
    }
    double chance = random_likelihood(intervals, window.counted, LIMIT * window.period_s) +
                    counted * log(window.period_s);
    if (best->period_s > 0.0 && beat - chance <= best->nats)
        return;
    *best = (struct evidence){
        .nats = beat - chance, .period_s = window.period_s, .spread = window.spread};
}

void renewal_evidence(const struct intervals *intervals, double gap_s,
                      struct evidence *ret_evidence)
{
    static const int shares_percent[] = {20, 30, 40, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100};
    *ret_evidence = (struct evidence){0};
    const double *lengths = intervals->by_length_s;
    size_t start = intervals_shorter(intervals, gap_s * CLEAR_OF_MERGING), before = 0;
    for (size_t i = 0; i < sizeof shares_percent / sizeof *shares_percent; i++) {
        size_t share = (intervals->count * (size_t)shares_percent[i] + 99) / 100;
        share = share < 2 ? 2 : share;
        if (share == before || start + share > intervals->count)
            continue;
        before = share;
        size_t best = start;
        for (size_t j = start + 1; j + share <= intervals->count; j++) {
            /* The ratio of the ends, compared without a division. */
            if (lengths[j + share - 1] * lengths[best] < lengths[best + share - 1] * lengths[j])
                best = j;
        }
        consider(intervals, lengths[best], lengths[best + share - 1], ret_evidence);
    }
}
