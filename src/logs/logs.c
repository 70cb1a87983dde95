/* SPDX-License-Identifier: Apache-2.0 */
/* From lines to series: finds the format by the first line, takes each line apart with the parser of the format, and puts
 * what it says into the set.
 *
 * A line that cannot be read is counted and the run goes on: logs of weeks have broken lines, and one must not cost the
 * rest.  Only the first is explained.  A file of which no line could be read is not a log, whatever its first line looked
 * like. */
#include "logs/logs.h"

#include <string.h>

#include "base/memory.h"
#include "capture/source.h"
#include "logs/lines.h"
#include "logs/parser.h"

struct format {
    const char *name;
    enum parser_status (*line)(struct parser *parser, struct slice line, struct row *ret_row,
                               struct error *err);
    bool quoted; /* ends of lines may stand in quotes */
};

static const struct format formats[] = {
    [LOGS_TSV] = {"tsv", table_tab_line, false},
    [LOGS_CSV] = {"csv", table_comma_line, true},
    [LOGS_JSON] = {"json", json_line, false},
    [LOGS_ZEEK] = {"zeek", zeek_line, false},
};

/* One file being read. */
struct reading {
    const struct format *format;
    struct parser parser;
    struct series_set *set;
    struct logs_report *report;
    struct text id;
};

enum logs_format logs_format_named(const char *name)
{
    for (size_t i = LOGS_TSV; i < COUNT_OF(formats); i++)
        if (strcmp(name, formats[i].name) == 0)
            return (enum logs_format)i;
    return LOGS_UNKNOWN;
}

const char *logs_format_names(void)
{
    return "tsv, csv, json, zeek";
}

void parser_reserve(struct parser *parser, size_t length)
{
    text_clear(&parser->scratch);
    (void)text_extend(&parser->scratch, length);
    text_clear(&parser->scratch);
}

/* Steps over the mark that editors put before UTF-8. */
static void skip_mark(struct source *source)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    if (source_need(source, sizeof mark) && memcmp(source->window.at, mark, sizeof mark) == 0)
        bytes_skip(&source->window, sizeof mark);
}

/* Returns how much of the window the first line is, read up to its end or LINES_MAX bytes. */
static size_t first_line(struct source *source)
{
    for (;;) {
        size_t left = bytes_left(&source->window);
        const uint8_t *end = left > 0 ? memchr(source->window.at, '\n', left) : NULL;
        if (end != NULL)
            return (size_t)(end - source->window.at);
        if (left >= LINES_MAX || !source_need(source, left + 1))
            return left;
    }
}

static bool starts_with(const char *text, size_t length, const char *start)
{
    size_t wanted = strlen(start);
    return length >= wanted && memcmp(text, start, wanted) == 0;
}

enum logs_format logs_recognise(struct source *source)
{
    skip_mark(source);
    size_t length = first_line(source);
    const char *text = (const char *)source->window.at;
    if (length == 0 || memchr(text, '\0', length) != NULL)
        return LOGS_UNKNOWN;
    size_t blanks = 0;
    while (blanks < length - 1 && text[blanks] == ' ')
        blanks++;
    if (text[blanks] == '{')
        return LOGS_JSON;
    if (starts_with(text, length, "#separator ") || starts_with(text, length, "#fields\t"))
        return LOGS_ZEEK;
    if (memchr(text, '\t', length) != NULL)
        return LOGS_TSV;
    return memchr(text, ',', length) != NULL ? LOGS_CSV : LOGS_UNKNOWN;
}

/* Counts a malformed line; the first is told. */
static void skip(struct reading *reading, uint64_t number, const struct error *why)
{
    if (reading->report->skipped++ > 0)
        return;
    reading->report->skipped_line = number;
    reading->report->skipped_why = *why;
}

/* Puts the event of a row into its series. */
static bool add_row(struct reading *reading, const struct row *row, struct error *ret_why)
{
    struct slice id = {0};
    struct series_event event;
    if (!row_event(row, &reading->id, &id, &event, ret_why))
        return false;
    series_set_add(reading->set, id.at, id.length, &event);
    reading->report->events++;
    return true;
}

/* False where the file cannot be read any further; `err` then says why. */
static bool read_line(struct reading *reading, struct slice line, uint64_t number,
                      struct error *err)
{
    struct row row = {.kind = NULL};
    struct error why; /* 512 bytes that most lines do not need */
    if (line.length == 0)
        return true;
    why.text[0] = '\0';
    enum parser_status status = PARSER_BAD;
    if (memchr(line.at, '\0', line.length) != NULL)
        (void)error_set(&why, "a NUL byte");
    else
        status = reading->format->line(&reading->parser, line, &row, &why);
    if (status == PARSER_ROW && !add_row(reading, &row, &why))
        status = PARSER_BAD;
    if (status == PARSER_BAD)
        skip(reading, number, &why);
    return status != PARSER_FATAL ||
           error_set(err, "line %llu: %s", (unsigned long long)number, why.text);
}

static bool read_lines(struct reading *reading, struct source *source, struct error *err)
{
    static const struct error too_long = {"a line of more than 256 KiB"};
    static const struct error open_quotes = {"quotes that do not close"};
    struct lines lines = {.source = source};
    struct slice line = {0};
    for (;;) { /* each turn takes a line */
        switch (lines_next(&lines, reading->format->quoted, &line.at, &line.length)) {
        case LINES_LINE:
            if (!read_line(reading, line, lines.number, err))
                return false;
            break;
        case LINES_TOO_LONG:
            skip(reading, lines.number, &too_long);
            break;
        case LINES_OPEN:
            skip(reading, lines.number, &open_quotes);
            break;
        case LINES_END:
            return true;
        }
    }
}

/* What the end of the input means for what was read before it. */
static enum logs_status judge_end(const struct source *source, const struct logs_report *report,
                                  struct error *err)
{
    switch (source->state) {
    case SOURCE_TRUNCATED:
        (void)error_set(err, "%s data is cut", source->packing);
        break;
    case SOURCE_DAMAGED:
        (void)error_set(err, "%s data is damaged (%s)", source->packing, source->reason);
        break;
    case SOURCE_FAILED:
        (void)error_set(err, "%s", source->reason);
        break;
    case SOURCE_OPEN:
    case SOURCE_END:
    case SOURCE_STOPPED:
        if (report->events > 0 || report->skipped == 0)
            return LOGS_READ;
        (void)error_set(err, "no line can be read; line %llu: %s",
                        (unsigned long long)report->skipped_line, report->skipped_why.text);
        break;
    }
    return report->events > 0 ? LOGS_PARTIAL : LOGS_UNREADABLE;
}

/* Returns the format to read with: the wanted one, or what the first line looks like. */
static enum logs_format choose(struct source *source, enum logs_format wanted)
{
    enum logs_format found = logs_recognise(source);
    if (wanted == LOGS_UNKNOWN || (wanted == LOGS_ZEEK && found == LOGS_JSON))
        return found;
    return wanted;
}

enum logs_status logs_read(struct source *source, enum logs_format format, struct series_set *set,
                           struct logs_report *ret_report, struct error *err)
{
    *ret_report = (struct logs_report){0};
    format = choose(source, format);
    bool empty = bytes_left(&source->window) == 0;
    if (empty)
        return judge_end(source, ret_report, err);
    if (format == LOGS_UNKNOWN) {
        (void)error_set(err, "no format that is known (%s)", logs_format_names());
        return LOGS_UNREADABLE;
    }
    struct reading reading = {.format = &formats[format], .set = set, .report = ret_report};
    bool ok = read_lines(&reading, source, err);
    json_forget(&reading.parser);
    text_done(&reading.parser.scratch);
    text_done(&reading.id);
    if (ok)
        return judge_end(source, ret_report, err);
    return ret_report->events > 0 ? LOGS_PARTIAL : LOGS_UNREADABLE;
}
