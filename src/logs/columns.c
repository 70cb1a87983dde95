/* SPDX-License-Identifier: Apache-2.0 */
/* The names under which logs write what we look for; docs/series.md lists them. */
#include "logs/columns.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

struct alias {
    const char *name;
    enum row_field field;
    bool zeek;
};

static const struct alias aliases[] = {
    {"id", ROW_ID, false},
    {"src", ROW_SOURCE, false},
    {"src_ip", ROW_SOURCE, false},
    {"source", ROW_SOURCE, false},
    {"orig_h", ROW_SOURCE, false},
    {"id.orig_h", ROW_SOURCE, true},
    {"dst", ROW_TARGET, false},
    {"dst_ip", ROW_TARGET, false},
    {"dest_ip", ROW_TARGET, false},
    {"destination", ROW_TARGET, false},
    {"resp_h", ROW_TARGET, false},
    {"id.resp_h", ROW_TARGET, true},
    {"port", ROW_PORT, false},
    {"dst_port", ROW_PORT, false},
    {"dest_port", ROW_PORT, false},
    {"resp_p", ROW_PORT, false},
    {"id.resp_p", ROW_PORT, true},
    {"proto", ROW_PROTOCOL, true},
    {"protocol", ROW_PROTOCOL, false},
    {"name", ROW_NAME, false},
    {"sni", ROW_NAME, false},
    {"server_name", ROW_NAME, true},
    {"host", ROW_NAME, true},
    {"query", ROW_NAME, true},
    {"window_s", ROW_WINDOW_S, false},
    {"t_ms", ROW_TIME_MS, false},
    {"t_s", ROW_TIME_S, false},
    {"ts", ROW_TIME, true},
    {"time", ROW_TIME, false},
    {"timestamp", ROW_TIME, false},
    {"bytes", ROW_BYTES, false},
    {"orig_bytes", ROW_BYTES_UP, true},
    {"resp_bytes", ROW_BYTES_DOWN, true},
    {"request_body_len", ROW_BYTES_UP, true},
    {"response_body_len", ROW_BYTES_DOWN, true},
    {"conn_state", ROW_STATE, true},
};

enum row_field columns_field(struct slice name, enum columns_dialect dialect)
{
    for (size_t i = 0; i < COUNT_OF(aliases); i++)
        if ((aliases[i].zeek || dialect == COLUMNS_PLAIN) && slice_is(name, aliases[i].name))
            return aliases[i].field;
    return ROW_FIELDS;
}

void columns_add(struct columns *columns, struct slice name, enum columns_dialect dialect)
{
    if (columns->count < COLUMNS_MAX)
        columns->fields[columns->count++] = (uint8_t)columns_field(name, dialect);
}

static bool has(const struct columns *columns, enum row_field field)
{
    return memchr(columns->fields, (int)field, columns->count) != NULL;
}

bool columns_suffice(const struct columns *columns, struct error *err)
{
    if (!has(columns, ROW_TIME) && !has(columns, ROW_TIME_MS) && !has(columns, ROW_TIME_S))
        return error_set(err, "no column for the time (ts, time, timestamp, t_s or t_ms)");
    if (!has(columns, ROW_ID) &&
        !(has(columns, ROW_SOURCE) && (has(columns, ROW_TARGET) || has(columns, ROW_NAME))))
        return error_set(err, "no column for the series (id, or src with dst or name)");
    return true;
}

void columns_put(const struct columns *columns, size_t column, struct slice value, struct row *row)
{
    if (column < columns->count && columns->fields[column] != ROW_FIELDS)
        row_put(row, (enum row_field)columns->fields[column], value);
}
