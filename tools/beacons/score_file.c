/* SPDX-License-Identifier: Apache-2.0 */
/* Scores series from a table, for tools/beacons/evaluate.
 *
 *   beacon-score FILE         lines of: id, watched seconds, time in ms, bytes (ignored); tabs between
 *   beacon-score --time N     nanoseconds a call takes for a random series of N wake-ups
 *
 * Lines of one id are together and in order of time.  Prints one JSON object for each series. */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/time.h"
#include "behave/score.h"

enum {
    LINE_MAX_BYTES = 256,
    TIMES_MAX = 1 << 20,
    ROUNDS = 2000
};

static void print_score(const char *id, const struct score_input *input)
{
    struct score score;
    score_series(input, &score);
    printf(
        "{\"id\":\"%s\",\"score\":%.9g,\"p_value\":%.9g,\"period_s\":%.6f,\"period_error_s\":%.6f,"
        "\"jitter\":%.4f,\"missed\":%.4f,\"count\":%zu}\n",
        id, score.score, score.p_value, (double)score.period_ns / (double)NS_PER_S,
        (double)score.period_error_ns / (double)NS_PER_S, score.jitter, score.missed, score.count);
}

/* Reads a line; false if it is not one of the table. */
static bool read_line(char *line, char **ret_id, double *ret_watched_s, double *ret_at_ms)
{
    char *rest = NULL, *end = NULL;
    *ret_id = strtok_r(line, "\t", &rest);
    if (!*ret_id || !rest)
        return false;
    *ret_watched_s = strtod(rest, &end);
    if (end == rest || *end != '\t')
        return false;
    rest = end + 1;
    *ret_at_ms = strtod(rest, &end);
    return end != rest;
}

static int score_file(FILE *file)
{
    auto_free int64_t *times = mem_zeroed(TIMES_MAX, sizeof *times);
    struct score_input input = {.times_ns = times};
    char line[LINE_MAX_BYTES], before[LINE_MAX_BYTES] = "", *id = NULL;
    double watched_s = 0.0, at_ms = 0.0;
    while (fgets(line, sizeof line, file)) {
        if (!read_line(line, &id, &watched_s, &at_ms))
            return EXIT_FAILURE;
        if (strcmp(before, id) != 0 && input.count > 0)
            print_score(before, &input);
        if (strcmp(before, id) != 0)
            input.count = 0;
        memccpy(before, id, '\0', sizeof before);
        input.until_ns = llround(watched_s * 1e9);
        if (input.count < TIMES_MAX)
            times[input.count++] = llround(at_ms * 1e6);
    }
    if (input.count > 0)
        print_score(before, &input);
    return ferror(file) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Times a Poisson process (no detector is skipped) and a beat with 5 % jitter (the first one suffices). */
static int measure_time(size_t count)
{
    auto_free int64_t *random = mem_zeroed(count, sizeof *random);
    auto_free int64_t *beat = mem_zeroed(count, sizeof *beat);
    uint64_t state = 1;
    for (size_t i = 1; i < count; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        double part = ((double)(state >> 11) + 0.5) / 9007199254740992.0;
        random[i] = random[i - 1] + 10 * NS_PER_S + llround(-300e9 * log(part));
        beat[i] = beat[i - 1] + llround(300e9 * (0.95 + 0.1 * part));
    }
    int64_t *const series[] = {random, beat};
    int64_t took_ns[2];
    for (int i = 0; i < 2; i++) {
        struct score_input input = {.times_ns = series[i], .count = count};
        struct score score;
        int64_t start = now_ns();
        for (int j = 0; j < ROUNDS; j++)
            score_series(&input, &score);
        took_ns[i] = (now_ns() - start) / ROUNDS;
    }
    printf("%zu wake-ups: random %" PRId64 " ns, beat %" PRId64 " ns\n", count, took_ns[0],
           took_ns[1]);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    uint64_t count;
    if (argc == 3 && strcmp(argv[1], "--time") == 0 &&
        number_parse_u64(argv[2], TIMES_MAX, &count) && count > 1)
        return measure_time((size_t)count);
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (!file) {
        (void)fputs("usage: beacon-score FILE | --time N\n", stderr);
        return EXIT_FAILURE;
    }
    int code = score_file(file);
    (void)fclose(file);
    return code;
}
