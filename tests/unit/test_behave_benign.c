/* SPDX-License-Identifier: Apache-2.0 */
#include "behave/benign.h"
#include "behave/change.h"
#include "net/protocol.h"
#include "run.h"

static struct change contact_with(const char *address, uint8_t protocol, uint16_t port,
                                  const char *name)
{
    struct change change = {
        .channel = WAKE_CONNECT, .protocol = protocol, .endpoint_port = port, .name = name};
    ck_assert(addr_parse(address, &change.endpoint));
    return change;
}

static const char *reason(const char *address, uint8_t protocol, uint16_t port, const char *name)
{
    struct change change = contact_with(address, protocol, port, name);
    return benign_reason(&change);
}

START_TEST(beat_that_nothing_explains_has_no_reason)
{
    ck_assert_ptr_null(reason("5.45.1.2", PROTOCOL_TCP, 443, NULL));
    ck_assert_ptr_null(reason("5.45.1.2", PROTOCOL_TCP, 443, "c2.example.ru"));
    ck_assert_ptr_null(reason("5.45.1.2", PROTOCOL_UDP, 33445, NULL));
}
END_TEST

START_TEST(known_services_are_told_by_port)
{
    ck_assert_str_eq(reason("5.45.1.2", PROTOCOL_UDP, 123, NULL), "clock");
    ck_assert_str_eq(reason("5.45.1.2", PROTOCOL_UDP, 67, NULL), "address lease");
    ck_assert_str_eq(reason("5.45.1.2", PROTOCOL_TCP, 853, NULL), "name service");
    ck_assert_str_eq(reason("5.45.1.2", PROTOCOL_UDP, 161, NULL), "monitoring");
    ck_assert_str_eq(reason("5.45.1.2", PROTOCOL_ICMP, 8, NULL), "monitoring");
    ck_assert_ptr_null(reason("5.45.1.2", PROTOCOL_TCP, 123, NULL)); /* not that protocol */
}
END_TEST

START_TEST(known_names_are_told_at_a_label_boundary)
{
    ck_assert_str_eq(reason("5.45.1.2", PROTOCOL_TCP, 443, "0.pool.ntp.org"), "clock");
    ck_assert_str_eq(reason("5.45.1.2", PROTOCOL_TCP, 80, "download.windowsupdate.com"),
                     "operating system update");
    ck_assert_str_eq(reason("5.45.1.2", PROTOCOL_TCP, 80, "deb.debian.org"),
                     "operating system update");
    ck_assert_ptr_null(reason("5.45.1.2", PROTOCOL_TCP, 80, "notwindowsupdate.com"));
    ck_assert_ptr_null(reason("5.45.1.2", PROTOCOL_TCP, 80, "windowsupdate.com.example.ru"));
}
END_TEST

START_TEST(what_stays_inside_is_told_by_address)
{
    ck_assert_str_eq(reason("10.1.2.3", PROTOCOL_TCP, 443, NULL), "inside the network");
    ck_assert_str_eq(reason("239.255.255.250", PROTOCOL_UDP, 9999, NULL), "local discovery");
}
END_TEST

START_TEST(look_up_alone_is_no_contact)
{
    struct change change = contact_with("5.45.1.2", PROTOCOL_UDP, 53, "x.example.ru");
    change.channel = WAKE_LOOKUP;
    ck_assert_str_eq(benign_reason(&change), "name that is looked up again");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {beat_that_nothing_explains_has_no_reason,
                                  known_services_are_told_by_port,
                                  known_names_are_told_at_a_label_boundary,
                                  what_stays_inside_is_told_by_address,
                                  look_up_alone_is_no_contact,
                                  NULL};
    return run_suite(suite_of("behave_benign", tests));
}
