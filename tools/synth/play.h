/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

struct capture_out;
struct scenario;
struct truth_file;

/* Plays the scenario into the capture and, where `truth` is not NULL, writes the truth file's rows
 * and summary.  Returns the largest number of events that were in memory at once. */
size_t play(const struct scenario *scenario, struct capture_out *out, struct truth_file *truth);
