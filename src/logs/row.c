/* SPDX-License-Identifier: Apache-2.0 */
/* The one place where the texts of a line become an event, so that every format is checked alike.
 *
 * The id of a series is the id that the line has, or is made of who called whom: by name where there is one, because servers
 * behind one name come and go, else by address, port and protocol.  Calls that failed are a series of their own: a client
 * that is turned away tries again in a rhythm of its own. */
#include "logs/row.h"

#include <ctype.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"

enum {
    SHOWN_MAX = 60 /* bytes of a wrong value in a sentence */
};

bool row_complain(struct error *err, const char *what, struct slice value)
{
    if (err == NULL)
        return false;
    struct text shown = {0};
    bool cut = value.length > SHOWN_MAX;
    text_add_visible(&shown, value.length > 0 ? value.at : "", cut ? SHOWN_MAX : value.length);
    (void)error_set(err, "%s '%s%s'", what, text_string(&shown), cut ? "..." : "");
    text_done(&shown);
    return false;
}

void row_put(struct row *row, enum row_field field, struct slice value)
{
    if (value.length > 0 && row->fields[field].length == 0)
        row->fields[field] = value;
}

static bool has(const struct row *row, enum row_field field)
{
    return row->fields[field].length > 0;
}

static void add_lower(struct text *text, struct slice slice)
{
    char *place = text_extend(text, slice.length);
    for (size_t i = 0; i < slice.length; i++)
        place[i] = (char)tolower((unsigned char)slice.at[i]);
}

/* `target:port/protocol`, with brackets around what has colons itself. */
static void add_address(struct text *text, const struct row *row)
{
    struct slice target = row->fields[ROW_TARGET], port = row->fields[ROW_PORT];
    bool colons = has(row, ROW_PORT) && memchr(target.at, ':', target.length) != NULL;
    if (colons)
        text_add_char(text, '[');
    text_add_bytes(text, target.at, target.length);
    if (colons)
        text_add_char(text, ']');
    if (has(row, ROW_PORT)) {
        text_add_char(text, ':');
        text_add_bytes(text, port.at, port.length);
    }
    if (has(row, ROW_PROTOCOL)) {
        text_add_char(text, '/');
        add_lower(text, row->fields[ROW_PROTOCOL]);
    }
}

/* Names are the same in capitals (look-ups mix them on purpose) and with a dot behind. */
static void add_name(struct text *text, struct slice name)
{
    if (name.length > 1 && name.at[name.length - 1] == '.')
        name.length--;
    add_lower(text, name);
}

/* Zeek's states of a connection that never came about: no answer, or turned away. */
static bool is_failure(struct slice state)
{
    static const char *const failures[] = {"S0", "REJ", "RSTOS0", "SH"};
    for (size_t i = 0; i < COUNT_OF(failures); i++)
        if (slice_is(state, failures[i]))
            return true;
    return false;
}

static bool make_id(const struct row *row, bool unanswered, struct text *scratch,
                    struct slice *ret_id, struct error *err)
{
    struct slice id = row->fields[ROW_ID];
    bool own = id.length > 0;
    if (!own && (!has(row, ROW_SOURCE) || !(has(row, ROW_NAME) || has(row, ROW_TARGET))))
        return error_set(err, "no id, and not both ends");
    if (!own || row->kind != NULL || unanswered) {
        text_clear(scratch);
        if (own) {
            text_add_bytes(scratch, id.at, id.length);
        } else {
            text_add_bytes(scratch, row->fields[ROW_SOURCE].at, row->fields[ROW_SOURCE].length);
            text_add(scratch, " -> ");
            if (has(row, ROW_NAME))
                add_name(scratch, row->fields[ROW_NAME]);
            else
                add_address(scratch, row);
        }
        if (row->kind != NULL)
            text_addf(scratch, " (%s)", row->kind);
        if (unanswered)
            text_add(scratch, " (unanswered)");
        id = (struct slice){.at = text_string(scratch), .length = scratch->length};
    }
    if (id.length > SERIES_ID_MAX)
        return error_set(err, "an id of %zu bytes", id.length);
    *ret_id = id;
    return true;
}

static bool read_time(const struct row *row, struct series_event *event, struct error *err)
{
    struct slice value = row->fields[ROW_TIME];
    event->common_clock = value.length > 0;
    bool ok = event->common_clock && value_time(value, &event->time_ns);
    if (!event->common_clock) {
        bool ms = has(row, ROW_TIME_MS);
        value = row->fields[ms ? ROW_TIME_MS : ROW_TIME_S];
        ok = value.length > 0 && value_decimal(value, ms ? NS_PER_MS : NS_PER_S, &event->time_ns);
    }
    return ok || (value.length == 0 ? error_set(err, "no time")
                                    : row_complain(err, "no time of this age:", value));
}

static bool read_sizes(const struct row *row, struct series_event *event, struct error *err)
{
    static const enum row_field parts[] = {ROW_BYTES_UP, ROW_BYTES_DOWN};
    event->bytes = -1;
    if (has(row, ROW_BYTES))
        return (value_decimal(row->fields[ROW_BYTES], 1, &event->bytes) && event->bytes >= 0) ||
               row_complain(err, "no number of bytes:", row->fields[ROW_BYTES]);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        int64_t bytes = 0;
        if (!has(row, parts[i]))
            continue;
        if (!value_decimal(row->fields[parts[i]], 1, &bytes) || bytes < 0)
            return row_complain(err, "no number of bytes:", row->fields[parts[i]]);
        event->bytes = (event->bytes > 0 ? event->bytes : 0) + bytes;
    }
    return true;
}

static bool read_window(const struct row *row, struct series_event *event, struct error *err)
{
    if (!has(row, ROW_WINDOW_S))
        return true;
    return (value_decimal(row->fields[ROW_WINDOW_S], NS_PER_S, &event->window_ns) &&
            event->window_ns > 0) ||
           row_complain(err, "no span in seconds:", row->fields[ROW_WINDOW_S]);
}

bool row_event(const struct row *row, struct text *scratch, struct slice *ret_id,
               struct series_event *ret_event, struct error *err)
{
    struct series_event event = {.unanswered =
                                     row->unanswered || is_failure(row->fields[ROW_STATE])};
    if (!read_time(row, &event, err) || !read_sizes(row, &event, err) ||
        !read_window(row, &event, err) || !make_id(row, event.unanswered, scratch, ret_id, err))
        return false;
    *ret_event = event;
    return true;
}
