/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

struct text;

enum {
    LAYOUT_COLUMNS = 80
};

/* Adds `label`, filled with spaces to `indent` columns, then the words of `value`, broken into
 * lines of LAYOUT_COLUMNS that start at `indent`.  A longer word stands alone.  Bytes that a
 * terminal would obey are escaped. */
void layout_add_words(struct text *out, const char *label, size_t indent, const char *value);
/* Adds at most `columns` characters of `value`, filled with spaces to that width. */
void layout_add_cell(struct text *out, size_t columns, const char *value);
