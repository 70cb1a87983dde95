/* SPDX-License-Identifier: Apache-2.0 */
/* Filter expressions: where mistakes are, and what passes for which link type. */
#include <string.h>

#include "base/error.h"
#include "capture/dlt.h"
#include "capture/filter.h"
#include "capture/frame.h"
#include "run.h"

/* IPv4, TCP from 192.0.2.1 port 1000 to 192.0.2.2 port 80, without payload. */
static const uint8_t packet[] = {
    0x45, 0,    0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 192,  0, 2, 1, 192, 0, 2, 2, /* IPv4 */
    0x03, 0xe8, 0, 80, 0, 0, 0, 0, 0,  0, 0, 0, 0x50, 2, 0, 0, 0,   0, 0, 0  /* TCP */
};

START_TEST(mistakes_are_told_with_their_column)
{
    static const struct {
        const char *expression, *sentence;
    } cases[] = {
        {"tcp and prot 80",
         "-f: column 9: 'prot' is wrong here: syntax error in \"tcp and prot 80\""},
        {"tcp and", "-f: column 8: the expression ends too early: syntax error in \"tcp and\""},
        {"tcp and (port 80",
         "-f: column 17: the expression ends too early: syntax error in \"tcp and (port 80\""},
        {"port 80)", "-f: column 8: ')' is wrong here: syntax error in \"port 80)\""},
        {"tcp[13] & 2 != 0 adn udp",
         "-f: column 18: 'adn' is wrong here: syntax error in \"tcp[13] & 2 != 0 adn udp\""},
        {"src or dst port 80 and and udp",
         "-f: column 24: 'and' is wrong here: syntax error in "
         "\"src or dst port 80 and and udp\""},
        {"tcp tcp", "-f: column 5: 'tcp' is wrong here: syntax error in \"tcp tcp\""},
        {"net 192.0.2.0 mask 255.255.255.0 x",
         "-f: column 34: 'x' is wrong here: syntax error in \"net 192.0.2.0 mask 255.255.255.0 x\""},
        {"ether src 1:2:3:4:5:6 and udp por 5",
         "-f: column 31: 'por' is wrong here: syntax error in \"ether src 1:2:3:4:5:6 and udp por 5\""},
        {"greater 100 or lenx < 5",
         "-f: column 16: 'lenx' is wrong here: syntax error in \"greater 100 or lenx < 5\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {""};
        ck_assert_ptr_null(filter_new(cases[i].expression, &err));
        ck_assert_str_eq(err.text, cases[i].sentence);
    }
}
END_TEST

START_TEST(mistakes_that_libpcap_quotes_are_told_at_the_quoted_word)
{
    struct error err = {""};
    ck_assert_ptr_null(filter_new("tcp and port httpz", &err));
    ck_assert_str_eq(err.text, "-f: column 14: unknown port 'httpz' in \"tcp and port httpz\"");
    ck_assert_ptr_null(filter_new("port 99999", &err));
    ck_assert_ptr_nonnull(strstr(err.text, "-f: column 6: '99999' is wrong here: "));
}
END_TEST

START_TEST(long_expressions_are_no_trouble)
{
    static char expression[FILTER_TEXT_MAX + 2];
    memset(expression, '(', sizeof expression - 1);
    struct error err = {""};
    ck_assert_ptr_null(filter_new(expression, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "longer than"));
    memset(expression, 0, sizeof expression);
    for (size_t i = 0; i < 2400; i++)
        expression[i] = "tcp "[i % 4];
    ck_assert_ptr_null(filter_new(expression, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "-f: column 5: 'tcp'"));
}
END_TEST

static bool accepts(struct filter *filter, uint32_t link_type, const uint8_t *data, size_t size,
                    struct error *ret_problem)
{
    struct frame frame = {.data = data, .captured = size, .length = size, .link_type = link_type};
    return filter_accepts(filter, &frame, ret_problem);
}

START_TEST(each_link_type_has_its_own_program)
{
    uint8_t ethernet[14 + sizeof packet] = {[12] = 8};
    memcpy(ethernet + 14, packet, sizeof packet);
    struct error err;
    struct filter *filter = filter_new("tcp dst port 80", &err);
    ck_assert_ptr_nonnull(filter);
    for (int i = 0; i < 2; i++) {
        ck_assert(accepts(filter, LINK_ETHERNET, ethernet, sizeof ethernet, &err));
        ck_assert(!accepts(filter, LINK_ETHERNET, packet, sizeof packet, &err));
        ck_assert(accepts(filter, LINK_RAW, packet, sizeof packet, &err));
        ck_assert(!accepts(filter, LINK_RAW, ethernet, sizeof ethernet, &err));
    }
    filter_free(filter);
    filter = filter_new("tcp dst port 81", &err);
    ck_assert(!accepts(filter, LINK_ETHERNET, ethernet, sizeof ethernet, &err));
    ck_assert(!accepts(filter, LINK_RAW, packet, sizeof packet, &err));
    filter_free(filter);
}
END_TEST

START_TEST(short_frames_pass_nothing_and_read_nothing)
{
    struct error err;
    struct filter *filter = filter_new("tcp dst port 80", &err);
    for (size_t size = 0; size < 24; size++)
        ck_assert(!accepts(filter, LINK_RAW, packet, size, &err));
    filter_free(filter);
}
END_TEST

START_TEST(a_filter_that_makes_no_sense_for_a_link_type_is_told_once)
{
    struct error err;
    struct filter *filter = filter_new("ether host 00:00:5e:00:53:01", &err);
    ck_assert_ptr_nonnull(filter);
    ck_assert(!accepts(filter, LINK_RAW, packet, sizeof packet, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "-f: frames of link type 101 are left out: "));
    ck_assert(!accepts(filter, LINK_RAW, packet, sizeof packet, &err));
    ck_assert_str_eq(err.text, "");
    filter_free(filter);
}
END_TEST

START_TEST(link_types_are_bounded)
{
    struct error err;
    struct filter *filter = filter_new("greater 1", &err);
    ck_assert_ptr_nonnull(filter);
    unsigned compiled = 0;
    for (uint32_t type = 1000; type < 1200; type++) { /* types that libpcap does not know */
        ck_assert(!accepts(filter, type, packet, sizeof packet, &err));
        compiled += err.text[0] != '\0';
    }
    ck_assert_uint_eq(compiled, FILTER_LINK_TYPES_MAX - 1); /* Ethernet is there from the start */
    ck_assert(accepts(filter, LINK_ETHERNET, packet, sizeof packet, &err));
    filter_free(filter);
}
END_TEST

START_TEST(link_type_numbers_go_both_ways)
{
    static const uint32_t types[] = {LINK_NULL,       LINK_ETHERNET, LINK_PPP,       LINK_PPP_HDLC,
                                     LINK_RAW,        LINK_LOOP,     LINK_LINUX_SLL, LINK_NFLOG,
                                     LINK_LINUX_SLL2, LINK_C_HDLC};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        ck_assert_uint_eq(dlt_to_link_type(dlt_of_link_type(types[i])), types[i]);
    ck_assert_int_eq(dlt_of_link_type(LINK_RAW), 12);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {mistakes_are_told_with_their_column,
                                  mistakes_that_libpcap_quotes_are_told_at_the_quoted_word,
                                  long_expressions_are_no_trouble,
                                  each_link_type_has_its_own_program,
                                  short_frames_pass_nothing_and_read_nothing,
                                  a_filter_that_makes_no_sense_for_a_link_type_is_told_once,
                                  link_types_are_bounded,
                                  link_type_numbers_go_both_ways,
                                  NULL};
    return run_suite(suite_of("capture_filter", tests));
}
