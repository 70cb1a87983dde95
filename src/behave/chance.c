/* SPDX-License-Identifier: Apache-2.0 */
#include "behave/chance.h"

#include <math.h>

#include "base/memory.h"

/* Nats by which evidence is discounted, by number of intervals. */
struct discount {
    double intervals;
    double nats[DETECTOR_COARSE]; /* of the coarse detector as of the first */
};

static const struct discount discounts[] = {
    {2, {-0.9, -4.6, -4.6}},  {3, {-0.9, -3.9, -4.0}},  {4, {-0.4, -3.2, -3.7}},
    {5, {-0.4, -2.2, -3.5}},  {6, {-0.2, -1.4, -3.3}},  {8, {0.0, -0.8, -3.1}},
    {10, {0.5, -0.6, -3.1}},  {15, {1.0, -0.3, -3.0}},  {20, {1.2, -0.4, -3.1}},
    {30, {1.4, 0.0, -3.3}},   {50, {0.7, 0.2, -3.4}},   {100, {-3.0, 0.8, -3.4}},
    {200, {-3.0, 0.5, -3.1}}, {511, {-3.0, 1.8, -1.9}},
};

static const double costs[DETECTORS] = {0.47, 1.39, 2.08, 1.79};

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
