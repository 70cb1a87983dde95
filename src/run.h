/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "knowledge.h"
#include "options.h"

struct capture;
struct capture_options;
struct error;
struct outputs;
struct pipeline;

/* A run of the engine, from files or live: what both commands set up and take down alike. */
struct run {
    struct options options;
    struct knowledge knowledge;
    struct outputs *outputs;
    struct pipeline *pipeline;
    struct capture *capture; /* opened by the command */
};

/* Reads the command line and opens everything but the capture.  `interface` goes into events, NULL for files.  False with a
 * sentence; options.help set (and nothing else opened) where help is wanted.  Release with run_done() either way. */
bool run_start(struct run *run, enum options_use use, int argc, char **argv, struct error *err);
/* Fills the capture options from the settings; names of the file go to the pipeline. */
void run_capture_options(struct run *run, struct capture_options *ret_options);
/* Writes a `stats` event with the capture's counters. */
void run_stats(struct run *run);
void run_done(struct run *run);

/* Makes SIGINT and SIGTERM end `capture` cleanly, and SIGHUP set the flag that run_hangup() returns and clears. */
void run_catch_signals(struct capture *capture);
bool run_hangup(void);
bool run_interrupted(void);
