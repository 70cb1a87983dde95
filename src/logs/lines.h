/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source;

enum {
    LINES_MAX = 256 * 1024 /* bytes of a line; one that is longer is stepped over */
};

/* The lines of an input, each in one piece where it was read.  `number` is that of the last line given, from 1. */
struct lines {
    struct source *source; /* borrowed */
    uint64_t number;
    uint64_t passed; /* ends of lines before the window */
};

enum lines_status {
    LINES_LINE,
    LINES_TOO_LONG, /* stepped over */
    LINES_OPEN,     /* a quote that never closes: its first line was stepped over */
    LINES_END /* the source's state says why; what stands behind the last whole line of a cut input is dropped */
};

/* Gives the next line without its end (LF or CR LF), borrowed until the next call.  With `quoted`, an end between an odd and
 * an even double quote belongs to the line (RFC 4180). */
enum lines_status lines_next(struct lines *lines, bool quoted, const char **ret_text,
                             size_t *ret_length);
