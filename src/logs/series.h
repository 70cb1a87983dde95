/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Event series of a run, whatever they were read from: when did this one call that one, how much was moved, and how long was
 * it watched.  What is read goes in through series_set_add(); after series_set_finish() each series is ready to be scored. */

enum {
    SERIES_ID_MAX = 512 /* bytes of an id */
};

/* Times are at most this far from zero, so that the difference of two never overflows (years 1824 to 2116). */
#define SERIES_TIME_MAX (INT64_MAX / 2)

struct series {
    const char *id; /* NUL-terminated; lives as long as the set */
    size_t id_length;
    int64_t *times_ns; /* oldest first after series_set_finish(); equal ones are kept */
    size_t count;
    uint64_t *
        sizes; /* bytes of the events that tell them, smallest first, not in the order of times; NULL: none does */
    size_t size_count;
    uint64_t bytes; /* sum of the sizes; stops at its greatest value */
    int64_t from_ns,
        until_ns;      /* the span that was watched, after series_set_finish(); both 0: not known */
    int64_t window_ns; /* its length as the input tells it; 0: untold */
    char *
        about; /* owned; members of a JSON object that say what the id stands for; NULL: the id says all */
    bool answered;     /* false: the calls of this series failed */
    bool common_clock; /* its times are on the clock that all such series share */
    bool unsorted;
    size_t capacity, size_capacity;
};

/* One event on its way into a series. */
struct series_event {
    int64_t time_ns;
    int64_t bytes;     /* negative: not known */
    int64_t window_ns; /* how long the series was watched, from 0 on its clock; 0: not known */
    bool common_clock; /* watched as long as the run is; false: its own clock */
    bool unanswered;
};

struct series_limits {
    uint64_t max_events; /* about 16 bytes each */
    uint64_t max_series; /* about 200 bytes each, and its id */
};

/* What did not fit. */
struct series_counts {
    uint64_t events;         /* kept */
    uint64_t dropped_events; /* more than max_events, or of a series more than max_series */
};

/* All series of a run.  One thread. */
struct series_set;

struct series_set *series_set_new(const struct series_limits *limits);
void series_set_free(struct series_set *set);
/* Adds one event to the series with this id (1 to SERIES_ID_MAX bytes, copied), which begins where there is none.  Events may
 * come in any order, up to SERIES_TIME_MAX from zero.  What is beyond the limits is counted and forgotten. */
void series_set_add(struct series_set *set, const char *id, size_t id_length,
                    const struct series_event *event);
/* Says of a series that has an event what its id stands for: members of a JSON object, as json_members() takes them.  The text is
 * copied; what was said first stays. */
void series_set_describe(struct series_set *set, const char *id, size_t id_length,
                         const char *about);
/* Sorts what was added and finds the watched spans.  Once, after the last event.
 *
 * A told window counts from 0 where all times lie in it; on the common clock the span is that of all events on it; else it
 * is not known.  A span that is known holds all times of its series. */
void series_set_finish(struct series_set *set);
/* Returns how many series there are. */
size_t series_set_size(const struct series_set *set);
/* Returns a series by its number, in the order of first appearance; borrowed until the set changes. */
const struct series *series_set_at(const struct series_set *set, size_t number);
const struct series_counts *series_set_counts(const struct series_set *set);
/* Returns the median of the sizes (the lower one of two), 0 where none is known; after series_set_finish(). */
uint64_t series_median_bytes(const struct series *series);
