/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "net/addr.h"
#include "run.h"

static struct addr parse(const char *text)
{
    struct addr addr = {{0}};
    ck_assert_msg(addr_parse(text, &addr), "%s", text);
    return addr;
}

START_TEST(addresses_are_read_and_written_back)
{
    static const char *const texts[][2] = {
        {"0.0.0.0", "0.0.0.0"},
        {"192.0.2.1", "192.0.2.1"},
        {"255.255.255.255", "255.255.255.255"},
        {"10.20.30.109", "10.20.30.109"},
        {"::", "::"},
        {"::1", "::1"},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct addr addr = parse(texts[i][0]);
        char text[ADDR_TEXT_MAX];
        ck_assert_uint_eq(addr_text(&addr, text), strlen(texts[i][1]));
        ck_assert_str_eq(text, texts[i][1]);
    }
}
END_TEST

START_TEST(every_byte_is_written_as_the_c_library_does)
{
    for (unsigned i = 0; i < 256; i++) {
        uint8_t bytes[4] = {(uint8_t)i, (uint8_t)(255 - i), (uint8_t)(i * 7), (uint8_t)i};
        struct addr addr = addr_from4(bytes);
        char text[ADDR_TEXT_MAX], wanted[INET_ADDRSTRLEN];
        (void)addr_text(&addr, text);
        ck_assert_ptr_nonnull(inet_ntop(AF_INET, bytes, wanted, sizeof wanted));
        ck_assert_str_eq(text, wanted);
    }
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
    static const char *const wrong[] = {"",         "1.2.3", "1.2.3.4.5",    "1.2.3.256",
                                        "1.2.3.4 ", "[::1]", "fe80::1%eth0", "1.2.3.4/8",
                                        "host",     ":::",   "1::2::3"};
    struct addr addr = {{1}};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ck_assert_msg(!addr_parse(wrong[i], &addr), "%s", wrong[i]);
    ck_assert_uint_eq(addr.bytes[0], 1);
}
END_TEST

START_TEST(mapped_and_plain_ipv4_are_the_same)
{
    struct addr a = parse("192.0.2.1"), b = parse("::ffff:192.0.2.1"), c = parse("192.0.2.2");
    ck_assert(addr_is4(&a) && addr_is4(&b));
    ck_assert(addr_equal(&a, &b));
    ck_assert_int_lt(addr_compare(&a, &c), 0);
    ck_assert_int_gt(addr_compare(&c, &a), 0);
    struct addr six = parse("2001:db8::1");
    ck_assert(!addr_is4(&six));
    struct addr again = addr_from6(six.bytes);
    ck_assert(addr_equal(&six, &again));
}
END_TEST

START_TEST(groups_are_never_one_machine)
{
    static const char *const groups[] = {"224.0.0.251", "239.255.255.250", "255.255.255.255",
                                         "0.0.0.0",     "ff02::fb",        "::"};
    static const char *const machines[] = {"223.255.255.255", "240.0.0.1", "192.0.2.255", "::1",
                                           "fe80::1",         "10.0.0.0"};
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        struct addr addr = parse(groups[i]);
        ck_assert_msg(addr_is_group(&addr), "%s", groups[i]);
    }
    for (size_t i = 0; i < COUNT_OF(machines); i++) {
        struct addr addr = parse(machines[i]);
        ck_assert_msg(!addr_is_group(&addr), "%s", machines[i]);
    }
}
END_TEST

START_TEST(special_ranges_end_where_they_should)
{
    static const char *const special[] = {"0.1.2.3",
                                          "10.255.0.1",
                                          "100.64.0.1",
                                          "100.127.255.255",
                                          "127.0.0.1",
                                          "169.254.1.1",
                                          "172.16.0.1",
                                          "172.31.255.255",
                                          "192.0.0.8",
                                          "192.0.2.7",
                                          "192.168.255.1",
                                          "198.18.0.1",
                                          "198.19.255.255",
                                          "198.51.100.1",
                                          "203.0.113.1",
                                          "224.0.0.1",
                                          "255.255.255.255",
                                          "::",
                                          "::1",
                                          "fc00::1",
                                          "fdff::1",
                                          "fe80::1",
                                          "febf::1",
                                          "fec0::1",
                                          "ff02::1",
                                          "2001:db8::1",
                                          "3fff:fff::1",
                                          "100::1",
                                          "64:ff9b:1::1",
                                          "::ffff:10.0.0.1"};
    static const char *const public_ones[] = {
        "9.255.255.255",    "11.0.0.0",     "100.63.255.255",  "100.128.0.0",
        "128.0.0.1",        "169.253.1.1",  "172.15.1.1",      "172.32.0.1",
        "192.0.1.1",        "192.167.1.1",  "198.17.1.1",      "198.20.0.1",
        "198.51.101.1",     "203.0.114.1",  "223.255.255.255", "::2",
        "2001:db9::1",      "2a00:1450::1", "3fff:1000::1",    "100:0:0:1::1",
        "64:ff9b::808:808", "fbff::1",      "8.8.8.8"};
    for (size_t i = 0; i < COUNT_OF(special); i++) {
        struct addr addr = parse(special[i]);
        ck_assert_msg(addr_is_special(&addr), "%s", special[i]);
    }
    for (size_t i = 0; i < COUNT_OF(public_ones); i++) {
        struct addr addr = parse(public_ones[i]);
        ck_assert_msg(!addr_is_special(&addr), "%s", public_ones[i]);
    }
}
END_TEST

int main(void)
{
    const TTest *tests[] = {addresses_are_read_and_written_back,
                            every_byte_is_written_as_the_c_library_does,
                            what_is_no_address_is_refused,
                            mapped_and_plain_ipv4_are_the_same,
                            groups_are_never_one_machine,
                            special_ranges_end_where_they_should,
                            NULL};
    return run_suite(suite_of("net_addr", tests));
}
