/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "capture/source.h"
#include "logs/logs.h"
#include "logs/series.h"
#include "run.h"

static const struct series_limits wide = {.max_events = 1000, .max_series = 1000};

struct result {
    struct text shown; /* `id: times in ms [window] bytes;` */
    struct logs_report report;
    enum logs_status status;
    struct error err;
};

static void show(const struct series_set *set, struct text *out)
{
    for (size_t i = 0; i < series_set_size(set); i++) {
        const struct series *series = series_set_at(set, i);
        text_addf(out, "%s:", series->id);
        for (size_t j = 0; j < series->count; j++)
            text_addf(out, " %" PRId64, series->times_ns[j] / NS_PER_MS);
        if (series->window_ns > 0)
            text_addf(out, " of %" PRId64, series->window_ns / NS_PER_MS);
        if (series->size_count > 0)
            text_addf(out, " %" PRIu64 " B", series->bytes);
        if (series->common_clock)
            text_add(out, " common");
        if (!series->answered)
            text_add(out, " unanswered");
        text_add_char(out, '\n');
    }
}

static void read_bytes(const char *data, size_t size, enum logs_format format,
                       struct result *ret_result)
{
    struct source source;
    source_open_memory(&source, data, size, 7);
    struct series_set *set = series_set_new(&wide);
    *ret_result = (struct result){.status = LOGS_READ};
    ret_result->status = logs_read(&source, format, set, &ret_result->report, &ret_result->err);
    series_set_finish(set);
    show(set, &ret_result->shown);
    series_set_free(set);
    source_close(&source);
}

/* Reads a text, all of which is good. */
static void expect_series(const char *data, const char *wanted)
{
    struct result result;
    read_bytes(data, strlen(data), LOGS_UNKNOWN, &result);
    ck_assert_msg(result.status == LOGS_READ, "%s", result.err.text);
    ck_assert_msg(result.report.skipped == 0, "%s", result.report.skipped_why.text);
    ck_assert_str_eq(text_string(&result.shown), wanted);
    text_done(&result.shown);
}

/* Reads a text with one line that is skipped. */
static void expect_skipped(const char *data, unsigned line, const char *why)
{
    struct result result;
    read_bytes(data, strlen(data), LOGS_UNKNOWN, &result);
    ck_assert_msg(result.status == LOGS_READ, "%s", result.err.text);
    ck_assert_str_eq(result.report.skipped_why.text, why);
    ck_assert_uint_eq(result.report.skipped, 1);
    ck_assert_uint_eq(result.report.skipped_line, line);
    text_done(&result.shown);
}

static void expect_unreadable(const char *data, const char *why)
{
    struct result result;
    read_bytes(data, strlen(data), LOGS_UNKNOWN, &result);
    ck_assert(result.status == LOGS_UNREADABLE);
    ck_assert_str_eq(result.err.text, why);
    ck_assert_uint_eq(result.shown.length, 0);
}

START_TEST(a_table_with_tabs_needs_no_header)
{
    expect_series("a\t3600\t1000\t10\nb\t60\t5\nb\t60\t4\t\na\t3600\t2000.5\t20\n",
                  "a: 1000 2000 of 3600000 30 B\nb: 4 5 of 60000\n");
    expect_series("id\twindow_s\tt_ms\tbytes\r\na\t1\t2\t3\r\n", "a: 2 of 1000 3 B\n");
    expect_series("bytes\tt_s\textra\tid\n3\t1.5\t?\tx y\n", "x y: 1500 3 B\n");
    expect_series("\xef\xbb\xbfid\tt_s\na\t1\n", "a: 1000\n");
}
END_TEST

START_TEST(a_table_with_commas_has_named_columns)
{
    expect_series("id,window_s,t_ms,bytes\na,1,2,3\na,1,4,\n", "a: 2 4 of 1000 3 B\n");
    expect_series("src,dst,port,ts\n10.0.0.1,9.9.9.9,443,1.5\n10.0.0.1,9.9.9.9,,2\n",
                  "10.0.0.1 -> 9.9.9.9:443: 1500 common\n10.0.0.1 -> 9.9.9.9: 2000 common\n");
    expect_series(
        "src,dst,port,proto,name,time\n"
        "fd00::1,2001:db8::2,443,TCP,,1\nfd00::1,2001:db8::2,443,TCP,A.Example.,2\n",
        "fd00::1 -> [2001:db8::2]:443/tcp: 1000 common\n"
        "fd00::1 -> a.example: 2000 common\n");
    expect_series("timestamp,src,name\n1970-01-01T00:00:01Z,a,b\n", "a -> b: 1000 common\n");
}
END_TEST

START_TEST(quotes_hold_commas_quotes_and_ends_of_lines)
{
    expect_series("\"id\",\"t_ms\"\n\"a,b\",1\n\"a \"\"b\"\"\",2\n\"a\nb\",3\n\"x\",\"4\"",
                  "a,b: 1\na \"b\": 2\na\nb: 3\nx: 4\n");
}
END_TEST

START_TEST(quotes_that_do_not_fit_cost_their_line)
{
    expect_skipped("id,t_ms\n\"a\"b,1\nc,2\n", 2, "quotes that do not fit: '\"a\"b,1'");
    expect_skipped("id,t_ms\nc,2\n\"a,1", 3, "quotes that do not fit: '\"a,1'");
    expect_skipped("id,t_ms\nc,2\n\"a,1\nd,3\n", 3, "quotes that do not close");
}
END_TEST

START_TEST(zeek_logs_are_read_as_they_say_that_they_are_written)
{
    expect_series(
        "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"
        "#path\tconn\n#open\t2026-11-22-10-00-00\n"
        "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_bytes\t"
        "resp_bytes\tconn_state\n#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tcount"
        "\tcount\tstring\n"
        "1.500000\tC1\t10.0.0.1\t5\t9.9.9.9\t443\ttcp\t10\t-\tSF\n"
        "2.500000\tC2\t10.0.0.1\t6\t9.9.9.9\t443\ttcp\t1\t2\tS1\n"
        "3.500000\tC3\t10.0.0.1\t6\t9.9.9.9\t443\ttcp\t-\t-\tS0\n"
        "4.500000\tC4\t10.0.0.1\t6\t9.9.9.9\t443\ttcp\t-\t-\tREJ\n#close\tx\n",
        "10.0.0.1 -> 9.9.9.9:443/tcp: 1500 2500 13 B common\n"
        "10.0.0.1 -> 9.9.9.9:443/tcp (unanswered): 3500 4500 common unanswered\n");
    expect_series(
        "#separator \\x7c\n#unset_field|NONE\n#fields|ts|id.orig_h|id.resp_h|query\n"
        "1|a|b|NONE\n2|a|b|x\\x7cy\\x2\n3|a|b|-\n",
        "a -> b: 1000 common\na -> x|y\\x2: 2000 common\na -> -: 3000 common\n");
}
END_TEST

START_TEST(names_of_zeek_logs_make_the_series)
{
    expect_series(
        "#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tserver_name\n"
        "1\ta\tb\t443\tWWW.example\n2\ta\tb\t443\t(empty)\n3\ta\tb\t443\t\n",
        "a -> www.example: 1000 common\na -> b:443: 2000 3000 common\n");
    expect_series("#fields\tts\tid.orig_h\tid.resp_h\tname\thost\n1\ta\tb\todd\th\n",
                  "a -> h: 1000 common\n");
    /* A second log in the same file. */
    expect_series(
        "#fields\tts\tid.orig_h\tid.resp_h\n1\ta\tb\n#fields\tid.orig_h\tquery\tts\n"
        "a\tq\t2\n",
        "a -> b: 1000 common\na -> q: 2000 common\n");
}
END_TEST

START_TEST(damaged_zeek_logs_are_told)
{
    expect_skipped("#fields\tts\tid.orig_h\tid.resp_h\n1\ta\n2\ta\tb\n", 2, "2 cells instead of 3");
    expect_unreadable("#separator \\x09\n1\ta\tb\n",
                      "line 2: no #fields line before the first record");
    expect_unreadable("#fields\tts\tuid\n",
                      "line 1: no column for the series (id, or src with dst "
                      "or name)");
    struct result result;
    const char *late = "#fields\tts\tid.orig_h\tid.resp_h\n1\ta\tb\n#fields\tuid\n";
    read_bytes(late, strlen(late), LOGS_UNKNOWN, &result);
    ck_assert(result.status == LOGS_PARTIAL);
    ck_assert_str_eq(text_string(&result.shown), "a -> b: 1000 common\n");
    text_done(&result.shown);
}
END_TEST

START_TEST(json_lines_have_the_keys_of_tables)
{
    expect_series(
        "{\"id\":\"a\",\"t_ms\":12,\"bytes\":5}\n"
        "  {\"id\":\"a\",\"t_ms\":13.25,\"bytes\":null,\"more\":[1,{}]}\n",
        "a: 12 13 5 B\n");
    expect_series(
        "{\"src\":\"a\",\"name\":\"b\",\"timestamp\":\"1970-01-01T00:00:01+00:00\"}\n"
        "{\"src\":\"a\",\"dst\":7,\"port\":80,\"time\":1.5}\n",
        "a -> b: 1000 common\na -> 7:80: 1500 common\n");
}
END_TEST

START_TEST(zeek_writes_json_too)
{
    expect_series(
        "{\"ts\":1764072000.123456,\"id.orig_h\":\"a\",\"id.resp_h\":\"b\","
        "\"id.resp_p\":53,\"proto\":\"udp\",\"query\":\"q.example\",\"name\":\"odd\"}\n"
        "{\"ts\":\"2025-11-25T12:00:01.5Z\",\"id.orig_h\":\"a\",\"id.resp_h\":\"b\","
        "\"id.resp_p\":53,\"proto\":\"udp\",\"conn_state\":\"S0\",\"orig_bytes\":3}\n",
        "a -> q.example: 1764072000123 common\n"
        "a -> b:53/udp (unanswered): 1764072001500 3 B common unanswered\n");
}
END_TEST

/* One record: type, second, and what else stands in it. */
static void add_record(struct text *log, const char *type, int second, const char *rest)
{
    text_addf(log,
              "{\"event_type\":\"%s\",\"timestamp\":\"1970-01-01T00:00:0%dZ\",\"src_ip\":\"a\","
              "\"dest_ip\":\"b\",\"dest_port\":443,\"proto\":\"TCP\"%s}\n",
              type, second, rest);
}

START_TEST(records_of_eve_are_flows_names_and_alerts)
{
    struct text log = {0};
    add_record(&log, "flow", 9,
               ",\"flow\":{\"start\":\"1970-01-01T00:00:01Z\",\"bytes_toserver\":3,"
               "\"bytes_toclient\":4,\"pkts_toclient\":1}");
    add_record(&log, "flow", 9,
               ",\"flow\":{\"start\":\"1970-01-01T00:00:02Z\",\"pkts_toclient\":0}");
    add_record(&log, "tls", 3, ",\"tls\":{\"sni\":\"T.example\"}");
    add_record(&log, "quic", 3, ",\"quic\":{\"sni\":\"t.example\"}");
    add_record(&log, "http", 4, ",\"http\":{\"hostname\":\"h.example\"}");
    add_record(&log, "alert", 5, ",\"tls\":{\"sni\":\"t.example\"}");
    add_record(&log, "dns", 6, ",\"dns\":{\"type\":\"query\",\"rrname\":\"d.example\"}");
    add_record(&log, "dns", 7, ",\"dns\":{\"type\":\"answer\",\"rrname\":\"d.example\"}");
    add_record(&log, "dns", 8,
               ",\"dns\":{\"type\":\"request\",\"queries\":[{\"rrname\":\"d.example\"}]}");
    add_record(&log, "dns", 9,
               ",\"dns\":{\"type\":\"response\",\"queries\":[{\"rrname\":\"d.example\"}]}");
    add_record(&log, "fileinfo", 9, "");
    text_add(&log, "{\"event_type\":\"stats\",\"stats\":{}}\n");
    expect_series(text_string(&log),
                  "a -> b:443/tcp: 1000 7 B common\n"
                  "a -> b:443/tcp (unanswered): 2000 common unanswered\n"
                  "a -> t.example: 3000 3000 common\n"
                  "a -> h.example: 4000 common\n"
                  "a -> t.example (alert): 5000 common\n"
                  "a -> d.example: 6000 8000 common\n");
    text_done(&log);
}
END_TEST

START_TEST(broken_lines_are_counted_and_the_first_is_told)
{
    expect_skipped("a\t1\t2\na\t1\tx\n", 2, "no time of this age: 'x'");
    expect_skipped("a\t1\t2\n\t1\t3\n", 2, "no id, and not both ends");
    expect_skipped("a\t1\t2\na\t1\n", 2, "no time");
    expect_skipped("a\t1\t2\na\t1\t2\t-5\n", 2, "no number of bytes: '-5'");
    expect_skipped("a\t1\t2\na\t0\t2\n", 2, "no span in seconds: '0'");
    expect_skipped("a\t1\t2\na\tnan\t2\n", 2, "no span in seconds: 'nan'");
    expect_skipped("id,ts\na,1\nb,inf\n", 3, "no time of this age: 'inf'");
    expect_skipped("id,ts\na,1\nb,1764072000000\n", 3, "no time of this age: '1764072000000'");
    expect_skipped("id,ts,orig_bytes\na,1,2\nb,1,\x1b[31m\n", 3, "no number of bytes: '\\x1b[31m'");
    expect_skipped("{\"id\":\"a\",\"t_s\":1}\n[]\n", 2, "no JSON object");
    expect_skipped("{\"id\":\"a\",\"t_s\":1}\n{\"id\":\"a\",\"t_s\":1e300}\n", 2,
                   "no time of this age: '1.000000000e+300'");
    expect_skipped("{\"id\":\"a\",\"t_s\":1}\n{\"id\":\"a\",\"t_s\":true}\n", 2, "no time");
    struct result result;
    const char *several = "x\ty\tz\na\t1\t2\n1\t2\n";
    read_bytes(several, strlen(several), LOGS_UNKNOWN, &result);
    ck_assert(result.status == LOGS_READ);
    ck_assert_uint_eq(result.report.skipped, 2);
    ck_assert_uint_eq(result.report.skipped_line, 1);
    ck_assert_uint_eq(result.report.events, 1);
    text_done(&result.shown);
}
END_TEST

START_TEST(nul_bytes_and_long_values_are_refused)
{
    struct result result;
    static const char nul[] = "a\t1\t2\nb\0\t1\t2\n";
    read_bytes(nul, sizeof nul - 1, LOGS_UNKNOWN, &result);
    ck_assert_str_eq(result.report.skipped_why.text, "a NUL byte");
    text_done(&result.shown);
    struct text line = {0};
    text_add(&line, "a\t1\t2\n");
    memset(text_extend(&line, SERIES_ID_MAX), 'i', SERIES_ID_MAX);
    text_add(&line, "\t1\t2\n");
    memset(text_extend(&line, SERIES_ID_MAX + 1), 'j', SERIES_ID_MAX + 1);
    text_add(&line, "\t1\t2\na\t1\t");
    memset(text_extend(&line, 100), 'k', 100);
    read_bytes(line.data, line.length, LOGS_UNKNOWN, &result);
    ck_assert_uint_eq(result.report.events, 2);
    ck_assert_uint_eq(result.report.skipped, 2);
    ck_assert_str_eq(result.report.skipped_why.text, "an id of 513 bytes");
    text_done(&result.shown);
    text_clear(&line);
    text_add(&line, "a\t1\t2\n");
    memset(text_extend(&line, LOGS_ZEEK * 100000), 'l', LOGS_ZEEK * 100000);
    read_bytes(line.data, line.length, LOGS_UNKNOWN, &result);
    ck_assert_str_eq(result.report.skipped_why.text, "a line of more than 256 KiB");
    text_done(&result.shown);
    text_done(&line);
}
END_TEST

START_TEST(json_that_is_none_is_told)
{
    struct result result;
    static const char *const broken[] = {"{\"id\":\"a\"", "{\"id\":\"\xff\",\"t_s\":1}",
                                         "{\"id\":\"\\u0000\",\"t_s\":1}",
                                         "{\"id\":\"a\",\"t_s\":NaN}"};
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        read_bytes(broken[i], strlen(broken[i]), LOGS_UNKNOWN, &result);
        ck_assert(result.status == LOGS_UNREADABLE);
        ck_assert_msg(strncmp(result.err.text, "no line can be read; line 1: no JSON: '", 39) == 0,
                      "%s", result.err.text);
        text_done(&result.shown);
    }
}
END_TEST

START_TEST(what_is_no_log_is_unreadable)
{
    expect_unreadable("just words\n", "no format that is known (tsv, csv, json, zeek)");
    expect_unreadable("\n", "no format that is known (tsv, csv, json, zeek)");
    expect_unreadable("a,b\n1,2\n",
                      "line 1: no column for the time (ts, time, timestamp, t_s or "
                      "t_ms)");
    expect_unreadable("t_s,src\n1,2\n",
                      "line 1: no column for the series (id, or src with dst or name)");
    expect_unreadable("\"t_s\"x,src\n", "line 1: quotes that do not fit: '\"t_s\"x,src'");
    struct result result;
    read_bytes("a\0\tb\n", 5, LOGS_UNKNOWN, &result);
    ck_assert(result.status == LOGS_UNREADABLE);
    expect_series("", "");
    expect_series("id,t_s\n", "");
}
END_TEST

START_TEST(a_format_that_is_asked_for_is_not_guessed)
{
    ck_assert(logs_format_named("tsv") == LOGS_TSV && logs_format_named("csv") == LOGS_CSV);
    ck_assert(logs_format_named("json") == LOGS_JSON && logs_format_named("zeek") == LOGS_ZEEK);
    ck_assert(logs_format_named("xml") == LOGS_UNKNOWN);
    struct result result;
    read_bytes("id,t_s\tx\n", 9, LOGS_CSV, &result); /* its second column is `t_s<TAB>x` */
    ck_assert(result.status == LOGS_UNREADABLE);
    const char *json = "{\"ts\":1,\"id.orig_h\":\"a\",\"id.resp_h\":\"b\"}\n";
    read_bytes(json, strlen(json), LOGS_ZEEK, &result);
    ck_assert(result.status == LOGS_READ);
    ck_assert_str_eq(text_string(&result.shown), "a -> b: 1000 common\n");
    text_done(&result.shown);
}
END_TEST

START_TEST(a_table_may_have_more_columns_than_are_looked_at)
{
    struct text table = {0};
    text_add(&table, "id,t_s");
    for (int i = 0; i < 400; i++)
        text_add(&table, ",x");
    text_add(&table, ",bytes\na,1");
    for (int i = 0; i < 400; i++)
        text_add(&table, ",y");
    text_add(&table, ",z\n");
    expect_series(table.data, "a: 1000\n");
    text_done(&table);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {a_table_with_tabs_needs_no_header,
                            a_table_with_commas_has_named_columns,
                            quotes_hold_commas_quotes_and_ends_of_lines,
                            quotes_that_do_not_fit_cost_their_line,
                            zeek_logs_are_read_as_they_say_that_they_are_written,
                            names_of_zeek_logs_make_the_series,
                            damaged_zeek_logs_are_told,
                            json_lines_have_the_keys_of_tables,
                            zeek_writes_json_too,
                            records_of_eve_are_flows_names_and_alerts,
                            broken_lines_are_counted_and_the_first_is_told,
                            nul_bytes_and_long_values_are_refused,
                            json_that_is_none_is_told,
                            what_is_no_log_is_unreadable,
                            a_format_that_is_asked_for_is_not_guessed,
                            a_table_may_have_more_columns_than_are_looked_at,
                            NULL};
    return run_suite(suite_of("logs_formats", tests));
}
