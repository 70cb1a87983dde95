/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "match/borne.h"
#include "run.h"

static struct borne borne;

START_TEST(address_is_turned_round)
{
    ck_assert(borne_read("84.240.119.128.ip.02.a.sophosxl.net", &borne));
    ck_assert_int_eq(borne.kind, BORNE_ADDRESS);
    ck_assert_str_eq(borne.about, "128.119.240.84");
    ck_assert_str_eq(borne_kind_text(borne.kind), "address");
}
END_TEST

START_TEST(visited_name_is_read)
{
    ck_assert(borne_read("jjj.rknzcyr-16060.bet.w.02.a.sophosxl.net", &borne));
    ck_assert_int_eq(borne.kind, BORNE_NAME);
    ck_assert_str_eq(borne.about, "www.example-16060.org");
    ck_assert_str_eq(borne_kind_text(borne.kind), "name");
}
END_TEST

START_TEST(hash_is_given_as_it_is)
{
    ck_assert(borne_read("ab12cd34ef56gh78ij90kl12mn.avqs.mcafee.com", &borne));
    ck_assert_int_eq(borne.kind, BORNE_HASH);
    ck_assert_str_eq(borne.about, "ab12cd34ef56gh78ij90kl12mn");
    ck_assert(borne_read("0123456789abcdef0123456789abcdef01234567.a.e5.sk", &borne));
    ck_assert_str_eq(borne.about, "0123456789abcdef0123456789abcdef01234567");
    ck_assert_str_eq(borne_kind_text(borne.kind), "hash");
}
END_TEST

START_TEST(other_names_are_not_read)
{
    static const char *const names[] = {"http.00.a.sophosxl.net",
                                        "samples.sophosxl.net",
                                        "sophosxl.net",
                                        ".sophosxl.net",
                                        "999.1.1.1.ip.02.a.sophosxl.net",
                                        "1.2.3.ip.02.a.sophosxl.net",
                                        "1.2.3.4.5.ip.02.a.sophosxl.net",
                                        "avcloud.e5.sk",
                                        "a_hash_that_is_none_at_all.e5.sk",
                                        "ab12cd34ef56gh78ij90kl12mn.avqs.mcafee.com.example.org",
                                        "ab12cd34ef56gh78ij90kl12mn.example.org",
                                        ""};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_msg(!borne_read(names[i], &borne), "%s", names[i]);
}
END_TEST

START_TEST(longest_name_fits)
{
    char name[DOMAIN_MAX];
    const char *suffix = ".w.02.a.sophosxl.net";
    memset(name, 'n', sizeof name);
    memcpy(name + sizeof name - 1 - strlen(suffix), suffix, strlen(suffix) + 1);
    ck_assert(borne_read(name, &borne));
    ck_assert_uint_eq(strlen(borne.about), DOMAIN_MAX - 1 - strlen(suffix));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {address_is_turned_round, visited_name_is_read,
                                  hash_is_given_as_it_is,  other_names_are_not_read,
                                  longest_name_fits,       NULL};
    return run_suite(suite_of("match_borne", tests));
}
