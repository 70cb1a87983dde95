/* SPDX-License-Identifier: Apache-2.0 */
/* Placeholder arithmetic: median interval and its spread. */
#include "behave/score.h"

#include <stdlib.h>

#include "base/memory.h"

static int order(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

void score_series(const struct score_input *input, struct score *ret_score)
{
    *ret_score = (struct score){.p_value = 1.0, .count = input->count};
    if (input->count > 0) {
        ret_score->first_ns = input->times_ns[0];
        ret_score->last_ns = input->times_ns[input->count - 1];
    }
    if (input->count < SCORE_TIMES_MIN)
        return;
    size_t count = input->count - 1;
    auto_free int64_t *gaps = mem_zeroed(count, sizeof *gaps);
    for (size_t i = 0; i < count; i++)
        gaps[i] = input->times_ns[i + 1] - input->times_ns[i];
    qsort(gaps, count, sizeof *gaps, order);
    int64_t median = gaps[count / 2];
    for (size_t i = 0; i < count; i++)
        gaps[i] = gaps[i] > median ? gaps[i] - median : median - gaps[i];
    qsort(gaps, count, sizeof *gaps, order);
    if (median <= 0)
        return;
    double spread = (double)gaps[count / 2] / (double)median;
    ret_score->period_ns = median;
    ret_score->jitter = 2.0 * spread;
    ret_score->score = spread < 1.0 ? 1.0 - spread : 0.0;
    ret_score->p_value = spread < 0.05 ? 0.001 : 0.5;
}
