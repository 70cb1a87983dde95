/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the table of src/behave/chance.c: how much evidence chance makes.
 *
 * For each number of intervals, series of every random process below are drawn and judged by each
 * detector.  A detector's discount is chosen so that of the processes taken together (each with
 * the same weight) a share of e^-x has evidence above discount + x: at 1 % and at 0.1 %, whichever
 * is more careful; for the evidence of steps and ratios, which is discrete in short series, also at
 * 5 %.  It is never below -3: long series are not trusted beyond that.
 *
 *   beacon-calibrate [REPETITIONS]      per process and size, default 6000, 30 s */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/time.h"
#include "behave/evidence.h"

enum {
    PROCESSES = 12,
    DETECTORS_DRAWN = 3,
    REPETITIONS = 6000
};

#define DISCOUNT_MIN (-3.0)

/* xorshift64*: the same numbers on every machine. */
struct dice {
    uint64_t state;
};

static double uniform(struct dice *dice)
{
    dice->state ^= dice->state >> 12;
    dice->state ^= dice->state << 25;
    dice->state ^= dice->state >> 27;
    return ((double)(dice->state * UINT64_C(2685821657736338717) >> 11) + 0.5) / 9007199254740992.0;
}

static double exponential(struct dice *dice)
{
    return -log(uniform(dice));
}

static double normal(struct dice *dice)
{
    return sqrt(2.0 * exponential(dice)) * cos(2.0 * acos(-1.0) * uniform(dice));
}

static double erlang(struct dice *dice, int shape)
{
    double sum = 0.0;
    for (int i = 0; i < shape; i++)
        sum += exponential(dice);
    return sum;
}

/* Sessions: close intervals of its own pace, then a long one. */
static double session(struct dice *dice)
{
    return uniform(dice) < 0.15 ? 20.0 * exp(normal(dice)) : exponential(dice);
}

/* One interval, of mean about 1, of process number `process`. */
static double draw(struct dice *dice, int process)
{
    switch (process) {
    case 0:
    case 1:
        return exponential(dice);
    case 2:
        return 1.0 + 0.8 * exponential(dice);
    case 3:
        return 1.0 + 2.0 * exponential(dice);
    case 4:
        return erlang(dice, 2);
    case 5:
        return erlang(dice, 4);
    case 6:
        return exp(0.5 * normal(dice));
    case 7:
        return exp(normal(dice));
    case 8:
        return pow(exponential(dice), 1.0 / 2.1);
    case 9:
        return pow(uniform(dice), -1.0 / 1.6);
    case 10:
        return pow(exponential(dice), 1.0 / 0.7);
    default:
        return session(dice);
    }
}

/* Wake-ups of a random process, at least as far apart as merging leaves them. */
static void draw_series(struct dice *dice, int process, size_t intervals,
                        struct wakeups *ret_wakeups)
{
    double scale = exp(log(30.0) + uniform(dice) * log(100.0));
    ret_wakeups->count = intervals + 1;
    ret_wakeups->first_ns = 0;
    ret_wakeups->at_s[0] = 0.0;
    for (size_t i = 0; i < intervals;) {
        double length = scale * draw(dice, process);
        if (length < MERGE_S)
            continue;
        ret_wakeups->at_s[i + 1] = ret_wakeups->at_s[i] + length;
        i++;
    }
}

static int order(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double discount_of(double *nats, size_t count, double rate_max)
{
    static const double rates[] = {0.05, 0.01, 0.001};
    qsort(nats, count, sizeof *nats, order);
    double discount = -HUGE_VAL;
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        if (rates[i] > rate_max)
            continue;
        double above = floor(rates[i] * (double)count);
        discount = fmax(discount, nats[count - 1 - (size_t)above] + log(rates[i]));
    }
    return fmax(discount, DISCOUNT_MIN);
}

static void print_row(size_t intervals, size_t repetitions, double *nats[DETECTORS_DRAWN])
{
    struct dice dice = {UINT64_C(0x9E3779B97F4A7C15)};
    struct wakeups wakeups;
    struct intervals lengths;
    struct evidence evidence;
    size_t drawn = 0;
    for (int process = 0; process < PROCESSES; process++) {
        for (size_t i = 0; i < repetitions; i++, drawn++) {
            draw_series(&dice, process, intervals, &wakeups);
            intervals_of(&wakeups, &lengths);
            renewal_evidence(&lengths, MERGE_S, &evidence);
            nats[0][drawn] = evidence.period_s > 0.0 ? evidence.nats : -HUGE_VAL;
            chain_evidence(&wakeups, &evidence);
            nats[1][drawn] = evidence.nats;
            drift_evidence(&lengths, &evidence);
            nats[2][drawn] = evidence.nats;
        }
    }
    printf("    {%zu, {%.1f, %.1f, %.1f}},\n", intervals, discount_of(nats[0], drawn, 0.01),
           discount_of(nats[1], drawn, 0.05), discount_of(nats[2], drawn, 0.05));
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100, 200, 511};
    uint64_t repetitions = REPETITIONS;
    if (argc > 2 || (argc == 2 && !number_parse_u64(argv[1], 1000000, &repetitions))) {
        (void)fputs("usage: beacon-calibrate [REPETITIONS]\n", stderr);
        return EXIT_FAILURE;
    }
    double *nats[DETECTORS_DRAWN];
    for (int i = 0; i < DETECTORS_DRAWN; i++)
        nats[i] = mem_zeroed((size_t)repetitions * PROCESSES + 1, sizeof **nats);
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        print_row(sizes[i], (size_t)repetitions, nats);
    for (int i = 0; i < DETECTORS_DRAWN; i++)
        free(nats[i]);
    return EXIT_SUCCESS;
}
