/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

#include "capture/capture.h"

/* What a capture keeps to tell at its end: counters, the worst result, and sentences. */
struct report {
    struct capture_counters counters;
    enum capture_result result;
    char **sentences; /* owned; at most CAPTURE_PROBLEMS_MAX */
    size_t count;
};

/* Releases the sentences. */
void report_done(struct report *report);
/* Adds a sentence (dropped where there are too many) and makes the result no better than `result`. */
void report_add(struct report *report, enum capture_result result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
