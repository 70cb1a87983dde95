/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence to probability.
 *
 * A likelihood ratio of x nats comes by chance with a probability near e^-x, whatever the random
 * process; how near depends on the number of intervals, because more of them are more windows to
 * look through, and, from a hundred on, make every wrong model impossible.  The table is that
 * difference in nats.  It was drawn once, from 72,000 series for each row, by
 * tools/beacons/calibrate.c (twelve random processes, six thousand each), so that no call has to
 * draw anything.
 *
 * The smallest of four probabilities is small more often than one.  The costs are the share of each
 * detector: if they never agreed, exp(-cost) would add up to 1; they often do, so it is 1.7, and
 * that makes one in a hundred of all drawn series reach p = 0.01.
 *
 * Cost: 50 ns. */
#include "behave/chance.h"

#include <math.h>

#include "base/memory.h"

/* Nats by which evidence is discounted, by number of intervals. */
struct discount {
    double intervals;
    double nats[DETECTOR_COARSE]; /* of the coarse detector as of the first */
};

static const struct discount discounts[] = {
    {2, {-1.1, -3.0, -3.0}},   {3, {-1.0, -3.0, -2.9}},   {4, {-0.8, -2.1, -2.8}},
    {5, {-0.7, -2.0, -2.7}},   {6, {-0.5, -1.5, -2.6}},   {8, {-0.1, -0.9, -2.6}},
    {10, {0.3, -0.3, -2.6}},   {15, {0.7, -0.5, -2.7}},   {20, {1.0, -0.7, -2.7}},
    {30, {1.2, -0.8, -2.8}},   {50, {-0.1, -0.9, -2.8}},  {100, {-3.0, -1.7, -2.8}},
    {200, {-3.0, -2.2, -2.7}}, {511, {-3.0, -1.6, -1.8}},
};

/* By detector. */
static const double costs[DETECTORS] = {0.0, 1.0, 1.7, 2.0};

double chance_log(enum detector detector, size_t intervals, double nats)
{
    double size = (double)intervals;
    size_t row = 0;
    while (row + 2 < COUNT_OF(discounts) && discounts[row + 1].intervals <= size)
        row++;
    const struct discount *low = &discounts[row], *high = low + 1;
    double part = log(size / low->intervals) / log(high->intervals / low->intervals);
    part = fmin(fmax(part, 0.0), 1.0);
    size_t column = detector == DETECTOR_COARSE ? DETECTOR_RENEWAL : detector;
    double discount = low->nats[column] + part * (high->nats[column] - low->nats[column]);
    return costs[detector] + discount - nats;
}
