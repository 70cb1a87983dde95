/* SPDX-License-Identifier: Apache-2.0 */
/* The step-up procedure on a histogram: for each bucket border p, p * tests / (p-values up to p) estimates the share of
 * false ones among them; the greatest border at which that is at most `rate` is the limit.  Source: Benjamini, Hochberg,
 * "Controlling the False Discovery Rate", J. R. Statist. Soc. B 57 (1995). */
#include "behave/discovery.h"

#include <math.h>

uint8_t discovery_bucket(double p_value)
{
    if (p_value <= 0.0)
        return DISCOVERY_BUCKETS - 1;
    double bucket = floor(-log2(p_value));
    if (bucket < 0.0)
        return 0;
    return bucket < DISCOVERY_BUCKETS ? (uint8_t)bucket : DISCOVERY_BUCKETS - 1;
}

void discovery_add(struct discovery *discovery, uint8_t bucket)
{
    discovery->tests++;
    discovery->below[bucket]++;
}

void discovery_remove(struct discovery *discovery, uint8_t bucket)
{
    discovery->tests--;
    discovery->below[bucket]--;
}

double discovery_limit(const struct discovery *discovery, double rate)
{
    double limit = 0.0;
    uint32_t count = 0;
    for (int i = DISCOVERY_BUCKETS - 1; i >= 0; i--) {
        count += discovery->below[i];
        double border = ldexp(1.0, -i);
        if (count > 0 && border * discovery->tests <= rate * count)
            limit = border;
    }
    return limit;
}
