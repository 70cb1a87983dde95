/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "logs/series.h"
#include "logs/value.h"

struct error;
struct text;

/* What a line can tell about an event, whatever its format. */
enum row_field {
    ROW_ID,
    ROW_SOURCE,
    ROW_TARGET,
    ROW_PORT,
    ROW_PROTOCOL,
    ROW_NAME, /* of the target */
    ROW_WINDOW_S,
    ROW_TIME, /* in seconds or as text; the clock that all series share */
    ROW_TIME_MS,
    ROW_TIME_S,
    ROW_BYTES,
    ROW_BYTES_UP,
    ROW_BYTES_DOWN,
    ROW_STATE, /* Zeek's conn_state */
    ROW_FIELDS
};

/* One line taken apart; the pieces die with the line. */
struct row {
    struct slice fields[ROW_FIELDS];
    const char *kind; /* NULL, or what keeps its series apart from others of the same two */
    bool unanswered;
};

/* Sets a field, unless the value is empty or the field already has one. */
void row_put(struct row *row, enum row_field field, struct slice value);
/* Reads the event out of a row.  `ret_id` is a piece of the row, or of `scratch`.  False with the reason; `err` may be NULL. */
bool row_event(const struct row *row, struct text *scratch, struct slice *ret_id,
               struct series_event *ret_event, struct error *err);
/* Says that a piece of a line is wrong, `what` first; returns false. */
bool row_complain(struct error *err, const char *what, struct slice value);
