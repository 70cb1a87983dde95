/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "base/text.h"
#include "logs/columns.h"
#include "logs/row.h"

struct error;
struct json_t;

/* What the lines of one file are read with, and what its earlier lines said.  Internal to logs/: logs.c picks the function by
 * the format; a row's pieces lie in the line, in `scratch`, `numbers` or `document`, until the next line. */
struct parser {
    struct columns columns;
    bool begun;     /* tables: the first line was read */
    char separator; /* of cells */
    char unset[16]; /* Zeek: what stands for no value, */
    char empty[16]; /* and for an empty one */
    struct text scratch;
    struct json_t *document; /* owned: the JSON of the last line */
    char numbers[ROW_FIELDS][32];
};

enum parser_status {
    PARSER_ROW,
    PARSER_NOTHING, /* a line that is no event: a header, a comment, a record of another kind */
    PARSER_BAD,     /* a malformed line, with a sentence */
    PARSER_FATAL    /* the file cannot be read at all, with a sentence */
};

/* Each reads one line of `length` (more than 0) bytes without NULs into a row that is empty before. */

/* `id window_s t_ms bytes`, or the columns of a header line. */
enum parser_status table_tab_line(struct parser *parser, struct slice line, struct row *ret_row,
                                  struct error *err);
/* The columns of a header line, with quotes (RFC 4180). */
enum parser_status table_comma_line(struct parser *parser, struct slice line, struct row *ret_row,
                                    struct error *err);
/* Zeek's own format, with its #-lines. */
enum parser_status zeek_line(struct parser *parser, struct slice line, struct row *ret_row,
                             struct error *err);
/* An object: the keys of plain tables, of Zeek, or a record of EVE. */
enum parser_status json_line(struct parser *parser, struct slice line, struct row *ret_row,
                             struct error *err);

/* Makes room for the pieces of a line, so that they do not move while it is taken apart. */
void parser_reserve(struct parser *parser, size_t length);
/* Releases the document of the last line. */
void json_forget(struct parser *parser);
/* Reads a record of EVE (an object with `event_type`). */
enum parser_status eve_record(struct parser *parser, struct row *ret_row);
/* Puts a string or number of the parser's document into the row; other values are none. */
void json_put(struct parser *parser, struct row *row, enum row_field field,
              const struct json_t *value);
