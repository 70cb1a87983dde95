/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "run.h"

/* Checks what was written, and releases it. */
static void expect(struct text *text, const char *wanted)
{
    ck_assert_str_eq(text_string(text), wanted);
    text_done(text);
}

START_TEST(containers_and_commas_are_placed)
{
    struct text text = {0};
    struct json json = {.out = &text};
    json_open_object(&json, NULL);
    json_u64(&json, "a", 1);
    json_open_array(&json, "list");
    json_i64(&json, NULL, -1);
    json_bool(&json, NULL, true);
    json_open_object(&json, NULL);
    json_close_object(&json);
    json_open_array(&json, NULL);
    json_close_array(&json);
    json_close_array(&json);
    json_bool(&json, "b", false);
    json_open_object(&json, "o");
    json_text(&json, "t", "x");
    json_close_object(&json);
    json_close_object(&json);
    expect(&text, "{\"a\":1,\"list\":[-1,true,{},[]],\"b\":false,\"o\":{\"t\":\"x\"}}");
}
END_TEST

START_TEST(an_absent_text_is_an_absent_key)
{
    struct text text = {0};
    struct json json = {.out = &text};
    json_open_object(&json, NULL);
    json_text(&json, "gone", NULL);
    json_text(&json, "empty", "");
    json_text(&json, "gone", NULL);
    json_close_object(&json);
    expect(&text, "{\"empty\":\"\"}");
}
END_TEST

START_TEST(hostile_bytes_are_escaped)
{
    struct text text = {0};
    struct json json = {.out = &text};
    static const char hostile[] = "\"\\\n\x01\x1f\x7f</\xc3\xa9";
    json_bytes(&json, NULL, hostile, sizeof hostile - 1);
    expect(&text, "\"\\\"\\\\\\u000a\\u0001\\u001f\\u007f</\xc3\xa9\"");
    json = (struct json){.out = &text};
    json_bytes(&json, NULL, "a\0b", 3);
    expect(&text, "\"a\\u0000b\"");
}
END_TEST

START_TEST(a_byte_is_escaped_wherever_it_stands)
{
    enum {
        LONGEST = 26 /* words, and what is left of them */
    };
    for (size_t length = 1; length <= LONGEST; length++)
        for (size_t at = 0; at < length; at++) {
            char value[LONGEST], wanted[LONGEST + 5] = "\"";
            memset(value, 'x', length);
            value[at] = '\\';
            memset(wanted + 1, 'x', length + 1);
            wanted[1 + at] = wanted[2 + at] = '\\';
            wanted[length + 2] = '"';
            struct text text = {0};
            struct json json = {.out = &text};
            json_bytes(&json, NULL, value, length);
            expect(&text, wanted);
        }
}
END_TEST

START_TEST(what_is_no_utf8_becomes_the_replacement_character)
{
    struct text text = {0};
    struct json json = {.out = &text};
    json_bytes(&json, NULL, "\xff\xc0\x80x\xe2\x82", 6);
    expect(&text, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx\xef\xbf\xbd\xef\xbf\xbd\"");
}
END_TEST

START_TEST(doubles_are_short_and_always_json)
{
    struct text text = {0};
    struct json json = {.out = &text};
    json_open_array(&json, NULL);
    json_double(&json, NULL, 0.5, 3);
    json_double(&json, NULL, 10, 0);
    json_double(&json, NULL, 100, 3);
    json_double(&json, NULL, -0.0004, 3);
    json_double(&json, NULL, -1.25, 9);
    json_double(&json, NULL, (double)NAN, 3);
    json_double(&json, NULL, (double)INFINITY, 3);
    json_double(&json, NULL, 0, 9);
    json_close_array(&json);
    expect(&text, "[0.5,10,100,0,-1.25,null,null,0]");
    json = (struct json){.out = &text};
    json_double(&json, NULL, 1.7976931348623157e308, 9);
    ck_assert_uint_eq(text.length, 309);
    text_done(&text);
}
END_TEST

START_TEST(small_numbers_keep_significant_digits)
{
    struct text text = {0};
    struct json json = {.out = &text};
    json_open_array(&json, NULL);
    json_significant(&json, NULL, 1.2345e-40, 3);
    json_significant(&json, NULL, 0.01, 3);
    json_significant(&json, NULL, 0, 3);
    json_significant(&json, NULL, 1, 3);
    json_significant(&json, NULL, (double)NAN, 3);
    json_significant(&json, NULL, (double)INFINITY, 3);
    json_close_array(&json);
    expect(&text, "[1.23e-40,0.01,0,1,null,null]");
}
END_TEST

START_TEST(integers_keep_all_digits)
{
    struct text text = {0};
    struct json json = {.out = &text};
    json_open_array(&json, NULL);
    json_u64(&json, NULL, UINT64_MAX);
    json_i64(&json, NULL, INT64_MIN);
    json_close_array(&json);
    expect(&text, "[18446744073709551615,-9223372036854775808]");
}
END_TEST

int main(void)
{
    const TTest *tests[] = {containers_and_commas_are_placed,
                            an_absent_text_is_an_absent_key,
                            hostile_bytes_are_escaped,
                            a_byte_is_escaped_wherever_it_stands,
                            what_is_no_utf8_becomes_the_replacement_character,
                            doubles_are_short_and_always_json,
                            small_numbers_keep_significant_digits,
                            integers_keep_all_digits,
                            NULL};
    return run_suite(suite_of("base_json", tests));
}
