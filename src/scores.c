/* SPDX-License-Identifier: Apache-2.0 */
/* Scores of many series, their q-values, and one as JSON.
 *
 * Benjamini-Hochberg: with the p-values of m series in rising order, q of the i-th is the least p * m / j of the j-th and
 * later ones, so that "q at most 0.01" leaves one false among a hundred found.  Series that were too short to be scored are
 * no tests and do not count for m.
 * Source: Benjamini and Hochberg, Controlling the False Discovery Rate (1995). */
#include "scores.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "logs/series.h"

static void score(const struct series *series, struct scored *ret_scored)
{
    struct score_input input = {.times_ns = series->times_ns,
                                .count = series->count,
                                .from_ns = series->from_ns,
                                .until_ns = series->until_ns};
    *ret_scored = (struct scored){.series = series, .q_value = 1.0, .verdict = SCORES_APERIODIC};
    score_series(&input, &ret_scored->score);
    if (series->count < SCORE_TIMES_MIN || ret_scored->score.count < SCORE_TIMES_MIN)
        ret_scored->verdict = SCORES_TOO_FEW;
}

/* One series that was scored. */
struct test {
    double p_value;
    struct scored *scored;
};

static int order_p(const void *a, const void *b)
{
    const struct test *left = a, *right = b;
    return left->p_value < right->p_value ? -1 : left->p_value > right->p_value;
}

/* Among equal p-values the order changes nothing: the last one's quotient, the least, is that of all. */
static void adjust(struct scores *scores)
{
    size_t count = 0;
    auto_free struct test *tests = mem_zeroed(scores->count + 1, sizeof *tests);
    for (size_t i = 0; i < scores->count; i++) {
        struct scored *scored = &scores->all[i];
        if (scored->verdict != SCORES_TOO_FEW)
            tests[count++] = (struct test){.p_value = scored->score.p_value, .scored = scored};
    }
    qsort(tests, count, sizeof *tests, order_p);
    double least = 1.0;
    for (size_t i = count; i-- > 0;) {
        double quotient = tests[i].p_value * (double)count / (double)(i + 1);
        if (quotient < least)
            least = quotient;
        tests[i].scored->q_value = least;
    }
}

void scores_init(struct scores *scores, const struct series_set *set, double level)
{
    *scores = (struct scores){.count = series_set_size(set)};
    scores->all = mem_zeroed(scores->count + 1, sizeof *scores->all);
    for (size_t i = 0; i < scores->count; i++)
        score(series_set_at(set, i), &scores->all[i]);
    adjust(scores);
    for (size_t i = 0; i < scores->count; i++) {
        struct scored *scored = &scores->all[i];
        if (scored->verdict == SCORES_TOO_FEW) {
            scores->too_few++;
        } else if (scored->score.period_ns > 0 && scored->q_value <= level) {
            scored->verdict = SCORES_PERIODIC;
            scores->periodic++;
        }
    }
}

void scores_done(struct scores *scores)
{
    free(scores->all);
    *scores = (struct scores){0};
}

/* What a set gives has one address each, in its order. */
static int order_score(const void *a, const void *b)
{
    const struct scored *left = a, *right = b;
    if (left->score.score != right->score.score)
        return left->score.score > right->score.score ? -1 : 1;
    if (left->score.p_value != right->score.p_value)
        return left->score.p_value < right->score.p_value ? -1 : 1;
    return left->series < right->series ? -1 : left->series > right->series;
}

void scores_sort(struct scores *scores)
{
    qsort(scores->all, scores->count, sizeof *scores->all, order_score);
}

static double seconds(int64_t ns)
{
    return (double)ns / (double)NS_PER_S;
}

static void add_period(struct json *json, const struct score *score)
{
    if (score->period_ns <= 0)
        return;
    json_double(json, "period_s", seconds(score->period_ns), 6);
    json_double(json, "period_error_s", seconds(score->period_error_ns), 6);
    json_double(json, "jitter", score->jitter, 4);
    json_double(json, "missed", score->missed, 4);
}

static void add_series(struct json *json, const struct series *series)
{
    json_u64(json, "events", series->count);
    json_double(json, "first", seconds(series->times_ns[0]), 6);
    json_double(json, "last", seconds(series->times_ns[series->count - 1]), 6);
    if (series->size_count > 0) {
        json_u64(json, "bytes", series->bytes);
        json_u64(json, "bytes_median", series_median_bytes(series));
    }
    if (!series->answered)
        json_bool(json, "answered", false);
}

void scores_write(const struct scored *scored, struct text *out)
{
    static const char *const words[] = {[SCORES_TOO_FEW] = "too-few",
                                        [SCORES_APERIODIC] = "aperiodic",
                                        [SCORES_PERIODIC] = "periodic"};
    const struct score *result = &scored->score;
    struct json json = {.out = out};
    json_open_object(&json, NULL);
    json_bytes(&json, "id", scored->series->id, scored->series->id_length);
    json_text(&json, "verdict", words[scored->verdict]);
    json_double(&json, "score", result->score, 6);
    json_significant(&json, "p_value", result->p_value, 3);
    json_significant(&json, "q_value", scored->q_value, 3);
    add_period(&json, result);
    json_u64(&json, "count", result->count);
    json_members(&json, scored->series->about);
    add_series(&json, scored->series);
    json_close_object(&json);
    text_add_char(out, '\n');
}
