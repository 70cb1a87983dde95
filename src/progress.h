/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct capture;

/* The line on the terminal that says how far a replay is.  Nothing is shown where standard error is no terminal. */
struct progress {
    bool shown;       /* standard error is a terminal, and progress is wanted */
    bool drawn;       /* a line stands there */
    int64_t start_ns; /* CLOCK_MONOTONIC */
    int64_t last_ns;
};

/* Begins now; `wanted` false shows nothing. */
void progress_start(struct progress *progress, bool wanted);
/* Redraws at most five times a second; to be called every few thousand frames. */
void progress_update(struct progress *progress, const struct capture *capture);
/* Takes the line away. */
void progress_end(struct progress *progress);
