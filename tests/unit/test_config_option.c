/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "config/option.h"
#include "net/prefix.h"
#include "run.h"

struct record {
    bool flag;
    uint32_t number, word, flags;
    uint64_t large, size;
    int64_t span_ns;
    double fraction;
    char *text, *url;
    char country[3];
    char **texts, **ids;
    size_t text_count, id_count, country_count, prefix_count;
    char (*countries)[3];
    struct prefix *prefixes;
};

static const char *const words[] = {"list", "channel", "stream", NULL};

#define AT(field)          .offset = offsetof(struct record, field)
#define LIST(field, count) AT(field), .count_offset = offsetof(struct record, count)

static const struct option options[OPTION_TYPE_COUNT] = {
    [OPTION_BOOL] = {"t.bool", OPTION_BOOL, AT(flag)},
    [OPTION_U32] = {"t.u32", OPTION_U32, AT(number), .min = "10", .max = "20"},
    [OPTION_U64] = {"t.u64", OPTION_U64, AT(large), .min = "0", .max = "10000000000"},
    [OPTION_SIZE] = {"t.size", OPTION_SIZE, AT(size), .min = "1KiB", .max = "1GiB"},
    [OPTION_DURATION] = {"t.span", OPTION_DURATION, AT(span_ns), .min = "1ms", .max = "1d"},
    [OPTION_FRACTION] = {"t.fraction", OPTION_FRACTION, AT(fraction), .min = "0", .max = "1"},
    [OPTION_TEXT] = {"t.text", OPTION_TEXT, AT(text)},
    [OPTION_COUNTRY] = {"t.country", OPTION_COUNTRY, AT(country)},
    [OPTION_WORD] = {"t.word", OPTION_WORD, AT(word), .words = words},
    [OPTION_FLAGS] = {"t.flags", OPTION_FLAGS, AT(flags), .words = words},
    [OPTION_TEXTS] = {"t.texts", OPTION_TEXTS, LIST(texts, text_count)},
    [OPTION_IDS] = {"t.ids", OPTION_IDS, LIST(ids, id_count)},
    [OPTION_COUNTRIES] = {"t.countries", OPTION_COUNTRIES, LIST(countries, country_count)},
    [OPTION_PREFIXES] = {"t.prefixes", OPTION_PREFIXES, LIST(prefixes, prefix_count)},
};

static void release(struct record *record)
{
    for (size_t i = 0; i < OPTION_EXCEPTIONS; i++)
        option_clear(&options[i], record);
}

/* What is assigned from `text` must print as `printed`. */
static void takes(enum option_type type, const char *text, const char *printed)
{
    struct record record = {0};
    struct error err = {""};
    struct text out = {0};
    ck_assert_msg(option_assign_text(&options[type], &record, text, &err), "%s: %s", text,
                  err.text);
    option_print(&options[type], &record, &out);
    ck_assert_str_eq(text_string(&out), printed);
    text_done(&out);
    release(&record);
}

/* `text` must be refused with a sentence that holds `part`, and change nothing. */
static void refuses(enum option_type type, const char *text, const char *part)
{
    struct record record = {0}, before = {0};
    struct error err = {""};
    struct text out = {0}, unchanged = {0};
    ck_assert_msg(!option_assign_text(&options[type], &record, text, &err), "%s taken", text);
    ck_assert_msg(strstr(err.text, part) != NULL, "'%s' lacks '%s'", err.text, part);
    if (type != OPTION_WORD && type != OPTION_FLAGS) {
        option_print(&options[type], &record, &out);
        option_print(&options[type], &before, &unchanged);
        ck_assert_str_eq(text_string(&out), text_string(&unchanged));
    }
    ck_assert_uint_eq(record.word, 0);
    ck_assert_uint_eq(record.flags, 0);
    text_done(&out);
    text_done(&unchanged);
}

START_TEST(booleans)
{
    takes(OPTION_BOOL, "true", "true");
    takes(OPTION_BOOL, "yes", "true");
    takes(OPTION_BOOL, "on", "true");
    takes(OPTION_BOOL, "off", "false");
    refuses(OPTION_BOOL, "1", "'1' is not true or false");
    refuses(OPTION_BOOL, "True", "true or false");
}
END_TEST

START_TEST(numbers_within_their_range)
{
    takes(OPTION_U32, "10", "10");
    takes(OPTION_U32, "20", "20");
    refuses(OPTION_U32, "9", "'9' is out of range: allowed is 10 to 20");
    refuses(OPTION_U32, "21", "10 to 20");
    refuses(OPTION_U32, "4294967306", "10 to 20");
    refuses(OPTION_U32, "-1", "whole number, from 10 to 20");
    refuses(OPTION_U32, "0x10", "whole number");
    refuses(OPTION_U32, "", "whole number");
    takes(OPTION_U64, "10000000000", "10000000000");
    refuses(OPTION_U64, "10000000001", "0 to 10000000000");
    refuses(OPTION_U64, "18446744073709551616", "whole number");
}
END_TEST

START_TEST(sizes_and_durations_with_units)
{
    takes(OPTION_SIZE, "2048", "2KiB");
    takes(OPTION_SIZE, "1GiB", "1GiB");
    takes(OPTION_SIZE, "1025B", "1025");
    refuses(OPTION_SIZE, "1B", "1KiB to 1GiB");
    refuses(OPTION_SIZE, "2GiB", "out of range");
    refuses(OPTION_SIZE, "2 GiB", "is not a size");
    takes(OPTION_DURATION, "5", "5s");
    takes(OPTION_DURATION, "1.5min", "90s");
    takes(OPTION_DURATION, "24h", "1d");
    takes(OPTION_DURATION, "1500us", "1500us");
    refuses(OPTION_DURATION, "999us", "1ms to 1d");
    refuses(OPTION_DURATION, "25h", "1ms to 1d");
    refuses(OPTION_DURATION, "5 weeks", "is not a duration");
}
END_TEST

START_TEST(fractions)
{
    takes(OPTION_FRACTION, "0", "0");
    takes(OPTION_FRACTION, "0.75", "0.75");
    takes(OPTION_FRACTION, "1", "1");
    refuses(OPTION_FRACTION, "1.01", "0 to 1");
    refuses(OPTION_FRACTION, "-0.1", "0 to 1");
    refuses(OPTION_FRACTION, "nan", "decimal fraction, from 0 to 1");
}
END_TEST

START_TEST(texts_are_one_line)
{
    takes(OPTION_TEXT, "/var/log/x.json", "/var/log/x.json");
    takes(OPTION_TEXT, "", "\"\"");
    takes(OPTION_TEXT, "say \"hi\" \\ # no comment", "\"say \\\"hi\\\" \\\\ # no comment\"");
    takes(OPTION_TEXT, "caf\xc3\xa9", "\"caf\xc3\xa9\"");
    refuses(OPTION_TEXT, "two\nlines", "one line");
    refuses(OPTION_TEXT, "esc\x1b[31m", "one line");
    refuses(OPTION_TEXT, "c1 \xc2\x9b", "one line");
    refuses(OPTION_TEXT, "sep \xe2\x80\xa8", "one line");
    refuses(OPTION_TEXT, "not utf-8 \xff", "one line");
}
END_TEST

START_TEST(empty_text_is_null)
{
    struct record record = {0};
    ck_assert(option_assign_text(&options[OPTION_TEXT], &record, "a", NULL));
    ck_assert_str_eq(record.text, "a");
    ck_assert(option_assign_text(&options[OPTION_TEXT], &record, "", NULL));
    ck_assert_ptr_null(record.text);
}
END_TEST

START_TEST(words_and_flags)
{
    takes(OPTION_WORD, "stream", "stream");
    refuses(OPTION_WORD, "streem", "did you mean 'stream'?); allowed are list, channel, stream");
    refuses(OPTION_WORD, "list, stream", "unknown word");
    takes(OPTION_FLAGS, "stream,list", "[list, stream]");
    takes(OPTION_FLAGS, " channel ", "[channel]");
    refuses(OPTION_FLAGS, "", "at least one");
    refuses(OPTION_FLAGS, "list,strem", "did you mean 'stream'");
}
END_TEST

START_TEST(countries_are_two_capitals)
{
    takes(OPTION_COUNTRY, "US", "US");
    takes(OPTION_COUNTRY, "", "\"\"");
    refuses(OPTION_COUNTRY, "us", "two capital letters");
    refuses(OPTION_COUNTRY, "USA", "two capital letters");
    takes(OPTION_COUNTRIES, "CN, RU", "[CN, RU]");
    takes(OPTION_COUNTRIES, "", "[]");
    refuses(OPTION_COUNTRIES, "CN,Russia", "'Russia'");
    refuses(OPTION_COUNTRIES, "CN,,RU", "''");
}
END_TEST

START_TEST(lists_of_texts_ids_and_networks)
{
    takes(OPTION_TEXTS, "a.mmdb, /b c.mmdb", "[a.mmdb, \"/b c.mmdb\"]");
    takes(OPTION_IDS, "kaspersky,qihoo-360", "[kaspersky, qihoo-360]");
    refuses(OPTION_IDS, "kaspersky,Eset", "'Eset' is not an id");
    refuses(OPTION_IDS, "-a", "is not an id");
    takes(OPTION_PREFIXES, "192.0.2.0/24,2001:db8::/32,192.0.2.1",
          "[192.0.2.0/24, \"2001:db8::/32\", 192.0.2.1/32]");
    refuses(OPTION_PREFIXES, "192.0.2.1/24", "bits set past its length");
    refuses(OPTION_PREFIXES, "10.0.0.0/33", "network");
}
END_TEST

START_TEST(list_is_kept_where_the_new_one_is_wrong)
{
    struct record record = {0};
    const char *right[] = {"eset", "avast"}, *wrong[] = {"avira", "drweb", "NO", "x"};
    size_t bad = 0;
    const struct option *option = &options[OPTION_IDS];
    ck_assert(option_assign(option, &record, right, 2, NULL, NULL));
    ck_assert(!option_assign(option, &record, wrong, 4, NULL, &bad));
    ck_assert_uint_eq(bad, 2);
    ck_assert_uint_eq(record.id_count, 2);
    ck_assert_str_eq(record.ids[1], "avast");
    ck_assert(option_assign(option, &record, NULL, 0, NULL, NULL));
    ck_assert_uint_eq(record.id_count, 0);
    release(&record);
}
END_TEST

static void shows(const char *url, const char *printed)
{
    struct option secret = {"t.url", OPTION_TEXT, AT(url), .secret = true};
    struct record record = {0};
    struct text out = {0};
    ck_assert(option_assign_text(&secret, &record, url, NULL));
    option_print(&secret, &record, &out);
    ck_assert_str_eq(text_string(&out), printed);
    text_done(&out);
    option_clear(&secret, &record);
}

START_TEST(password_is_masked)
{
    shows("redis://user:hunter2@host:6379/1", "\"redis://user:***@host:6379/1\"");
    shows("redis://:hunter2@host", "\"redis://:***@host\"");
    shows("redis://:hun@ter2@host", "\"redis://:***@host\"");
    shows("redis://user@host:6379", "\"redis://user@host:6379\"");
    shows("redis://host:6379", "\"redis://host:6379\"");
    struct option secret = {"t.url", OPTION_TEXT, AT(url), .secret = true};
    struct record record = {0};
    struct error err = {""};
    ck_assert(!option_assign_text(&secret, &record, "redis://:hunter2\n@host", &err));
    ck_assert_ptr_null(strstr(err.text, "hunter2"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {booleans,
                                  numbers_within_their_range,
                                  sizes_and_durations_with_units,
                                  fractions,
                                  texts_are_one_line,
                                  empty_text_is_null,
                                  words_and_flags,
                                  countries_are_two_capitals,
                                  lists_of_texts_ids_and_networks,
                                  list_is_kept_where_the_new_one_is_wrong,
                                  password_is_masked,
                                  NULL};
    return run_suite(suite_of("config_option", tests));
}
