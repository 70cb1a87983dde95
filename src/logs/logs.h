/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct series_set;
struct source;

/* Reads event series out of logs and tables.  docs/series.md describes the formats. */

enum logs_format {
    LOGS_UNKNOWN,
    LOGS_TSV,
    LOGS_CSV,
    LOGS_JSON,
    LOGS_ZEEK /* as Zeek writes; by name also its JSON */
};

/* What came of a file. */
struct logs_report {
    uint64_t events;
    uint64_t skipped;      /* malformed lines */
    uint64_t skipped_line; /* number of the first */
    struct error skipped_why;
};

enum logs_status {
    LOGS_READ,      /* to its end; lines may have been skipped */
    LOGS_PARTIAL,   /* cut or damaged: what stands before was read */
    LOGS_UNREADABLE /* nothing was read */
};

/* Returns the format of this name, LOGS_UNKNOWN where there is none. */
enum logs_format logs_format_named(const char *name);
/* Returns the names of the formats with `, ` between them. */
const char *logs_format_names(void);
/* Returns the format by the first line of an input, which stays in the window; LOGS_UNKNOWN where it looks like none. */
enum logs_format logs_recognise(struct source *source);
/* Reads the source to its end into the set.  LOGS_UNKNOWN: the format is recognised.  Fills the report always; anything but
 * LOGS_READ comes with a sentence that does not name the file. */
enum logs_status logs_read(struct source *source, enum logs_format format, struct series_set *set,
                           struct logs_report *ret_report, struct error *err);
