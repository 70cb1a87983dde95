/* SPDX-License-Identifier: Apache-2.0 */
/* Records of EVE, Suricata's log and ours: `flow`, `tls`, `quic`, `http`, `dns` and `alert`; other records are no events.
 *
 * A flow is dated by its start, everything else by its time stamp.  Suricata writes a connection as a flow (by address) and
 * as a record of its protocol (by name): two series, as Zeek's conn.log and ssl.log are.  Our flows have names themselves.
 * Alerts stand apart, so that a connection is not counted twice where an alert repeats its names; of a look-up the question
 * counts, not the answer (versions 1 to 3 of the record).
 * Source: Suricata's manual, "EVE JSON Format". */
#include <jansson.h>
#include <string.h>

#include "base/memory.h"
#include "logs/parser.h"

/* Where a name can stand. */
static const struct {
    const char *object, *key;
} names[] = {
    {"tls", "sni"},
    {"quic", "sni"},
    {"http", "hostname"},
    {"dns", "rrname"},
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static bool is_known(const char *type)
{
    static const char *const types[] = {"flow", "tls", "quic", "http", "dns", "alert"};
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

static bool is_answer(const json_t *record)
{
    const char *type = text_of(json_object_get(record, "dns"), "type");
    return strcmp(type, "answer") == 0 || strcmp(type, "response") == 0;
}

static void put_names(struct parser *parser, struct row *row)
{
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const json_t *object = json_object_get(parser->document, names[i].object);
        json_put(parser, row, ROW_NAME, json_object_get(object, names[i].key));
    }
    const json_t *queries = json_object_get(json_object_get(parser->document, "dns"), "queries");
    json_put(parser, row, ROW_NAME, json_object_get(json_array_get(queries, 0), "rrname"));
}

static void put_flow(struct parser *parser, struct row *row)
{
    const json_t *flow = json_object_get(parser->document, "flow");
    const json_t *answers = json_object_get(flow, "pkts_toclient");
    json_put(parser, row, ROW_TIME, json_object_get(flow, "start"));
    json_put(parser, row, ROW_BYTES_UP, json_object_get(flow, "bytes_toserver"));
    json_put(parser, row, ROW_BYTES_DOWN, json_object_get(flow, "bytes_toclient"));
    row->unanswered = json_is_integer(answers) && json_integer_value(answers) == 0;
}

enum parser_status eve_record(struct parser *parser, struct row *ret_row)
{
    static const struct {
        const char *key;
        enum row_field field;
    } ends[] = {{"src_ip", ROW_SOURCE},
                {"dest_ip", ROW_TARGET},
                {"dest_port", ROW_PORT},
                {"proto", ROW_PROTOCOL}};
    const json_t *record = parser->document;
    const char *type = text_of(record, "event_type");
    if (!is_known(type) || (strcmp(type, "dns") == 0 && is_answer(record)))
        return PARSER_NOTHING;
    if (strcmp(type, "flow") == 0)
        put_flow(parser, ret_row);
    if (strcmp(type, "alert") == 0)
        ret_row->kind = "alert";
    json_put(parser, ret_row, ROW_TIME, json_object_get(record, "timestamp"));
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        json_put(parser, ret_row, ends[i].field, json_object_get(record, ends[i].key));
    put_names(parser, ret_row);
    return PARSER_ROW;
}
