/* SPDX-License-Identifier: Apache-2.0 */
/* Walks from beat to beat: is there a wake-up one period after each, whatever happens between?
 *
 * Intervals are useless where two beats or a beat and a person share a server: every foreign
 * wake-up cuts an interval in two.  The distances to the next dozen wake-ups still hold the
 * period.  Their histogram proposes candidates; each is then walked: from a wake-up to the one
 * nearest to a period later, and on from there.  Of walks that already made one step, a beat
 * makes nearly all further steps, chance only as many as at other distances: the same walk with
 * four periods beside this one says how many.  The second largest of the four counts, so that
 * another beat next to this one does not hide it, raised by the ratio that the steepest edge
 * allows (a Pareto tail of index 1.6 after a dead time, random.c).  Steps are disjoint in time,
 * so the evidence is the binomial likelihood ratio.
 *
 * Rejected: the autocorrelation and its Fourier transform (bins, patents); all pairs instead of
 * walks (two sessions of ten wake-ups give a hundred pairs at one distance); a permutation of
 * intervals as the null (it keeps what makes the peak).
 *
 * Invariants: every loop is bounded by the wake-ups; a walk is linear as both of its ends only go
 * forward.  Cost: 12 distances a wake-up, then at most 6 candidates of 5 walks; 60 us for 512.
 * Sources: deinterleaving of radar pulses: Mardia, New techniques for the deinterleaving of
 * repetitive sequences (1989); Milojevic and Popovic, Improved algorithm for the deinterleaving
 * of radar pulses (1992): difference histogram, then sequence search. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "behave/evidence.h"

enum {
    AHEAD = 12,           /* a beat of q is found up to this many wake-ups of others apart */
    CANDIDATES = 2,       /* of each width */
    WAKEUPS_MIN = 4,      /* two steps and something to compare with */
    BINS_PER_OCTAVE = 32, /* 2 to 3 % of a distance */
    OCTAVE_FIRST = 3,     /* 8 s */
    OCTAVES = 12,         /* up to 9 h: farther apart there is only the day, which is everybody's */
    BINS = OCTAVES * BINS_PER_OCTAVE,
    SHOULDER_BINS = 24 /* what a bin is compared with: half an octave to both sides */
};

/* The second of these many periods must fit into the series. */
#define PERIODS_MIN 3.0
/* Rate at which the density past a dead time may fall (a little less than a bare Pareto edge, as
 * sums of two intervals fill it up). */
#define EDGE       1.6
#define CHANCE_MAX 0.98

struct width {
    int bins;      /* to each side of the candidate */
    double spread; /* half-width of the window in walks */
};

/* Widths for steady, usual and much jitter. */
static const struct width widths[] = {{1, 0.03}, {3, 0.08}, {7, 0.17}};

struct steps {
    size_t tried, made;               /* from any wake-up */
    size_t linked_tried, linked_made; /* from where a step ended */
};

/* Walks through the series.  `ret_lengths_s`, if not NULL, gets the length of each step made. */
static struct steps walk(const struct wakeups *wakeups, double period_s, double spread,
                         double *ret_lengths_s)
{
    struct steps steps = {0};
    const double *at = wakeups->at_s;
    double low = period_s * (1.0 - spread), high = period_s * (1.0 + spread);
    double end = at[wakeups->count - 1];
    size_t from = 0, to = 0;
    bool linked = false;
    while (at[from] + high <= end) {
        to = to > from ? to : from + 1;
        while (at[to] < at[from] + low)
            to++;
        steps.tried++;
        steps.linked_tried += linked;
        if (at[to] > at[from] + high) {
            from++;
            linked = false;
            continue;
        }
        double due = at[from] + period_s;
        while (to + 1 < wakeups->count && fabs(at[to + 1] - due) < fabs(at[to] - due))
            to++;
        if (ret_lengths_s)
            ret_lengths_s[steps.made] = at[to] - at[from];
        steps.made++;
        steps.linked_made += linked;
        from = to;
        linked = true;
    }
    return steps;
}

/* How often a step is made by chance. */
static double chance_of_step(const struct wakeups *wakeups, double period_s, double spread)
{
    double near = 2.1 * spread, far = fmin(4.2 * spread, 0.5), edge = pow(1.0 + far, EDGE);
    double beside[] = {1.0 - near, 1.0 / (1.0 + far), 1.0 + near, 1.0 + far};
    double largest = 0.0, second = 0.0;
    for (size_t i = 0; i < COUNT_OF(beside); i++) {
        struct steps steps = walk(wakeups, period_s * beside[i], spread, NULL);
        double share = ((double)steps.made + 0.5) / ((double)steps.tried + 1.0);
        second = fmax(second, fmin(share, largest));
        largest = fmax(largest, share);
    }
    double span = wakeups->at_s[wakeups->count - 1];
    double poisson = 1.0 - exp(-2.0 * spread * period_s * (double)wakeups->count / span);
    return fmin(edge * fmax(second, poisson), CHANCE_MAX);
}

static void consider(const struct wakeups *wakeups, double period_s, double spread,
                     struct evidence *best)
{
    struct steps steps = walk(wakeups, period_s, spread, NULL);
    if (steps.linked_tried < 2 || steps.linked_made * 2 < steps.linked_tried)
        return;
    double chance = chance_of_step(wakeups, period_s, spread);
    double nats = binomial_nats((double)steps.linked_made, (double)steps.linked_tried, chance);
    double share = (double)steps.linked_made / (double)steps.linked_tried;
    if (nats > best->nats)
        *best = (struct evidence){nats, period_s, spread, share};
}

/* The bin of a distance: its octave and the first bits of its mantissa. */
static int bin_of(double distance_s)
{
    uint64_t bits;
    memcpy(&bits, &distance_s, sizeof bits);
    int octave = (int)(bits >> 52) - 1023 - OCTAVE_FIRST;
    return octave * BINS_PER_OCTAVE + (int)(bits >> 47 & (BINS_PER_OCTAVE - 1));
}

static double bin_middle(int bin)
{
    double within = 1.0 + (bin % BINS_PER_OCTAVE + 0.5) / BINS_PER_OCTAVE;
    return ldexp(within, bin / BINS_PER_OCTAVE + OCTAVE_FIRST);
}

/* Sums of the histogram of distances up to each bin. */
static void count_distances(const struct wakeups *wakeups, int ret_up_to[BINS + 1])
{
    int bins[BINS] = {0};
    double limit = wakeups->at_s[wakeups->count - 1] / PERIODS_MIN;
    for (size_t i = 0; i < wakeups->count; i++) {
        for (size_t j = i + 1; j < wakeups->count && j <= i + AHEAD; j++) {
            double distance = wakeups->at_s[j] - wakeups->at_s[i];
            if (distance > limit)
                break;
            int bin = distance < MERGE_S * CLEAR_OF_MERGING ? -1 : bin_of(distance);
            if (bin >= 0 && bin < BINS)
                bins[bin]++;
        }
    }
    ret_up_to[0] = 0;
    for (int i = 0; i < BINS; i++)
        ret_up_to[i + 1] = ret_up_to[i] + bins[i];
}

/* How much the window around a bin stands out of its shoulders. */
static double bin_excess(const int up_to[BINS + 1], int bin, int half)
{
    double count = up_to[bin + half + 1] - up_to[bin - half];
    if (count < 2)
        return 0.0;
    int from = bin < SHOULDER_BINS ? 0 : bin - SHOULDER_BINS;
    int to = bin + SHOULDER_BINS + 1 > BINS ? BINS : bin + SHOULDER_BINS + 1;
    double wide = 2 * half + 1;
    double expected = (up_to[to] - up_to[from] - count) * wide / (to - from - wide) + 0.5;
    return count > expected ? count * log(count / expected) - (count - expected) : 0.0;
}

/* Keeps the best bins that are not neighbours; -1 where there is none. */
static void find_candidates(const int up_to[BINS + 1], int half, int ret_bins[CANDIDATES])
{
    double excess[CANDIDATES] = {0};
    for (int i = 0; i < CANDIDATES; i++)
        ret_bins[i] = -1;
    for (int bin = half; bin < BINS - half; bin++) {
        double here = bin_excess(up_to, bin, half);
        if (here <= 0.0)
            continue;
        int place = 0;
        for (int i = 1; i < CANDIDATES; i++)
            place = excess[i] < excess[place] ? i : place;
        for (int i = 0; i < CANDIDATES; i++)
            place = ret_bins[i] >= 0 && bin - ret_bins[i] <= 2 * half ? i : place;
        if (here > excess[place]) {
            excess[place] = here;
            ret_bins[place] = bin;
        }
    }
}

void chain_evidence(const struct wakeups *wakeups, struct evidence *ret_evidence)
{
    *ret_evidence = (struct evidence){0};
    if (wakeups->count < WAKEUPS_MIN)
        return;
    int up_to[BINS + 1];
    count_distances(wakeups, up_to);
    if (up_to[BINS] < 2)
        return;
    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        int bins[CANDIDATES];
        find_candidates(up_to, widths[i].bins, bins);
        for (int j = 0; j < CANDIDATES; j++) {
            if (bins[j] >= 0)
                consider(wakeups, bin_middle(bins[j]), widths[i].spread, ret_evidence);
        }
    }
}

size_t chain_steps(const struct wakeups *wakeups, double period_s, double spread,
                   double ret_lengths_s[SCORE_TIMES_MAX], double *ret_missed)
{
    struct steps steps = walk(wakeups, period_s, spread, ret_lengths_s);
    double tried = (double)steps.linked_tried;
    *ret_missed = tried > 0.0 ? 1.0 - (double)steps.linked_made / tried : 0.0;
    return steps.made;
}
