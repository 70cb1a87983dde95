/* SPDX-License-Identifier: Apache-2.0 */
/* Zeek's own log format: lines that begin with # say how the others are written.
 *
 *   #separator \x09            the byte between cells
 *   #empty_field (empty)       what stands for an empty value,
 *   #unset_field -             and for none
 *   #fields ts uid id.orig_h   the columns (separated as said)
 *
 * Other #-lines (#types, #path, #open, #close, #set_separator) say nothing that matters here: a column is known by its name.
 * Bytes that would break a line are written as \xNN.  A file may hold several logs one after the other.
 * Source: Zeek's manual, "Zeek Log Formats". */
#include <string.h>

#include "base/error.h"
#include "logs/parser.h"

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

/* Returns the byte that \xNN at `at` stands for, or -1 where there is no such thing. */
static int escaped_byte(struct slice cell, size_t at)
{
    if (at + 4 > cell.length || cell.at[at] != '\\' || cell.at[at + 1] != 'x')
        return -1;
    int high = hex_value(cell.at[at + 2]), low = hex_value(cell.at[at + 3]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Returns the cell with each \xNN replaced (a NUL stays as it is written); in the scratch text where there is one. */
static struct slice unescape(struct parser *parser, struct slice cell)
{
    if (cell.length == 0 || memchr(cell.at, '\\', cell.length) == NULL)
        return cell;
    struct text *scratch = &parser->scratch;
    size_t start = scratch->length;
    for (size_t i = 0; i < cell.length; i++) {
        int value = escaped_byte(cell, i);
        uint8_t byte = value > 0 ? (uint8_t)value : (uint8_t)cell.at[i];
        text_add_bytes(scratch, &byte, 1);
        if (value > 0)
            i += 3;
    }
    return (struct slice){text_string(scratch) + start, scratch->length - start};
}

static void keep_word(char *ret_word, size_t size, struct slice word)
{
    size_t length = word.length < size - 1 ? word.length : size - 1;
    if (length > 0)
        memcpy(ret_word, word.at, length);
    ret_word[length] = '\0';
}

/* `#separator \x09`: the only line whose own separator is a blank. */
static void read_separator(struct parser *parser, struct slice value)
{
    struct slice byte = unescape(parser, value);
    if (byte.length == 1)
        parser->separator = byte.at[0];
}

static enum parser_status read_fields(struct parser *parser, struct slice rest, struct error *err)
{
    struct columns columns = {.count = 0};
    struct slice name = {0};
    while (slice_take(&rest, parser->separator, &name))
        columns_add(&columns, name, COLUMNS_ZEEK);
    if (!columns_suffice(&columns, err))
        return PARSER_FATAL;
    parser->columns = columns;
    return PARSER_NOTHING;
}

static enum parser_status read_directive(struct parser *parser, struct slice line,
                                         struct error *err)
{
    static const char separator[] = "#separator ";
    size_t length = sizeof separator - 1;
    if (line.length > length && memcmp(line.at, separator, length) == 0) {
        read_separator(parser,
                       (struct slice){.at = line.at + length, .length = line.length - length});
        return PARSER_NOTHING;
    }
    struct slice name = {0};
    (void)slice_take(&line, parser->separator, &name);
    if (slice_is(name, "#fields"))
        return read_fields(parser, line, err);
    if (slice_is(name, "#unset_field"))
        keep_word(parser->unset, sizeof parser->unset, line);
    else if (slice_is(name, "#empty_field"))
        keep_word(parser->empty, sizeof parser->empty, line);
    return PARSER_NOTHING;
}

enum parser_status zeek_line(struct parser *parser, struct slice line, struct row *ret_row,
                             struct error *err)
{
    parser_reserve(parser, line.length);
    if (!parser->begun) {
        parser->begun = true;
        parser->separator = '\t';
        keep_word(parser->unset, sizeof parser->unset, (struct slice){"-", 1});
        keep_word(parser->empty, sizeof parser->empty, (struct slice){"(empty)", 7});
    }
    if (line.at[0] == '#')
        return read_directive(parser, line, err);
    if (parser->columns.count == 0) {
        (void)error_set(err, "no #fields line before the first record");
        return PARSER_FATAL;
    }
    struct slice rest = line, cell = {0};
    size_t column = 0;
    while (column < parser->columns.count && slice_take(&rest, parser->separator, &cell)) {
        if (!slice_is(cell, parser->unset) && !slice_is(cell, parser->empty))
            columns_put(&parser->columns, column, unescape(parser, cell), ret_row);
        column++;
    }
    if (column < parser->columns.count) {
        (void)error_set(err, "%zu cells instead of %zu", column, parser->columns.count);
        return PARSER_BAD;
    }
    return PARSER_ROW;
}
