/* SPDX-License-Identifier: Apache-2.0 */
/* Series in an array, found by id through an index of hashes; the events of each in arrays of its own that grow by half.
 *
 * Input is mostly grouped or comes in runs, so the series of the last event is tried before the index.  Sizes stand apart
 * from times (8 bytes an event where no size is told, 16 where it is) and are sorted on their own: only their sum and median
 * are asked for.
 *
 * Invariants: (1) no more than max_events events and max_series series are kept, whatever the input says; (2) order of input
 * changes nothing but the order of the series.
 * Cost: 8 or 16 bytes an event and half of that to grow, about 200 bytes a series; 5 million events a second. */
#include "logs/series.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/index.h"
#include "base/memory.h"

enum {
    FIRST_EVENTS = 4, /* most series of a log are that short */
    FIRST_SERIES = 64
};

struct series_set {
    struct series_limits limits;
    struct series_counts counts;
    struct series *series; /* owned, and so is what is in them */
    size_t count, capacity;
    size_t last; /* the series of the last event */
    struct index index;
    uint64_t seed;
    int64_t common_from_ns, common_until_ns; /* of all events on the common clock */
    bool common_known;
};

struct series_set *series_set_new(const struct series_limits *limits)
{
    struct series_set *set = mem_zeroed(1, sizeof *set);
    set->limits = *limits;
    /* Numbers of the index are 31 bits wide. */
    if (set->limits.max_series > INDEX_NONE)
        set->limits.max_series = INDEX_NONE;
    set->seed = hash_seed();
    index_init(&set->index);
    return set;
}

void series_set_free(struct series_set *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->count; i++) {
        union {
            const char *theirs;
            char *ours;
        } id = {.theirs = set->series[i].id}; /* callers see const */
        free(id.ours);
        free(set->series[i].times_ns);
        free(set->series[i].sizes);
        free(set->series[i].about);
    }
    free(set->series);
    index_done(&set->index);
    free(set);
}

static bool has_id(const struct series *series, const char *id, size_t length)
{
    return series->id_length == length && memcmp(series->id, id, length) == 0;
}

/* Begins a series; NULL where there are too many. */
static struct series *begin(struct series_set *set, uint32_t hash, const char *id, size_t length)
{
    if (set->count >= set->limits.max_series)
        return NULL;
    if (set->count == set->capacity) {
        set->capacity = set->capacity > 0 ? set->capacity * 2 : FIRST_SERIES;
        set->series = mem_resize(set->series, set->capacity, sizeof *set->series);
    }
    set->last = set->count++;
    index_add(&set->index, hash, (uint32_t)set->last);
    struct series *series = &set->series[set->last];
    *series = (struct series){
        .id = mem_text_n(id, length), .id_length = length, .answered = true, .common_clock = true};
    return series;
}

static struct series *find(struct series_set *set, const char *id, size_t length)
{
    if (set->count > 0 && has_id(&set->series[set->last], id, length))
        return &set->series[set->last];
    uint32_t hash = (uint32_t)hash_bytes(id, length, set->seed);
    uint32_t place = 0;
    for (uint32_t number = index_first(&set->index, hash, &place); number != INDEX_NONE;
         number = index_next(&set->index, hash, &place)) {
        if (has_id(&set->series[number], id, length)) {
            set->last = number;
            return &set->series[number];
        }
    }
    return begin(set, hash, id, length);
}

/* Makes room for one more value of 8 bytes. */
static void *grow(void *values, size_t count, size_t *capacity)
{
    if (count < *capacity)
        return values;
    *capacity = *capacity > 0 ? *capacity + *capacity / 2 : FIRST_EVENTS;
    return mem_resize(values, *capacity, sizeof(int64_t));
}

static void add_size(struct series *series, uint64_t size)
{
    series->sizes = grow(series->sizes, series->size_count, &series->size_capacity);
    series->sizes[series->size_count++] = size;
    if (__builtin_add_overflow(series->bytes, size, &series->bytes))
        series->bytes = UINT64_MAX;
}

static void widen_common(struct series_set *set, int64_t time_ns)
{
    if (!set->common_known || time_ns < set->common_from_ns)
        set->common_from_ns = time_ns;
    if (!set->common_known || time_ns > set->common_until_ns)
        set->common_until_ns = time_ns;
    set->common_known = true;
}

void series_set_add(struct series_set *set, const char *id, size_t id_length,
                    const struct series_event *event)
{
    assert(id_length > 0 && id_length <= SERIES_ID_MAX);
    assert(event->time_ns >= -SERIES_TIME_MAX && event->time_ns <= SERIES_TIME_MAX);
    /* Even what is dropped was watched. */
    if (event->common_clock)
        widen_common(set, event->time_ns);
    struct series *series =
        set->counts.events < set->limits.max_events ? find(set, id, id_length) : NULL;
    if (series == NULL) {
        set->counts.dropped_events++;
        return;
    }
    set->counts.events++;
    series->times_ns = grow(series->times_ns, series->count, &series->capacity);
    if (series->count > 0 && series->times_ns[series->count - 1] > event->time_ns)
        series->unsorted = true;
    series->times_ns[series->count++] = event->time_ns;
    if (event->bytes >= 0)
        add_size(series, (uint64_t)event->bytes);
    if (event->window_ns > series->window_ns)
        series->window_ns = event->window_ns;
    series->common_clock = series->common_clock && event->common_clock;
    series->answered = series->answered && !event->unanswered;
}

static int order_times(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

static int order_sizes(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

static void finish(const struct series_set *set, struct series *series)
{
    if (series->unsorted)
        qsort(series->times_ns, series->count, sizeof *series->times_ns, order_times);
    series->unsorted = false;
    if (series->size_count > 1)
        qsort(series->sizes, series->size_count, sizeof *series->sizes, order_sizes);
    if (series->window_ns > 0) {
        bool inside =
            series->times_ns[0] >= 0 && series->times_ns[series->count - 1] <= series->window_ns;
        series->until_ns = inside ? series->window_ns : 0;
    } else if (series->common_clock) {
        series->from_ns = set->common_from_ns;
        series->until_ns = set->common_until_ns;
    }
}

void series_set_describe(struct series_set *set, const char *id, size_t id_length,
                         const char *about)
{
    struct series *series = find(set, id, id_length);
    if (series != NULL && series->about == NULL)
        series->about = mem_text(about);
}

void series_set_finish(struct series_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        finish(set, &set->series[i]);
}

size_t series_set_size(const struct series_set *set)
{
    return set->count;
}

const struct series *series_set_at(const struct series_set *set, size_t number)
{
    assert(number < set->count);
    return &set->series[number];
}

const struct series_counts *series_set_counts(const struct series_set *set)
{
    return &set->counts;
}

uint64_t series_median_bytes(const struct series *series)
{
    return series->size_count > 0 ? series->sizes[(series->size_count - 1) / 2] : 0;
}
