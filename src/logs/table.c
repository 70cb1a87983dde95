/* SPDX-License-Identifier: Apache-2.0 */
/* Tables with tabs and with commas (RFC 4180).
 *
 * The first line of a table is a header where its cells name enough columns.  A table with tabs may lack it: its columns
 * then are `id window_s t_ms bytes`, of which the last may be missing. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "logs/parser.h"

/* Takes a cell in quotes, unfolded into the scratch text.  False where the quotes do not close or something follows them. */
static bool take_quoted(struct parser *parser, struct slice *rest, struct slice *ret_cell)
{
    struct text *scratch = &parser->scratch;
    size_t start = scratch->length, at = 1;
    for (; at < rest->length; at++) {
        if (rest->at[at] == '"' && (at + 1 == rest->length || rest->at[at + 1] != '"'))
            break;
        text_add_char(scratch, rest->at[at]);
        if (rest->at[at] == '"')
            at++;
    }
    bool closed = at < rest->length;
    bool last = at + 1 == rest->length;
    if (!closed || (!last && rest->at[at + 1] != parser->separator))
        return false;
    *ret_cell = (struct slice){text_string(scratch) + start, scratch->length - start};
    size_t taken = last ? rest->length : at + 2;
    *rest = (struct slice){.at = last ? NULL : rest->at + taken, .length = rest->length - taken};
    return true;
}

static bool next_cell(struct parser *parser, struct slice *rest, struct slice *ret_cell,
                      struct error *err)
{
    if (parser->separator == ',' && rest->length > 0 && rest->at[0] == '"')
        return take_quoted(parser, rest, ret_cell) ||
               row_complain(err, "quotes that do not fit:", *rest);
    return slice_take(rest, parser->separator, ret_cell);
}

static bool read_header(struct parser *parser, struct slice line, struct error *err)
{
    struct columns columns = {.count = 0};
    struct slice rest = line, cell = {0};
    while (rest.at != NULL) {
        if (!next_cell(parser, &rest, &cell, err))
            return false;
        columns_add(&columns, cell, COLUMNS_PLAIN);
    }
    if (!columns_suffice(&columns, err))
        return false;
    parser->columns = columns;
    return true;
}

static void preset_columns(struct parser *parser)
{
    static const char *const names[] = {"id", "window_s", "t_ms", "bytes"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        columns_add(&parser->columns, (struct slice){names[i], strlen(names[i])}, COLUMNS_PLAIN);
}

static enum parser_status read_cells(struct parser *parser, struct slice line, struct row *ret_row,
                                     struct error *err)
{
    struct slice rest = line, cell = {0};
    for (size_t column = 0; column < parser->columns.count && rest.at != NULL; column++) {
        if (!next_cell(parser, &rest, &cell, err))
            return PARSER_BAD;
        columns_put(&parser->columns, column, cell, ret_row);
    }
    return PARSER_ROW;
}

enum parser_status table_tab_line(struct parser *parser, struct slice line, struct row *ret_row,
                                  struct error *err)
{
    if (!parser->begun) {
        parser->begun = true;
        parser->separator = '\t';
        if (read_header(parser, line, NULL))
            return PARSER_NOTHING;
        preset_columns(parser);
    }
    return read_cells(parser, line, ret_row, err);
}

enum parser_status table_comma_line(struct parser *parser, struct slice line, struct row *ret_row,
                                    struct error *err)
{
    parser_reserve(parser, line.length);
    if (parser->begun)
        return read_cells(parser, line, ret_row, err);
    parser->begun = true;
    parser->separator = ',';
    return read_header(parser, line, err) ? PARSER_NOTHING : PARSER_FATAL;
}
