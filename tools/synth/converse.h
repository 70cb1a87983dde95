/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "hours.h"
#include "random.h"
#include "truth.h"

struct queue;
struct scenario;

/* One asset with one activity: all that is kept of the past. */
struct generator {
    const struct asset *asset;       /* borrowed */
    const struct activity *activity; /* borrowed */
    struct queue *queue;             /* borrowed: where its frames go */
    struct random random;
    int64_t nominal_ns; /* the start that is due, before jitter */
    uint64_t starts;
    int64_t name_until_ns; /* the name is in the machine's cache until then */
    struct truth_row truth;
    const struct asset *relay;    /* borrowed: the proxy in between, or NULL */
    int64_t relay_name_until_ns;  /* the name is in the proxy's cache until then */
    struct truth_row relay_truth; /* what the proxy did for it */
};

/* Returns what decides the days of the generator's machine. */
struct calendar generator_calendar(const struct scenario *scenario,
                                   const struct generator *generator);

/* Puts one conversation of the generator that begins at `ts_ns` into its queue, look-up
 * included, and notes it in the generator's truth. */
void converse(const struct scenario *scenario, struct generator *generator, int64_t ts_ns);
