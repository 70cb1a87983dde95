/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

/* The detectors, as far as chance treats them differently. */
enum detector {
    DETECTOR_RENEWAL,
    DETECTOR_CHAIN,
    DETECTOR_DRIFT,
    DETECTOR_COARSE, /* the first, on wake-ups merged further */
    DETECTORS
};

/* Logarithm of the chance that a random series of so many intervals gives a detector at least this
 * much evidence, times what looking through several detectors costs; above 0 where there is no
 * evidence at all. */
double chance_log(enum detector detector, size_t intervals, double nats);
