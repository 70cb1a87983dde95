/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "logs/row.h"

struct error;

enum {
    COLUMNS_MAX = 256 /* cells of a line that are looked at */
};

/* Whose names columns have. */
enum columns_dialect {
    COLUMNS_PLAIN, /* anybody's: every name that is known */
    COLUMNS_ZEEK   /* `host` and the like have one meaning there, `name` none */
};

/* Which field each column of a table fills. */
struct columns {
    uint8_t fields[COLUMNS_MAX]; /* an enum row_field, or ROW_FIELDS for none */
    size_t count;
};

/* Returns the field of a column or JSON key of this name, ROW_FIELDS where it is none of ours. */
enum row_field columns_field(struct slice name, enum columns_dialect dialect);
/* Adds the next column; those beyond COLUMNS_MAX are never looked at. */
void columns_add(struct columns *columns, struct slice name, enum columns_dialect dialect);
/* True where the columns tell who and when; else false with what is missing. */
bool columns_suffice(const struct columns *columns, struct error *err);
/* Puts the value of a column into the row. */
void columns_put(const struct columns *columns, size_t column, struct slice value, struct row *row);
