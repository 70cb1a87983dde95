/* SPDX-License-Identifier: Apache-2.0 */
/* The hours of a machine.  What differs from day to day comes from a stream of its own for each
 * machine and day, so that every question about a day has the same answer, in whatever order
 * generators ask, and nothing is kept. */
#include "hours.h"

#include "base/time.h"
#include "random.h"

enum {
    DAYS_AHEAD = 60
};

/* The time for which the machine is on that begins on one day. */
struct shift {
    int64_t from_ns, until_ns; /* equal: not on this day */
};

bool hours_always(const struct hours *hours)
{
    return hours->on_ns == hours->off_ns && !hours->weekdays && hours->absent <= 0.0;
}

static int64_t drift(struct random *random, int64_t drift_ns)
{
    return (int64_t)((2.0 * random_unit(random) - 1.0) * (double)drift_ns);
}

static struct shift shift_of(const struct calendar *calendar, int64_t day)
{
    const struct hours *hours = calendar->hours;
    struct random random = random_of(calendar->seed ^ UINT64_C(0x5bd1e995cafef00d),
                                     calendar->number << 32 | (uint64_t)day);
    struct shift shift = {0};
    int64_t weekday = (day + 3) % 7; /* 1970-01-01 was a Thursday; 0 is Monday */
    bool absent = random_unit(&random) < hours->absent;
    if (absent || (hours->weekdays && weekday >= 5))
        return shift;
    int64_t length_ns = hours->off_ns - hours->on_ns;
    if (length_ns <= 0)
        length_ns += NS_PER_DAY;
    shift.from_ns = day * NS_PER_DAY + hours->on_ns;
    shift.until_ns = shift.from_ns + length_ns;
    if (length_ns < NS_PER_DAY) {
        shift.from_ns += drift(&random, hours->drift_ns);
        shift.until_ns += drift(&random, hours->drift_ns);
    }
    return shift;
}

bool calendar_is_on(const struct calendar *calendar, int64_t ts_ns)
{
    return calendar_off(calendar, ts_ns) > ts_ns;
}

int64_t calendar_next_on(const struct calendar *calendar, int64_t ts_ns)
{
    int64_t today = ts_ns / NS_PER_DAY;
    for (int64_t day = today; day < today + DAYS_AHEAD; day++) {
        struct shift shift = shift_of(calendar, day);
        if (shift.from_ns < shift.until_ns && shift.from_ns > ts_ns)
            return shift.from_ns;
    }
    return INT64_MAX;
}

int64_t calendar_off(const struct calendar *calendar, int64_t ts_ns)
{
    if (hours_always(calendar->hours))
        return INT64_MAX;
    int64_t today = ts_ns / NS_PER_DAY;
    for (int64_t day = today - 1; day <= today + 1; day++) {
        struct shift shift = shift_of(calendar, day);
        if (ts_ns >= shift.from_ns && ts_ns < shift.until_ns)
            return shift.until_ns;
    }
    return ts_ns;
}
