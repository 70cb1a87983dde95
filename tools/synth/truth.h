/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "capture_out.h"
#include "net/addr.h"

struct activity;
struct asset;
struct error;
struct scenario;

enum {
    TRUTH_NAMES_MAX = 32
};

/* What one asset did by one activity. */
struct truth_row {
    const struct asset *asset;       /* borrowed */
    const struct activity *activity; /* borrowed */
    const struct asset *client;      /* borrowed: for whom a proxy did it, or NULL */
    uint64_t starts;                 /* conversations */
    int64_t first_ns, last_ns;       /* of their beginnings, by the capture's clock */
    struct text *names; /* owned: the names used, in order; the first TRUTH_NAMES_MAX */
    size_t name_count;
    struct addr addrs[TRUTH_NAMES_MAX]; /* the addresses used, likewise */
    size_t addr_count;
};

/* Counts one conversation at `clock_ns` with the server `name` (may be empty) at `addr`. */
void truth_note(struct truth_row *row, int64_t clock_ns, const struct text *name,
                const struct addr *addr);
void truth_row_done(struct truth_row *row);

/* Writes the truth file: one JSON line for each row that has started at least once, one summary
 * line at the end. */
struct truth_file;
struct truth_file *truth_open(const char *path, struct error *err);
void truth_write_row(struct truth_file *truth, const struct truth_row *row);

/* What each machine's agents did, over all their activities. */
struct truth_tally;
struct truth_tally *truth_tally_new(const struct scenario *scenario);
void truth_tally_free(struct truth_tally *tally);
void truth_tally_add(struct truth_tally *tally, const struct truth_row *row);
/* Writes one line for each asset, where the scenario speaks of agents or machines. */
void truth_write_machines(struct truth_file *truth, const struct scenario *scenario,
                          const struct truth_tally *tally);
void truth_write_summary(struct truth_file *truth, const struct scenario *scenario,
                         const struct capture_total *total);
/* NULL is allowed. */
bool truth_close(struct truth_file *truth, struct error *err);
