/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct error;
struct settings;

/* All sinks of a run, written to as one. */
struct outputs;

/* Opens what the settings name: a file or standard output, Redis, both or neither.  NULL with a sentence. */
struct outputs *outputs_open(const struct settings *settings, struct error *err);
/* The pipeline's emit function; `context` is the outputs, untyped for that. */
void outputs_write(void *context, const char *kind, const char *line, size_t length);
/* Sends what is due; reads the clock. */
void outputs_tick(struct outputs *outputs);
void outputs_flush(struct outputs *outputs);
/* After a SIGHUP: log files were renamed. */
void outputs_reopen(struct outputs *outputs);
/* True where everything that was written has arrived so far; else the first problem. */
bool outputs_ok(const struct outputs *outputs, struct error *ret_problem);
void outputs_close(struct outputs *outputs);
