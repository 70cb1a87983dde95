/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "run.h"

START_TEST(additions_follow_each_other)
{
    struct text text = {0};
    ck_assert_str_eq(text_string(&text), "");
    text_add(&text, "a");
    text_add_char(&text, 'b');
    text_add_bytes(&text, "cde", 2);
    text_add_u64(&text, 0);
    text_add_u64(&text, UINT64_MAX);
    text_add_i64(&text, -1);
    text_add_i64(&text, INT64_MIN);
    text_add_i64(&text, 5);
    text_addf(&text, "%s-%d", "x", 7);
    ck_assert_str_eq(text_string(&text), "abcd018446744073709551615-1-92233720368547758085x-7");
    ck_assert_uint_eq(text.length, strlen(text.data));
    text_clear(&text);
    ck_assert_str_eq(text_string(&text), "");
    text_done(&text);
    ck_assert_ptr_null(text.data);
    text_clear(&text);
    ck_assert_str_eq(text_string(&text), "");
}
END_TEST

START_TEST(it_grows_without_bound_of_its_own)
{
    struct text text = {0};
    for (int i = 0; i < 100000; i++)
        text_add(&text, "0123456789");
    ck_assert_uint_eq(text.length, 1000000);
    ck_assert(memcmp(text.data + 999990, "0123456789", 11) == 0);
    text_clear(&text);
    text_addf(&text, "%0600d", 5);
    ck_assert_uint_eq(text.length, 600);
    ck_assert_int_eq(text.data[599], '5');
    text_addf(&text, "%0512d", 6);
    ck_assert_uint_eq(text.length, 1112);
    ck_assert_uint_eq(strlen(text.data), 1112);
    text_done(&text);
}
END_TEST

START_TEST(utf8_lengths_follow_rfc_3629)
{
    ck_assert_uint_eq(text_utf8_length("a", 1), 1);
    ck_assert_uint_eq(text_utf8_length("", 0), 0);
    ck_assert_uint_eq(text_utf8_length("\xc3\xa9", 2), 2);
    ck_assert_uint_eq(text_utf8_length("\xe2\x82\xac", 3), 3);
    ck_assert_uint_eq(text_utf8_length("\xf0\x9f\x98\x80", 4), 4);
    ck_assert_uint_eq(text_utf8_length("\xf4\x8f\xbf\xbf", 4), 4);
    ck_assert_uint_eq(text_utf8_length("\xc3", 1), 0);
    ck_assert_uint_eq(text_utf8_length("\xc3(", 2), 0);
    ck_assert_uint_eq(text_utf8_length("\x80", 1), 0);
    ck_assert_uint_eq(text_utf8_length("\xc0\x80", 2), 0);         /* overlong */
    ck_assert_uint_eq(text_utf8_length("\xe0\x80\x80", 3), 0);     /* overlong */
    ck_assert_uint_eq(text_utf8_length("\xf0\x80\x80\x80", 4), 0); /* overlong */
    ck_assert_uint_eq(text_utf8_length("\xed\xa0\x80", 3), 0);     /* surrogate */
    ck_assert_uint_eq(text_utf8_length("\xf4\x90\x80\x80", 4), 0); /* above U+10FFFF */
    ck_assert_uint_eq(text_utf8_length("\xf5\x80\x80\x80", 4), 0);
    ck_assert_uint_eq(text_utf8_length("\xff", 1), 0);
}
END_TEST

START_TEST(wire_bytes_cannot_steer_a_terminal)
{
    struct text text = {0};
    static const char hostile[] = "a\x1b[31m\n\x7f\xc2\x9b\xc3\xa9\xff\0z";
    text_add_visible(&text, hostile, sizeof hostile - 1);
    ck_assert_str_eq(text_string(&text), "a\\x1b[31m\\x0a\\x7f\\xc2\\x9b\xc3\xa9\\xff\\x00z");
    text_done(&text);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {additions_follow_each_other, it_grows_without_bound_of_its_own,
                            utf8_lengths_follow_rfc_3629, wire_bytes_cannot_steer_a_terminal, NULL};
    return run_suite(suite_of("base_text", tests));
}
