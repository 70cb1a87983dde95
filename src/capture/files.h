/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct capture_options;
struct capture_progress;
struct error;
struct frame;
struct report;

/* The frames of several files, one after another.  Problems go to the report. */
struct files;

/* See capture_open_files(); `report` and `stop` are borrowed. */
struct files *files_open(const char *const *paths, size_t count,
                         const struct capture_options *options, struct report *report,
                         const atomic_bool *stop, struct error *err);
void files_close(struct files *files);
/* Gives the next frame, all but its number; false at the end. */
bool files_next(struct files *files, struct frame *ret_frame);
/* Brings the drops that the files tell in the report up to date. */
void files_count(struct files *files);
/* Fills in the bytes and files of the progress. */
void files_progress(const struct files *files, struct capture_progress *ret_progress);
