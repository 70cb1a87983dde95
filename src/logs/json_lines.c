/* SPDX-License-Identifier: Apache-2.0 */
/* Objects, one a line: the keys of plain tables, of Zeek's JSON logs, or records of EVE (eve.c).
 *
 * jansson reads a line into a document, checks its UTF-8, its numbers and its depth (2048), and its keys are hashed with a
 * random seed.  Numbers become text again and go the way of all formats: whole ones exactly, others to the microsecond or
 * better, which is more than a double in seconds since 1970 holds.
 * Cost: about 5 us for a connection of Zeek's, ten times that of a table. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "logs/parser.h"

void json_forget(struct parser *parser)
{
    json_decref(parser->document);
    parser->document = NULL;
}

void json_put(struct parser *parser, struct row *row, enum row_field field,
              const struct json_t *value)
{
    char *number = parser->numbers[field];
    size_t size = sizeof parser->numbers[field];
    int length = 0;
    if (json_is_string(value)) {
        row_put(row, field, (struct slice){json_string_value(value), json_string_length(value)});
        return;
    }
    if (json_is_integer(value)) {
        length = snprintf(number, size, "%lld", (long long)json_integer_value(value));
    } else if (json_is_real(value)) {
        double real = json_real_value(value);
        length = fabs(real) < 1e6    ? snprintf(number, size, "%.9f", real)
                 : fabs(real) < 1e18 ? snprintf(number, size, "%.6f", real)
                                     : snprintf(number, size, "%.9e", real);
    }
    if (length > 0 && (size_t)length < size)
        row_put(row, field, (struct slice){number, (size_t)length});
}

static void read_object(struct parser *parser, struct row *ret_row)
{
    bool zeek = json_object_get(parser->document, "id.orig_h") != NULL;
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(parser->document, key, value)
    {
        enum row_field field =
            columns_field((struct slice){key, strlen(key)}, zeek ? COLUMNS_ZEEK : COLUMNS_PLAIN);
        if (field != ROW_FIELDS)
            json_put(parser, ret_row, field, value);
    }
}

enum parser_status json_line(struct parser *parser, struct slice line, struct row *ret_row,
                             struct error *err)
{
    json_error_t problem;
    json_forget(parser);
    parser->document = json_loadb(line.at, line.length, 0, &problem);
    if (parser->document == NULL) {
        (void)row_complain(err, "no JSON:", (struct slice){problem.text, strlen(problem.text)});
        return PARSER_BAD;
    }
    if (!json_is_object(parser->document)) {
        (void)error_set(err, "no JSON object");
        return PARSER_BAD;
    }
    if (json_is_string(json_object_get(parser->document, "event_type")))
        return eve_record(parser, ret_row);
    read_object(parser, ret_row);
    return PARSER_ROW;
}
