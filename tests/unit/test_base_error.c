/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "run.h"

START_TEST(error_set_writes_and_returns_false)
{
    struct error err;
    ck_assert(!error_set(&err, "%s:%d: bad", "file", 3));
    ck_assert_str_eq(err.text, "file:3: bad");
}
END_TEST

START_TEST(error_functions_take_null)
{
    ck_assert(!error_set(NULL, "%s", "text"));
    ck_assert(!error_prefix(NULL, "text"));
}
END_TEST

START_TEST(long_sentences_are_cut)
{
    struct error err;
    ck_assert(!error_set(&err, "%0600d", 1));
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
    ck_assert(!error_prefix(&err, "prefix"));
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
    ck_assert(strncmp(err.text, "prefix: 000", 11) == 0);
}
END_TEST

START_TEST(prefix_goes_in_front)
{
    struct error err;
    (void)error_set(&err, "no such file");
    ck_assert(!error_prefix(&err, "geo"));
    ck_assert_str_eq(err.text, "geo: no such file");
}
END_TEST

static const char *const words[] = {"update", "telemetry", "cloud", "no", NULL};

START_TEST(nearest_finds_typing_errors)
{
    ck_assert_str_eq(error_nearest("updat", words), "update");
    ck_assert_str_eq(error_nearest("updaet", words), "update");
    ck_assert_str_eq(error_nearest("telemtery", words), "telemetry");
    ck_assert_str_eq(error_nearest("cluod", (const char *const[]){"cloud", "clued", NULL}),
                     "clued");
    ck_assert_str_eq(error_nearest("n", words), "no");
}
END_TEST

START_TEST(nearest_is_null_where_nothing_is_near)
{
    ck_assert_ptr_null(error_nearest("licence", words));
    ck_assert_ptr_null(error_nearest("upxxxx", words));
    ck_assert_ptr_null(error_nearest("anything", (const char *const[]){NULL}));
}
END_TEST

START_TEST(words_of_any_length_are_safe)
{
    char longest[64], longer[65], huge[5000];
    memset(longest, 'a', 63);
    longest[63] = '\0';
    memset(longer, 'a', 64);
    longer[64] = '\0';
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    const char *const list[] = {longest, NULL};
    ck_assert_ptr_eq(error_nearest(longest + 1, list), longest);
    ck_assert_ptr_null(error_nearest(longer, list));
    ck_assert_ptr_null(error_nearest("", list));
    const char *const long_list[] = {longer, NULL};
    ck_assert_ptr_null(error_nearest(longest, long_list));
    ck_assert_ptr_null(error_nearest(huge, words));
}
END_TEST

int main(void)
{
    const TTest *tests[] = {error_set_writes_and_returns_false,
                            error_functions_take_null,
                            long_sentences_are_cut,
                            prefix_goes_in_front,
                            nearest_finds_typing_errors,
                            nearest_is_null_where_nothing_is_near,
                            words_of_any_length_are_safe,
                            NULL};
    return run_suite(suite_of("base_error", tests));
}
