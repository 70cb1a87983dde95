/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Time is int64_t nanoseconds since 1970-01-01 UTC, taken from packets.  Nothing here reads a
 * clock. */
#define NS_PER_US  INT64_C(1000)
#define NS_PER_MS  INT64_C(1000000)
#define NS_PER_S   INT64_C(1000000000)
#define NS_PER_DAY (INT64_C(86400) * NS_PER_S)

enum {
    TIME_TEXT_MAX = 40
};

/* Writes `2026-11-22T10:45:15.123456+0000` (microseconds, always UTC: the form that EVE readers
 * parse) and a NUL.  Returns the length. */
size_t time_text(int64_t ts_ns, char ret_text[static TIME_TEXT_MAX]);

/* Writes `2026-11-22T10:45:15.123456789Z` (RFC 3339, nanoseconds).  Returns the length. */
size_t time_text_ns(int64_t ts_ns, char ret_text[static TIME_TEXT_MAX]);

/* Reads `2026-11-22`, at 00:00 UTC.  False (nothing written) for anything else, including dates
 * that no calendar has. */
bool time_parse_date(const char *text, int64_t *ret_ns);

/* Writes the UTC date `2026-11-22` and a NUL. */
void time_date_text(int64_t ts_ns, char ret_text[static TIME_TEXT_MAX]);

/* Adds without overflow: held at the ends of the range. */
int64_t time_add(int64_t ts_ns, int64_t span_ns);
