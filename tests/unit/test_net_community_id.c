/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "net/community_id.h"
#include "run.h"

enum {
    ICMP = 1,
    TCP = 6,
    UDP = 17,
    GRE = 47,
    ICMPV6 = 58,
    SCTP = 132
};

struct vector {
    const char *src, *dst;
    uint16_t src_port, dst_port;
    uint8_t protocol;
    uint16_t seed;
    const char *id;
};

static void id_of(const struct vector *vector, bool reversed, char *ret_text)
{
    struct community_tuple tuple = {.src_port = reversed ? vector->dst_port : vector->src_port,
                                    .dst_port = reversed ? vector->src_port : vector->dst_port,
                                    .protocol = vector->protocol};
    ck_assert(addr_parse(vector->src, reversed ? &tuple.dst : &tuple.src));
    ck_assert(addr_parse(vector->dst, reversed ? &tuple.src : &tuple.dst));
    community_id_text(&tuple, vector->seed, ret_text);
}

static const struct vector vectors[] = {
    {"128.232.110.120", "66.35.250.204", 34855, 80, TCP, 0, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
    {"192.168.1.52", "8.8.8.8", 54585, 53, UDP, 0, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
    {"192.168.170.8", "192.168.170.56", 7, 80, SCTP, 0, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="},
    {"1.2.3.4", "5.6.7.8", 1122, 3344, TCP, 0, "1:wCb3OG7yAFWelaUydu0D+125CLM="},
    {"1.2.3.4", "5.6.7.8", 1122, 3344, TCP, 1, "1:HhA1B+6CoLbiKPEs5nhNYN4XWfk="},
    {"1.2.3.4", "5.6.7.8", 1122, 3344, UDP, 0, "1:0Mu9InQx6z4ZiCZM/7HXi2WMhOg="}};

START_TEST(published_vectors_match_in_both_directions)
{
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        char text[COMMUNITY_ID_MAX];
        id_of(&vectors[i], false, text);
        ck_assert_str_eq(text, vectors[i].id);
        id_of(&vectors[i], true, text);
        ck_assert_str_eq(text, vectors[i].id);
    }
}
END_TEST

START_TEST(icmp_request_and_reply_have_the_published_id)
{
    static const struct vector pairs[] = {
        {"192.168.0.89", "192.168.0.1", 8, 0, ICMP, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
        {"192.168.0.1", "192.168.0.89", 0, 0, ICMP, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
        {"fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 0, ICMPV6, 0,
         "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
        {"fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 136, 0, ICMPV6, 0,
         "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="}};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        char text[COMMUNITY_ID_MAX];
        id_of(&pairs[i], false, text);
        ck_assert_str_eq(text, pairs[i].id);
    }
}
END_TEST

START_TEST(every_icmp_pair_has_one_id)
{
    static const struct {
        uint8_t protocol, request, reply;
    } pairs[] = {{ICMP, 8, 0},       {ICMP, 13, 14},     {ICMP, 15, 16},     {ICMP, 10, 9},
                 {ICMP, 17, 18},     {ICMPV6, 128, 129}, {ICMPV6, 133, 134}, {ICMPV6, 135, 136},
                 {ICMPV6, 130, 131}, {ICMPV6, 139, 140}, {ICMPV6, 144, 145}};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        struct vector request = {"10.0.0.9", "10.0.0.1", pairs[i].request, 0, pairs[i].protocol,
                                 0,          ""};
        struct vector reply = {"10.0.0.1", "10.0.0.9", pairs[i].reply, 0, pairs[i].protocol, 0, ""};
        char a[COMMUNITY_ID_MAX], b[COMMUNITY_ID_MAX];
        id_of(&request, false, a);
        id_of(&reply, false, b);
        ck_assert_str_eq(a, b);
    }
}
END_TEST

START_TEST(one_way_icmp_stands_with_its_code_and_is_not_reordered)
{
    struct vector there = {"10.0.0.9", "10.0.0.1", 3, 1, ICMP, 0, ""};
    struct vector back = {"10.0.0.1", "10.0.0.9", 3, 1, ICMP, 0, ""};
    struct vector other_code = {"10.0.0.9", "10.0.0.1", 3, 2, ICMP, 0, ""};
    char a[COMMUNITY_ID_MAX], b[COMMUNITY_ID_MAX], c[COMMUNITY_ID_MAX];
    id_of(&there, false, a);
    id_of(&back, false, b);
    id_of(&other_code, false, c);
    ck_assert_str_ne(a, b);
    ck_assert_str_ne(a, c);
}
END_TEST

START_TEST(equal_addresses_are_ordered_by_port)
{
    struct vector loop = {"127.0.0.1", "127.0.0.1", 50000, 80, TCP, 0, ""};
    char a[COMMUNITY_ID_MAX], b[COMMUNITY_ID_MAX];
    id_of(&loop, false, a);
    id_of(&loop, true, b);
    ck_assert_str_eq(a, b);
    struct vector other = {"127.0.0.1", "127.0.0.1", 50001, 80, TCP, 0, ""};
    id_of(&other, false, b);
    ck_assert_str_ne(a, b);
}
END_TEST

START_TEST(protocols_without_ports_leave_them_out)
{
    struct vector with = {"10.0.0.9", "10.0.0.1", 1, 2, GRE, 0, ""};
    struct vector without = {"10.0.0.9", "10.0.0.1", 0, 0, GRE, 0, ""};
    char a[COMMUNITY_ID_MAX], b[COMMUNITY_ID_MAX];
    id_of(&with, false, a);
    id_of(&without, true, b);
    ck_assert_str_eq(a, b);
    ck_assert_uint_eq(strlen(a), 30);
}
END_TEST

START_TEST(a_mapped_address_beside_a_real_one_stays_whole)
{
    struct vector mixed = {"::ffff:1.2.3.4", "2001:db8::1", 1, 2, UDP, 0, ""};
    struct vector other = {"::ffff:1.2.3.5", "2001:db8::1", 1, 2, UDP, 0, ""};
    char a[COMMUNITY_ID_MAX], b[COMMUNITY_ID_MAX];
    id_of(&mixed, false, a);
    id_of(&mixed, true, b);
    ck_assert_str_eq(a, b);
    id_of(&other, false, b);
    ck_assert_str_ne(a, b);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {published_vectors_match_in_both_directions,
                            icmp_request_and_reply_have_the_published_id,
                            every_icmp_pair_has_one_id,
                            one_way_icmp_stands_with_its_code_and_is_not_reordered,
                            equal_addresses_are_ordered_by_port,
                            protocols_without_ports_leave_them_out,
                            a_mapped_address_beside_a_real_one_stays_whole,
                            NULL};
    return run_suite(suite_of("net_community_id", tests));
}
