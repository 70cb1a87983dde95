/* SPDX-License-Identifier: Apache-2.0 */
/* Time stamps of capture files as nanoseconds.
 *
 * A pcapng interface may count in any power of ten or two, and a hostile file in any at all.  Whole
 * seconds and the rest are converted apart, so that 64 bits are enough for every resolution.
 * Invariant: no input overflows; results are held at +-TICKS_NS_MAX.
 * Rejected: 128-bit arithmetic (not ISO C, and slower for the usual resolutions).
 * Source: draft-ietf-opsawg-pcapng, if_tsresol and if_tsoffset. */
#include "capture/ticks.h"

#include "base/time.h"

enum {
    BINARY_FLAG = 0x80,
    DECIMAL_NS = 9,       /* 10^-9 s is a nanosecond */
    DECIMAL_MAX = 19,     /* the largest power of ten in 64 bits */
    BINARY_EXACT_MAX = 34 /* 2^34 * 10^9 still fits 64 bits */
};

#define SECONDS_MAX (TICKS_NS_MAX / NS_PER_S)

static int64_t hold(int64_t ts_ns)
{
    if (ts_ns > TICKS_NS_MAX)
        return TICKS_NS_MAX;
    return ts_ns < -TICKS_NS_MAX ? -TICKS_NS_MAX : ts_ns;
}

int64_t ticks_from_seconds(uint64_t seconds, uint64_t ns)
{
    if (seconds > (uint64_t)SECONDS_MAX || ns > (uint64_t)TICKS_NS_MAX)
        return TICKS_NS_MAX;
    return hold((int64_t)seconds * NS_PER_S + (int64_t)ns);
}

/* Returns 10^`power`, for powers up to DECIMAL_MAX. */
static uint64_t power_of_ten(unsigned power)
{
    uint64_t value = 1;
    for (unsigned i = 0; i < power; i++)
        value *= 10;
    return value;
}

static int64_t decimal_to_ns(uint64_t ticks, unsigned power)
{
    if (power > DECIMAL_MAX) { /* less than a second in all 64 bits */
        unsigned excess = power - DECIMAL_NS;
        return excess > DECIMAL_MAX ? 0 : (int64_t)(ticks / power_of_ten(excess));
    }
    uint64_t unit = power_of_ten(power);
    uint64_t rest = ticks % unit;
    uint64_t ns = power <= DECIMAL_NS ? rest * power_of_ten(DECIMAL_NS - power)
                                      : rest / power_of_ten(power - DECIMAL_NS);
    return ticks_from_seconds(ticks / unit, ns);
}

static int64_t binary_to_ns(uint64_t ticks, unsigned power)
{
    uint64_t seconds = power < 64 ? ticks >> power : 0;
    uint64_t rest = power < 64 ? ticks & ((UINT64_C(1) << power) - 1) : ticks;
    if (power > BINARY_EXACT_MAX) {
        unsigned excess = power - BINARY_EXACT_MAX;
        rest = excess < 64 ? rest >> excess : 0;
        power = BINARY_EXACT_MAX;
    }
    return ticks_from_seconds(seconds, rest * (uint64_t)NS_PER_S >> power);
}

int64_t ticks_to_ns(uint64_t ticks, uint8_t resolution)
{
    unsigned power = resolution & ~(unsigned)BINARY_FLAG;
    return (resolution & BINARY_FLAG) != 0 ? binary_to_ns(ticks, power)
                                           : decimal_to_ns(ticks, power);
}

int64_t ticks_shift(int64_t ts_ns, int64_t seconds)
{
    if (seconds > SECONDS_MAX)
        seconds = SECONDS_MAX;
    if (seconds < -SECONDS_MAX)
        seconds = -SECONDS_MAX;
    return hold(time_add(hold(ts_ns), seconds * NS_PER_S));
}
