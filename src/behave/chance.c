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
    {2, {-1.2, -3.0, -3.0}},   {3, {-1.0, -3.0, -2.9}},   {4, {-0.9, -2.1, -2.8}},
    {5, {-0.7, -2.0, -2.7}},   {6, {-0.5, -1.5, -2.6}},   {8, {-0.1, -0.9, -2.6}},
    {10, {0.2, -0.3, -2.6}},   {15, {0.8, -0.4, -2.6}},   {20, {1.0, -0.7, -2.7}},
    {30, {1.4, -0.7, -2.8}},   {50, {0.0, -0.7, -2.8}},   {100, {-3.0, -1.0, -2.8}},
    {200, {-3.0, -1.4, -2.7}}, {511, {-3.0, -1.5, -1.9}},
};

static const double costs[DETECTORS] = {0.0, 1.0, 1.7, 1.4};

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
