/* SPDX-License-Identifier: Apache-2.0 */
/* What only libndpi knows, and the door to it (classify/dpi.h). */
#include "classify/dpi.h"
#include "classify_rig.h"

START_TEST(library_names_what_our_readers_do_not_know)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 22);
    unsigned news = rig_text(&rig, FLOW_SERVER, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
    news |= rig_text(&rig, FLOW_CLIENT, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
    ck_assert_uint_eq(news, LABEL_PROTOCOL | LABEL_DONE);
    ck_assert_int_eq(rig.flow.label->app, APP_OTHER);
    ck_assert_str_eq(classify_stack(classify, &rig.flow), "SSH");
    ck_assert_str_eq(label_app_text(rig.flow.label), "ssh");
    ck_assert_uint_eq(rig.flow.label->seen & LABEL_GUESSED, 0);
    ck_assert_ptr_nonnull(rig.flow.label->ndpi_category);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(library_reads_datagrams_too)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    uint8_t ntp[48] = {0x23, 0, 6, 0xe9};
    rig_start(&rig, classify, PROTOCOL_UDP, 123);
    rig.flow.client_port = 123;
    unsigned news = rig_send(&rig, FLOW_CLIENT, ntp, sizeof ntp);
    ntp[0] = 0x24;
    news |= rig_send(&rig, FLOW_SERVER, ntp, sizeof ntp);
    ck_assert_uint_ne(news & LABEL_DONE, 0);
    ck_assert_str_eq(classify_stack(classify, &rig.flow), "NTP");
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(library_names_file_sharing)
{
    static const char banner[] =
        "\x13"
        "BitTorrent protocol\0\0\0\0\0\0\0\0"
        "aaaaaaaaaaaaaaaaaaaa-TR2940-bbbbbbbbbbbb";
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 40000);
    unsigned news = rig_send(&rig, FLOW_CLIENT, banner, 68);
    news |= rig_send(&rig, FLOW_SERVER, banner, 68);
    ck_assert_uint_ne(news & LABEL_PROTOCOL, 0);
    ck_assert_str_eq(classify_stack(classify, &rig.flow), "BitTorrent");
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(unknown_flow_is_given_up_at_the_limit)
{
    struct classify_options options = rig_options();
    for (unsigned udp = 0; udp < 2; udp++) {
        struct classify *classify = rig_classify(&options);
        struct rig rig;
        unsigned limit = udp == 1 ? options.udp_packets : options.tcp_packets;
        rig_start(&rig, classify, udp == 1 ? PROTOCOL_UDP : PROTOCOL_TCP, 41234);
        for (unsigned i = 1; i < limit; i++)
            ck_assert_uint_eq(rig_text(&rig, i % 2, "\xf7\xe9 nothing known \x01") & LABEL_DONE, 0);
        ck_assert_uint_ne(rig_text(&rig, FLOW_CLIENT, "\xf7\xe9 nothing \x01") & LABEL_DONE, 0);
        ck_assert(rig.flow.classified);
        ck_assert_int_eq(rig.flow.label->app, APP_UNKNOWN);
        ck_assert_ptr_null(classify_stack(classify, &rig.flow));
        ck_assert_str_eq(label_app_text(rig.flow.label), "failed");
        ck_assert_uint_eq(classify_counters(classify)->unknown, 1);
        rig_end(&rig);
        classify_free(classify);
    }
}
END_TEST

START_TEST(flow_that_ends_early_is_guessed_by_its_port)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    rig_start(&rig, classify, PROTOCOL_TCP, 22);
    (void)rig_text(&rig, FLOW_CLIENT, "\x01\x02 no banner");
    unsigned news = classify_end(classify, &rig.flow);
    ck_assert_uint_eq(news, LABEL_PROTOCOL | LABEL_DONE);
    ck_assert((rig.flow.label->seen & LABEL_GUESSED) != 0);
    ck_assert_str_eq(classify_stack(classify, &rig.flow), "SSH");
    ck_assert_uint_eq(classify_counters(classify)->guessed, 1);
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(every_flow_is_shown_to_the_library_where_asked_for)
{
    struct classify_options options = rig_options();
    options.ndpi = CLASSIFY_NDPI_ALL;
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    struct talk hello = {.size = 0}, server = {.size = 0};
    talk_client_hello(&hello, "www.facebook.com", false);
    talk_server_hello(&server, true);
    rig_start(&rig, classify, PROTOCOL_TCP, 443);
    (void)rig_send(&rig, FLOW_CLIENT, hello.data, 60);
    (void)rig_send(&rig, FLOW_CLIENT, hello.data + 60, hello.size - 60);
    ck_assert_uint_ne(rig_talk(&rig, FLOW_SERVER, &server) & LABEL_DONE, 0);
    ck_assert_uint_eq(classify_counters(classify)->ndpi_flows, 1);
    ck_assert_uint_gt(classify_counters(classify)->ndpi_packets, 1);
    ck_assert_str_eq(classify_stack(classify, &rig.flow), "TLS.Facebook");
    ck_assert_str_eq(label_app_text(rig.flow.label), "tls");
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

START_TEST(stack_comes_from_the_name_where_the_library_saw_nothing)
{
    struct classify_options options = rig_options();
    struct classify *classify = rig_classify(&options);
    struct rig rig;
    struct talk hello = {.size = 0};
    talk_client_hello(&hello, "www.facebook.com", false);
    rig_start(&rig, classify, PROTOCOL_TCP, 443);
    (void)rig_talk(&rig, FLOW_CLIENT, &hello);
    ck_assert_uint_eq(classify_counters(classify)->ndpi_flows, 0);
    ck_assert_str_eq(classify_stack(classify, &rig.flow), "TLS.Facebook");
    rig_end(&rig);
    classify_free(classify);
}
END_TEST

/* The library itself does not put segments in order: it must be shown them so.  (One that begins in the middle is
 * beyond its help; our own readers do that: hello_in_reversed_order_names_the_server.) */
START_TEST(library_sees_a_stream_in_order)
{
    static const struct {
        const char *client, *server;
        size_t from[3], to[3];
    } cases[] = {{"10.0.0.1", "192.0.2.1", {0, 60, 90}, {60, 90, 0}},
                 {"10.0.0.1", "192.0.2.1", {0, 90, 60}, {60, 0, 90}},
                 {"2001:db8::1", "2001:db8::2", {0, 90, 60}, {60, 0, 90}}};
    struct classify_options options = rig_options();
    options.ndpi = CLASSIFY_NDPI_ALL;
    struct talk hello = {.size = 0};
    talk_client_hello(&hello, "www.facebook.com", false);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct classify *classify = rig_classify(&options);
        struct rig rig;
        rig_start(&rig, classify, PROTOCOL_TCP, 443);
        ck_assert(addr_parse(cases[i].client, &rig.flow.client));
        ck_assert(addr_parse(cases[i].server, &rig.flow.server));
        for (size_t part = 0; part < 3; part++) {
            size_t from = cases[i].from[part];
            size_t to = cases[i].to[part] != 0 ? cases[i].to[part] : hello.size;
            (void)rig_send_at(&rig, FLOW_CLIENT, 1000 + (uint32_t)from, hello.data + from,
                              to - from);
        }
        ck_assert_msg(rig.flow.label->ndpi_master == dpi_number_tls(), "case %zu", i);
        rig_end(&rig);
        classify_free(classify);
    }
}
END_TEST

START_TEST(door_gives_texts_and_numbers)
{
    struct error err = {""};
    struct dpi *dpi = dpi_new(&err);
    ck_assert_ptr_nonnull(dpi);
    char text[64];
    ck_assert_uint_eq(dpi_stack_text(dpi, 0, dpi_number_dns(), text, sizeof text), 3);
    ck_assert_str_eq(text, "DNS");
    ck_assert_uint_ne(dpi_match_host(dpi, "www.facebook.com"), 0);
    ck_assert_uint_eq(dpi_match_host(dpi, "nobody.invalid"), 0);
    ck_assert_ptr_nonnull(dpi_risk_text(5));
    ck_assert_ptr_null(dpi_risk_text(0));
    ck_assert_ptr_null(dpi_risk_text(63));
    ck_assert_uint_gt(strlen(classify_ndpi_version()), 0);
    /* Nothing to look at is no answer. */
    struct dpi_flow *flow = dpi_flow_take(dpi);
    ck_assert(!dpi_feed(dpi, flow, NULL, 0, 0));
    dpi_flow_return(dpi, flow);
    dpi_flow_return(dpi, NULL);
    dpi_free(dpi);
    dpi_free(NULL);
}
END_TEST

START_TEST(pool_of_flow_states_has_a_bound)
{
    enum {
        FLOWS = 300
    };
    struct error err = {""};
    struct dpi *dpi = dpi_new(&err);
    ck_assert_ptr_nonnull(dpi);
    struct dpi_flow *flows[FLOWS];
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < FLOWS; i++)
            flows[i] = dpi_flow_take(dpi);
        for (unsigned i = 0; i < FLOWS; i++)
            dpi_flow_return(dpi, flows[i]);
    }
    dpi_free(dpi);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {library_names_what_our_readers_do_not_know,
                                  library_reads_datagrams_too,
                                  library_names_file_sharing,
                                  unknown_flow_is_given_up_at_the_limit,
                                  flow_that_ends_early_is_guessed_by_its_port,
                                  every_flow_is_shown_to_the_library_where_asked_for,
                                  stack_comes_from_the_name_where_the_library_saw_nothing,
                                  library_sees_a_stream_in_order,
                                  door_gives_texts_and_numbers,
                                  pool_of_flow_states_has_a_bound,
                                  NULL};
    return run_suite(suite_of("classify_ndpi", tests));
}
