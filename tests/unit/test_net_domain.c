/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "net/domain.h"
#include "run.h"

START_TEST(names_are_brought_to_one_form)
{
    static const char *const names[][2] = {{"Example.COM", "example.com"},
                                           {"example.com.", "example.com"},
                                           {"example.com:443", "example.com"},
                                           {"example.com.:8443", "example.com"},
                                           {"example.com:", "example.com"},
                                           {"_sip._udp.Example.com", "_sip._udp.example.com"},
                                           {"localhost", "localhost"},
                                           {"1.2.3", "1.2.3"},
                                           {"1.2.3.4.in-addr.arpa", "1.2.3.4.in-addr.arpa"},
                                           {"xn--bcher-kva.example", "xn--bcher-kva.example"}};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char name[DOMAIN_MAX];
        ck_assert_uint_eq(domain_normalise(names[i][0], strlen(names[i][0]), name),
                          strlen(names[i][1]));
        ck_assert_str_eq(name, names[i][1]);
    }
}
END_TEST

START_TEST(what_is_no_host_name_is_refused)
{
    static const char *const wrong[] = {"",
                                        ".",
                                        "..",
                                        "a..",
                                        "a..b",
                                        ".a",
                                        "a b",
                                        "a\tb",
                                        "a\x7f",
                                        "caf\xc3\xa9.example",
                                        "192.0.2.1",
                                        "192.0.2.1:80",
                                        "2001:db8::1",
                                        "fe80::1",
                                        "[2001:db8::1]:443",
                                        "::1",
                                        "example.com:https",
                                        ":80"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char name[DOMAIN_MAX];
        ck_assert_msg(domain_normalise(wrong[i], strlen(wrong[i]), name) == 0, "%s", wrong[i]);
    }
    char name[DOMAIN_MAX];
    ck_assert_uint_eq(domain_normalise("a\0b", 3, name), 0);
    ck_assert_uint_eq(domain_normalise(NULL, 0, name), 0);
}
END_TEST

/* RFC 1035 section 2.3.4: labels of 63, names of 253 characters as text. */
START_TEST(lengths_end_at_the_rfc)
{
    char long_name[300], name[DOMAIN_MAX];
    memset(long_name, 'a', sizeof long_name);
    ck_assert_uint_eq(domain_normalise(long_name, 63, name), 63);
    ck_assert_uint_eq(domain_normalise(long_name, 64, name), 0);
    for (size_t i = 1; i < sizeof long_name; i += 2)
        long_name[i] = '.';
    ck_assert_uint_eq(domain_normalise(long_name, 253, name), 253);
    ck_assert_uint_eq(domain_normalise(long_name, 254, name), 253); /* with its last dot */
    ck_assert_uint_eq(domain_normalise(long_name, 255, name), 0);
    ck_assert_uint_eq(strlen(name), 253);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {names_are_brought_to_one_form, what_is_no_host_name_is_refused,
                            lengths_end_at_the_rfc, NULL};
    return run_suite(suite_of("net_domain", tests));
}
