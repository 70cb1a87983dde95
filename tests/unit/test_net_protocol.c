/* SPDX-License-Identifier: Apache-2.0 */
#include "net/icmp.h"
#include "net/protocol.h"
#include "run.h"

START_TEST(protocols_have_their_event_names)
{
    ck_assert_str_eq(protocol_text(PROTOCOL_TCP), "TCP");
    ck_assert_str_eq(protocol_text(17), "UDP");
    ck_assert_str_eq(protocol_text(58), "IPV6-ICMP");
    ck_assert_str_eq(protocol_text(132), "SCTP");
    ck_assert_ptr_null(protocol_text(0));
    ck_assert_ptr_null(protocol_text(255));
}
END_TEST

START_TEST(icmp_types_know_their_answers)
{
    struct icmp_pair pair = {1, 1};
    ck_assert(icmp_pair_of(PROTOCOL_ICMP, 0, &pair));
    ck_assert_uint_eq(pair.request, 8);
    ck_assert_uint_eq(pair.reply, 0);
    ck_assert(icmp_pair_of(PROTOCOL_ICMPV6, 128, &pair));
    ck_assert_uint_eq(pair.reply, 129);
    ck_assert(!icmp_pair_of(PROTOCOL_ICMP, 3, &pair));
    ck_assert(!icmp_pair_of(PROTOCOL_ICMP, 128, &pair));
    ck_assert(!icmp_pair_of(PROTOCOL_ICMPV6, 8, &pair));
    ck_assert(!icmp_pair_of(PROTOCOL_TCP, 8, &pair));
    ck_assert_uint_eq(pair.request, 128);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {protocols_have_their_event_names, icmp_types_know_their_answers, NULL};
    return run_suite(suite_of("net_protocol", tests));
}
