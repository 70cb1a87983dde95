/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/memory.h"
#include "run.h"

START_TEST(equal_strings_share_one_copy)
{
    struct intern *pool = intern_new();
    char buffer[] = "example.com!";
    const char *a = intern_take(pool, buffer, 11);
    memset(buffer, 'x', 11);
    const char *b = intern_take(pool, "example.com", 11);
    ck_assert_ptr_eq(a, b);
    ck_assert_str_eq(a, "example.com");
    ck_assert_uint_eq(intern_count(pool), 1);
    ck_assert_ptr_ne(intern_take(pool, "example.co", 10), a);
    ck_assert_uint_eq(intern_count(pool), 2);
    intern_free(pool);
}
END_TEST

START_TEST(a_string_goes_with_its_last_reference)
{
    struct intern *pool = intern_new();
    const char *a = intern_take(pool, "name", 4);
    ck_assert_ptr_eq(intern_again(pool, a), a);
    size_t bytes = intern_bytes(pool);
    ck_assert_uint_gt(bytes, 4);
    intern_drop(pool, a);
    ck_assert_uint_eq(intern_count(pool), 1);
    ck_assert_str_eq(a, "name");
    intern_drop(pool, a);
    ck_assert_uint_eq(intern_count(pool), 0);
    ck_assert_uint_eq(intern_bytes(pool), 0);
    intern_free(pool);
}
END_TEST

START_TEST(null_is_no_string)
{
    struct intern *pool = intern_new();
    ck_assert_ptr_null(intern_again(pool, NULL));
    intern_drop(pool, NULL);
    intern_free(pool);
    intern_free(NULL);
}
END_TEST

START_TEST(empty_and_binary_strings_are_strings)
{
    struct intern *pool = intern_new();
    const char *empty = intern_take(pool, NULL, 0);
    ck_assert_str_eq(empty, "");
    ck_assert_ptr_eq(intern_take(pool, "", 0), empty);
    const char *a = intern_take(pool, "a\0b", 3);
    const char *b = intern_take(pool, "a\0c", 3);
    ck_assert_ptr_ne(a, b);
    ck_assert(memcmp(a, "a\0b", 4) == 0);
    intern_free(pool);
}
END_TEST

START_TEST(too_long_strings_are_cut)
{
    struct intern *pool = intern_new();
    auto_free char *big = mem_alloc(70000);
    memset(big, 'a', 70000);
    const char *kept = intern_take(pool, big, 70000);
    ck_assert_uint_eq(strlen(kept), 65535);
    ck_assert_ptr_eq(intern_take(pool, big, 65535), kept);
    intern_free(pool);
}
END_TEST

START_TEST(thousands_of_strings_come_and_go)
{
    enum {
        COUNT = 5000
    };
    struct intern *pool = intern_new();
    static const char *kept[COUNT];
    char name[32];
    for (int i = 0; i < COUNT; i++) {
        int length = snprintf(name, sizeof name, "host%d.example", i);
        kept[i] = intern_take(pool, name, (size_t)length);
    }
    ck_assert_uint_eq(intern_count(pool), COUNT);
    for (int i = 0; i < COUNT; i++) {
        int length = snprintf(name, sizeof name, "host%d.example", i);
        ck_assert_ptr_eq(intern_take(pool, name, (size_t)length), kept[i]);
        intern_drop(pool, kept[i]);
        if (i % 2 == 0)
            intern_drop(pool, kept[i]);
    }
    ck_assert_uint_eq(intern_count(pool), COUNT / 2);
    ck_assert_str_eq(kept[1], "host1.example");
    intern_free(pool);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {equal_strings_share_one_copy,
                            a_string_goes_with_its_last_reference,
                            null_is_no_string,
                            empty_and_binary_strings_are_strings,
                            too_long_strings_are_cut,
                            thousands_of_strings_come_and_go,
                            NULL};
    return run_suite(suite_of("base_intern", tests));
}
