/* SPDX-License-Identifier: Apache-2.0 */
/* The best random explanation of a set of intervals.
 *
 * A beat is only as convincing as the best alternative is poor.  The alternatives are the renewal
 * processes that people, applications and retries make, each with its parameters fitted, but held
 * to the irregularity that such processes have; without a hold every one of them could imitate a
 * beat:
 *
 *   uniform over all lengths       background
 *   dead time + exponential        rate limits, caches: dead time at most DEAD_TIME_MAX of the
 *                                  mean, CV >= 0.44; without dead time the Poisson process
 *   gamma, shape <= 4              several random steps in a row, CV >= 0.5
 *   log-normal, sigma >= 0.5       people: reading, sessions, breaks, CV >= 0.53
 *   Pareto, index <= 1.7           heavy tails above a sharp edge
 *   even on a logarithmic scale    retries that double their wait
 *
 * Cost: constant, from running sums; four logarithms and one lgamma, 0.15 us. */
#include <math.h>

#include "behave/evidence.h"

#define DEAD_TIME_MAX  0.58
#define SHAPE_MAX      4.0
#define SIGMA_MIN      0.5
#define INDEX_MAX      1.7
#define HALF_LOG_2PI   0.918938533204672742
#define SMALLEST_SHIFT 1e-9

/* Density exp(-(x - dead) / (mean - dead)) / (mean - dead) from the dead time on. */
static double dead_time_likelihood(double count, double mean, double shortest)
{
    double dead = fmin(shortest, DEAD_TIME_MAX * mean);
    return -count * (log(mean - dead) + 1.0);
}

/* The shape by Minka's approximation, off by less than 1.5 %. */
static double gamma_likelihood(double count, double mean, double mean_log)
{
    double skew = fmax(log(mean) - mean_log, SMALLEST_SHIFT);
    double shape = (3.0 - skew + sqrt((skew - 3.0) * (skew - 3.0) + 24.0 * skew)) / (12.0 * skew);
    shape = fmin(shape, SHAPE_MAX);
    int sign;
    return count *
           (shape * log(shape / mean) - lgamma_r(shape, &sign) + (shape - 1.0) * mean_log - shape);
}

static double log_normal_likelihood(double count, double mean_log, double log_variance)
{
    double sigma = fmax(sqrt(fmax(log_variance, 0.0)), SIGMA_MIN);
    return count * (-mean_log - log(sigma) - HALF_LOG_2PI -
                    fmax(log_variance, 0.0) / (2.0 * sigma * sigma));
}

static double pareto_likelihood(double count, double mean_log, double shortest)
{
    double edge = log(shortest);
    double index = fmin(1.0 / fmax(mean_log - edge, SMALLEST_SHIFT), INDEX_MAX);
    return count * (log(index) + index * edge - (index + 1.0) * mean_log);
}

/* Density 1 / (x ln(limit / shortest)). */
static double scale_free_likelihood(double count, double mean_log, double shortest, double limit_s)
{
    return -count * (mean_log + log(log(limit_s / shortest)));
}

double random_likelihood(const struct intervals *intervals, size_t count, double limit_s)
{
    double size = (double)count, shortest = intervals->by_length_s[0];
    double mean = intervals->sum[count] / size, mean_log = intervals->log_sum[count] / size;
    double log_variance = intervals->log_square_sum[count] / size - mean_log * mean_log;
    double best = -size * log(limit_s);
    best = fmax(best, dead_time_likelihood(size, mean, shortest));
    best = fmax(best, gamma_likelihood(size, mean, mean_log));
    best = fmax(best, log_normal_likelihood(size, mean_log, log_variance));
    best = fmax(best, scale_free_likelihood(size, mean_log, shortest, limit_s));
    return fmax(best, pareto_likelihood(size, mean_log, shortest));
}

double binomial_nats(double made, double tried, double chance)
{
    if (tried <= 0.0 || made <= chance * tried)
        return 0.0;
    double nats = made * log(made / (tried * chance));
    if (made < tried)
        nats += (tried - made) * log((tried - made) / (tried * (1.0 - chance)));
    return nats;
}
