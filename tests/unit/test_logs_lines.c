/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "capture/source.h"
#include "logs/lines.h"
#include "run.h"

/* Reads all lines, `step` bytes at a time, and writes them with their numbers: `1:first|2:second|`. */
static void read_all(const char *data, size_t size, size_t step, bool quoted, struct text *shown)
{
    struct source source;
    source_open_memory(&source, data, size, step);
    struct lines lines = {.source = &source};
    text_clear(shown);
    for (;;) {
        const char *text = NULL;
        size_t length = 0;
        enum lines_status status = lines_next(&lines, quoted, &text, &length);
        if (status == LINES_END)
            break;
        text_addf(shown, "%u:", (unsigned)lines.number);
        if (status == LINES_LINE)
            text_add_bytes(shown, text, length);
        else
            text_add(shown, status == LINES_TOO_LONG ? "(long)" : "(open)");
        text_add_char(shown, '|');
    }
    ck_assert_uint_eq(bytes_left(&source.window), 0);
    source_close(&source);
}

/* The same however little is read at a time. */
static void expect_lines(const char *data, size_t size, bool quoted, const char *wanted)
{
    static const size_t steps[] = {1, 2, 3, 7, 4096, SOURCE_BLOCK};
    struct text shown = {0};
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        if (steps[i] < 4096 && size > 4096)
            continue;
        read_all(data, size, steps[i], quoted, &shown);
        ck_assert_str_eq(text_string(&shown), wanted);
    }
    text_done(&shown);
}

static void expect_text(const char *data, bool quoted, const char *wanted)
{
    expect_lines(data, strlen(data), quoted, wanted);
}

START_TEST(ends_of_lines_are_taken_off)
{
    expect_text("", false, "");
    expect_text("a", false, "1:a|");
    expect_text("a\nbc\n", false, "1:a|2:bc|");
    expect_text("a\r\n\r\n\nb\r", false, "1:a|2:|3:|4:b|");
    expect_text("\"a\nb\"", false, "1:\"a|2:b\"|");
}
END_TEST

START_TEST(an_end_in_quotes_belongs_to_the_line)
{
    expect_text("\"a\nb\",c\nd\n", true, "1:\"a\nb\",c|3:d|");
    expect_text("\"a\"\"\n\n\"\"b\"\nd", true, "1:\"a\"\"\n\n\"\"b\"|4:d|");
}
END_TEST

START_TEST(a_stray_quote_costs_one_line)
{
    expect_text("a\"\nb\nc\n", true, "1:(open)|2:b|3:c|");
    expect_text("a\nb\"", true, "1:a|2:b\"|");
}
END_TEST

START_TEST(a_line_that_is_too_long_is_stepped_over)
{
    size_t size = (size_t)3 * LINES_MAX;
    auto_free char *data = mem_alloc(size);
    memset(data, 'x', size);
    expect_lines(data, size, false, "1:(long)|");
    data[LINES_MAX + 1] = '\n';
    data[size - 2] = '\n';
    data[LINES_MAX + 3] = '\n';
    expect_lines(data, size, false, "1:(long)|2:x|3:(long)|4:x|");
    data[0] = '"';
    expect_lines(data, size, true, "1:(open)|2:x|3:(long)|4:x|");
}
END_TEST

START_TEST(a_quote_that_closes_too_late_costs_its_lines)
{
    size_t size = (size_t)2 * LINES_MAX;
    auto_free char *data = mem_alloc(size);
    memset(data, 'x', size);
    static const char start[] = {'"', 'a', '\n', 'b', '\n'};
    memcpy(data, start, sizeof start);
    expect_lines(data, size, true, "1:(open)|2:b|3:(long)|");
    struct text shown = {0};
    data[size - 1] = '\n';
    memset(data + 5, 'y', LINES_MAX);
    data[LINES_MAX + 4] = '\n';
    read_all(data, LINES_MAX + 5, SOURCE_BLOCK, true, &shown);
    ck_assert_msg(strncmp(text_string(&shown), "1:(open)|2:b|3:yyy", 18) == 0, "%.40s",
                  text_string(&shown));
    ck_assert_uint_eq(shown.length, 9 + 4 + 2 + (LINES_MAX - 1) + 1);
    text_done(&shown);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {ends_of_lines_are_taken_off,
                            an_end_in_quotes_belongs_to_the_line,
                            a_stray_quote_costs_one_line,
                            a_line_that_is_too_long_is_stepped_over,
                            a_quote_that_closes_too_late_costs_its_lines,
                            NULL};
    return run_suite(suite_of("logs_lines", tests));
}
