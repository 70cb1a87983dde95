/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "net/registrable.h"
#include "run.h"

START_TEST(part_that_one_owner_holds_is_found)
{
    struct registrable *registrable = registrable_new();
    for (unsigned round = 0; round < 2; round++) { /* asked and remembered */
        ck_assert_str_eq(registrable_of(registrable, "s07.upd.kaspersky.com"), "kaspersky.com");
        ck_assert_str_eq(registrable_of(registrable, "a.b.example.co.uk"), "example.co.uk");
        ck_assert_str_eq(registrable_of(registrable, "example.org"), "example.org");
    }
    registrable_free(registrable);
}
END_TEST

START_TEST(name_without_such_a_part_stands_for_itself)
{
    struct registrable *registrable = registrable_new();
    ck_assert_str_eq(registrable_of(registrable, "printer"), "printer");
    ck_assert_str_eq(registrable_of(registrable, "co.uk"), "co.uk");
    ck_assert_str_eq(registrable_of(registrable, "com"), "com");
    ck_assert_str_eq(registrable_of(registrable, ""), "");
    registrable_free(registrable);
}
END_TEST

START_TEST(result_lies_in_the_name_that_was_given)
{
    struct registrable *registrable = registrable_new();
    char first[] = "www.example.org", second[] = "www.example.org";
    ck_assert_ptr_eq(registrable_of(registrable, first), first + 4);
    ck_assert_ptr_eq(registrable_of(registrable, second), second + 4);
    registrable_free(registrable);
}
END_TEST

START_TEST(more_names_than_are_remembered_are_all_right)
{
    struct registrable *registrable = registrable_new();
    char name[64], wanted[64];
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 20000; i++) {
            (void)snprintf(name, sizeof name, "host%u.site%u.net", i, i);
            (void)snprintf(wanted, sizeof wanted, "site%u.net", i);
            ck_assert_str_eq(registrable_of(registrable, name), wanted);
        }
    }
    registrable_free(registrable);
    registrable_free(NULL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        part_that_one_owner_holds_is_found, name_without_such_a_part_stands_for_itself,
        result_lies_in_the_name_that_was_given, more_names_than_are_remembered_are_all_right, NULL};
    return run_suite(suite_of("net_registrable", tests));
}
